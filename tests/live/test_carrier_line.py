"""Calls whose audio a carrier brings: the same conversations, whatever becomes of the socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.fakes.carrier_media import FarEnd, PlainCarrier
from tests.fakes.providers import spoken
from tests.live.house import House, play
from tests.live.test_brain import shop_call, shopkeeper

from uponai.carriers.base_media import Ticket
from uponai.domain.call import CallState
from uponai.domain.ending import Ending
from uponai.live.carrier_line import LineKeeping
from uponai.live.carrier_lines import CarrierLines
from uponai.media.tape import HEAD_BYTES, parse_head
from uponai.tape import TapeDeck
from uponai.tasks import now_ms

TICKET = Ticket("call_1", 1, 1)


class Exchange:
    """A carrier with calls into the house's brain."""

    def __init__(self, house: House, deck: TapeDeck | None = None) -> None:
        self.house = house
        self.carrier = PlainCarrier()
        self.lines = CarrierLines(house.brain, LineKeeping(self.answered, deck, return_s=3.0))

    async def answered(self, call_id: str) -> int | None:
        return self.house.row(call_id).answered_ms

    def socket(self, ticket: Ticket = TICKET, *, start: bool = True) -> FarEnd:
        far = FarEnd()
        self.carrier.noted.far = far
        self.house.tasks.spawn(self.lines.serve(self.carrier, far), name="media socket")
        if start:
            far.start("CA1", ticket)
        return far


def call(scene: Callable[[Exchange], Awaitable[None]], tape: Path | None = None) -> House:
    async def whole(house: House) -> None:
        deck = TapeDeck(tape) if tape is not None else None
        exchange = Exchange(house, deck)
        await scene(exchange)
        await exchange.lines.aclose()

    return play(whole, shop_call(), script=shopkeeper)


def ending(house: House) -> Ending:
    found = house.row().ending
    assert found is not None
    return found


def transcript(house: House) -> list[tuple[str, str]]:
    entries = house.row().report["transcript_object"]
    return [(entry["role"], entry["content"]) for entry in entries]


async def say(far: FarEnd, text: str) -> None:
    far.say(spoken(text))
    await far.run(len(text) * 0.05)


def test_a_conversation_and_the_callers_goodbye() -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket()
        await far.run(6.0)
        assert "shoe shop." in far.heard
        await say(far, "what size")
        await far.run(6.0)
        await say(far, "tell me")
        await far.run(4.0)
        assert "Tell me more." in far.heard
        far.stop()
        await asyncio.sleep(2.0)

    house = call(scene)
    assert house.row().state is CallState.ENDED
    assert ending(house).reason == "user_hangup"
    assert ("agent", "Hello Anna, this is the shoe shop.") in transcript(house)
    assert ("user", "tell me") in transcript(house)


def test_the_agents_goodbye_is_played_before_the_carrier_hangs_up() -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket()
        await far.run(6.0)
        await say(far, "bye now")
        await far.run(8.0)
        assert far.heard.endswith("Goodbye Anna.")
        assert exchange.carrier.noted.asked == [("hang_up", "CA1")]
        assert far.closed

    house = call(scene)
    assert ending(house).reason == "agent_hangup"


def test_barge_in_keeps_what_was_heard_and_drops_the_rest() -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket()
        await far.run(5.0)
        await say(far, "a story please")
        await far.run(3.0)
        await say(far, "no stop it please")
        await far.run(1.5)
        assert "found again" not in far.heard
        far.stop()
        await asyncio.sleep(2.0)

    house = call(scene)
    story = [text for role, text in transcript(house) if role == "agent"][1]
    assert story.startswith("Once there was")
    assert "found again" not in story


