"""Schemathesis over our own OpenAPI document, against a running server that holds some objects.

Half of the cases keep to the schema and half break it; half of them name objects that exist.
Wanted of every answer: no 5xx, a documented status and content type, a body that fits its schema.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.server import Server
from tests.api.world import KEY, VOICE
from tests.contract import bodies

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
_numbers = itertools.count(10_000)


class Stock:
    """Objects that exist, by the name of the path parameter or body field that names them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http = httpx.Client(
            base_url=server.base_url, headers={"Authorization": f"Bearer {KEY}"}, timeout=20
        )
        self._standing = {name: self.fresh(name) for name in self._makers()}

    def _makers(self) -> Mapping[str, Any]:
        return {
            "llm_id": self._llm,
            "flow_id": self._flow,
            "agent_id": self._agent,
            "phone_number": self._number,
            "call_id": self._call,
        }

    def fresh(self, name: str) -> str:
        return self._makers()[name]()

    def get(self, name: str) -> str | None:
        aliases = {"conversation_flow_id": "flow_id", "override_agent_id": "agent_id"}
        name = aliases.get(name, name)
        if name in ("from_number", "to_number"):
            return self._standing["phone_number"]
        if name in ("voice_id",):
            return VOICE["voice_id"]
        return self._standing.get(name)

    def renewed(self, name: str) -> str | None:
        """Another object of the kind, for an operation that takes it away."""
        return self.fresh(name) if name in self._makers() else self.get(name)

    def _make(self, path: str, body: Mapping[str, Any]) -> Any:
        answer = self._http.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def _llm(self) -> str:
        return self._make("/create-retell-llm", bodies.LLM)["llm_id"]

    def _flow(self) -> str:
        return self._make("/create-conversation-flow", bodies.FLOW)["conversation_flow_id"]

    def _agent(self) -> str:
        engine = {"type": "retell-llm", "llm_id": self._llm()}
        body = {"response_engine": engine, "voice_id": VOICE["voice_id"]}
        return self._make("/create-agent", body)["agent_id"]

    def _number(self) -> str:
        body = {
            "phone_number": f"+14155{next(_numbers):06}",
            "termination_uri": "sip.carrier.example",
            "outbound_agents": [{"agent_id": self._agent(), "weight": 1}],
        }
        return self._make("/import-phone-number", body)["phone_number"]

    def _call(self) -> str:
        body = {"from_number": self._number(), "to_number": "+14155550199"}
        call_id: str = self._make("/v2/create-phone-call", body)["call_id"]

        async def live(world: Any) -> None:
            await world.finish(await world.answer(call_id))
            await world.analyse(call_id)

        self._server.run(live)
        return call_id

    def close(self) -> None:
        self._http.close()


@dataclass
class Outcome:
    """What was tried: cases by status, and failures as text."""

    cases: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def note(self, status: int) -> None:
        self.cases += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1


class Fuzzer:
    """One server, one document; ``family`` tries every operation of a tag."""

    def __init__(self, server: Server, seed: int) -> None:
        self._url = server.base_url
        self._seed = seed
        self._stock = Stock(server)
        self._session = requests.Session()
        document = httpx.get(f"{server.base_url}/openapi.json").json()
        self._schema = schemathesis.openapi.from_dict(document)

    def close(self) -> None:
        self._stock.close()
        self._session.close()

    def families(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for result in self._schema.get_all_operations():
            operation = result.ok()
            found.setdefault(operation.definition.raw["tags"][0], []).append(operation)
        return found

    def family(self, name: str, cases: int) -> Outcome:
        outcome = Outcome()
        members = self.families()[name]
        each = max(1, -(-cases // (len(members) * len(MODES))))
        for operation in members:
            for mode in MODES:
                self._try(operation, mode, each, outcome)
        return outcome

    def _try(self, operation: Any, mode: Any, cases: int, outcome: Outcome) -> None:
        @hypothesis.seed(self._seed)
        @hypothesis.settings(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(operation.as_strategy(generation_mode=mode), st.booleans())
        def one(case: Any, known: bool) -> None:
            if known:
                self._name_what_exists(case)
            self._send(case, outcome)

        try:
            one()
        except (Unsatisfiable, hypothesis.errors.InvalidArgument):
            """Nothing of this operation can be broken."""
        except (Failure, FailureGroup) as failure:
            key = f"{operation.method.upper()} {operation.path} {mode.value}"
            outcome.failures[key] = str(failure)

    def _send(self, case: Any, outcome: Outcome) -> None:
        given = {name: value for name, value in (case.headers or {}).items() if value is not None}
        kept = {name: given[name] for name in given if name.lower() != "authorization"}
        case.headers = {**kept, "Authorization": f"Bearer {KEY}"}
        response = case.call(base_url=self._url, session=self._session)
        outcome.note(response.status_code)
        case.validate_response(response, checks=CHECKS)

    def _name_what_exists(self, case: Any) -> None:
        takes_away = case.method.upper() == "DELETE"
        for name in case.path_parameters or {}:
            there = self._stock.renewed(name) if takes_away else self._stock.get(name)
            if there is not None:
                case.path_parameters[name] = there
        self._fill(case.body)

    def _fill(self, value: Any) -> None:
        if isinstance(value, list):
            for inner in value:
                self._fill(inner)
        if not isinstance(value, dict):
            return
        for name, inner in value.items():
            there = self._stock.get(name)
            if there is not None:
                value[name] = there
            elif name == "response_engine":
                value[name] = {"type": "retell-llm", "llm_id": self._stock.get("llm_id")}
            else:
                self._fill(inner)


def fresh_seed() -> int:
    return int.from_bytes(os.urandom(4))
