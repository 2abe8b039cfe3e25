"""Asks carriers what became of dials that nobody heard of again, and writes what they say.

Only what certainly was never sent goes back into the queue; what nobody can know ends with a
reason that says so.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from typing import Protocol, assert_never

from uponai import log
from uponai.carriers.base import (
    CarrierError,
    CarrierEvent,
    Found,
    LostDial,
    NeverSent,
    Over,
    PickedUp,
    Sighting,
    Unknown,
)
from uponai.dialer.ports import DialerPorts
from uponai.domain.call import UNHEARD, Call, CallChange, CallState
from uponai.domain.ending import Ending
from uponai.storage.base import StorageUnavailable
from uponai.tasks import TaskGroup, now_ms

PAUSE_MS = 1_000
MOST_ATTEMPTS = 10
"""An order that never arrives, time after time, may be what breaks its line holder."""


class Follower(Protocol):
    """Who takes the carriers' reports and the queue's calls."""

    async def hear(self, carrier: str, event: CarrierEvent) -> None:
        """Apply a report durably."""
        ...

    def wake(self) -> None:
        """A call is in the queue again."""
        ...


def _came(call: Call) -> bool:
    """Whether it was never dialled by us: an attempt has a number from 1 on. A registered call may
    be outbound for its owner and come to us all the same."""
    return call.direction == "inbound" or call.attempt == 0


def lost_dial(call: Call) -> LostDial:
    """What a carrier is asked of ``call``."""
    carrier_ref = call.line.get("carrier_ref")
    came_ms = call.created_ms if _came(call) else 0
    ordered_ms = call.line.get("ordered_ms", came_ms)
    return LostDial(
        call_id=call.call_id,
        attempt=call.attempt,
        fence=call.fence,
        from_number=call.from_number,
        to_number=call.to_number,
        ordered_ms=ordered_ms if isinstance(ordered_ms, int) else 0,
        carrier_ref=carrier_ref if isinstance(carrier_ref, str) else None,
    )


def given_up(call: Call, sighting: NeverSent | Over | Unknown) -> Ending | None:
    """How the call ends after such an answer; None: it is dialled again."""
    match sighting:
        case NeverSent() if _came(call):
            return Ending("error_retell", "the call was lost before it was answered")
        case NeverSent() if call.attempt >= MOST_ATTEMPTS:
            return Ending("dial_failed", f"never reached the carrier in {call.attempt} attempts")
        case NeverSent():
            return None
        case Over():
            return Ending("dial_failed", "outcome unknown, not redialled: it was sent and is over")
        case Unknown():
            return Ending("dial_failed", f"outcome unknown, not redialled: {sighting.why}")


class LostDials:
    """The dials of this process until they are answered or over, and asking for the lost ones."""

    def __init__(self, ports: DialerPorts, holder: str, lease_ms: int, dialer: Follower) -> None:
        self._ports = ports
        self._holder = holder
        self._lease_ms = lease_ms
        self._dialer = dialer
        self._followed: dict[str, Call] = {}
        self._asking: set[str] = set()
        self._tasks = TaskGroup()
        self._log = log.get("uponai.dialer.lost")

    async def aclose(self) -> None:
        await self._tasks.aclose()

    async def confusable(self, call: Call) -> bool:
        """Whether ``call``, once lost, could not be told from another that nothing was heard of.

        Raises StorageUnavailable.
        """
        if self._ports.carriers[call.carrier].spec.tells_calls_apart:
            return False
        unheard = self._ports.storage.calls.unheard
        between = await unheard(call.carrier, call.from_number, call.to_number)
        return any(
            other.call_id != call.call_id and not other.line.get("carrier_ref") for other in between
        )

    @staticmethod
    def later_ms(call: Call) -> int:
        """When to try a confusable call again: two that wait for each other do not meet again."""
        return now_ms() + PAUSE_MS + zlib.crc32(call.call_id.encode()) % PAUSE_MS

    def follow(self, call: Call) -> None:
        """Its order has left, or may have."""
        self._followed[call.call_id] = call

    def done(self, call_id: str) -> None:
        """It was answered, is over, or waits again."""
        self._followed.pop(call_id, None)

    def missed(self, carrier: str, held: Collection[str]) -> None:
        """``carrier`` holds these lines: of our dials that are not among them it is asked."""
        for call in list(self._followed.values()):
            if call.carrier == carrier and call.call_id not in held:
                self.ask_soon(call)

    def ask_soon(self, call: Call) -> None:
        """Ask for ``call`` unless it is being asked for."""
        if call.call_id not in self._asking:
            self._asking.add(call.call_id)
            asking = self._tasks.spawn(self._ask_once(call), name=f"look up {call.call_id}")
            asking.add_done_callback(lambda _: self._asking.discard(call.call_id))

    async def _ask_once(self, known: Call) -> None:
        try:
            call = await self._ports.storage.calls.get(known.call_id)
            if call is None or call.state not in UNHEARD or call.attempt != known.attempt:
                self.done(known.call_id)
                return
            await self._ask(call)
        except (CarrierError, StorageUnavailable) as error:
            # Its lease runs out unrenewed, and the reaper has it asked again.
            self._ports.held.let_go(known.call_id, self._holder)
            self._log.warning("look-up failed", call_id=known.call_id, error=str(error))

    async def _ask(self, call: Call) -> None:
        carrier = self._ports.carriers.get(call.carrier)
        if carrier is None:
            return
        sighting = await carrier.look_up(lost_dial(call))
        self._log.warning("lost dial looked up", call_id=call.call_id, found=repr(sighting))
        await self._settle(call, sighting)

    async def _settle(self, call: Call, sighting: Sighting) -> None:
        match sighting:
            case Found():
                await self._adopt(call, sighting)
            case Over(report) if report is not None:
                await self._dialer.hear(call.carrier, report)
            case NeverSent() | Over() | Unknown():
                await self._give_up(call, given_up(call, sighting))
            case _:
                assert_never(sighting)

    async def _adopt(self, call: Call, found: Found) -> None:
        calls = self._ports.storage.calls
        if found.carrier_ref is not None:
            await calls.note_line(call.call_id, {"carrier_ref": found.carrier_ref})
        if found.state == "answered":
            at_ms = found.at_ms if found.at_ms is not None else now_ms()
            await self._dialer.hear(call.carrier, PickedUp(call.call_id, call.attempt, at_ms))
            return
        if found.state == "ringing":
            await calls.change(call.call_id, call.fence, CallChange.RING, {})
        mine = await calls.take_over(
            call.call_id, self._holder, call.fence, now_ms(), self._lease_ms
        )
        if mine is not None:
            self._ports.held.hold(call.call_id, self._holder)
            self.follow(mine)

    async def _give_up(self, call: Call, ending: Ending | None) -> None:
        calls = self._ports.storage.calls
        now = await calls.get(call.call_id)
        if now is not None and now.state in UNHEARD and now.attempt == call.attempt:
            if ending is None and now.state is not CallState.RINGING:
                await calls.change(call.call_id, call.fence, CallChange.PUT_BACK, {})
                self._dialer.wake()
            else:
                unknown = Ending("dial_failed", "outcome unknown, not redialled: it had rung")
                fields = {"ended_ms": now_ms()}
                tell = self._ports.tell_ended
                await calls.end(call.call_id, call.fence, ending or unknown, fields, tell)
        self._ports.held.let_go(call.call_id, self._holder)
        self.done(call.call_id)