def test_a_lost_socket_comes_back_and_nothing_is_said_twice() -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket()
        await far.run(5.0)
        await say(far, "a story please")
        await far.run(2.0)
        far.cut()
        await asyncio.sleep(1.0)
        assert exchange.house.brain.call_ids == {"call_1"}
        again = exchange.socket(TICKET.next)
        await again.run(10.0)
        both = far.heard + again.heard
        assert both.endswith("It was found again.")
        assert 0.8 < len(both) / len("Hello Anna, this is the shoe shop." + STORY_TOLD) < 1.1
        again.stop()
        await asyncio.sleep(2.0)

    house = call(scene)
    assert ending(house).reason == "user_hangup"
    said = [text for role, text in transcript(house) if role == "agent"]
    assert said[1] == STORY_TOLD


STORY_TOLD = (
    "Once there was a shoe. It was made by hand. It was worn by a king. "
    "It was lost at sea. It was found again."
)


def test_another_brain_goes_on_from_the_last_turn() -> None:
    started_ms = now_ms()

    async def scene(exchange: Exchange) -> None:
        house = exchange.house
        house.functions.answers = [(200, '{"price": 90}')]
        house.calls.rows["call_1"] = replace(house.row(), answered_ms=started_ms - 9_000)
        far = exchange.socket()
        await far.run(5.0)
        await say(far, "tell me")
        await far.run(4.0)
        assert "Tell me more." in far.heard
        await house.brain.aclose()
        await exchange.lines.aclose()
        assert far.closed
        second = house.another_brain("host-b")
        exchange.lines = CarrierLines(second, LineKeeping(exchange.answered))
        again = exchange.socket(TICKET.next)
        await again.run(2.0)
        await say(again, "what size")
        await again.run(4.0)
        assert "They cost 90 dollars." in again.heard
        assert "shoe shop" not in again.heard
        again.stop()
        await asyncio.sleep(2.0)
        await second.aclose()

    house = call(scene)
    took_ms = now_ms() - started_ms
    assert ending(house).reason == "user_hangup"
    assert [text for role, text in transcript(house) if role == "user"] == ["tell me", "what size"]
    # The first brain's part is taken off the calendar, on which the virtual seconds do not pass.
    assert 15_000 <= (house.row().duration_ms or 0) <= 17_000 + took_ms


def test_a_socket_that_never_comes_back_ends_the_call() -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket()
        await far.run(5.0)
        far.cut()
        await asyncio.sleep(12.0)

    house = call(scene)
    assert house.row().state is CallState.ENDED


def test_a_second_socket_with_the_same_ticket_is_refused() -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket()
        await far.run(1.0)
        second = exchange.socket()
        await asyncio.sleep(0.5)
        assert second.closed
        assert not far.closed
        await far.run(5.0)
        assert "shoe shop." in far.heard

    call(scene)


def test_a_socket_without_a_ticket_is_refused() -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket(start=False)
        await far.run(0.2)
        assert far.closed
        silent = exchange.socket(start=False)
        await asyncio.sleep(11.0)
        assert silent.closed
        assert not exchange.house.brain.call_ids

    call(scene)


def test_a_line_without_audio_is_given_up() -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket()
        await far.run(2.0)
        await asyncio.sleep(35.0)
        assert ("hang_up", "CA1") in exchange.carrier.noted.asked

    house = call(scene)
    assert house.row().state is CallState.ENDED


def test_the_tape_holds_both_sides_on_the_lines_clock(tmp_path: Path) -> None:
    async def scene(exchange: Exchange) -> None:
        far = exchange.socket()
        await far.run(4.0)
        await say(far, "tell me")
        await far.run(3.0)
        far.stop()
        await asyncio.sleep(1.0)

    call(scene, tmp_path)
    (segment,) = (tmp_path / "call_1").iterdir()
    data = segment.read_bytes()
    assert parse_head(data).start_sample == 0
    stereo = np.frombuffer(data[HEAD_BYTES:], dtype="<i2")
    agent, caller = stereo[0::2], stereo[1::2]
    assert 6.8 < len(agent) / 8_000 < 7.8
    first = np.flatnonzero(caller)[0] / 8_000
    assert abs(first - 4.0) < 0.1
    assert np.count_nonzero(agent) >= 34 * 400
