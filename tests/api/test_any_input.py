"""Whatever a client sends, the answer is JSON and never a 500."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api.world import FROM, TO, Api, api, world

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ANY = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = {
    "/v2/create-phone-call": (
        "from_number",
        "to_number",
        "override_agent_id",
        "override_agent_version",
        "agent_override",
        "metadata",
        "retell_llm_dynamic_variables",
        "custom_sip_headers",
        "idempotency_key",
    ),
    "/v3/list-calls": ("filter_criteria", "limit", "pagination_key", "skip", "sort_order"),
    "/v2/list-calls": ("filter_criteria", "limit", "pagination_key", "sort_order"),
    "/v2/list-agents": ("filter_criteria",),
    "/create-retell-llm": ("general_tools", "states", "model_config", "mcps", "begin_message"),
    "/create-conversation-flow": ("nodes", "start_speaker", "start_node_id", "tools"),
    "/create-agent": ("response_engine", "voice_id", "language", "webhook_url", "pii_config"),
    "/import-phone-number": ("phone_number", "termination_uri", "outbound_agents", "codecs"),
}
FILTERS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["string", "number", "range", "boolean", "enum", "present"]),
        "op": st.sampled_from(["eq", "ne", "sw", "co", "gt", "bt", "in", "pr", "lt"]),
    },
    optional={"value": ANY, "key": ANY},
)


async def _sent(requests: list[tuple[str, Any]]) -> None:
    async with world() as w, api(w) as a:
        await _some_call(a)
        for path, body in requests:
            response = await a.client.post(path, json=body)
            assert response.status_code < 500, (path, body, response.text)
            response.json()


async def _some_call(a: Api) -> None:
    await a.number(await a.agent())
    await a.phone_call()


def _bodies(path: str) -> st.SearchStrategy[Any]:
    base = {"from_number": FROM, "to_number": TO} if "phone-call" in path else {}
    fields = st.dictionaries(st.sampled_from(FIELDS[path]), ANY, max_size=4)
    return fields.map(lambda given_fields: {**base, **given_fields}) | ANY


@pytest.mark.parametrize("path", sorted(FIELDS))
@settings(max_examples=10)
@given(data=st.data())
def test_any_body(path: str, data: st.DataObject) -> None:
    bodies = data.draw(st.lists(_bodies(path), min_size=5, max_size=8))
    sent = [(path, body) for body in bodies if _encodable(body)]
    asyncio.run(_sent(sent))


def _encodable(body: Any) -> bool:
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, UnicodeEncodeError):
        return False
    return True


@settings(max_examples=15)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["call_status", "to_number", "start_timestamp", "direction", "duration_ms"]
            ),
            FILTERS,
        ),
        min_size=6,
        max_size=8,
    )
)
def test_any_filter(criteria: list[dict[str, Any]]) -> None:
    bodies = [{"filter_criteria": one} for one in criteria if _encodable(one)]
    asyncio.run(_sent([("/v3/list-calls", body) for body in bodies]))
