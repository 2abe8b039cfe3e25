"""Whole calls through the Telnyx adapter against the simulated Telnyx, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.telnyx import TelnyxStage
from tests.fakes.twilio import LetterPhone, phone
from tests.live.house import House, play
from tests.live.test_brain import shop_call, shopkeeper

from uponai.carriers.base import (
    CallVanished,
    CarrierError,
    Dialled,
    Found,
    LostDial,
    NeverSent,
    NotForSale,
    NumberWish,
    Over,
    PickedUp,
    Unknown,
)
from uponai.carriers.base import (
    HungUp as CarrierHungUp,
)
from uponai.domain.call import CallState
from uponai.domain.ending import Ending
from uponai.link.media import Refer, encode
from uponai.sim.carriers.phone import Phone
from uponai.sim.scenario import Fate
from uponai.tasks import now_ms

TO = "+14155550101"
FROM = "+14155550100"
HUMAN = "+14155550199"


def stage(
    phones: dict[str, Phone],
    scene: Callable[[TelnyxStage], Awaitable[None]],
    *,
    call: Any = None,
    **account: Any,
) -> House:
    async def whole(house: House) -> None:
        built = TelnyxStage(house, phones, **account)
        await asyncio.sleep(0)
        await scene(built)
        await built.aclose()

    return play(whole, call or shop_call(), script=shopkeeper)


def ending(house: House) -> Ending:
    found = house.row().ending
    assert found is not None
    return found


def said(house: House, role: str) -> list[str]:
    entries = house.row().report["transcript_object"]
    return [entry["content"] for entry in entries if entry["role"] == role]


async def until_over(built: TelnyxStage, limit_s: float = 60.0) -> None:
    async with asyncio.timeout(limit_s):
        while built.house.row().state is not CallState.ENDED:
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)


def test_a_call_out_is_dialled_answered_talked_and_hung_up_by_the_callee() -> None:
    voice = LetterPhone((6.0, "what size"), (12.0, "tell me"), hang_up_s=18.0)

    async def scene(built: TelnyxStage) -> None:
        await built.dial(headers={"X-Order": "7"})
        await until_over(built)
        kinds = [type(event) for event in built.events]
        assert kinds[0] is Dialled
        assert PickedUp in kinds
        last = built.events[-1]
        assert isinstance(last, CarrierHungUp)
        assert last.answered
        assert last.ending.reason == "user_hangup"
        assert "Tell me more." in voice.heard
        assert not any(status >= 300 for _, _, status in built.sim.posted)
        assert not built.desk.known
        (call,) = built.sim.calls.values()
        assert call.wish["custom_headers"] == [{"name": "X-Order", "value": "7"}]

    house = stage({TO: phone(voice)}, scene)
    assert ending(house).reason == "user_hangup"
    assert said(house, "user") == ["what size", "tell me"]


def test_the_agent_hangs_up_after_its_last_word() -> None:
    voice = LetterPhone((6.0, "bye now"))

    async def scene(built: TelnyxStage) -> None:
        call = await built.dial()
        await until_over(built)
        assert call is not None
        assert call.is_final
        assert call.ended_by == "caller"
        assert voice.heard.endswith("Goodbye Anna.")

    assert ending(stage({TO: phone(voice)}, scene)).reason == "agent_hangup"


def test_a_call_in_is_taken_and_ends_with_the_caller() -> None:
    voice = LetterPhone((6.0, "tell me"), hang_up_s=10.0)

    async def scene(built: TelnyxStage) -> None:
        bought = await built.shop.buy(NumberWish(phone_number=FROM))
        built.sim.ring_in(TO, FROM, phone(voice))
        await until_over(built)
        assert "shoe shop." in voice.heard
        await asyncio.sleep(1.0)
        assert isinstance(built.events[-1], CarrierHungUp)
        assert built.events[-1].answered
        await built.shop.release(FROM, bought.reference)
        await built.shop.release(FROM, bought.reference)
        assert not built.sim.numbers

    house = stage({}, scene)
    assert ending(house).reason == "user_hangup"
    assert house.row().direction == "inbound"


def test_a_call_in_that_waits_rings_on_and_may_give_up() -> None:
    class Undecided(TelnyxStage):
        async def arrive(self, event: Any) -> None:
            await asyncio.sleep(3600)

    async def whole(house: House) -> None:
        built = Undecided(house, {})
        await built.shop.buy(NumberWish(phone_number=FROM))
        call = built.sim.ring_in(TO, FROM, phone(LetterPhone()))
        await asyncio.sleep(20.0)
        assert call.status == "parked"
        built.sim.hang_up(call)
        await asyncio.sleep(2.0)
        assert isinstance(built.events[-1], CallVanished)
        with pytest.raises(CarrierError):
            await built.carrier.accept(call.sid, "call_1", 1, {})
        assert not built.desk.known
        await built.aclose()

    play(whole, shop_call(), script=shopkeeper)


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


@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        (Fate.BUSY, "dial_busy"),
        (Fate.DECLINED, "user_declined"),
        (Fate.NO_ANSWER, "dial_no_answer"),
        (Fate.INVALID, "invalid_destination"),
        (Fate.UNREACHABLE, "telephony_provider_unavailable"),
    ],
)
def test_a_call_that_nobody_takes_says_why(fate: Fate, reason: str) -> None:
    async def scene(built: TelnyxStage) -> None:
        await built.dial()
        await until_over(built)
        assert not built.desk.known

    assert ending(stage({TO: Phone(fate)}, scene)).reason == reason


def test_it_rings_no_longer_than_ordered() -> None:
    async def scene(built: TelnyxStage) -> None:
        await built.dial(ring_timeout_ms=12_000)
        await until_over(built, 15.0)

    assert ending(stage({TO: phone(LetterPhone(), ring_s=40.0)}, scene)).reason == "dial_no_answer"


def test_a_voicemail_greeting_and_its_beep_pass_to_the_engine() -> None:
    voice = LetterPhone((0.5, "you have reached anna please leave a message after the tone"))

    async def scene(built: TelnyxStage) -> None:
        await built.dial()
        await until_over(built)

    call = shop_call()
    agent = {**call.agent, "voicemail_option": {"action": {"type": "hangup"}}}
    house = stage({TO: phone(voice)}, scene, call=replace(call, agent=agent))
    assert ending(house).reason == "voicemail_reached"


def test_a_reset_socket_is_replaced_and_the_sentence_goes_on() -> None:
    voice = LetterPhone((6.0, "a story please"), hang_up_s=22.0)

    async def scene(built: TelnyxStage) -> None:
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(12.0)
        assert call.stream is not None
        call.stream.tear()
        await until_over(built)
        assert voice.heard.endswith("It was found again.")
        assert voice.heard.count("Once there was a shoe.") == 1
        assert built.told("streaming.started") == 2

    house = stage({TO: phone(voice)}, scene)
    assert ending(house).reason == "user_hangup"


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


def test_a_call_that_is_over_is_hung_up_rather_than_resumed() -> None:
    async def scene(built: TelnyxStage) -> None:
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(5.0)
        built.house.renew_fence()
        assert call.stream is not None
        call.stream.tear()
        await asyncio.sleep(2.0)
        assert call.is_final
        assert built.told("streaming.started") == 1

    stage({TO: phone(LetterPhone())}, scene)


def test_digits_are_heard_and_pressed() -> None:
    voice = LetterPhone(hang_up_s=20.0)

    async def scene(built: TelnyxStage) -> None:
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(4.0)
        assert call.stream is not None
        call.stream.press("5")
        await asyncio.sleep(1.0)
        assert not await built.media.orders.press(call.sid, built.line.ticket.next, "1w2")
        assert call.pressed == "1w2"
        await until_over(built)
        assert built.told("streaming.started") == 1

    house = stage({TO: phone(voice)}, scene)
    entries = house.row().report["transcript_with_tool_calls"]
    assert any(entry["role"] == "dtmf" for entry in entries)


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


def test_a_stop_by_the_user_ends_a_ringing_call() -> None:
    async def scene(built: TelnyxStage) -> None:
        await built.dial()
        await asyncio.sleep(1.0)
        await built.carrier.end("call_1", "manual_stopped")
        await until_over(built)

    house = stage({TO: phone(LetterPhone(), ring_s=20.0)}, scene)
    assert ending(house).reason == "manual_stopped"


def lost(**more: Any) -> LostDial:
    return LostDial("call_1", 1, 1, FROM, TO, **more)


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
        built.desk.known.clear()
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


def test_no_answer_to_the_order_may_mean_that_it_was_dialled() -> None:
    async def scene(built: TelnyxStage) -> None:
        built.rest.down = True
        with pytest.raises(CarrierError) as failed:
            await built.dial()
        assert failed.value.sent

    stage({TO: phone(LetterPhone())}, scene)


def test_numbers_are_bought_by_area_and_refused_with_words() -> None:
    async def scene(built: TelnyxStage) -> None:
        bought = await built.shop.buy(NumberWish(area_code=212))
        assert bought.phone_number.startswith("+1212")
        assert built.sim.numbers[bought.reference] == bought.phone_number
        free = await built.shop.buy(NumberWish(toll_free=True))
        assert free.phone_number.startswith("+1888")
        for wish in (NumberWish(area_code=999), NumberWish(phone_number=bought.phone_number)):
            with pytest.raises(NotForSale):
                await built.shop.buy(wish)

    stage({}, scene)
