"""Whole calls through the Telnyx adapter against the simulated Telnyx, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from tests.carriers.flows import FROM, HUMAN, TO, ending, lost, staged, until_over
from tests.fakes.telnyx import TelnyxStage
from tests.fakes.twilio import LetterPhone, phone
from tests.live.house import House, play
from tests.live.test_brain import shop_call, shopkeeper

from uponai.carriers.base import (
    CallVanished,
    CarrierError,
    Found,
    NeverSent,
    NumberWish,
    Over,
    PickedUp,
    Unknown,
)
from uponai.carriers.base import (
    HungUp as CarrierHungUp,
)
from uponai.domain.call import CallState
from uponai.link.media import Refer, encode
from uponai.sim.carriers.phone import Phone
from uponai.sim.scenario import Fate
from uponai.tasks import now_ms

stage = partial(staged, TelnyxStage)


@pytest.mark.parametrize(("code", "sip_code"), [(486, 486), (480, 603), (404, 404)])
def test_a_refused_call_in_is_rejected_before_it_is_answered(code: int, sip_code: int) -> None:
    class Refusing(TelnyxStage):
        async def arrive(self, event: Any) -> None:
            await self.carrier.reject(event.line_key, code, "")

    async def whole(house: House) -> None:
        built = Refusing(house, {})
        await built.shop.buy(NumberWish(phone_number=FROM))
        call = built.sim.ring_in(TO, FROM, phone(LetterPhone()))
        await asyncio.sleep(2.0)
        assert call.cause[1] == sip_code
        assert call.answered_ms is None
        assert not any(isinstance(event, CallVanished) for event in built.events)
        await built.aclose()

    play(whole, shop_call(), script=shopkeeper)


def test_a_call_in_may_be_sent_on_to_another_number() -> None:
    class Redirecting(TelnyxStage):
        async def arrive(self, event: Any) -> None:
            await self.carrier.redirect(event.line_key, HUMAN, {})

    async def whole(house: House) -> None:
        built = Redirecting(house, {HUMAN: phone(LetterPhone())})
        await built.shop.buy(NumberWish(phone_number=FROM))
        built.sim.ring_in(TO, FROM, phone(LetterPhone()))
        await asyncio.sleep(1.9)
        assert [call.to_number for call in built.sim.calls.values()] == [FROM, HUMAN]
        await asyncio.sleep(5.0)
        assert [type(event).__name__ for event in built.events] == ["CallArrived"]
        await built.aclose()

    play(whole, shop_call(), script=shopkeeper)


def test_no_brain_can_be_reached_any_more() -> None:
    voice = LetterPhone(hang_up_s=300.0)

    async def scene(built: TelnyxStage) -> None:
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(5.0)
        built.takes_sockets = False
        assert call.stream is not None
        call.stream.tear()
        await until_over(built)
        await asyncio.sleep(60.0)
        assert call.is_final

    assert stage({TO: phone(voice)}, scene).row().state is CallState.ENDED


@pytest.mark.parametrize("ended_by", ["callee", "caller"])
def test_a_transfer_that_is_answered_leaves_the_call_to_the_two_of_them(ended_by: Any) -> None:
    async def scene(built: TelnyxStage) -> None:
        built.sim.bridge_ended_by = ended_by
        built.sim.bridged_s = 120.0 if ended_by == "callee" else 20.0
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(5.0)
        line = built.line
        await line.send_text(encode(Refer(1, HUMAN, digits="12")))
        await asyncio.sleep(1.5)
        assert built.transfers == [("call_1", "done", "answered")]
        assert [one.pressed for one in built.sim.calls.values()] == ["", "ww12"]
        await asyncio.sleep(0.5)
        assert not call.is_final
        assert call.stream is None
        await asyncio.sleep(built.sim.bridged_s + 1.0)
        assert call.is_final
        assert line.over.is_set()
        assert built.told("streaming.started") == 1

    stage({TO: phone(LetterPhone()), HUMAN: phone(LetterPhone())}, scene)


def test_a_caller_who_is_cut_off_after_a_transfer_comes_back_to_the_agent() -> None:
    voice = LetterPhone((12.0, "tell me"), hang_up_s=18.0)

    async def scene(built: TelnyxStage) -> None:
        built.sim.bridged_s = 10.0
        await built.dial()
        await asyncio.sleep(4.5)
        await built.line.send_text(encode(Refer(1, HUMAN)))
        await asyncio.sleep(13.0)
        assert built.transfers[1][1:] == ("failed", "they answered, and were gone after 10 s")
        assert built.told("streaming.started") == 2
        assert not built.line.over.is_set()

    stage({TO: phone(voice), HUMAN: phone(LetterPhone())}, scene)


@pytest.mark.parametrize("webhooks", [True, False])
def test_a_caller_who_hangs_up_while_the_transfer_rings_is_gone(*, webhooks: bool) -> None:
    async def scene(built: TelnyxStage) -> None:
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(4.5)
        await built.line.send_text(encode(Refer(1, HUMAN)))
        await asyncio.sleep(2.0)
        built.reachable = webhooks
        built.sim.hang_up(call)
        await until_over(built, 3.0)
        assert all(one.is_final for one in built.sim.calls.values())

    house = stage({TO: phone(LetterPhone()), HUMAN: phone(LetterPhone(), ring_s=20.0)}, scene)
    assert ending(house).reason == "user_hangup"


@pytest.mark.parametrize(("fate", "cause"), [(Fate.BUSY, "user_busy"), (Fate.NO_ANSWER, "timeout")])
def test_a_transfer_that_fails_comes_back_to_the_agent(fate: Fate, cause: str) -> None:
    voice = LetterPhone((8.0, "tell me"), hang_up_s=16.0)

    async def scene(built: TelnyxStage) -> None:
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(4.5)
        await built.line.send_text(encode(Refer(1, HUMAN)))
        await asyncio.sleep(3.0)
        assert built.transfers == [("call_1", "failed", cause)]
        assert call.stream is not None
        call.stream.tear()
        await until_over(built)
        assert "Tell me more." in voice.heard
        assert built.told("streaming.started") == 2

    house = stage({TO: phone(voice), HUMAN: Phone(fate)}, scene)
    assert ending(house).reason == "user_hangup"


@pytest.mark.parametrize("fate", [Fate.BUSY, Fate.ANSWERED])
def test_where_no_webhook_arrives_the_carrier_is_asked(fate: Fate) -> None:
    async def scene(built: TelnyxStage) -> None:
        built.reachable = False
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(15.0)
        if fate is Fate.ANSWERED:
            assert any(isinstance(event, PickedUp) for event in built.events)
            built.sim.hang_up(call)
        await asyncio.sleep(15.0)
        assert isinstance(built.events[-1], CarrierHungUp)
        assert built.events[-1].answered == (fate is Fate.ANSWERED)

    stage({TO: Phone(fate)}, scene)


def test_over_the_limit_the_order_is_refused_with_the_carriers_code() -> None:
    async def scene(built: TelnyxStage) -> None:
        while not built.sim.limits.too_fast():
            pass
        await built.dial()
        (hung_up,) = built.events
        assert isinstance(hung_up, CarrierHungUp)
        assert hung_up.line == {"cause": "code", "status": 429, "code": "90103"}

    house = stage({TO: phone(LetterPhone())}, scene, cps=1)
    assert ending(house).reason == "telephony_provider_unavailable"


def test_more_calls_at_once_than_the_account_may_have_end_at_once() -> None:
    async def scene(built: TelnyxStage) -> None:
        await built.dial()
        rows = built.house.calls.rows
        rows["call_2"] = replace(rows["call_1"], call_id="call_2")
        await built.carrier.dial(replace(built.order(), call_id="call_2"))
        await asyncio.sleep(1.0)
        (hung_up,) = [one for one in built.events if isinstance(one, CarrierHungUp)]
        assert (hung_up.call_id, hung_up.line["sip_code"]) == ("call_2", 403)

    stage({TO: phone(LetterPhone(), ring_s=30.0)}, scene, concurrency=1)


def test_after_a_crash_a_dial_is_found_by_what_it_carries() -> None:
    async def scene(built: TelnyxStage) -> None:
        at_ms = now_ms()
        look_up = built.carrier.look_up
        with pytest.raises(CarrierError):
            await look_up(lost(ordered_ms=at_ms))
        assert await look_up(lost(ordered_ms=at_ms - 90_000)) == NeverSent()
        assert isinstance(await look_up(lost()), Unknown)
        call = await built.dial()
        assert call is not None
        built.desk.known.forget("call_1")
        await asyncio.sleep(0.1)
        assert await look_up(lost(ordered_ms=at_ms)) == Found("dialling", None, call.sid)
        events, kept = built.sim.events, list(built.sim.events)
        events.clear()
        assert await look_up(lost(ordered_ms=at_ms)) == Found("dialling", None, call.sid)
        events.extend(kept)
        await asyncio.sleep(3.0)
        found = await look_up(lost(carrier_ref=call.sid))
        assert isinstance(found, Found)
        assert found.state == "answered"
        assert found.at_ms is not None
        built.sim.hang_up(call)
        await until_over(built)
        over = await look_up(lost(ordered_ms=at_ms))
        assert isinstance(over, Over)
        assert over.report is not None
        assert over.report.answered
        events.clear()
        assert await look_up(lost(carrier_ref=call.sid)) == Over()
        assert isinstance(await look_up(lost(carrier_ref="v3:0")), Unknown)

    stage({TO: phone(LetterPhone())}, scene)


def test_two_calls_between_the_same_numbers_are_told_apart() -> None:
    async def scene(built: TelnyxStage) -> None:
        at_ms = now_ms()
        first = await built.dial()
        assert first is not None
        other = replace(built.order(), call_id="call_2")
        await built.carrier.dial(other)
        again = await built.carrier.look_up(lost(ordered_ms=at_ms))
        assert isinstance(again, Found)
        assert again.carrier_ref == first.sid

    stage({TO: phone(LetterPhone(), ring_s=30.0)}, scene)


def test_the_same_order_sent_twice_dials_once() -> None:
    async def scene(built: TelnyxStage) -> None:
        await built.dial()
        await built.dial()
        assert len(built.sim.calls) == 1

    stage({TO: phone(LetterPhone(), ring_s=30.0)}, scene)


def test_headers_stand_in_the_order_and_digits_go_out_beside_the_stream() -> None:
    async def scene(built: TelnyxStage) -> None:
        call = await built.dial(headers={"X-Order": "7"})
        assert call is not None
        assert call.wish["custom_headers"] == [{"name": "X-Order", "value": "7"}]
        await asyncio.sleep(4.0)
        assert not await built.media.orders.press(call.sid, built.line.ticket.next, "12")
        await asyncio.sleep(1.0)
        assert built.told("streaming.started") == 1

    stage({TO: phone(LetterPhone())}, scene)
