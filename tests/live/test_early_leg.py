"""Early media through a brain: what sounds before the answer is understood, nothing is said."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace

from tests.fakes.line import FakeLine
from tests.fakes.providers import spoken
from tests.live.house import House, play, say, until, until_quiet
from tests.live.test_brain import shop_call, shopkeeper

from uponai.domain.call import Call, CallState
from uponai.link.media import Overheard
from uponai.live.early_leg import EarlyLeg

ANNOUNCED = "the number is not in service"
GREETING = "leave a message after the tone"


def ringing(**more: object) -> Call:
    return replace(shop_call(**more), state=CallState.RINGING, answered_ms=None)


def answer(line: FakeLine, **more: str) -> None:
    """The far side answers: sample 0 is now."""
    line.line_sample = 0
    line.start(**more)


def test_an_announcement_is_told_and_the_row_is_the_dialers() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.listen()
        await say(line, ANNOUNCED)
        await line.run(1.5)
        assert line.overheard == [Overheard(1, ANNOUNCED)]
        line.hang_up("code")
        await line.run(0.02)
        await asyncio.sleep(0.5)
        line.over = False
        line.tick()
        assert line.overheard[1:] == [Overheard(1, ANNOUNCED, last=True)]
        assert not any(frame.any() for frame in line.played)
        gc.collect()
        assert not [one for one in gc.get_objects() if isinstance(one, EarlyLeg)]

    house = play(scene, ringing())
    row = house.row()
    assert (row.state, row.lease_holder, row.report) == (CallState.RINGING, None, {})
    assert not house.brain.call_ids
    assert not house.calls.told


def test_words_that_may_not_be_kept_are_not_told() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.listen()
        await say(line, ANNOUNCED)
        await line.run(1.5)
        assert [told.text for told in line.overheard] == [""]

    call = ringing()
    play(
        scene, replace(call, agent={**call.agent, "data_storage_setting": "basic_attributes_only"})
    )


def test_words_that_the_end_cuts_off_are_told_all_the_same() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.listen(heard="please hold")
        await say(line, ANNOUNCED)
        line.hang_up("code")
        await asyncio.sleep(0.5)
        line.over = False
        line.tick()
        (told,) = line.overheard
        assert told.last
        assert told.text.startswith("please hold the number is not in serv")

    play(scene, ringing())


def test_after_the_answer_the_agent_talks_and_early_words_are_no_turn() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.listen()
        await say(line, "please hold the line")
        await line.run(10)
        assert not any(frame.any() for frame in line.played)
        answer(line)
        await until(lambda: "shoe shop" in line.heard, line)
        await until_quiet(line)
        await say(line, "which shoes do you have")
        await until(lambda: "Tell me more." in line.heard, line)
        line.hang_up()
        await line.run(1)

    house = play(scene, ringing(), script=shopkeeper)
    said = [(turn["role"], turn["content"]) for turn in house.row().report["transcript_object"]]
    assert said[:2] == [
        ("agent", "Hello Anna, this is the shoe shop."),
        ("user", "which shoes do you have"),
    ]
    assert house.row().report["before_answer"] == "please hold the line"
    assert (house.row().duration_ms or 0) < 10_000


def test_what_is_said_right_at_the_answer_is_heard_whole() -> None:
    """The callee's voice comes before the news of the answer: "hello" by a tenth of a second."""

    async def scene(house: House) -> None:
        line = house.line()
        line.listen()
        await line.run(3)
        await say(line, "he")
        line.say(spoken("llo Anna speaking"))
        answer(line)
        await line.run(3)
        line.hang_up()
        await line.run(1)

    call = ringing()
    waits = {**call.engine, "start_speaker": "user"}
    house = play(scene, replace(call, engine=waits), script=shopkeeper)
    users = [t for t in house.row().report["transcript_object"] if t["role"] == "user"]
    assert users[0]["content"] == "hello Anna speaking"
    assert users[0]["words"][0]["start"] == 0.0


def test_the_rest_of_an_announcement_that_the_answer_cuts_off_is_no_turn() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.listen()
        await say(line, "your call is being connected")
        line.say(spoken("please"))  # on its way when somebody answers
        answer(line)
        await until(lambda: "shoe shop" in line.heard, line)
        await until_quiet(line)
        line.hang_up()
        await line.run(1)

    house = play(scene, ringing(), script=shopkeeper)
    said = [turn["content"] for turn in house.row().report["transcript_object"]]
    assert said == ["Hello Anna, this is the shoe shop."]


def test_a_greeting_that_the_answer_cuts_off_ends_the_call_as_voicemail() -> None:
    option = {"voicemail_option": {"action": {"type": "hangup"}}}

    async def scene(house: House) -> None:
        line = house.line()
        line.listen()
        await say(line, GREETING)
        answer(line)
        await line.run(3)
        assert line.over

    call = ringing()
    house = play(scene, replace(call, agent={**call.agent, **option}))
    ending = house.row().ending
    assert ending is not None
    assert ending.reason == "voicemail_reached"
    assert house.row().report["in_voicemail"]


def test_another_brain_knows_what_was_heard_from_the_line_holder() -> None:
    async def scene(house: House) -> None:
        first = house.line()
        first.listen()
        await say(first, ANNOUNCED)
        await first.run(1.5)
        first.socket.close()
        await asyncio.sleep(0.1)
        brain = house.another_brain("host-b")
        second = house.line(socket=house.link(brain))
        second.listen(heard=first.overheard[-1].text)
        await second.run(1)
        answer(second, heard=first.overheard[-1].text)
        await until(lambda: "shoe shop" in second.heard, second)
        second.hang_up()
        await second.run(1)
        await brain.aclose()

    house = play(scene, ringing())
    assert house.row().report["before_answer"] == ANNOUNCED


def test_a_line_that_comes_back_to_the_same_brain_is_listened_to_again() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.listen()
        await say(line, "please hold")
        again = house.line()
        again.listen()
        line.socket.close()
        await asyncio.sleep(0.1)
        await say(again, ANNOUNCED)
        await again.run(1.5)
        assert again.overheard == [Overheard(1, ANNOUNCED)]
        answer(again)
        await until(lambda: "shoe shop" in again.heard, again)
        again.hang_up()
        await again.run(1)

    play(scene, ringing())


def test_a_brain_that_drains_listens_to_nobody_and_a_stranger_is_not_heard() -> None:
    async def scene(house: House) -> None:
        stranger = house.line(fence=9)
        stranger.listen()
        await say(stranger, ANNOUNCED)
        await stranger.run(2)
        assert not stranger.overheard
        house.brain.drain()
        line = house.line()
        line.listen()
        await line.run(0.1)
        assert line.refused is not None

    play(scene, ringing())


def test_a_call_that_nobody_can_recognise_speech_for_is_answered_all_the_same() -> None:
    async def scene(house: House) -> None:
        house.calls.down = True
        line = house.line()
        line.listen()
        await say(line, ANNOUNCED)
        house.calls.down = False
        await line.run(1)
        assert not line.overheard
        answer(line)
        await until(lambda: "shoe shop" in line.heard, line)
        line.hang_up()
        await line.run(1)

    play(scene, ringing())
