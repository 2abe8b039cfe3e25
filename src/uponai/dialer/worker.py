"""The dialer's I/O: leases due calls, hands them to carriers, writes what carriers report.

Writes everything up to the answer and every end before it. After the answer the brain that holds
the call writes; what the line holder says of the end is then kept for whoever must write it in the
brain's stead. A call is DIALLING in the database before its order leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from functools import partial

from uponai import log
from uponai.carriers.base import (
    CallArrived,
    CallVanished,
    CarrierError,
    CarrierEvent,
    CarrierSpec,
    Dialled,
    DialOrder,
    HungUp,
    LinesHeld,
    PickedUp,
    Rang,
)
from uponai.dialer.arrivals import Arrivals
from uponai.dialer.lost import LostDials
from uponai.dialer.pace import complains
from uponai.dialer.pacer import Leave, Pacer
from uponai.dialer.ports import DialerPorts, DialerTimers
from uponai.dialer.redial import put_back_until
from uponai.dialer.waiting import never_joined
from uponai.domain.call import UNHEARD, UNSENT, Call, CallChange, CallState
from uponai.domain.ending import Ending
from uponai.storage.base import StorageUnavailable
from uponai.tasks import TaskGroup, now_ms, woken

LINE_SAMPLES_PER_MS = 8
LEASED_AT_ONCE = 20
MOST_WAITING = 5_000
"""Calls that are leased and wait for their account's turn: what is in memory, however long the
queue. More than any workspace has at once by default, so that a slow account holds up no other."""
PAUSED_MS = 2_000
"""So often a call of a paused batch, which keeps its place, is looked at again."""

_STOPPED_UNSENT = Ending("manual_stopped", "stopped before it was dialled")


class Dialer:
    """Places the calls of the queue and follows them until they are answered or over."""

    def __init__(self, ports: DialerPorts, holder: str, timers: DialerTimers | None = None) -> None:
        self._ports = ports
        self._holder = holder
        self._timers = timers or DialerTimers()
        self._wake = asyncio.Event()
        self._waiting = 0
        self._leaving: set[str] = set()
        self._stopped: set[str] = set()
        self._full_until_ms: dict[str, int] = {}
        self._tasks = TaskGroup()
        self._pacer = Pacer(ports.storage, ports.installation)
        self._arrivals = Arrivals(ports, holder, self._timers, self._pacer)
        self._lost = LostDials(ports, holder, self._timers.lease_ms, self)
        self._log = log.get("uponai.dialer")

    def wake(self) -> None:
        """A call was added: look now."""
        self._wake.set()

    def start(self) -> None:
        """Begin to lease and to listen."""
        for name in self._ports.carriers:
            self.listen_to(name)
        self._tasks.spawn(self._lease_forever(), name="dialer-lease")

    def listen_to(self, name: str) -> None:
        """A carrier was added while we run."""
        carrier = self._ports.carriers[name]
        self._tasks.spawn(carrier.run(partial(self.hear, name)), name=f"carrier {name}")

    @property
    def connected(self) -> bool:
        """Whether every carrier can be reached."""
        return all(carrier.connected for carrier in self._ports.carriers.values())

    async def aclose(self) -> None:
        """Stop leasing and listening; calls in progress stay with their line holders."""
        await self._tasks.aclose()
        await self._lost.aclose()

    def ask(self, call: Call) -> None:
        """Ask soon what became of a dial that nobody follows any more."""
        self._lost.ask_soon(call)

    async def stop_call(self, call: Call) -> bool:
        """End a call that is queued, ringing or answered, on behalf of a user.

        One whose order has not left never leaves: what is LEASED goes back first, so that either
        it is ended here or it is dialled by then and hung up; never both.
        """
        going = await self.end_unsent(call)
        if going is None:
            return True
        call = going
        if call.call_id in self._leaving:
            self._stopped.add(call.call_id)
        carrier = self._ports.carriers.get(call.carrier)
        if carrier is None:
            return False
        try:
            await carrier.end(call.call_id, "manual_stopped")
        except CarrierError:
            return False
        if call.state is CallState.DIALLING_UNKNOWN:
            # Whoever is asked next must not put it back into the queue.
            await self._end(call, Ending("manual_stopped", "stopped while nobody knew of it"))
        return True

    async def end_unsent(self, call: Call) -> Call | None:
        """End a call whose order has not left; else the call as it is now. None: it is over."""
        while call.state in UNSENT:
            if await self._end_unsent(call, _STOPPED_UNSENT):
                return None
            now = await self._ports.storage.calls.get(call.call_id)
            if now is None or now.state is CallState.ENDED:
                return None
            call = now
        return call

    async def _end_unsent(self, call: Call, ending: Ending) -> bool:
        """False: it has gone on since it was read."""
        if call.state is CallState.LEASED:
            later = {"due_ms": now_ms() + self._timers.lease_ms}
            calls = self._ports.storage.calls
            if await calls.change(call.call_id, call.fence, CallChange.RELEASE, later) is None:
                return False
        return await self._end(call, ending)

    async def _lease_forever(self) -> None:
        while True:
            self._wake.clear()
            leased: list[Call] = []
            if any(self._may_dial(name) for name in self._ports.carriers):
                leased = await self._lease_some()
            for call in leased:
                self._ports.held.hold(call.call_id, self._holder)
                self._tasks.spawn(self._dial(call), name=f"dial {call.call_id}")
            if not leased:
                await woken(self._wake, self._timers.poll_s)

    def _may_dial(self, carrier: str) -> bool:
        is_full = now_ms() < self._full_until_ms.get(carrier, 0)
        return self._ports.carriers[carrier].connected and not is_full

    async def _lease_some(self) -> list[Call]:
        room = min(LEASED_AT_ONCE, MOST_WAITING - self._waiting)
        if room <= 0:
            return []
        try:
            return await self._ports.storage.calls.lease_due(
                self._holder, now_ms(), self._timers.lease_ms, room
            )
        except StorageUnavailable as error:
            self._log.error("queue not readable", error=str(error))
            return []
        except Exception:  # noqa: BLE001 - a dialer that stops would leave every call waiting
            self._log.exception("queue not readable")
            return []

    async def _dial(self, call: Call) -> None:
        try:
            missed = never_joined(call)
            if missed is not None:
                await self._end(call, missed)
                return
            order = await self._order(call)
            later_ms = await self._waits_until(call)
            if later_ms is not None:
                await self._put_back(call, later_ms, CallChange.RELEASE)
                return
            spec = self._ports.carriers[call.carrier].spec
            leave = await self._leave(call, spec, order)
            if leave is None:
                return
            self._leaving.add(call.call_id)
            fields = {"attempt": order.attempt, "line": {"ordered_ms": now_ms()}}
            dialling = await self._ports.storage.calls.change(
                call.call_id, call.fence, CallChange.DIAL, fields
            )
            if dialling is None:
                self._ports.held.let_go(call.call_id, self._holder)
                return
            await self._hand_over(dialling, order)
            await self._pacer.went(leave)
        except CarrierError as error:
            await self._end(call, Ending("telephony_provider_unavailable", str(error)))
        except StorageUnavailable as error:
            # Nothing was sent: the lease runs out and the reaper puts the call back.
            self._log.error("call not dialled", call_id=call.call_id, error=str(error))
            self._ports.held.let_go(call.call_id, self._holder)
        except Exception as error:  # noqa: BLE001 - put back, it would break again, for ever
            self._log.exception("call cannot be dialled", call_id=call.call_id)
            self._ports.held.let_go(call.call_id, self._holder)
            await self._end(call, Ending("error_retell", f"internal error: {type(error).__name__}"))
        finally:
            self._leaving.discard(call.call_id)
            self._stopped.discard(call.call_id)

    async def _waits_until(self, call: Call) -> int | None:
        """When a call that cannot be dialled now is to be looked at again. Raises
        StorageUnavailable."""
        if call.carrier not in self._ports.carriers:
            # Another host has opened the account just now, or the account was removed.
            self._log.warning("account not known here", account=call.carrier)
            return now_ms() + self._timers.full_ms
        return self._lost.later_ms(call) if await self._lost.confusable(call) else None

    async def _leave(self, call: Call, spec: CarrierSpec, order: DialOrder) -> Leave | None:
        """The account's turn; None where the call's batch does not want it dialled (now)."""
        self._waiting += 1
        try:
            leave = await self._pacer.wait(call, spec, order.number)
        finally:
            self._waiting -= 1
        match leave:
            case Leave():
                return leave
            case "cancelled":
                await self._end(call, Ending("manual_stopped", "its batch was cancelled"))
            case "paused":
                await self._put_back(call, now_ms() + PAUSED_MS, CallChange.RELEASE)
        return None

    async def _hand_over(self, call: Call, order: DialOrder) -> None:
        """Raises CarrierError for an order that can never be carried out."""
        carrier = self._ports.carriers[call.carrier]
        confusable = await self._lost.confusable(call)
        if confusable and call.call_id not in self._stopped:
            await self._put_back(call, self._lost.later_ms(call))
        if call.call_id in self._stopped:
            await self._end(call, _STOPPED_UNSENT)
            return
        if confusable:
            return
        try:
            await carrier.dial(order)
        except CarrierError as error:
            if not error.sent and carrier.connected:
                raise
            if error.sent:
                # Before anything is waited for: its lines may be listed meanwhile, and only once.
                self._lost.follow(call)
            change = CallChange.LOSE if error.sent else CallChange.PUT_BACK
            self._log.warning("order not handed over", call_id=call.call_id, error=str(error))
            await self._ports.storage.calls.change(call.call_id, call.fence, change, {})
            self._ports.held.let_go(call.call_id, self._holder)
            if not error.sent:
                return
        else:
            self._lost.follow(call)
        if call.call_id in self._stopped:
            # Told to end it as the order left, the carrier may not have known the call yet.
            with contextlib.suppress(CarrierError):
                await carrier.end(call.call_id, "manual_stopped")

    async def _order(self, call: Call) -> DialOrder:
        number = await self._ports.storage.numbers.get(call.from_number, call.workspace_id)
        if number is None:
            raise CarrierError("the calling number was deleted", sent=False)
        sealed = number.trunk_password
        return DialOrder(
            call_id=call.call_id,
            attempt=call.attempt + 1,
            fence=call.fence,
            from_number=call.from_number,
            to_number=call.to_number,
            number=number.config,
            password=self._ports.unseal(sealed) if sealed else None,
            ring_timeout_ms=int(call.agent.get("ring_duration_ms") or self._timers.ring_ms),
            headers=call.request.get("custom_sip_headers") or {},
            finds_machines=bool(call.agent.get("voicemail_option")),
        )

    async def _end(self, call: Call, ending: Ending) -> bool:
        fields = {"ended_ms": now_ms()}
        ended = await self._ports.storage.calls.end(
            call.call_id, call.fence, ending, fields, self._ports.tell_ended
        )
        self._ports.held.let_go(call.call_id, self._holder)
        self._lost.done(call.call_id)
        return ended is not None

    async def hear(self, carrier: str, event: CarrierEvent) -> None:
        """Apply one report durably; a database that is away is waited for."""
        while True:
            try:
                await self._apply(carrier, event)
                return
            except StorageUnavailable as error:
                self._log.error("report waits for the database", error=str(error))
                await asyncio.sleep(self._timers.retry_s)
            except Exception:  # noqa: BLE001 - it must not withhold the reports of other calls
                # The reaper ends its call.
                self._log.exception("report not applied", report=type(event).__name__)
                return

    async def _apply(self, carrier: str, event: CarrierEvent) -> None:
        match event:
            case Dialled():
                if self._ports.carriers[carrier].spec.names_calls:
                    ref = {"carrier_ref": event.carrier_ref}
                    await self._ports.storage.calls.note_line(event.call_id, ref)
            case CallVanished():
                self._arrivals.vanished(event.line_key)
            case Rang():
                await self._rang(event)
            case PickedUp():
                await self._picked_up(event)
            case HungUp():
                await self._hung_up(carrier, event)
            case LinesHeld():
                held = {line.call_id for line in event.lines}
                self._ports.on_lines(carrier, held)
                await self._adopt(carrier, event)
                self._lost.missed(carrier, held)
            case CallArrived():
                self._tasks.spawn(self._arrive(carrier, event), name="inbound call")

    async def _rang(self, event: Rang) -> None:
        call = await self._ports.storage.calls.get(event.call_id)
        if call is not None and call.attempt == event.attempt:
            calls = self._ports.storage.calls
            await calls.change(call.call_id, call.fence, CallChange.RING, {})

    async def _picked_up(self, event: PickedUp) -> None:
        call = await self._ports.storage.calls.get(event.call_id)
        if call is not None and call.attempt == event.attempt:
            await self._answer(call, event.at_ms)

    async def _answer(self, call: Call, at_ms: int) -> None:
        await self._ports.storage.calls.change(
            call.call_id,
            call.fence,
            CallChange.ANSWER,
            {"answered_ms": at_ms},
            self._ports.tell_started,
        )
        self._ports.held.let_go(call.call_id, self._holder)
        self._lost.done(call.call_id)

    async def _hung_up(self, carrier: str, event: HungUp) -> None:
        call = await self._ports.storage.calls.get(event.call_id)
        if call is None or call.state is CallState.ENDED or event.attempt < call.attempt:
            return
        if call.state in UNSENT:
            await self._heard_late(call, event)
            return
        if event.answered and call.state in UNHEARD:
            # The line holder died before it could say that somebody answered.
            samples = int(event.line.get("line_samples") or 0)
            await self._answer(call, event.at_ms - samples // LINE_SAMPLES_PER_MS)
        if event.answered or call.state is CallState.ANSWERED:
            await self._ports.storage.calls.note_line(event.call_id, event.line)
            self._ports.on_line_ended()
            return
        if event.no_room:
            self._log.warning("no room for a call, it waits", carrier=carrier)
            self._full_until_ms[carrier] = now_ms() + self._timers.full_ms
            await self._put_back(call, self._full_until_ms[carrier])
            return
        spec = self._ports.carriers[carrier].spec
        if complains(spec, event.line):
            self._log.warning("carrier complains, dialling slower", carrier=carrier)
            await self._pacer.slow_down(call)
            until_ms = put_back_until(call, now_ms(), self._timers.put_back_ms)
            if until_ms is not None:
                await self._put_back(call, until_ms)
                return
        await self._end(call, event.ending)

    async def _heard_late(self, call: Call, event: HungUp) -> None:
        """Of an attempt that was put back: told again; or it reached somebody all the same, who is
        not called once more."""
        if event.answered or event.ending.kind.blame == "callee":
            self._log.warning("put back, and yet it came through", call_id=call.call_id)
            await self._end_unsent(call, event.ending)

    async def _put_back(
        self, call: Call, due_ms: int, change: CallChange = CallChange.PUT_BACK
    ) -> None:
        """It waits in the queue; told twice, it waits once."""
        due = {"due_ms": due_ms}
        changes = self._ports.storage.calls
        if await changes.change(call.call_id, call.fence, change, due) is not None:
            self._ports.held.let_go(call.call_id, self._holder)
            self._lost.done(call.call_id)

    async def _adopt(self, carrier: str, event: LinesHeld) -> None:
        """Lines that ring for us although another process dialled them are ours to follow; one
        that rings for a call that is over is hung up."""
        for line in event.lines:
            if line.state == "answered":
                continue
            call = await self._ports.storage.calls.get(line.call_id)
            if call is None or call.state is CallState.ENDED:
                with contextlib.suppress(CarrierError):
                    await self._ports.carriers[carrier].end(line.call_id, "manual_stopped")
                continue
            if call.state not in UNHEARD or line.attempt != call.attempt:
                continue
            mine = await self._ports.storage.calls.take_over(
                call.call_id, self._holder, call.fence, now_ms(), self._timers.lease_ms
            )
            if mine is not None:
                self._ports.held.hold(call.call_id, self._holder)
                self._lost.follow(mine)

    async def _arrive(self, name: str, event: CallArrived) -> None:
        arrived = replace(event, carrier=name)
        ended = await self._arrivals.receive(self._ports.carriers[name], arrived)
        if ended is not None:
            await self._end(*ended)
