"""The dialer's I/O: leases due calls, hands them to carriers, writes what carriers report.

Writes everything up to the answer and every end before it. After the answer the brain that holds
the call writes; what the line holder says of the end is then kept for whoever must write it in the
brain's stead. A call is DIALLING in the database before its order leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from uponai import log
from uponai.carriers.base import (
    CallArrived,
    CallVanished,
    Carrier,
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
from uponai.dialer.admit import Installation, WorkspaceLimits, limits_of
from uponai.dialer.pace import account_key, complains, dispatch_paces, level_at, slower
from uponai.dialer.waiting import never_joined
from uponai.domain.call import Call, CallChange, CallState
from uponai.domain.ending import Ending
from uponai.domain.limits import SECOND_MS
from uponai.storage.base import Storage, StorageUnavailable, Tell
from uponai.tasks import TaskGroup, now_ms, woken

UNAVAILABLE = 480
RING_SLACK_MS = 5_000


class HeldCalls(Protocol):
    """Whose leases this host renews (``cluster``)."""

    def hold(self, call_id: str, holder: str) -> None: ...

    def let_go(self, call_id: str, holder: str) -> None: ...


@dataclass(frozen=True, slots=True)
class DialerPorts:
    """What the dialer needs from outside, injected by the composition root.

    ``arrive`` makes the stored call of an arrival, or says why not as a SIP code. Trunk addresses
    are guarded by the edge, where they are resolved. ``on_lines`` hears what a carrier holds,
    ``on_line_ended`` that a line is over whose end the dialer does not write.
    """

    storage: Storage
    carriers: Mapping[str, Carrier]
    held: HeldCalls
    unseal: Callable[[str], str]
    arrive: Callable[[CallArrived], Awaitable[Call | int]]
    tell_started: Tell
    tell_ended: Tell
    on_lines: Callable[[str, Collection[str]], None]
    on_line_ended: Callable[[], None]
    installation: Installation = Installation()


@dataclass(frozen=True, slots=True)
class DialerTimers:
    """``lease_ms`` how long a call is ours without renewal; ``poll_s`` the longest nap;
    ``ring_ms`` how long to let it ring where the agent does not say; ``inbound_wait_ms`` how long
    an arrived call rings for a place, looked for every ``place_s``.
    """

    lease_ms: int = 15_000
    poll_s: float = 1.0
    retry_s: float = 0.2
    ring_ms: int = 30_000
    inbound_wait_ms: int = 40_000
    place_s: float = 0.5


class Pacer:
    """Makes calls wait until their account may be dialled.

    One call per account asks at a time in this process; between processes the database decides.
    """

    def __init__(self, storage: Storage, installation: Installation) -> None:
        self._storage = storage
        self._installation = installation
        self._turns: dict[str, asyncio.Lock] = {}

    async def limits(self, workspace_id: str) -> WorkspaceLimits:
        """What holds for the workspace now. Raises StorageUnavailable."""
        stored = await self._storage.limits.settings(workspace_id)
        return limits_of(stored, self._installation, now_ms())

    async def wait(self, call: Call, spec: CarrierSpec, number: Mapping[str, Any]) -> None:
        """Return once the call may be sent. Raises StorageUnavailable."""
        key = account_key(spec.name, number)
        async with self._turns.setdefault(key, asyncio.Lock()):
            while True:
                limits = await self.limits(call.workspace_id)
                slowed = level_at(await self._storage.limits.slowdown(key), now_ms())
                paces = dispatch_paces(spec, number, limits, slowed)
                wait_ms = await self._storage.limits.pace(paces, now_ms())
                if wait_ms == 0:
                    return
                await asyncio.sleep(min(wait_ms, SECOND_MS) / 1000)

    async def slow_down(self, call: Call, spec: CarrierSpec) -> None:
        """The carrier said that we are too fast. Raises StorageUnavailable."""
        number = await self._storage.numbers.get(call.from_number, call.workspace_id)
        if number is not None:
            key = account_key(spec.name, number.config)
            change = partial(slower, now_ms=now_ms())
            await self._storage.limits.change_slowdown(key, change)


class Dialer:
    """Places the calls of the queue and follows them until they are answered or over."""

    def __init__(self, ports: DialerPorts, holder: str, timers: DialerTimers | None = None) -> None:
        self._ports = ports
        self._holder = holder
        self._timers = timers or DialerTimers()
        self._wake = asyncio.Event()
        self._tasks = TaskGroup()
        self._pacer = Pacer(ports.storage, ports.installation)
        self._vanished: dict[str, asyncio.Event] = {}
        self._log = log.get("uponai.dialer")

    def wake(self) -> None:
        """A call was added: look now."""
        self._wake.set()

    def start(self) -> None:
        """Begin to lease and to listen."""
        for name, carrier in self._ports.carriers.items():
            self._tasks.spawn(carrier.run(partial(self._on_event, name)), name=f"carrier {name}")
        self._tasks.spawn(self._lease_forever(), name="dialer-lease")

    @property
    def connected(self) -> bool:
        """Whether every carrier can be reached."""
        return all(carrier.connected for carrier in self._ports.carriers.values())

    async def aclose(self) -> None:
        """Stop leasing and listening; calls in progress stay with their line holders."""
        await self._tasks.aclose()

    async def stop_call(self, call: Call) -> bool:
        """End a call that is queued, ringing or answered, on behalf of a user."""
        if call.state in (CallState.QUEUED, CallState.LEASED):
            ended = await self._end(call, Ending("manual_stopped", "stopped before it was dialled"))
            if ended:
                return True
        try:
            await self._ports.carriers[call.carrier].end(call.call_id, "manual_stopped")
        except CarrierError:
            return False
        return True

    async def _lease_forever(self) -> None:
        while True:
            self._wake.clear()
            leased: list[Call] = []
            if any(carrier.connected for carrier in self._ports.carriers.values()):
                leased = await self._lease_some()
            for call in leased:
                self._ports.held.hold(call.call_id, self._holder)
                self._tasks.spawn(self._dial(call), name=f"dial {call.call_id}")
            if not leased:
                await woken(self._wake, self._timers.poll_s)

    async def _lease_some(self) -> list[Call]:
        try:
            return await self._ports.storage.calls.lease_due(
                self._holder, now_ms(), self._timers.lease_ms, 20
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
            await self._pacer.wait(call, self._ports.carriers[call.carrier].spec, order.number)
            dialling = await self._ports.storage.calls.change(
                call.call_id, call.fence, CallChange.DIAL, {"attempt": order.attempt}
            )
            if dialling is None:
                self._ports.held.let_go(call.call_id, self._holder)
                return
            await self._ports.carriers[call.carrier].dial(order)
        except CarrierError as error:
            await self._dial_failed(call, error)
        except StorageUnavailable as error:
            # Nothing was sent: the lease runs out and the reaper puts the call back.
            self._log.error("call not dialled", call_id=call.call_id, error=str(error))
            self._ports.held.let_go(call.call_id, self._holder)
        except Exception as error:  # noqa: BLE001 - put back, it would break again, for ever
            self._log.exception("call cannot be dialled", call_id=call.call_id)
            self._ports.held.let_go(call.call_id, self._holder)
            await self._end(call, Ending("error_retell", f"internal error: {type(error).__name__}"))

    async def _dial_failed(self, call: Call, error: CarrierError) -> None:
        if error.sent:
            await self._ports.storage.calls.change(call.call_id, call.fence, CallChange.LOSE, {})
            self._ports.held.let_go(call.call_id, self._holder)
            return
        await self._end(call, Ending("telephony_provider_unavailable", str(error)))

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
        )

    async def _end(self, call: Call, ending: Ending) -> bool:
        fields = {"ended_ms": now_ms()}
        ended = await self._ports.storage.calls.end(
            call.call_id, call.fence, ending, fields, self._ports.tell_ended
        )
        self._ports.held.let_go(call.call_id, self._holder)
        return ended is not None

    async def _on_event(self, carrier: str, event: CarrierEvent) -> None:
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
                pass
            case CallVanished():
                if event.line_key in self._vanished:
                    self._vanished[event.line_key].set()
            case Rang():
                await self._change(event.call_id, CallChange.RING, {})
            case PickedUp():
                await self._picked_up(event)
            case HungUp():
                await self._hung_up(carrier, event)
            case LinesHeld():
                self._ports.on_lines(carrier, [line.call_id for line in event.lines])
                await self._adopt(event)
            case CallArrived():
                self._tasks.spawn(self._arrive(carrier, event), name="inbound call")

    async def _change(self, call_id: str, change: CallChange, fields: dict[str, Any]) -> None:
        call = await self._ports.storage.calls.get(call_id)
        if call is not None:
            await self._ports.storage.calls.change(call_id, call.fence, change, fields)

    async def _picked_up(self, event: PickedUp) -> None:
        call = await self._ports.storage.calls.get(event.call_id)
        if call is None:
            return
        await self._ports.storage.calls.change(
            call.call_id,
            call.fence,
            CallChange.ANSWER,
            {"answered_ms": event.at_ms},
            self._ports.tell_started,
        )
        self._ports.held.let_go(call.call_id, self._holder)

    async def _hung_up(self, carrier: str, event: HungUp) -> None:
        call = await self._ports.storage.calls.get(event.call_id)
        if call is None or call.state is CallState.ENDED:
            return
        if event.answered or call.state is CallState.ANSWERED:
            await self._ports.storage.calls.note_line(event.call_id, event.line)
            self._ports.on_line_ended()
            return
        spec = self._ports.carriers[carrier].spec
        if complains(spec, event.line):
            self._log.warning("carrier complains, dialling slower", carrier=carrier)
            await self._pacer.slow_down(call, spec)
        await self._end(call, event.ending)

    async def _adopt(self, event: LinesHeld) -> None:
        """Lines that ring for us although another process dialled them are ours to follow."""
        for line in event.lines:
            if line.state == "answered":
                continue
            call = await self._ports.storage.calls.get(line.call_id)
            if call is None or call.state is CallState.ENDED:
                continue
            mine = await self._ports.storage.calls.take_over(
                call.call_id, self._holder, call.fence, now_ms(), self._timers.lease_ms
            )
            if mine is not None:
                self._ports.held.hold(call.call_id, self._holder)

    async def _arrive(self, name: str, event: CallArrived) -> None:
        carrier = self._ports.carriers[name]
        with contextlib.suppress(CarrierError):
            made = await self._ports.arrive(event)
            if isinstance(made, int):
                await carrier.reject(event.line_key, made, "Temporarily Unavailable")
                return
            self._ports.held.hold(made.call_id, self._holder)
            refused = await self._place(carrier, event.line_key, made)
            if refused is None:
                await carrier.accept(event.line_key, made.call_id, made.fence)
            else:
                await self._end(made, refused)
                await carrier.reject(event.line_key, UNAVAILABLE, "Temporarily Unavailable")

    async def _took_place(self, call: Call) -> bool:
        try:
            ceiling = (await self._pacer.limits(call.workspace_id)).ceiling
            return await self._ports.storage.limits.take_slot(call.call_id, ceiling)
        except StorageUnavailable as error:
            self._log.error("place not taken", call_id=call.call_id, error=str(error))
            return False

    async def _place(self, carrier: Carrier, line_key: str, call: Call) -> Ending | None:
        """A concurrency slot for an arrived call, rung for if need be; else how it ends."""
        gone = self._vanished.setdefault(line_key, asyncio.Event())
        until_ms = now_ms() + self._timers.inbound_wait_ms
        rung = False
        try:
            while not gone.is_set():
                if await self._took_place(call):
                    return None
                if now_ms() >= until_ms:
                    return Ending("concurrency_limit_reached", "no place became free in time")
                if not rung:
                    rung = True
                    await carrier.ring(line_key, self._timers.inbound_wait_ms + RING_SLACK_MS)
                await woken(gone, self._timers.place_s)
        finally:
            del self._vanished[line_key]
        return Ending("concurrency_limit_reached", "the caller gave up waiting for a place")
