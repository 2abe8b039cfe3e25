"""The dialer waits for its account's turn, slows down when told, lets callers ring for a place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.fakes.dialling import NUMBER, ORG, NotingCarrier, a_dialer, a_number, installation
from tests.patience import until
from tests.storage.worlds import a_call, opened, until_call

from uponai.carriers.base import CallArrived, CallVanished, HungUp, Rang
from uponai.dialer.arrivals import MOST_RINGING
from uponai.dialer.pace import account_key
from uponai.domain.call import Call, CallState
from uponai.domain.ending import Ending
from uponai.domain.limits import Admission, InUse
from uponai.storage.base import Batch, PhoneNumber, Storage, StorageUnavailable


@pytest.mark.realtime
async def test_admitted_calls_are_delayed_and_never_refused() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(2))
        for number in range(5):
            await storage.calls.add(a_call(f"call_{number}", due_ms=number))
        dialer.start()
        try:
            await until(lambda: len(carrier.dialled) == 5)
        finally:
            await dialer.aclose()
        assert sorted(call_id for _, call_id in carrier.dialled) == [f"call_{n}" for n in range(5)]
        times = [at for at, _ in carrier.dialled]
        assert all(later - earlier > 0.95 for earlier, later in zip(times, times[2:], strict=False))
        assert times[-1] - times[0] < 10  # two seconds, unless the machine stalls


@pytest.mark.realtime
async def test_two_workspaces_on_one_trunk_share_its_pace() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        mine = await storage.numbers.get(NUMBER, ORG)
        assert mine is not None
        theirs = "+12025550101"
        await storage.numbers.add(PhoneNumber(theirs, "org_2", "sip", mine.config))
        await storage.calls.add(a_call("call_mine"))
        await storage.calls.add(a_call("call_theirs", workspace_id="org_2", from_number=theirs))
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1))
        dialer.start()
        try:
            await until(lambda: len(carrier.dialled) == 2)
        finally:
            await dialer.aclose()
        (first, _), (second, _) = carrier.dialled
        assert second - first > 0.95


@pytest.mark.realtime
async def test_what_waits_of_a_paused_batch_is_dialled_once_it_goes_on() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await storage.batches.begin(Batch("b1", ORG, "b1", NUMBER, 0, 0, created_ms=1))
        await storage.batches.add_tasks(Batch("b1", ORG, "b1", NUMBER, 0, 0), 0, [{}])
        await storage.batches.open("b1", 1, 1)
        await storage.calls.add(a_call("of_batch", batch_call_id="b1", batch_task=0))
        await storage.calls.add(a_call("single", due_ms=9))
        await storage.batches.mark(ORG, "b1", "pause", 2)
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1_000))
        dialer.start()
        try:
            await until(lambda: len(carrier.dialled) == 1)
            held = await until_call(
                storage, "of_batch", lambda call: call.state is CallState.QUEUED
            )
            assert held.ending is None
            await storage.batches.mark(ORG, "b1", "resume", 3)
            await until(lambda: len(carrier.dialled) == 2)
        finally:
            await dialer.aclose()
        assert [call_id for _, call_id in carrier.dialled] == ["single", "of_batch"]


async def test_what_waits_of_a_cancelled_batch_is_not_dialled() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await storage.batches.begin(Batch("b1", ORG, "b1", NUMBER, 0, 0, created_ms=1))
        await storage.batches.add_tasks(Batch("b1", ORG, "b1", NUMBER, 0, 0), 0, [{}, {}])
        await storage.batches.open("b1", 2, 1)
        for n in range(2):
            await storage.calls.add(a_call(f"call_{n}", batch_call_id="b1", batch_task=n))
        await storage.calls.add(a_call("call_of_no_batch", due_ms=9))
        await storage.batches.mark(ORG, "b1", "cancel", 2)
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1))
        dialer.start()
        try:
            await until(lambda: len(carrier.dialled) == 1)
            for n in range(2):
                assert (await ended(storage, f"call_{n}")).reason == "manual_stopped"
        finally:
            await dialer.aclose()
        assert [call_id for _, call_id in carrier.dialled] == ["call_of_no_batch"]


TOO_FAST = Ending("telephony_provider_unavailable", "Service Unavailable", 503)


def complaint(attempt: int = 1) -> HungUp:
    return HungUp("call_1", attempt, False, 1, TOO_FAST, {"cause": "code", "sip_code": 503})


@asynccontextmanager
async def dialled_once() -> AsyncIterator[tuple[Storage, NotingCarrier]]:
    """A call whose order has left."""
    async with opened("sqlite://") as storage:
        await a_number(storage)
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(50))
        await storage.calls.add(a_call("call_1"))
        dialer.start()
        try:
            await until(lambda: len(carrier.dialled) == 1)
            yield storage, carrier
        finally:
            await dialer.aclose()


async def test_a_carrier_that_complains_is_dialled_slower() -> None:
    async with dialled_once() as (storage, carrier):
        carrier.reports.put_nowait(complaint())
        # Nothing rang, so the call waits and is dialled once more; what rang is not.
        await until(lambda: len(carrier.dialled) == 2)
        carrier.reports.put_nowait(complaint())
        carrier.reports.put_nowait(Rang("call_1", 2))
        carrier.reports.put_nowait(complaint(attempt=2))
        assert await ended(storage, "call_1") == TOO_FAST
        assert len(carrier.dialled) == 2
        number = await storage.numbers.get(NUMBER)
        assert number is not None
        slowdown = await storage.limits.slowdown(account_key("sip", number.config))
        assert slowdown.level in (1, 2)  # complaints of one second are one (test_pace.py)


async def test_a_complaint_that_is_told_twice_ends_no_call_that_waits() -> None:
    async with dialled_once() as (storage, carrier):
        for _ in range(2):
            carrier.reports.put_nowait(complaint())
        again = await until_call(storage, "call_1", lambda call: call.attempt == 2 or call.ending)
        assert again.ending is None


@pytest.mark.parametrize("leased", [False, True])
async def test_a_call_that_was_put_back_and_rang_all_the_same_is_not_dialled_again(
    leased: bool,
) -> None:
    """Its order was looked for in vain, and yet it came through."""
    async with opened("sqlite://") as storage:
        await a_number(storage)
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(50))
        await storage.calls.add(a_call("call_1", attempt=1, due_ms=1))
        if leased:
            await storage.calls.lease_due("another host", 2, 60_000, 1)
        nobody = Ending("dial_no_answer", "nobody answered", 480)
        await dialer.hear("sip", HungUp("call_1", 1, False, 1, nobody, {"cause": "code"}))
        call = await storage.calls.get("call_1")
        assert call is not None
        assert call.ending == nobody


async def ended(storage: Storage, call_id: str) -> Ending:
    call = await until_call(storage, call_id, lambda call: call.ending)
    assert call.ending is not None
    return call.ending


async def test_an_arrived_call_takes_a_place_at_once_where_there_is_one() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1))
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            await until(lambda: bool(carrier.answers))
        finally:
            await dialer.aclose()
        assert carrier.answers == [("accept", "x")]
        number = await storage.numbers.get(NUMBER)
        assert number is not None and carrier.taken_as == [number.config]
        assert await storage.limits.in_use(ORG) == InUse(inbound=1)


@dataclass
class TransferringCarrier(NotingCarrier):
    """Calls others for a caller, over the trunk that it is given."""

    trunks: list[tuple[dict[str, Any], str]] = field(default_factory=list)

    async def accept_over(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any], password: str
    ) -> None:
        self.answers.append(("accept", line_key))
        self.trunks.append((dict(number), password))


async def test_a_call_that_came_in_is_given_its_numbers_trunk_for_transfers() -> None:
    async with opened("sqlite://") as storage:
        carrier = TransferringCarrier()
        dialer = a_dialer(storage, carrier, installation(1))
        config = {"sip_outbound_trunk_config": {"termination_uri": "trunk.example"}}
        await storage.numbers.add(PhoneNumber(NUMBER, ORG, "sip", config, "sealed"))
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            await until(lambda: bool(carrier.answers))
        finally:
            await dialer.aclose()
        assert carrier.trunks == [(config, "sealed")]


async def test_a_registered_call_that_is_dialled_has_its_place_already() -> None:
    async with opened("sqlite://") as storage:
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1, concurrency=1))
        await storage.calls.add(a_call("talks", due_ms=10**15), admission=Admission(1))
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", "call_x", "192.0.2.1"))
            await until(lambda: bool(carrier.answers))
        finally:
            await dialer.aclose()
        assert carrier.answers == [("accept", "x")]


async def test_a_caller_who_gives_up_while_it_is_decided_is_on_record() -> None:
    async with opened("sqlite://") as storage:
        carrier, decided = NotingCarrier(), asyncio.Event()
        dialer = a_dialer(storage, carrier, installation(1), decided=decided)
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            await until(lambda: bool(carrier.answers))
            carrier.reports.put_nowait(CallVanished("x"))
            await until(carrier.reports.empty)
            decided.set()
            ending = await ended(storage, "call_x")
        finally:
            await dialer.aclose()
        assert (ending.reason, ending.sip_code) == ("dial_no_answer", 487)
        assert carrier.answers == [("ring", "x")]


async def test_over_the_limit_it_rings_until_a_call_ends() -> None:
    async with opened("sqlite://") as storage:
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1, concurrency=1))
        await storage.calls.add(a_call("talks", due_ms=10**15), admission=Admission(1))
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            await until(lambda: bool(carrier.answers))
            assert carrier.answers == [("ring", "x")]
            await storage.calls.end("talks", None, Ending("user_hangup"), {})
            await until(lambda: len(carrier.answers) == 2)
        finally:
            await dialer.aclose()
        assert carrier.answers == [("ring", "x"), ("accept", "x")]


async def test_of_a_flood_only_so_many_are_rung_for_a_place() -> None:
    async with opened("sqlite://") as storage:
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1, concurrency=1))
        await storage.calls.add(a_call("talks", due_ms=10**15), admission=Admission(1))
        dialer.start()
        try:
            for n in range(MOST_RINGING + 5):
                carrier.reports.put_nowait(CallArrived(f"x{n}", "+1", NUMBER, "192.0.2.1"))
            await until(lambda: len(carrier.answers) >= MOST_RINGING + 5)
        finally:
            await dialer.aclose()
        said = [what for what, _ in carrier.answers]
        assert (said.count("ring"), said.count("reject 480")) == (MOST_RINGING, 5)


async def test_when_no_call_ends_in_time_it_is_refused_with_a_record() -> None:
    async with opened("sqlite://") as storage:
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1, concurrency=1), inbound_wait_ms=60)
        await storage.calls.add(a_call("talks", due_ms=10**15), admission=Admission(1))
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            ending = await ended(storage, "call_x")
            await until(lambda: len(carrier.answers) == 2)
        finally:
            await dialer.aclose()
        assert ending.reason == "concurrency_limit_reached"
        assert carrier.answers == [("ring", "x"), ("reject 480", "x")]
        assert await storage.limits.in_use(ORG) == InUse(outbound=1)


async def test_when_no_call_ends_in_time_it_goes_on_to_the_numbers_fallback() -> None:
    async with opened("sqlite://") as storage:
        carrier = NotingCarrier()
        await storage.numbers.add(
            PhoneNumber(NUMBER, ORG, "sip", {"fallback_number": "+12025550177"})
        )
        dialer = a_dialer(storage, carrier, installation(1, concurrency=1), inbound_wait_ms=60)
        await storage.calls.add(a_call("talks", due_ms=10**15), admission=Admission(1))
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            ending = await ended(storage, "call_x")
        finally:
            await dialer.aclose()
        assert (ending.reason, ending.detail) == (
            "no_concurrency_fallback",
            "sent on to +12025550177",
        )
        assert carrier.answers == [("ring", "x"), ("redirect +12025550177", "x")]


async def test_a_fallback_that_the_carrier_cannot_reach_is_a_refusal() -> None:
    async with opened("sqlite://") as storage:
        carrier = NotingCarrier(redirects=False)
        await storage.numbers.add(PhoneNumber(NUMBER, ORG, "sip", {"fallback_number": "+1202"}))
        dialer = a_dialer(storage, carrier, installation(1, concurrency=1), inbound_wait_ms=0)
        await storage.calls.add(a_call("talks", due_ms=10**15), admission=Admission(1))
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            ending = await ended(storage, "call_x")
        finally:
            await dialer.aclose()
        assert ending.reason == "concurrency_limit_reached"
        assert carrier.answers == [("reject 480", "x")]


async def test_a_caller_who_gives_up_waiting_leaves_a_record() -> None:
    async with opened("sqlite://") as storage:
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1, concurrency=1))
        await storage.calls.add(a_call("talks", due_ms=10**15), admission=Admission(1))
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            await until(lambda: bool(carrier.answers))
            carrier.reports.put_nowait(CallVanished("x"))
            ending = await ended(storage, "call_x")
        finally:
            await dialer.aclose()
        assert ending.reason == "concurrency_limit_reached"
        assert "gave up" in ending.detail


class CannotWrite:
    """``storage.calls`` whose rows cannot be added."""

    def __init__(self, calls: Any, error: Exception) -> None:
        self._calls = calls
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calls, name)

    async def add(self, call: Call) -> Call:
        raise self._error


@pytest.mark.parametrize(
    ("error", "code"), [(StorageUnavailable("away"), 503), (RuntimeError("odd row"), 500)]
)
async def test_what_cannot_be_decided_on_is_refused_at_once(error: Exception, code: int) -> None:
    async with opened("sqlite://") as storage:
        carrier = NotingCarrier()
        dialer = a_dialer(storage, carrier, installation(1))
        vars(storage)["calls"] = CannotWrite(storage.calls, error)
        dialer.start()
        try:
            carrier.reports.put_nowait(CallArrived("x", "+1", NUMBER, "192.0.2.1"))
            await until(lambda: bool(carrier.answers))
        finally:
            await dialer.aclose()
        assert carrier.answers == [(f"reject {code}", "x")]
