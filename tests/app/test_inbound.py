"""What becomes of a call that arrives: taken by the bound agent, or refused and recorded."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.api.world import FROM, KEY, World, api, world
from tests.fakes.webhook_receiver import WebhookReceiver, webhook_receiver

from uponai.app.inbound import Reception
from uponai.app.inbound_agent import InboundAgents
from uponai.app.trunk_proof import MOST_GUESSES, TrunkProof
from uponai.carriers.base import CallArrived
from uponai.dialer.ports import ProofWanted
from uponai.domain.call import Call, CallState
from uponai.http import OutgoingHttp, TargetGuard
from uponai.sip.digest import Credentials, DigestAnswerer, parse_challenge
from uponai.storage.base import CallQuery, tell_nobody
from uponai.webhooks.question import Patience
from uponai.webhooks.schedule import Schedule
from uponai.wire.signature import verify


class Ringing:
    """How long each arrival was let ring."""

    def __init__(self) -> None:
        self.for_ms: list[int] = []

    async def __call__(self, for_ms: int) -> None:
        self.for_ms.append(for_ms)


def reception(w: World, http: OutgoingHttp | None = None) -> Reception:
    services = w.app().state.services

    async def key(workspace_id: str) -> str | None:
        return KEY

    quick = Patience(timeout_ms=2_000, schedule=Schedule((1, 1)))
    agents = InboundAgents(services, http or OutgoingHttp(TargetGuard()), key, quick)
    proof = TrunkProof(w.seal.unseal, os.urandom)
    return Reception(services, agents, proof, "dialer", 15_000, tell_nobody)


def arrived(from_number: str = "+14155550142", to_number: str = FROM) -> CallArrived:
    return CallArrived("line", from_number, to_number, "192.0.2.1", carrier="sip")


async def taken(w: World, event: CallArrived, http: OutgoingHttp | None = None) -> Call:
    call = await reception(w, http).arrive(event, Ringing())
    assert isinstance(call, Call)
    return call


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
        call = await taken(w, arrived())
        assert (call.direction, call.agent_id, call.lease_holder) == ("inbound", agent_id, "dialer")
        assert await only_call(w) == call


async def test_what_the_invite_says_becomes_dynamic_variables() -> None:
    told = {"X-Campaign": "spring", "Diversion": "<sip:+15550001@pbx>", "Call-ID": "c", "To": "t"}
    async with world() as w:
        await bound(w)
        event = replace(arrived(), headers=told)
        call = await taken(w, event)
        assert call.request["retell_llm_dynamic_variables"] == {
            "x-campaign": "spring",
            "diversion": "<sip:+15550001@pbx>",
        }


async def test_a_number_that_is_not_ours_leaves_no_record() -> None:
    async with world() as w:
        assert await reception(w).arrive(arrived(to_number="+14155550999"), Ringing()) == 404
        assert await w.storage.calls.find(CallQuery("org_1")) == []


async def test_a_stranger_who_tries_on_is_on_record_once_a_minute() -> None:
    async with world() as w:
        await bound(w, allowed_inbound_source_list=["198.51.100.0/24"])
        desk = reception(w)
        for _ in range(5):
            assert await desk.arrive(arrived(), Ringing()) == 403
        assert await desk.arrive(replace(arrived(), source="192.0.2.9"), Ringing()) == 403
        assert len(await w.storage.calls.find(CallQuery("org_1"))) == 2
        w.now_ms += 60_000
        assert await desk.arrive(arrived(), Ringing()) == 403
        assert len(await w.storage.calls.find(CallQuery("org_1"))) == 3


async def test_a_number_of_another_carrier_is_not_reached_past_it() -> None:
    async with world() as w:
        await bound(w)
        assert await reception(w).arrive(replace(arrived(), carrier="other"), Ringing()) == 404
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
        assert await reception(w).arrive(arrived(from_number), Ringing()) == code
        ending = (await only_call(w)).ending
        assert ending is not None
        assert (ending.reason, ending.sip_code) == (reason, code)
        assert why in ending.detail


@asynccontextmanager
async def asking(w: World, **fields: Any) -> AsyncIterator[tuple[WebhookReceiver, OutgoingHttp]]:
    """The number has a webhook, at a receiver that may be reached."""
    async with webhook_receiver() as hook:
        w.allowed = (hook.authority,)
        await bound(w, inbound_webhook_url=hook.url("/in"), **fields)
        async with OutgoingHttp(TargetGuard(w.allowed)) as http:
            yield hook, http


async def test_trap_31_the_webhook_chooses_agent_variables_and_metadata_while_it_rings() -> None:
    async with world() as w, asking(w) as (hook, http):
        async with api(w) as a:
            other = await a.agent()
        hook.replies["/in"] = {
            "call_inbound": {
                "override_agent_id": other,
                "agent_override": {"agent": {"voice_speed": 1.5}},
                "dynamic_variables": {"name": "Ann", "x-campaign": "autumn"},
                "metadata": {"order": 7},
            }
        }
        told = {"X-Campaign": "spring", "X-Line": "2"}
        ringing = Ringing()
        event = replace(arrived(), headers=told)
        call = await reception(w, http).arrive(event, ringing)
        assert isinstance(call, Call)
        assert ringing.for_ms == [3 * 2_000 + 2]
        assert (call.agent_id, call.agent["voice_speed"]) == (other, 1.5)
        assert call.request["metadata"] == {"order": 7}
        variables = {"name": "Ann", "x-campaign": "autumn", "x-line": "2"}
        assert call.request["retell_llm_dynamic_variables"] == variables


async def test_trap_31_the_question_has_no_call_object_and_is_signed() -> None:
    async with world() as w, asking(w) as (hook, http):
        call = await taken(w, arrived(), http)
        (got,) = hook.got
        assert json.loads(got.body) == {
            "event": "call_inbound",
            "call_inbound": {
                "agent_id": call.agent_id,
                "agent_version": call.agent_version,
                "from_number": "+14155550142",
                "to_number": FROM,
                "call_id": call.call_id,
            },
        }
        headers = {name.lower(): value for name, value in got.headers.items()}
        signature = headers["x-retell-signature"]
        stamp = int(signature.partition(",")[0].removeprefix("v="))
        assert verify(got.body, KEY, signature, stamp)


async def test_a_webhook_that_recovers_is_heard_at_its_third_try() -> None:
    async with world() as w, asking(w) as (hook, http):
        hook.answers = [500, 404, 200]
        call = await taken(w, arrived(), http)
        assert len(hook.got) == 3
        assert "inbound_webhook_error" not in call.request


WRONG = [
    ({"call_inbound": {"override_agent_id": "agent_gone"}}, "agent_gone"),
    ({"call_inbound": {"override_agent_id": 7}}, "call_inbound/override_agent_id must be string"),
    ({"call_inbound": {"dynamic_variables": {"balance": 12}}}, "balance must be string"),
    ({"call_inbound": {"agent_override": {"agent": {"voice_speed": 9}}}}, "voice_speed must be"),
    ({"call_inbound": {"agent_override": {"retell_llm": {"general_prompt": "x"}}}}, "general_pro"),
    (["call_inbound"], "must be a JSON object"),
    (None, "HTTP 500 (3 tries)"),
]


@pytest.mark.parametrize(("reply", "why"), WRONG)
async def test_trap_31_what_it_says_wrongly_leaves_the_call_to_the_bound_agent(
    reply: Any, why: str
) -> None:
    async with world() as w, asking(w) as (hook, http):
        if reply is None:
            hook.answers = [500] * 3
        else:
            hook.replies["/in"] = reply
        call = await taken(w, arrived(), http)
        assert call.state is CallState.RINGING
        async with api(w) as a:
            shown = await a.get(f"/v2/get-call/{call.call_id}")
        assert why in shown["inbound_webhook_error"]


async def test_with_nobody_bound_a_webhook_that_fails_refuses_the_call() -> None:
    async with world() as w, asking(w, inbound_agents=[]) as (hook, http):
        hook.answers = [503] * 3
        assert await reception(w, http).arrive(arrived(), Ringing()) == 480
        ending = (await only_call(w)).ending
        assert ending is not None
        assert (ending.reason, "HTTP 503" in ending.detail) == ("dial_failed", True)


async def test_with_nobody_bound_a_webhook_that_names_nobody_declines() -> None:
    async with world() as w, asking(w, inbound_agents=[]) as (hook, http):
        assert await reception(w, http).arrive(arrived(), Ringing()) == 603
        call = await only_call(w)
        assert call.ending is not None and call.ending.reason == "user_declined"
        assert json.loads(hook.got[0].body)["call_inbound"]["call_id"] == call.call_id


async def test_a_private_webhook_is_not_asked() -> None:
    async with world() as w, asking(w) as (hook, _):
        async with OutgoingHttp(TargetGuard()) as guarded:
            call = await taken(w, arrived(), guarded)
        assert hook.got == []
        assert "private address" in call.request["inbound_webhook_error"]


async def registered(w: World, **more: Any) -> str:
    async with api(w) as a:
        body = {"agent_id": await a.agent(), "direction": "outbound", **more}
        return str((await a.post("/v2/register-phone-call", body, 201))["call_id"])


async def test_a_registered_call_is_joined_once_by_who_dials_its_id() -> None:
    async with world() as w:
        call_id = await registered(w, metadata={"a": 1}, from_number="+1555")
        event = replace(arrived(to_number=call_id), headers={"X-Queue": "vip"})
        call = await taken(w, event)
        assert (call.call_id, call.direction, call.from_number) == (call_id, "outbound", "+1555")
        assert (call.state, call.fence, call.carrier) == (CallState.RINGING, 1, "sip")
        assert call.request["retell_llm_dynamic_variables"] == {"x-queue": "vip"}
        assert call.request["metadata"] == {"a": 1}
        assert await reception(w).arrive(event, Ringing()) == 404


async def test_a_registered_call_is_gone_after_five_minutes() -> None:
    async with world() as w:
        call_id = await registered(w)
        w.now_ms += 300_000
        assert await reception(w).arrive(arrived(to_number=call_id), Ringing()) == 410
        assert await reception(w).arrive(arrived(to_number="call_1"), Ringing()) == 404


async def trunk(w: World, **more: Any) -> None:
    await bound(w, auth_username="pbx", auth_password="secret", **more)


def proven(wanted: ProofWanted | Call | int, password: str = "secret") -> CallArrived:
    assert isinstance(wanted, ProofWanted)
    mine = DigestAnswerer(Credentials("pbx", password), parse_challenge(wanted.challenge))
    said = mine.authorization("INVITE", f"sip:{FROM}@us", "c")
    return replace(arrived(), authorization=said)


async def test_a_trunk_that_must_prove_itself_is_asked_and_let_in() -> None:
    async with world() as w:
        await trunk(w, inbound_auth_required=True)
        desk, bare = reception(w), replace(arrived(), authorization="")
        first = proven(await desk.arrive(bare, Ringing()))
        assert isinstance(await desk.arrive(first, Ringing()), Call)
        # Heard on the wire and sent once more, it proves nothing.
        again = await desk.arrive(first, Ringing())
        assert isinstance(again, ProofWanted) and "stale" in again.challenge
        wrong = proven(await desk.arrive(bare, Ringing()), "guessed")
        assert isinstance(await desk.arrive(wrong, Ringing()), ProofWanted)
        await only_call(w)


async def test_who_guesses_on_is_not_heard_for_a_minute() -> None:
    async with world() as w:
        await trunk(w, inbound_auth_required=True)
        desk, bare = reception(w), replace(arrived(), authorization="")
        for n in range(MOST_GUESSES):
            wrong = proven(await desk.arrive(bare, Ringing()), f"guess{n}")
            assert isinstance(await desk.arrive(wrong, Ringing()), ProofWanted)
        right = proven(await desk.arrive(bare, Ringing()))
        assert await desk.arrive(right, Ringing()) == 403
        elsewhere = replace(right, source="192.0.2.9")
        assert isinstance(await desk.arrive(elsewhere, Ringing()), Call)
        w.now_ms += 60_000
        late = proven(await desk.arrive(bare, Ringing()))
        assert isinstance(await desk.arrive(late, Ringing()), Call)


async def test_proof_cannot_be_required_without_a_password() -> None:
    async with world() as w:
        with pytest.raises(AssertionError, match="inbound_auth_required must NOT be true"):
            await bound(w, inbound_auth_required=True)
        async with api(w) as a:
            path, rule = f"/update-phone-number/{FROM}", {"inbound_auth_required": True}
            assert "inbound_auth_required" not in await a.get(f"/get-phone-number/{FROM}")
            await a.patch(path, {"auth_username": "pbx", "auth_password": "secret", **rule})
        desk = reception(w)
        assert isinstance(
            await desk.arrive(replace(arrived(), authorization=""), Ringing()), ProofWanted
        )
