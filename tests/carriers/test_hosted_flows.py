"""Whole calls that go alike over every carrier that hosts them, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.carriers.flows import FROM, TO, ending, said, staged, until_over
from tests.fakes.hosted import HostedStage, LetterPhone, phone
from tests.fakes.telnyx import TelnyxStage
from tests.fakes.twilio import TwilioStage
from tests.live.house import House, play
from tests.live.test_brain import shop_call, shopkeeper

from uponai.carriers.base import (
    CallVanished,
    CarrierError,
    Dialled,
    HungUp,
    LostDial,
    NotForSale,
    NumberWish,
    PickedUp,
)
from uponai.link.media import SendDtmf, encode
from uponai.sim.carriers.phone import Phone
from uponai.sim.scenario import Fate
from uponai.tasks import now_ms

Make = Callable[..., HostedStage]
each = pytest.mark.parametrize("make", [TwilioStage, TelnyxStage], ids=["twilio", "telnyx"])


@each
def test_a_call_out_is_dialled_answered_talked_and_hung_up_by_the_callee(make: Make) -> None:
    voice = LetterPhone((6.0, "what size"), (12.0, "tell me"), hang_up_s=18.0)

    async def scene(built: Any) -> None:
        await built.dial()
        await until_over(built)
        kinds = [type(event) for event in built.events]
        assert kinds[0] is Dialled
        assert PickedUp in kinds
        last = built.events[-1]
        assert isinstance(last, HungUp)
        assert last.answered
        assert last.ending.reason == "user_hangup"
        assert "Tell me more." in voice.heard
        assert not any(status >= 300 for _, _, status in built.sim.posted)
        assert not built.desk.known

    house = staged(make, {TO: phone(voice)}, scene)
    assert ending(house).reason == "user_hangup"
    assert said(house, "user") == ["what size", "tell me"]


@each
def test_the_agent_hangs_up_after_its_last_word(make: Make) -> None:
    voice = LetterPhone((6.0, "bye now"))

    async def scene(built: Any) -> None:
        call = await built.dial()
        await until_over(built)
        assert call.is_final
        assert voice.heard.endswith("Goodbye Anna.")

    assert ending(staged(make, {TO: phone(voice)}, scene)).reason == "agent_hangup"


@each
def test_a_call_in_is_taken_and_ends_with_the_caller(make: Make) -> None:
    voice = LetterPhone((6.0, "tell me"), hang_up_s=10.0)

    async def scene(built: Any) -> None:
        bought = await built.shop.buy(NumberWish(phone_number=FROM))
        call = built.sim.ring_in(TO, FROM, phone(voice))
        await until_over(built)
        assert call.is_final
        assert "shoe shop." in voice.heard
        await asyncio.sleep(1.0)
        assert isinstance(built.events[-1], HungUp)
        assert built.events[-1].answered
        await built.shop.release(FROM, bought.reference)
        await built.shop.release(FROM, bought.reference)
        assert not built.sim.numbers

    house = staged(make, {}, scene)
    assert ending(house).reason == "user_hangup"
    assert house.row().direction == "inbound"


@each
def test_a_call_in_that_waits_rings_on_and_may_give_up(make: Make) -> None:
    async def undecided(event: Any) -> None:
        await asyncio.sleep(3600)

    async def whole(house: House) -> None:
        built: Any = make(house, {})
        built.arrive = undecided
        await built.shop.buy(NumberWish(phone_number=FROM))
        call = built.sim.ring_in(TO, FROM, phone(LetterPhone()))
        await asyncio.sleep(20.0)
        assert not call.is_final
        built.sim.hang_up(call)
        await asyncio.sleep(2.0)
        assert isinstance(built.events[-1], CallVanished)
        with pytest.raises(CarrierError):
            await built.carrier.accept(call.sid, "call_1", 1, {})
        assert not built.desk.known
        await built.aclose()

    play(whole, shop_call(), script=shopkeeper)


@each
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
def test_a_call_that_nobody_takes_says_why(make: Make, fate: Fate, reason: str) -> None:
    async def scene(built: Any) -> None:
        await built.dial()
        await until_over(built)
        assert not built.desk.known

    assert ending(staged(make, {TO: Phone(fate)}, scene)).reason == reason


@each
def test_it_rings_no_longer_than_ordered(make: Make) -> None:
    async def scene(built: Any) -> None:
        await built.dial(ring_timeout_ms=12_000)
        await until_over(built, 15.0)

    phones = {TO: phone(LetterPhone(), ring_s=40.0)}
    assert ending(staged(make, phones, scene)).reason == "dial_no_answer"


@each
def test_a_voicemail_greeting_and_its_beep_pass_to_the_engine(make: Make) -> None:
    voice = LetterPhone((0.5, "you have reached anna please leave a message after the tone"))

    async def scene(built: Any) -> None:
        await built.dial()
        await until_over(built)

    call = shop_call()
    agent = {**call.agent, "voicemail_option": {"action": {"type": "hangup"}}}
    house = staged(make, {TO: phone(voice)}, scene, call=replace(call, agent=agent))
    assert ending(house).reason == "voicemail_reached"


@each
def test_a_reset_socket_is_replaced_and_the_sentence_goes_on(make: Make) -> None:
    voice = LetterPhone((6.0, "a story please"), hang_up_s=22.0)

    async def scene(built: Any) -> None:
        call = await built.dial()
        await asyncio.sleep(12.0)
        assert built.line.ticket.turn == 0
        call.stream.tear()
        await asyncio.sleep(2.0)
        assert built.line.ticket.turn == 1
        await until_over(built)
        assert voice.heard.endswith("It was found again.")
        assert voice.heard.count("Once there was a shoe.") == 1

    house = staged(make, {TO: phone(voice)}, scene)
    assert ending(house).reason == "user_hangup"


@each
def test_the_callback_ends_a_call_whose_media_socket_says_nothing_more(make: Make) -> None:
    voice = LetterPhone(hang_up_s=10.0)

    async def scene(built: Any) -> None:
        await built.dial()
        await asyncio.sleep(8.0)
        built.sockets[-1].is_cut_off = True
        await until_over(built, limit_s=6.0)

    house = staged(make, {TO: phone(voice)}, scene)
    assert ending(house).reason == "user_hangup"


@each
def test_a_call_that_is_over_is_hung_up_rather_than_resumed(make: Make) -> None:
    async def scene(built: Any) -> None:
        call = await built.dial()
        await asyncio.sleep(5.0)
        built.house.renew_fence()
        call.stream.tear()
        await asyncio.sleep(2.0)
        assert call.is_final

    staged(make, {TO: phone(LetterPhone())}, scene)


@each
def test_digits_are_heard_and_pressed(make: Make) -> None:
    async def scene(built: Any) -> None:
        call = await built.dial()
        await asyncio.sleep(4.0)
        call.stream.press("5")
        await asyncio.sleep(1.0)
        await built.line.send_text(encode(SendDtmf(1, "1w2")))
        await asyncio.sleep(3.0)
        assert call.pressed == "1w2"
        assert not built.line.over.is_set()
        await until_over(built)

    house = staged(make, {TO: phone(LetterPhone(hang_up_s=20.0))}, scene)
    entries = house.row().report["transcript_with_tool_calls"]
    assert any(entry["role"] == "dtmf" for entry in entries)


@each
def test_a_stop_by_the_user_ends_a_ringing_call(make: Make) -> None:
    async def scene(built: Any) -> None:
        await built.dial()
        await asyncio.sleep(1.0)
        await built.carrier.end("call_1", "manual_stopped")
        await until_over(built)

    house = staged(make, {TO: phone(LetterPhone(), ring_s=20.0)}, scene)
    assert ending(house).reason == "manual_stopped"


@each
def test_no_answer_to_the_order_may_mean_that_it_was_dialled(make: Make) -> None:
    async def scene(built: Any) -> None:
        built.rest.down = True
        with pytest.raises(CarrierError) as failed:
            await built.dial()
        assert failed.value.sent

    staged(make, {TO: phone(LetterPhone())}, scene)


class SpeakingOfElse:
    """What stands before an account's API and answers every question itself."""

    async def get(self, path: str, query: Any = ()) -> dict[str, Any]:
        return {"message": "sign in to the network first"}


@each
def test_an_answer_about_something_else_is_no_finding_that_there_is_no_call(make: Make) -> None:
    async def scene(built: Any) -> None:
        built.desk.use(built.desk.account, SpeakingOfElse())
        for ref in (None, "ref_1"):
            lost = LostDial("call_1", 1, 1, FROM, TO, now_ms() - 600_000, ref)
            with pytest.raises(CarrierError, match="not understood"):
                await built.carrier.look_up(lost)
        with pytest.raises(CarrierError, match="not understood"):
            await built.shop.adopt(FROM)

    staged(make, {}, scene)


@each
def test_numbers_are_bought_by_area_and_refused_with_words(make: Make) -> None:
    async def scene(built: Any) -> None:
        bought = await built.shop.buy(NumberWish(area_code=212))
        assert bought.phone_number.startswith("+1212")
        assert bought.reference in built.sim.numbers
        free = await built.shop.buy(NumberWish(toll_free=True))
        assert free.phone_number.startswith("+1888")
        for wish in (NumberWish(area_code=999), NumberWish(phone_number=bought.phone_number)):
            with pytest.raises(NotForSale):
                await built.shop.buy(wish)

    staged(make, {}, scene)
