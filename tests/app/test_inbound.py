"""What becomes of a call that arrives: taken by the bound agent, or refused and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.api.world import FROM, World, api, world

from uponai.app.inbound import Reception
from uponai.carriers.base import CallArrived
from uponai.domain.call import Call
from uponai.storage.base import CallQuery, tell_nobody


def reception(w: World) -> Reception:
    return Reception(w.app().state.services, "dialer", 15_000, tell_nobody)


def arrived(from_number: str = "+14155550142", to_number: str = FROM) -> CallArrived:
    return CallArrived("line", from_number, to_number, "192.0.2.1")


async def bound(w: World, **fields: Any) -> str:
    async with api(w) as a:
        agent_id = await a.agent()
        await a.number(agent_id)
        one = {"agent_id": agent_id, "weight": 1}
        await a.patch(f"/update-phone-number/{FROM}", {"inbound_agents": [one], **fields})
    return agent_id


async def only_call(w: World) -> Call:
    (call,) = await w.storage.calls.find(CallQuery("org_1"))
    return call


async def test_it_is_taken_by_the_bound_agent() -> None:
    async with world() as w:
        agent_id = await bound(w)
        call = await reception(w).arrive(arrived())
        assert isinstance(call, Call)
        assert (call.direction, call.agent_id, call.lease_holder) == ("inbound", agent_id, "dialer")
        assert await only_call(w) == call


async def test_what_the_invite_says_becomes_dynamic_variables() -> None:
    told = {"X-Campaign": "spring", "Diversion": "<sip:+15550001@pbx>", "Call-ID": "c", "To": "t"}
    async with world() as w:
        await bound(w)
        event = CallArrived("line", "+14155550142", FROM, "192.0.2.1", told)
        call = await reception(w).arrive(event)
        assert isinstance(call, Call)
        assert call.request["retell_llm_dynamic_variables"] == {
            "x-campaign": "spring",
            "diversion": "<sip:+15550001@pbx>",
        }


async def test_a_number_that_is_not_ours_leaves_no_record() -> None:
    async with world() as w:
        assert await reception(w).arrive(arrived(to_number="+14155550999")) == 404
        assert await w.storage.calls.find(CallQuery("org_1")) == []


@pytest.mark.parametrize(
    ("fields", "from_number", "code", "reason", "why"),
    [
        ({"inbound_agents": []}, "+14155550142", 480, "dial_failed", "no inbound agent"),
        (
            {"allowed_inbound_country_list": ["US"]},
            "+33612345678",
            403,
            "network_blocked",
            "country (FR)",
        ),
        (
            {"allowed_inbound_source_list": ["198.51.100.0/24", "2001:db8::/32"]},
            "+14155550142",
            403,
            "network_blocked",
            "source (192.0.2.1) is not an allowed one",
        ),
    ],
)
async def test_a_refused_call_leaves_a_record_that_says_why(
    fields: Mapping[str, Any], from_number: str, code: int, reason: str, why: str
) -> None:
    async with world() as w:
        await bound(w, **fields)
        assert await reception(w).arrive(arrived(from_number)) == code
        ending = (await only_call(w)).ending
        assert ending is not None
        assert (ending.reason, ending.sip_code) == (reason, code)
        assert why in ending.detail
