"""Whole calls through the Twilio adapter against the simulated Twilio, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from tests.carriers.flows import FROM, HUMAN, TO, ending, lost, staged, until_over
from tests.fakes.twilio import LetterPhone, TwilioStage, phone
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
    Rang,
    Unknown,
)
from uponai.carriers.base import (
    HungUp as CarrierHungUp,
)
from uponai.domain.call import CallState
from uponai.link.media import SendDtmf, encode
from uponai.providers.base import ChatEvent, ChatRequest, TextDelta, ToolCalled, ToolRequest
from uponai.sim.carriers.phone import Phone
from uponai.sim.scenario import Fate
from uponai.tasks import now_ms

stage = partial(staged, TwilioStage)


def test_a_call_in_that_waits_is_asked_for_again_and_again() -> None:
    class Undecided(TwilioStage):
        async def arrive(self, event: Any) -> None:
            await asyncio.sleep(3600)

    async def whole(house: House) -> None:
        built = Undecided(house, {})
        await built.shop.buy(NumberWish(phone_number=FROM))
        call = built.sim.ring_in(TO, FROM, phone(LetterPhone()))
        await asyncio.sleep(20.0)
        assert call.status == "ringing"
        assert sum(url.endswith("/voice") for url, _, _ in built.sim.posted) >= 3
        built.sim.hang_up(call)
        await asyncio.sleep(2.0)
        assert isinstance(built.events[-1], CallVanished)
        with pytest.raises(CarrierError):
            await built.carrier.accept(call.sid, "call_1", 1, {})
        await built.aclose()

    play(whole, shop_call(), script=shopkeeper)


def test_a_refused_call_in_is_rejected_before_it_is_answered() -> None:
    class Refusing(TwilioStage):
        async def arrive(self, event: Any) -> None:
            await self.carrier.reject(event.line_key, 480, "")

    async def whole(house: House) -> None:
        built = Refusing(house, {})
        await built.shop.buy(NumberWish(phone_number=FROM))
        call = built.sim.ring_in(TO, FROM, phone(LetterPhone()))
        await asyncio.sleep(2.0)
        assert call.status == "no-answer"
        assert call.started_ms is None
        await built.aclose()

    play(whole, shop_call(), script=shopkeeper)


def test_no_brain_can_be_reached_any_more() -> None:
    voice = LetterPhone(hang_up_s=300.0)

    async def scene(built: TwilioStage) -> None:
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(5.0)
        built.reachable = False
        assert call.stream is not None
        call.stream.tear()
        await until_over(built)
        await asyncio.sleep(5.0)
        assert call.is_final

    assert stage({TO: phone(voice)}, scene).row().state is CallState.ENDED


def transferring(
    human: Phone,
    scene: Callable[[TwilioStage], Awaitable[None]],
    voice: LetterPhone,
    kind: str = "cold_transfer",
) -> House:
    """A call whose agent hands over to ``human`` when asked for sales."""

    async def whole(house: House) -> None:
        built = TwilioStage(house, {TO: phone(voice), HUMAN: human})
        await asyncio.sleep(0)
        await built.dial()
        await scene(built)
        await built.aclose()

    tool = {
        "type": "transfer_call",
        "name": "to_sales",
        "transfer_destination": {"type": "predefined", "number": HUMAN},
        "transfer_option": {"type": kind},
    }
    call = shop_call()
    engine = {**call.engine, "general_tools": [tool]}
    return play(whole, replace(call, engine=engine), script=sales_clerk)


def sales_clerk(request: ChatRequest) -> Sequence[ChatEvent]:
    last = request.messages[-1]
    if last.role == "tool":
        return [TextDelta("Nobody there.")]
    if "sales" in last.content:
        return [ToolCalled(ToolRequest("t1", "to_sales", "{}"))]
    return [TextDelta("Tell me more.")]


def test_a_caller_who_was_handed_over_is_left_to_the_two_of_them() -> None:
    voice = LetterPhone((6.0, "sales"))

    async def scene(built: TwilioStage) -> None:
        await asyncio.sleep(12.0)
        assert built.transfers == [("call_1", "done", "answered")]
        assert built.house.row().state is not CallState.ENDED
        call = next(iter(built.sim.calls.values()))
        assert call.status == "in-progress"
        await until_over(built, 100.0)
        assert call.status == "in-progress"
        await asyncio.sleep(40.0)
        assert call.status == "completed"

    house = transferring(phone(LetterPhone()), scene, voice)
    assert ending(house).reason == "call_transfer"
    assert house.row().report["transfer_destination"] == HUMAN
    duration_ms = house.row().duration_ms
    assert duration_ms is not None and duration_ms < 15_000
    assert house.calls.told[-2:] == ["transfer_bridged", "call_ended"]


def test_a_caller_who_hangs_up_on_the_other_one_ends_the_call() -> None:
    async def scene(built: TwilioStage) -> None:
        await asyncio.sleep(12.0)
        assert built.transfers == [("call_1", "done", "answered")]
        call = next(iter(built.sim.calls.values()))
        built.sim.hang_up(call)
        await until_over(built, 3.0)
        assert all(one.is_final for one in built.sim.calls.values())

    house = transferring(phone(LetterPhone()), scene, LetterPhone((6.0, "sales")))
    assert ending(house).reason == "call_transfer"


def test_a_caller_who_is_cut_off_soon_comes_back_to_the_agent() -> None:
    voice = LetterPhone((6.0, "sales"), hang_up_s=30.0)

    async def scene(built: TwilioStage) -> None:
        built.sim.bridged_s = 7.0
        await until_over(built)
        assert "Nobody there." in voice.heard

    house = transferring(phone(LetterPhone()), scene, voice)
    assert ending(house).reason == "user_hangup"
    told = house.row().report["transcript_with_tool_calls"]
    (result,) = [entry for entry in told if entry["role"] == "tool_call_result"]
    assert "gone after 7 s" in result["content"]
    assert "transfer_cancelled" in house.calls.told


@pytest.mark.parametrize("fate", [Fate.BUSY, Fate.NO_ANSWER])
def test_a_transfer_that_fails_comes_back_to_the_agent(fate: Fate) -> None:
    voice = LetterPhone((6.0, "sales"), (20.0, "tell me"), hang_up_s=28.0)

    async def scene(built: TwilioStage) -> None:
        await until_over(built)
        assert built.transfers == [("call_1", "failed", fate.value)]
        assert "Nobody there." in voice.heard
        assert "Tell me more." in voice.heard

    house = transferring(Phone(fate), scene, voice)
    assert ending(house).reason == "user_hangup"


def test_a_warm_transfer_is_refused_and_rings_nowhere() -> None:
    voice = LetterPhone((6.0, "sales"), hang_up_s=20.0)

    async def scene(built: TwilioStage) -> None:
        await until_over(built)
        assert len(built.sim.calls) == 1
        assert "Nobody there." in voice.heard

    house = transferring(phone(LetterPhone()), scene, voice, "warm_transfer")
    assert ending(house).reason == "user_hangup"
    told = house.row().report["transcript_with_tool_calls"]
    (result,) = [entry for entry in told if entry["role"] == "tool_call_result"]
    assert "this carrier offers no warm transfer" in result["content"]


class SlowToAnswer:
    """An account's API whose answers come a second after what they did."""

    def __init__(self, rest: Any) -> None:
        self._rest = rest

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        answer = await self._rest.post(path, body)
        await asyncio.sleep(1.0)
        return answer

    async def get(self, path: str, query: Any = ()) -> dict[str, Any]:
        return await self._rest.get(path, query)


