"""Answering-machine detection of the carriers: ordered, told, and heard by the engine."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

import pytest
from telnyx.types.call_machine_premium_detection_ended import CallMachinePremiumDetectionEnded
from telnyx.types.call_machine_premium_greeting_ended import CallMachinePremiumGreetingEnded
from tests.fakes.hosted import PUBLIC, HostedStage, LetterPhone, phone
from tests.fakes.telnyx import TelnyxStage
from tests.fakes.twilio import TwilioStage
from tests.live.house import House, play
from tests.live.test_brain import shop_call, shopkeeper

from uponai.carriers.base_media import AnswererTold, HookRequest, Ticket
from uponai.carriers.telnyx import words as telnyx_words
from uponai.carriers.twilio import words as twilio_words
from uponai.carriers.twilio.words import sign

TO = "+14155550101"
MODELS = {
    "call.machine.premium.detection.ended": CallMachinePremiumDetectionEnded,
    "call.machine.premium.greeting.ended": CallMachinePremiumGreetingEnded,
}

Post = Callable[[Any, str], Awaitable[int]]


async def post_twilio(built: TwilioStage, word: str, *, right: bool = True) -> int:
    path = f"answerer/{built.site.tickets.issue(Ticket('call_1', 1, 1))}"
    url, fields = f"{PUBLIC}/hooks/twilio/{path}", [("CallSid", "CA1"), ("AnsweredBy", word)]
    body = "&".join(f"{name}={value}" for name, value in fields).encode()
    signature = sign(built.desk.account.secret if right else "another", url, fields)
    request = HookRequest("POST", path, url, {"x-twilio-signature": signature}, body)
    return (await built.media.hook(request)).status


async def post_telnyx(built: TelnyxStage, word: str, *, right: bool = True) -> int:
    what = "greeting" if "beep" in word or word == "ended" else "detection"
    premium = "" if word in ("human", "ended") else "premium."
    state = built.desk.state(Ticket("call_1", 1, 1)).write()
    payload = {"call_control_id": "v3:1", "client_state": state, "result": word}
    event = {"event_type": f"call.machine.{premium}{what}.ended", "payload": payload}
    body = json.dumps({"data": event}).encode()
    headers = {name.lower(): value for name, value in built.sim.sign(body).items()}
    sent = body if right else body + b" "
    url = f"{PUBLIC}/hooks/telnyx/calls"
    return (await built.media.hook(HookRequest("POST", "calls", url, headers, sent))).status


CARRIERS = [
    pytest.param(TwilioStage, post_twilio, twilio_words.ANSWERERS, id="twilio"),
    pytest.param(TelnyxStage, post_telnyx, telnyx_words.ANSWERERS, id="telnyx"),
]
each = pytest.mark.parametrize(("make", "post", "words"), CARRIERS)


def staged(
    make: Callable[..., HostedStage],
    scene: Callable[[Any], Awaitable[None]],
    voice: LetterPhone | None = None,
) -> House:
    """A call whose agent hangs up on machines."""

    async def whole(house: House) -> None:
        built = make(house, {TO: phone(voice or LetterPhone(hang_up_s=12.0))})
        await asyncio.sleep(0)
        await scene(built)
        await built.aclose()

    call = shop_call()
    agent = {**call.agent, "voicemail_option": {"action": {"type": "hangup"}}}
    return play(whole, replace(call, agent=agent), script=shopkeeper)


@each
def test_every_word_is_told_or_says_nothing(
    make: Callable[..., HostedStage], post: Post, words: Mapping[str, AnswererTold]
) -> None:
    async def scene(built: Any) -> None:
        for word, told in words.items():
            built.answerers.clear()
            assert await post(built, word) == 204
            assert built.answerers == [told]
        built.answerers.clear()
        assert await post(built, "unknown") == 204
        assert not built.answerers

    staged(make, scene)


@pytest.mark.parametrize(("make", "post"), [(TwilioStage, post_twilio), (TelnyxStage, post_telnyx)])
def test_a_wrong_signature_tells_nothing(make: Callable[..., HostedStage], post: Any) -> None:
    async def scene(built: Any) -> None:
        assert await post(built, "human", right=False) == 403
        assert not built.answerers

    staged(make, scene)


@each
def test_the_agent_acts_on_a_machine_that_only_the_carrier_hears(
    make: Callable[..., HostedStage], post: Post, words: Mapping[str, AnswererTold]
) -> None:
    machine = next(word for word, told in words.items() if told.beep)

    async def scene(built: Any) -> None:
        await built.dial(finds_machines=True)
        await asyncio.sleep(4.0)
        assert await post(built, machine) == 204
        await asyncio.sleep(3.0)

    ending = staged(make, scene).row().ending
    assert ending is not None
    assert ending.reason == "voicemail_reached"


@each
def test_a_person_for_the_carrier_goes_on_talking(
    make: Callable[..., HostedStage], post: Post, words: Mapping[str, AnswererTold]
) -> None:
    person = next(word for word, told in words.items() if not told.is_machine)

    async def scene(built: Any) -> None:
        await built.dial(finds_machines=True)
        await asyncio.sleep(4.0)
        assert await post(built, person) == 204
        await asyncio.sleep(20.0)

    ending = staged(make, scene).row().ending
    assert ending is not None
    assert ending.reason == "user_hangup"


@pytest.mark.parametrize("make", [TwilioStage, TelnyxStage])
def test_a_long_greeting_without_telling_words_is_heard_by_the_carrier(
    make: Callable[..., HostedStage],
) -> None:
    """The whole way: ordered, detected, told by a signed webhook, acted on."""
    voice = LetterPhone((0.2, "anna " * 12), hang_up_s=60.0)

    async def scene(built: Any) -> None:
        await built.dial(finds_machines=True)
        await asyncio.sleep(25.0)
        assert built.answerers
        assert built.answerers[-1].is_machine
        if isinstance(built, TelnyxStage):
            told = [one for one in built.sim.events if "machine" in one["event_type"]]
            assert told
            for event in told:
                assert MODELS[event["event_type"]].model_validate(event, strict=False)

    row = staged(make, scene, voice).row()
    assert row.ending is not None
    assert row.ending.reason == "voicemail_reached"


MENU = (
    (0.2, "thank you for calling the clinic and welcome we are glad that you call"),
    (4.6, "for appointments press one for opening hours press two"),
)


@pytest.mark.parametrize("make", [TwilioStage, TelnyxStage])
def test_a_menu_that_the_carrier_takes_for_a_machine_is_talked_with(
    make: Callable[..., HostedStage],
) -> None:
    """The whole way: the carrier detects a machine before the menu has named its first key."""
    voice = LetterPhone(*MENU, hang_up_s=40.0)

    async def scene(built: Any) -> None:
        await built.dial(finds_machines=True)
        await asyncio.sleep(25.0)
        assert AnswererTold(is_machine=True) in built.answerers
        assert "Tell me more." in voice.heard
        await asyncio.sleep(20.0)

    row = staged(make, scene, voice).row()
    assert row.ending is not None
    assert row.ending.reason == "user_hangup"
    assert row.report["in_voicemail"] is False


@each
def test_no_word_of_the_carrier_makes_a_machine_of_a_menu(
    make: Callable[..., HostedStage], post: Post, words: Mapping[str, AnswererTold]
) -> None:
    async def scene(built: Any) -> None:
        await built.dial()
        await asyncio.sleep(3.0)
        for word, told in words.items():
            assert told.beep or await post(built, word) == 204
        await asyncio.sleep(12.0)
        for word in words:
            assert await post(built, word) == 204
        await asyncio.sleep(20.0)

    row = staged(make, scene, LetterPhone(*MENU, hang_up_s=30.0)).row()
    assert row.ending is not None
    assert row.ending.reason == "user_hangup"
    assert row.report["in_voicemail"] is False


@pytest.mark.parametrize("make", [TwilioStage, TelnyxStage])
def test_nothing_is_detected_where_nothing_was_ordered(make: Callable[..., HostedStage]) -> None:
    async def scene(built: Any) -> None:
        await built.dial()
        await asyncio.sleep(12.0)
        assert not built.answerers

    staged(make, scene, LetterPhone((0.2, "anna " * 12), hang_up_s=15.0))


@pytest.mark.parametrize("make", [TwilioStage, TelnyxStage])
def test_an_installation_may_never_order_it(make: Callable[..., HostedStage]) -> None:
    async def scene(built: Any) -> None:
        built.desk.site = replace(built.site, finds_machines=False)
        await built.dial(finds_machines=True)
        await asyncio.sleep(12.0)
        assert not built.answerers

    staged(make, scene, LetterPhone((0.2, "anna " * 12), hang_up_s=15.0))


@pytest.mark.parametrize("make", [TwilioStage, TelnyxStage])
def test_a_short_hello_is_a_person(make: Callable[..., HostedStage]) -> None:
    async def scene(built: Any) -> None:
        await built.dial(finds_machines=True)
        await asyncio.sleep(6.0)
        assert built.answerers == [AnswererTold(is_machine=False)]

    row = staged(make, scene, LetterPhone((0.3, "hi"), hang_up_s=5.0)).row()
    assert row.ending is not None
    assert row.ending.reason == "user_hangup"


def test_twilio_is_ordered_in_words_that_its_sdk_knows() -> None:
    from twilio.rest.api.v2010.account.call import CallList

    async def scene(built: TwilioStage) -> None:
        wish = dict(built.carrier._wish(built.order(finds_machines=True), Ticket("call_1", 1, 1)))  # noqa: SLF001  # type: ignore[attr-defined]
        plain = dict(built.carrier._wish(built.order(), Ticket("call_1", 1, 1)))  # noqa: SLF001  # type: ignore[attr-defined]
        ordered = set(wish) - set(plain)
        known = {name.replace("_", "") for name in inspect.signature(CallList.create).parameters}
        assert ordered == {
            "MachineDetection",
            "AsyncAmd",
            "AsyncAmdStatusCallback",
            "AsyncAmdStatusCallbackMethod",
        }
        assert {name.lower() for name in ordered} <= known

    staged(TwilioStage, scene)


def test_telnyx_is_ordered_and_tells_in_words_of_its_sdk() -> None:
    from telnyx.types import (
        call_machine_detection_ended,
        call_machine_greeting_ended,
        call_machine_premium_detection_ended,
        call_machine_premium_greeting_ended,
    )
    from telnyx.types.call_dial_params import CallDialParams

    events = (
        call_machine_detection_ended,
        call_machine_greeting_ended,
        call_machine_premium_detection_ended,
        call_machine_premium_greeting_ended,
    )
    told = {
        word
        for event in events
        for kind in get_args(event.Payload.model_fields["result"].annotation)
        for word in get_args(kind)
    }
    assert set(telnyx_words.ANSWERERS) <= told
    written = CallDialParams.__annotations__["answering_machine_detection"].__forward_arg__
    settings = get_args(eval(written, {"Literal": Literal}))  # noqa: S307 - the SDK's own words

    async def scene(built: TelnyxStage) -> None:
        for finds_machines in (True, False):
            wish = built.carrier._wish(built.order(finds_machines=finds_machines))  # noqa: SLF001  # type: ignore[attr-defined]
            assert wish["answering_machine_detection"] in settings
            assert (wish["answering_machine_detection"] != "disabled") is finds_machines

    staged(TelnyxStage, scene)
