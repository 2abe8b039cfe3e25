"""Whatever breaks in the dialer, no call waits for ever and none is dialled for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.patience import until
from tests.storage.worlds import ORG, a_call, opened, told, until_call

from uponai.carriers.base import (
    CallArrived,
    Carrier,
    CarrierEvent,
    CarrierSpec,
    DialOrder,
    HungUp,
    LostDial,
    OnCarrierEvent,
    Sighting,
    Unknown,
)
from uponai.carriers.sip import SPEC
from uponai.cluster.worker import LeaseKeeper
from uponai.dialer.ports import DialerPorts, DialerTimers, LetRing
from uponai.dialer.worker import Dialer
from uponai.domain.call import Call, CallChange, CallState
from uponai.domain.ending import Ending
from uponai.seal import SealBroken
from uponai.storage.base import PhoneNumber, Storage

NUMBER = "+12025550100"


@dataclass
class TalkativeCarrier:
    """Takes every order and reports what it is told to report."""

    orders: list[DialOrder] = field(default_factory=list)
    reports: asyncio.Queue[CarrierEvent] = field(default_factory=asyncio.Queue)
    connected: bool = True

    @property
    def spec(self) -> CarrierSpec:
        return SPEC

    async def run(self, on_event: OnCarrierEvent) -> None:
        while True:
            await on_event(await self.reports.get())

    async def dial(self, order: DialOrder) -> None:
        self.orders.append(order)

    async def end(self, call_id: str, reason: str) -> None: ...

    async def accept(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any]
    ) -> None: ...

    async def ring(self, line_key: str, for_ms: int) -> None: ...

    async def reject(self, line_key: str, code: int, reason: str) -> None: ...

    async def redirect(self, line_key: str, to_number: str, number: Mapping[str, Any]) -> None: ...

    async def ask_lines(self) -> None: ...

    async def look_up(self, lost: LostDial) -> Sighting:
        return Unknown("nobody is asked here")


def a_dialer(
    storage: Storage,
    carrier: TalkativeCarrier,
    unseal: Callable[[str], str] = str,
    carriers: Mapping[str, Carrier] | None = None,
) -> Dialer:
    async def arrive(event: CallArrived, ring: LetRing) -> int:
        del event, ring
        return 404

    ports = DialerPorts(
        storage=storage,
        carriers={"sip": carrier} if carriers is None else carriers,
        held=LeaseKeeper(storage.calls),
        unseal=unseal,
        arrive=arrive,
        tell_started=told("call_started"),
        tell_ended=told("call_ended"),
        on_lines=lambda carrier, call_ids: None,
        on_line_ended=lambda: None,
    )
    return Dialer(ports, "a", DialerTimers(poll_s=0.02, retry_s=0.02, full_ms=40))


async def placed(storage: Storage, call_id: str, password: str | None = None) -> None:
    await storage.numbers.add(PhoneNumber(NUMBER, ORG, "sip", {}, password))
    await storage.calls.add(a_call(call_id))


async def until_ended(storage: Storage, call_id: str) -> Call:
    return await until_call(storage, call_id, lambda call: call.ending)


async def test_a_trunk_password_that_cannot_be_opened_ends_the_call() -> None:
    def broken(sealed: str) -> str:
        raise SealBroken(sealed)

    async with opened("sqlite://") as storage:
        carrier = TalkativeCarrier()
        dialer = a_dialer(storage, carrier, broken)
        await placed(storage, "call_1", password="v1.x")
        dialer.start()
        try:
            ended = await until_ended(storage, "call_1")
        finally:
            await dialer.aclose()
        assert ended.ending is not None and ended.ending.reason == "error_retell"
        assert "v1.x" not in ended.ending.detail
        assert carrier.orders == []
        rows = await storage.outbox.claim("w", 10**15, 1, 9)
        assert [row.event for row in rows] == ["call_ended"]


async def test_a_report_that_cannot_be_applied_does_not_withhold_the_next() -> None:
    async with opened("sqlite://") as storage:
        carrier = TalkativeCarrier()
        dialer = a_dialer(storage, carrier)
        await placed(storage, "call_1")
        dialer.start()
        try:
            await until(lambda: carrier.orders)
            busy = Ending("dial_busy", "Busy Here", 486)
            # A code that no column can hold, then a proper report.
            carrier.reports.put_nowait(
                HungUp("call_1", 1, False, 1, Ending("dial_busy", "", 2**70))
            )
            carrier.reports.put_nowait(HungUp("call_1", 1, False, 1, busy))
            ended = await until_ended(storage, "call_1")
        finally:
            await dialer.aclose()
        assert ended.ending == busy


async def test_a_call_for_which_the_line_holder_has_no_room_waits_and_is_dialled_later() -> None:
    async with opened("sqlite://") as storage:
        carrier = TalkativeCarrier()
        dialer = a_dialer(storage, carrier)
        await placed(storage, "call_1")
        dialer.start()
        try:
            await until(lambda: len(carrier.orders) == 1)
            full = Ending("telephony_provider_unavailable", "no free line")
            told_often = HungUp("call_1", 1, False, 5, full, {}, no_room=True)
            for _ in range(3):
                carrier.reports.put_nowait(told_often)
            await until(lambda: len(carrier.orders) == 2)
            carrier.reports.put_nowait(told_often)
            assert [order.attempt for order in carrier.orders] == [1, 2]
            busy = HungUp("call_1", 2, False, 5, Ending("dial_busy"))
            carrier.reports.put_nowait(busy)
            ended = await until_ended(storage, "call_1")
        finally:
            await dialer.aclose()
        assert ended.ending is not None and ended.ending.reason == "dial_busy"
        rows = await storage.outbox.claim("w", 10**15, 1, 9)
        assert [row.event for row in rows] == ["call_ended"]


class StoppingCarrier(TalkativeCarrier):
    """A user stops the call while its order is on its way out."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.stop: Callable[[], Awaitable[object]] | None = None

    async def dial(self, order: DialOrder) -> None:
        self.told.append("dial")
        if self.stop is not None:
            await self.stop()

    async def end(self, call_id: str, reason: str) -> None:
        self.told.append("end")