def test_a_callback_that_overtakes_the_answer_tells_the_same_of_a_call_that_is_taken_back() -> None:
    async def scene(built: TwilioStage) -> None:
        built.sim.queue_open.clear()
        built.desk.use(built.desk.account, SlowToAnswer(built.rest))
        await built.dial()
        await until_over(built, 15.0)
        await asyncio.sleep(2.0)
        told = [event.line["code"] for event in built.events if isinstance(event, CarrierHungUp)]
        assert told == ["20429"]

    stage({TO: phone(LetterPhone())}, scene)


class LosesAnswers(SlowToAnswer):
    """An account's API whose answers to what changes a call are lost."""

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        answer = await self._rest.post(path, body)
        if path == "Calls.json":
            return answer
        raise CarrierError("no answer: TimeoutError", sent=True)


def test_a_call_that_was_taken_back_without_an_answer_is_told_as_too_fast() -> None:
    async def scene(built: TwilioStage) -> None:
        built.reachable = False
        built.sim.queue_open.clear()
        built.desk.use(built.desk.account, LosesAnswers(built.rest))
        await built.dial()
        await asyncio.sleep(25.0)
        told = [
            event.line.get("code") for event in built.events if isinstance(event, CarrierHungUp)
        ]
        assert told == ["20429"]

    stage({TO: phone(LetterPhone())}, scene)


