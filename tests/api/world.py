"""An API on an in-memory database, with everything around it recorded instead of done."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import FastAPI

from uponai.api.auth import key_hash
from uponai.api.create import create_api
from uponai.api.services import ApiServices
from uponai.carriers import telnyx, twilio
from uponai.carriers.base import CpsRange, NumberShop
from uponai.carriers.base_accounts import NoOwnAccounts, OwnAccounts
from uponai.dialer.admit import Installation
from uponai.domain.call import Call, CallChange
from uponai.domain.ending import Ending
from uponai.http import OutgoingHttp, TargetGuard
from uponai.knowledge.files import KnowledgeFiles
from uponai.providers.base import VoiceLibrary
from uponai.seal import Seal
from uponai.storage.base import ApiKey, Storage, Workspace
from uponai.storage.sql import open_storage
from uponai.tasks import now_ms
from uponai.wire.call import CallView
from uponai.wire.links import path_signer
from uponai.wire.webhooks import tell_analyzed, tell_ended, tell_started

KEY = "key_0123456789abcdef"
READER = "key_reader"
OTHER = "key_other_workspace"
LINK_KEY = b"l" * 32
FROM = "+14155550100"
TO = "+14155550199"
VOICE = {
    "voice_id": "embedded-hibari",
    "voice_name": "Hibari",
    "provider": "platform",
    "gender": "female",
}


@dataclass
class World:
    storage: Storage
    now_ms: int = 1_760_000_000_000
    added: int = 0
    ended: int = 0
    stopped: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    files: dict[tuple[str, str], Path] = field(default_factory=dict)
    allowed: tuple[str, ...] = ("127.0.0.1:9999",)
    http: OutgoingHttp | None = None
    libraries: dict[str, VoiceLibrary] = field(default_factory=dict)
    voice_known: Callable[[str], bool] = lambda _: True
    limit: int = 20
    cps: int = 1_000
    wall: bool = False
    shops: dict[str, NumberShop] = field(default_factory=dict)
    accounts: OwnAccounts = field(default_factory=NoOwnAccounts)
    folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)

    def __post_init__(self) -> None:
        self.seal = Seal(b"k" * 32, "trunk passwords")
        self.view = CallView("https://phone.example.org", path_signer(LINK_KEY), self.now)

    def now(self) -> int:
        if self.wall:
            return now_ms()
        self.now_ms += 1
        return self.now_ms

    def installation(self) -> Installation:
        """Ranges as carriers have them; calls by a trunk of one's own are as quick as ``cps``."""
        ranges = {"custom": CpsRange(maximum=1_000)}
        ranges |= {spec.provider: spec.cps for spec in (telnyx.SPEC, twilio.SPEC)}
        return Installation(self.limit, {"custom": self.cps}, ranges)

    def app(self) -> FastAPI:
        return create_api(
            ApiServices(
                storage=self.storage,
                view=self.view,
                guard=TargetGuard(self.allowed),
                seal=self.seal.seal,
                link_key=LINK_KEY,
                entropy=os.urandom,
                now_ms=self.now,
                on_call_added=self._on_added,
                on_call_ended=self._on_ended,
                stop_call=self._stop,
                recording=self._recording,
                forget_call=self._forget,
                files=KnowledgeFiles(Path(self.folder.name)),
                shops=self.shops,
                accounts=self.accounts,
                voices=(VOICE,),
                voice_known=self.voice_known,
                http=self.http,
                libraries=self.libraries,
                installation=self.installation(),
            )
        )

    def _on_added(self) -> None:
        self.added += 1

    def _on_ended(self) -> None:
        self.ended += 1

    async def _stop(self, call_id: str) -> bool:
        self.stopped.append(call_id)
        return call_id in self.held

    async def _recording(self, call_id: str, name: str) -> Path | None:
        return self.files.get((call_id, name))

    async def _forget(self, call_id: str) -> None:
        self.forgotten.append(call_id)

    async def answer(self, call_id: str) -> Call:
        """As the dialer does it: leased, dialled, answered."""
        calls = self.storage.calls
        (call,) = [
            c for c in await calls.lease_due("h", self.now(), 60_000, 50) if c.call_id == call_id
        ]
        await calls.change(call_id, call.fence, CallChange.DIAL, {})
        answered = await calls.change(
            call_id,
            call.fence,
            CallChange.ANSWER,
            {"answered_ms": self.now()},
            tell_started(self.view),
        )
        assert answered is not None
        return answered

    async def finish(self, call: Call, reason: str = "user_hangup", **report: Any) -> Call:
        fields = {"ended_ms": self.now_ms + 12_345, "duration_ms": 12_345, "report": report}
        ended = await self.storage.calls.end(
            call.call_id, call.fence, Ending(reason), fields, tell_ended(self.view)
        )
        assert ended is not None
        return ended

    async def analyse(self, call_id: str) -> Call:
        analysis = {"call_summary": "Booked.", "call_successful": True, "user_sentiment": "Unknown"}
        done = await self.storage.post_calls.finish(call_id, analysis, {}, tell_analyzed(self.view))
        assert done is not None
        return done