async def test_a_stop_that_read_the_call_before_it_was_dialled_hangs_it_up_instead() -> None:
    async with opened("sqlite://") as storage:
        carrier = StoppingCarrier()
        dialer = a_dialer(storage, carrier)
        await placed(storage, "call_1")
        (leased,) = await storage.calls.lease_due("a", 10**15, 60_000, 1)
        gone_on = await storage.calls.change("call_1", leased.fence, CallChange.DIAL, {})
        assert gone_on is not None
        assert await dialer.stop_call(leased)
        stored = await storage.calls.get("call_1")
        assert stored is not None and stored.state is CallState.DIALLING
        assert carrier.told == ["end"]


async def test_a_stop_of_a_leased_call_keeps_its_order_from_leaving() -> None:
    async with opened("sqlite://") as storage:
        carrier = StoppingCarrier()
        dialer = a_dialer(storage, carrier)
        await placed(storage, "call_1")
        waiting = await storage.calls.get("call_1")
        (leased,) = await storage.calls.lease_due("a", 10**15, 60_000, 1)
        # Read before the lease, it is looked at again.
        assert waiting is not None and await dialer.stop_call(waiting)
        assert await storage.calls.change("call_1", leased.fence, CallChange.DIAL, {}) is None
        ended = await until_ended(storage, "call_1")
        assert ended.ending is not None and ended.ending.reason == "manual_stopped"
        assert carrier.told == []


async def test_a_stop_while_the_order_leaves_is_said_after_it_too() -> None:
    async with opened("sqlite://") as storage:
        carrier = StoppingCarrier()
        dialer = a_dialer(storage, carrier)

        async def stop() -> None:
            call = await storage.calls.get("call_1")
            assert call is not None and await dialer.stop_call(call)

        carrier.stop = stop
        await placed(storage, "call_1")
        dialer.start()
        try:
            await until(lambda: carrier.told == ["dial", "end", "end"])
        finally:
            await dialer.aclose()


async def test_a_stop_between_the_record_and_the_order_sends_no_order() -> None:
    async with opened("sqlite://") as storage:
        carrier = StoppingCarrier()
        calls = StopsOnceDialling(storage.calls)
        held = storage.calls
        storage.calls = calls  # type: ignore[misc]
        dialer = a_dialer(storage, carrier)

        async def stop() -> None:
            call = await held.get("call_1")
            assert call is not None and call.state is CallState.DIALLING
            assert await dialer.stop_call(call)

        calls.stop = stop
        await placed(storage, "call_1")
        dialer.start()
        try:
            ended = await until_ended(storage, "call_1")
        finally:
            await dialer.aclose()
        assert ended.ending is not None and ended.ending.reason == "manual_stopped"
        assert carrier.told == ["end"]


class StopsOnceDialling:
    """The calls, and a user who stops one as soon as it is written as dialling."""

    def __init__(self, calls: Any) -> None:
        self._calls = calls
        self.stop: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calls, name)

    async def change(self, call_id: str, fence: int, change: CallChange, *more: Any) -> Call | None:
        call = await self._calls.change(call_id, fence, change, *more)
        if change is CallChange.DIAL and self.stop is not None:
            await self.stop()
        return call


async def test_machines_are_looked_for_where_the_agent_wants_to_know_of_them() -> None:
    wanting = {"voicemail_option": {"action": {"type": "hangup"}}}
    async with opened("sqlite://") as storage:
        carrier = TalkativeCarrier()
        dialer = a_dialer(storage, carrier)
        await storage.numbers.add(PhoneNumber(NUMBER, ORG, "sip", {}))
        await storage.calls.add(a_call("call_1", agent=wanting))
        await storage.calls.add(a_call("call_2"))
        dialer.start()
        try:
            await until(lambda: len(carrier.orders) == 2)
        finally:
            await dialer.aclose()
        found = {order.call_id: order.finds_machines for order in carrier.orders}
        assert found == {"call_1": True, "call_2": False}


async def test_a_call_of_an_account_that_is_not_known_here_waits_until_it_is() -> None:
    async with opened("sqlite://") as storage:
        mine, theirs = TalkativeCarrier(), TalkativeCarrier()
        carriers: dict[str, Carrier] = {"sip": mine}
        dialer = a_dialer(storage, mine, carriers=carriers)
        await storage.numbers.add(PhoneNumber(NUMBER, ORG, "acme-org_1", {}))
        await storage.calls.add(a_call("call_1", carrier="acme-org_1"))
        dialer.start()
        try:
            call = await until_call(storage, "call_1", lambda call: call.due_ms)
            assert call.state is CallState.QUEUED
            carriers["acme-org_1"] = theirs
            dialer.listen_to("acme-org_1")
            await until(lambda: len(theirs.orders) == 1)
            busy = HungUp("call_1", 1, False, 5, Ending("dial_busy"))
            theirs.reports.put_nowait(busy)
            ended = await until_ended(storage, "call_1")
        finally:
            await dialer.aclose()
        assert ended.ending == Ending("dial_busy")
        assert not mine.orders