def test_queued_for_ten_seconds_is_taken_back_and_told_as_too_fast() -> None:
    async def scene(built: TwilioStage) -> None:
        built.sim.queue_open.clear()
        call = await built.dial()
        await until_over(built, 15.0)
        assert call is not None
        assert call.status == "canceled"
        hung_up = next(event for event in built.events if isinstance(event, CarrierHungUp))
        assert hung_up.line["code"] == "20429"

    assert ending(stage({TO: phone(LetterPhone())}, scene)).reason == (
        "telephony_provider_unavailable"
    )


@pytest.mark.parametrize("fate", [Fate.BUSY, Fate.ANSWERED])
def test_where_no_callback_arrives_the_carrier_is_asked(fate: Fate) -> None:
    async def scene(built: TwilioStage) -> None:
        built.reachable = False
        await built.dial()
        async with asyncio.timeout(30.0):
            while not any(isinstance(event, CarrierHungUp) for event in built.events):
                await asyncio.sleep(0.5)

    stage({TO: Phone(fate)}, scene)


def test_over_the_limit_the_order_is_refused_with_the_carriers_code() -> None:
    async def scene(built: TwilioStage) -> None:
        assert not built.sim.limits.too_fast()
        await built.dial()
        (hung_up,) = built.events
        assert isinstance(hung_up, CarrierHungUp)
        assert hung_up.line == {"cause": "code", "status": 429, "code": "20429"}

    stage({TO: phone(LetterPhone())}, scene, cps=1)


def test_more_calls_at_once_than_the_account_may_have_are_refused() -> None:
    async def scene(built: TwilioStage) -> None:
        await built.dial()
        rows = built.house.calls.rows
        rows["call_2"] = replace(rows["call_1"], call_id="call_2")
        await built.carrier.dial(replace(built.order(), call_id="call_2"))
        hung_up = built.events[-1]
        assert isinstance(hung_up, CarrierHungUp)
        assert (hung_up.call_id, hung_up.line["code"]) == ("call_2", "10004")

    stage({TO: phone(LetterPhone(), ring_s=30.0)}, scene, concurrency=1)


def test_after_a_crash_a_dial_is_found_by_reference_or_by_its_numbers() -> None:
    async def scene(built: TwilioStage) -> None:
        at_ms = now_ms()
        with pytest.raises(CarrierError):
            await built.carrier.look_up(lost(ordered_ms=at_ms))
        assert await built.carrier.look_up(lost(ordered_ms=at_ms - 60_000)) == NeverSent()
        assert isinstance(await built.carrier.look_up(lost()), Unknown)
        call = await built.dial()
        assert call is not None
        built.desk.known.forget("call_1")
        found = await built.carrier.look_up(lost(ordered_ms=at_ms))
        assert isinstance(found, Found)
        assert found.carrier_ref == call.sid
        await asyncio.sleep(3.0)
        found = await built.carrier.look_up(lost(carrier_ref=call.sid))
        assert isinstance(found, Found)
        assert found.state == "answered"
        built.sim.hang_up(call)
        await until_over(built)
        over = await built.carrier.look_up(lost(carrier_ref=call.sid))
        assert isinstance(over, Over)
        assert over.report is not None
        assert over.report.answered
        assert isinstance(await built.carrier.look_up(lost(carrier_ref="CA0")), Unknown)

    stage({TO: phone(LetterPhone())}, scene)


def test_two_calls_between_the_same_numbers_cannot_be_told_apart() -> None:
    async def scene(built: TwilioStage) -> None:
        at_ms = now_ms()
        await built.dial()
        await built.dial()
        built.desk.known.forget("call_1")
        assert isinstance(await built.carrier.look_up(lost(ordered_ms=at_ms)), Unknown)

    stage({TO: phone(LetterPhone(), ring_s=30.0)}, scene)


def test_ringing_is_told_and_digits_interrupt_the_stream() -> None:
    async def scene(built: TwilioStage) -> None:
        call = await built.dial()
        assert call is not None
        await asyncio.sleep(4.0)
        assert [type(event) for event in built.events][-2:] == [Rang, PickedUp]
        await built.line.send_text(encode(SendDtmf(1, "12")))
        await asyncio.sleep(2.0)
        assert call.pressed == "12"
        assert built.line.ticket.turn == 1

    stage({TO: phone(LetterPhone())}, scene)


def test_a_bought_number_brings_its_calls_to_our_hooks() -> None:
    async def scene(built: TwilioStage) -> None:
        bought = await built.shop.buy(NumberWish(area_code=212))
        url = built.sim.numbers[bought.reference]["voice_url"]
        assert url.startswith("https://agents.example.com/hooks/twilio/voice")

    stage({}, scene)