@contextlib.asynccontextmanager
async def world(**settings: Any) -> AsyncGenerator[World]:
    storage = await open_storage("sqlite://")
    try:
        accounts = storage.accounts
        await accounts.add_workspace(Workspace("org_1", "First", "https://hooks.example.org/all"))
        await accounts.add_workspace(Workspace("org_2", "Second"))
        await accounts.add_key(ApiKey("k1", "org_1", key_hash(KEY), name="main"))
        await accounts.add_key(ApiKey("k2", "org_1", key_hash(READER), role="read_only"))
        await accounts.add_key(ApiKey("k3", "org_2", key_hash(OTHER)))
        there = World(storage, **settings)
        with there.folder:
            yield there
    finally:
        await storage.aclose()


class Api:
    """Requests as one key makes them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def call(
        self, method: str, path: str, body: Any = None, code: int = 200, **more: Any
    ) -> Any:
        if body is not None:
            more["json"] = body
        response = await self.client.request(method, path, **more)
        assert response.status_code == code, (response.status_code, response.text)
        return response.json() if response.content else None

    async def post(self, path: str, body: Any = None, code: int = 200, **more: Any) -> Any:
        return await self.call("POST", path, body, code, **more)

    async def get(self, path: str, code: int = 200, **more: Any) -> Any:
        return await self.call("GET", path, None, code, **more)

    async def patch(self, path: str, body: Any, code: int = 200, **more: Any) -> Any:
        return await self.call("PATCH", path, body, code, **more)

    async def delete(self, path: str, code: int = 204) -> Any:
        return await self.call("DELETE", path, None, code)

    async def agent(self, **fields: Any) -> str:
        llm = await self.post("/create-retell-llm", {"general_prompt": "Be kind."}, 201)
        engine = {"type": "retell-llm", "llm_id": llm["llm_id"]}
        body = {"response_engine": engine, "voice_id": VOICE["voice_id"], **fields}
        return (await self.post("/create-agent", body, 201))["agent_id"]

    async def number(self, agent_id: str | None = None, **fields: Any) -> str:
        body: dict[str, Any] = {
            "phone_number": FROM,
            "termination_uri": "sip.carrier.example",
            **fields,
        }
        if agent_id:
            body["outbound_agents"] = [{"agent_id": agent_id, "weight": 1}]
        return (await self.post("/import-phone-number", body, 201))["phone_number"]

    async def phone_call(self, code: int = 201, **fields: Any) -> Any:
        body = {"from_number": FROM, "to_number": TO, **fields}
        return await self.post("/v2/create-phone-call", body, code)


@contextlib.asynccontextmanager
async def api(there: World, key: str | None = KEY) -> AsyncGenerator[Api]:
    transport = httpx.ASGITransport(there.app(), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://api", headers=headers
    ) as client:
        yield Api(client)
