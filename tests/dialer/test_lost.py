"""A dial of which nothing was heard: the carrier is asked, and nothing is dialled twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from tests.fakes.dialling import NotingCarrier, a_dialer, a_number, installation
from tests.patience import until
from tests.storage.worlds import a_call, opened, until_call

from uponai.carriers.base import (
    CarrierError,
    CarrierSpec,
    Dialled,
    DialOrder,
    Found,
    HungUp,
    LineHeld,
    LinesHeld,
    LostDial,
    NeverSent,
    Over,
    PickedUp,
    Rang,
    Sighting,
    Unknown,
)
from uponai.carriers.sip import SPEC
from uponai.dialer.lost import MOST_ATTEMPTS, given_up
from uponai.dialer.worker import Dialer
from uponai.domain.call import TRANSITIONS, Call, CallChange, CallState, Direction
from uponai.domain.ending import Ending
from uponai.storage.base import Storage

BUSY = HungUp("call_1", 1, False, 5, Ending("dial_busy", "Busy Here", 486))


@dataclass
class AskedCarrier(NotingCarrier):
    """Answers look-ups by ``sighting``; ``fails`` is how the next orders fail."""

    sighting: Sighting | None = None
    asked: list[LostDial] = field(default_factory=list)
    fails: list[CarrierError] = field(default_factory=list)
    one_between_two: bool = False

    @property
    def spec(self) -> CarrierSpec:
        apart = not self.one_between_two
        return replace(SPEC, tells_calls_apart=apart, names_calls=not apart)

    async def look_up(self, lost: LostDial) -> Sighting:
        self.asked.append(lost)
        if self.sighting is None:
            raise CarrierError("away", sent=False)
        return self.sighting

    async def dial(self, order: DialOrder) -> None:
        await super().dial(order)
        if self.fails:
            error = self.fails.pop()
            self.connected = error.sent
            raise error


@dataclass
class World:
    storage: Storage
    carrier: AskedCarrier
    dialer: Dialer

    async def call(self, call_id: str = "call_1") -> Call:
        call = await self.storage.calls.get(call_id)
        assert call is not None
        return call

    async def until(self, state: CallState, dialled: int) -> Call:
        """The call once it is in ``state`` after so many orders."""
        orders = self.carrier.dialled
        call = await until_call(
            self.storage, "call_1", lambda call: call.state is state and len(orders) >= dialled
        )
        assert len(orders) == dialled
        return call

    async def lines(self, *lines: LineHeld) -> None:
        """The carrier lists its lines, as it does after each reconnection."""
        await self.dialer.hear("sip", LinesHeld(lines))


@asynccontextmanager
async def world(sighting: Sighting | None = None, *fails: CarrierError) -> AsyncIterator[World]:
    """A dialer that has one call to place."""
    async with opened("sqlite://") as storage:
        await a_number(storage)
        carrier = AskedCarrier(sighting=sighting, fails=list(fails))
        dialer = a_dialer(storage, carrier, installation(100))
        await storage.calls.add(a_call("call_1"))
        dialer.start()
        try:
            yield World(storage, carrier, dialer)
        finally:
            await dialer.aclose()


async def test_an_order_that_never_arrived_is_dialled_again() -> None:
    async with world(NeverSent()) as it:
        await it.until(CallState.DIALLING, 1)
        await it.lines()
        call = await it.until(CallState.DIALLING, 2)
        assert call.attempt == 2
        (asked,) = it.carrier.asked
        assert (asked.call_id, asked.attempt) == ("call_1", 1)
        assert asked.ordered_ms > 0


async def test_a_line_that_is_held_is_not_asked_for() -> None:
    async with world(NeverSent()) as it:
        await it.until(CallState.DIALLING, 1)
        await it.lines(LineHeld("call_1", "dialling", 1))
        await it.lines(LineHeld("call_1", "ringing", 1))
        await it.until(CallState.DIALLING, 1)
        assert it.carrier.asked == []


@pytest.mark.parametrize("sighting", [Unknown("the journal is gone"), Over()])
async def test_what_nobody_can_know_ends_and_says_so(sighting: Sighting) -> None:
    async with world(sighting) as it:
        await it.until(CallState.DIALLING, 1)
        await it.lines()
        call = await it.until(CallState.ENDED, 1)
        assert call.ending is not None and call.ending.reason == "dial_failed"
        assert "outcome unknown, not redialled" in call.ending.detail


async def test_an_end_that_was_not_heard_is_the_ending() -> None:
    async with world(Over(BUSY)) as it:
        await it.until(CallState.DIALLING, 1)
        await it.lines()
        call = await it.until(CallState.ENDED, 1)
        assert call.ending == BUSY.ending


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (Found("ringing"), CallState.RINGING),
        (Found("answered", 7_000), CallState.ANSWERED),
    ],
)
async def test_a_line_that_lives_is_followed(found: Found, state: CallState) -> None:
    async with world(found) as it:
        await it.until(CallState.DIALLING, 1)
        await it.lines()
        call = await it.until(state, 1)
        assert call.answered_ms == found.at_ms


async def test_a_carrier_that_cannot_be_asked_is_asked_again() -> None:
    async with world() as it:
        await it.until(CallState.DIALLING, 1)
        await it.lines()
        await until(lambda: it.carrier.asked)
        await it.until(CallState.DIALLING, 1)
        it.carrier.sighting = Over(BUSY)
        it.dialer.ask(await it.call())
        assert (await it.until(CallState.ENDED, 1)).ending == BUSY.ending


async def test_an_order_that_broke_on_its_way_is_unknown_until_the_carrier_is_back() -> None:
    async with world(NeverSent(), CarrierError("broke", sent=True)) as it:
        await it.until(CallState.DIALLING_UNKNOWN, 1)
        await it.lines()
        assert (await it.until(CallState.DIALLING, 2)).attempt == 2


async def test_an_order_without_a_connection_waits_in_the_queue() -> None:
    async with world(None, CarrierError("not connected", sent=False)) as it:
        call = await it.until(CallState.QUEUED, 1)
        assert call.attempt == 1
        it.carrier.connected = True
        assert (await it.until(CallState.DIALLING, 2)).attempt == 2


async def test_reports_of_an_older_attempt_change_nothing() -> None:
    async with world(NeverSent()) as it:
        await it.until(CallState.DIALLING, 1)
        await it.lines()
        await it.until(CallState.DIALLING, 2)
        for late in (Rang("call_1", 1), PickedUp("call_1", 1, 9), BUSY):
            await it.dialer.hear("sip", late)
        assert (await it.call()).state is CallState.DIALLING
        await it.dialer.hear("sip", replace(BUSY, attempt=2))
        assert (await it.call()).state is CallState.ENDED


async def test_an_answer_that_died_with_the_line_holder_is_told_of() -> None:
    async with world() as it:
        await it.until(CallState.DIALLING, 1)
        gone = HungUp("call_1", 1, True, 9_000, Ending("error_retell"), {"line_samples": 16_000})
        await it.dialer.hear("sip", gone)
        call = await it.call()
        assert (call.state, call.answered_ms) == (CallState.ANSWERED, 7_000)


async def test_a_line_that_rings_for_a_call_that_is_over_is_hung_up() -> None:
    async with world() as it:
        await it.until(CallState.DIALLING, 1)
        await it.storage.calls.end("call_1", None, Ending("dial_failed"), {})
        await it.lines(LineHeld("call_1", "ringing", 1))
        assert it.carrier.answers == [("end", "call_1")]


async def test_where_calls_cannot_be_told_apart_one_between_two_numbers_is_unheard_of() -> None:
    async with world() as it:
        it.carrier.one_between_two = True
        await it.until(CallState.DIALLING, 1)
        await it.storage.calls.add(a_call("call_2"))
        it.dialer.wake()
        second = await until_call(it.storage, "call_2", lambda call: call.due_ms)
        assert (second.state, second.attempt) == (CallState.QUEUED, 0)
        assert len(it.carrier.dialled) == 1
        await it.dialer.hear("sip", Dialled("call_1", 1, "CA1"))
        await until(lambda: len(it.carrier.dialled) >= 2)
        assert (await it.call()).line["carrier_ref"] == "CA1"


async def test_a_stopped_call_that_nobody_knows_of_is_not_dialled_again() -> None:
    async with world(NeverSent(), CarrierError("broke", sent=True)) as it:
        call = await it.until(CallState.DIALLING_UNKNOWN, 1)
        assert await it.dialer.stop_call(call)
        await it.lines()
        ended = await it.until(CallState.ENDED, 1)
        assert ended.ending is not None and ended.ending.reason == "manual_stopped"


def test_an_order_that_never_arrives_is_not_sent_for_ever() -> None:
    call = a_call(attempt=MOST_ATTEMPTS - 1)
    assert given_up(call, NeverSent()) is None
    ending = given_up(replace(call, attempt=MOST_ATTEMPTS), NeverSent())
    assert ending is not None and ending.reason == "dial_failed"


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_a_caller_who_was_never_answered_is_not_put_into_the_queue(direction: Direction) -> None:
    """Outbound is what the owner of a registered call may call it."""
    ending = given_up(a_call(direction=direction, attempt=0), NeverSent())
    assert ending is not None and ending.reason == "error_retell"


def test_a_dial_that_is_lost_may_be_put_back_and_one_that_rings_may_not() -> None:
    may = {state for state, change in TRANSITIONS if change is CallChange.PUT_BACK}
    assert may == {CallState.DIALLING, CallState.DIALLING_UNKNOWN}
