"""Slots of pace and concurrency, on both databases: never one too many, none wasted."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.patience import patience
from tests.storage.worlds import ORG, a_call, opened

from uponai.domain.call import CallChange
from uponai.domain.ending import Ending
from uponai.domain.limits import Admission, InUse, OverLimit, Pace, Rate, Slowdown, Variant
from uponai.storage.admission import Gate
from uponai.storage.base import CallQuery, Storage, tell_nobody
from uponai.storage.engine import open_database
from uponai.storage.limits import SqlLimits
from uponai.storage.migrate import migrate
from uponai.storage.sql import open_storage

T0 = 1_760_000_000_000
TWO = Pace("org_1:custom", Rate(2))


@asynccontextmanager
async def paced(url: str) -> AsyncIterator[SqlLimits]:
    """Limits that go by the clock of the test, on PostgreSQL too."""
    database = open_database(url)
    try:
        await database.prepare()
        await migrate(database)
        yield SqlLimits(database, Gate(database, own_clock=True))
    finally:
        await database.aclose()


async def wait_ms(limits: SqlLimits, paces: list[Pace], now_ms: int) -> int:
    turn = await limits.pace(paces, now_ms)
    assert len(turn.slots) in (0, len(paces)) and bool(turn.slots) == (turn.wait_ms == 0)
    return turn.wait_ms


async def granted(limits: SqlLimits, pace: Pace, times_ms: list[int]) -> list[int]:
    return [at for at in times_ms if not await wait_ms(limits, [pace], T0 + at)]


async def test_a_burst_takes_as_many_as_the_limit_and_the_next_window_again(url: str) -> None:
    async with paced(url) as limits:
        assert await granted(limits, TWO, [0, 0, 0, 500, 999, 1_000, 1_000, 1_001]) == [
            0,
            0,
            1_000,
            1_000,
        ]


async def test_who_is_refused_hears_when_to_come_back(url: str) -> None:
    async with paced(url) as limits:
        assert await wait_ms(limits, [TWO], T0) == 0
        assert await wait_ms(limits, [TWO], T0 + 300) == 0
        assert await wait_ms(limits, [TWO], T0 + 400) == 600
        assert await wait_ms(limits, [TWO], T0 + 1_000) == 0


async def test_a_raised_limit_holds_at_once_and_a_lowered_one_too(url: str) -> None:
    async with paced(url) as limits:
        five, one = Pace(TWO.key, Rate(5)), Pace(TWO.key, Rate(1))
        assert await granted(limits, one, [0, 0]) == [0]
        assert await granted(limits, five, [0] * 7) == [0] * 4
        assert await granted(limits, one, [1_000, 1_000, 1_500]) == [1_000]


async def test_several_rates_are_taken_together_or_not_at_all(url: str) -> None:
    async with paced(url) as limits:
        tight, wide = Pace("a tight one", Rate(1)), Pace("wide", Rate(2))
        assert await wait_ms(limits, [tight, wide], T0) == 0
        assert await wait_ms(limits, [wide, tight], T0) == 1_000
        assert await wait_ms(limits, [wide], T0) == 0
        assert await wait_ms(limits, [wide], T0) == 1_000


async def test_a_clock_that_was_set_back_does_not_stop_the_calls(url: str) -> None:
    async with paced(url) as limits:
        assert await wait_ms(limits, [TWO], T0 + 3_600_000) == 0
        assert await wait_ms(limits, [TWO], T0) == 0
        assert await wait_ms(limits, [TWO], T0) == 0
        assert await wait_ms(limits, [TWO], T0) > 0


async def test_a_call_that_left_late_holds_its_slot_from_then_on(url: str) -> None:
    async with paced(url) as limits:
        one = Pace("k", Rate(1))
        turn = await limits.pace([one], T0)
        await limits.went(turn, T0 + 300)
        await limits.went(turn, T0 + 100)
        assert await wait_ms(limits, [one], T0 + 1_000) == 300
        assert await wait_ms(limits, [one], T0 + 1_300) == 0


rates = st.builds(Rate, st.integers(1, 6), st.sampled_from([1_000, 5_000]))
steps = st.lists(st.integers(0, 700), min_size=1, max_size=60)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(rate=rates, steps=steps)
def test_no_window_sees_more_than_the_limit_and_none_is_wasted(
    rate: Rate, steps: list[int]
) -> None:
    times = [sum(steps[: n + 1]) for n in range(len(steps))]

    async def ask() -> list[int]:
        async with paced("sqlite://") as limits:
            return await granted(limits, Pace("k", rate), times)

    taken = asyncio.run(ask())
    for at in times:
        assert sum(at <= other < at + rate.window_ms for other in taken) <= rate.calls
    free: list[int] = []
    for at in times:  # what an exact count of the last window would have allowed
        if sum(at - rate.window_ms < other <= at for other in free) < rate.calls:
            free.append(at)
    assert taken == free


async def test_concurrency_is_taken_up_to_the_limit_and_given_back_once(url: str) -> None:
    async with opened(url) as storage:
        two = Admission(ceiling=2)
        for number in range(2):
            await storage.calls.add(a_call(f"call_{number}"), admission=two)
        with pytest.raises(OverLimit) as refused:
            await storage.calls.add(a_call("call_2"), idempotency_key="k", admission=two)
        assert (refused.value.over, refused.value.limit) == ("concurrency", 2)
        assert await storage.calls.get("call_2") is None
        assert await storage.limits.in_use(ORG) == InUse(outbound=2)
        for _ in range(2):
            await storage.calls.end("call_0", None, Ending("manual_stopped"), {})
        assert await storage.limits.in_use(ORG) == InUse(outbound=1)
        # The key of the refused request is free.
        again = await storage.calls.add(a_call("call_3"), idempotency_key="k", admission=two)
        assert again.call_id == "call_3"


async def test_a_repeat_of_a_key_takes_no_slot(url: str) -> None:
    async with opened(url) as storage:
        one = Admission(ceiling=5, paces=(Pace("org_1:custom", Rate(1)),))
        first = await storage.calls.add(a_call("call_1"), idempotency_key="k", admission=one)
        same = await storage.calls.add(a_call("call_2"), idempotency_key="k", admission=one)
        assert same == first
        assert await storage.limits.in_use(ORG) == InUse(outbound=1)


async def test_over_the_pace_nothing_is_written(url: str) -> None:
    async with opened(url) as storage:
        one = Admission(ceiling=9, paces=(Pace("org_1:custom", Rate(1)),))
        await storage.calls.add(a_call("call_1"), admission=one)
        with pytest.raises(OverLimit) as refused:
            await storage.calls.add(a_call("call_2"), idempotency_key="k", admission=one)
        assert refused.value.over == "calls_per_second"
        assert 0 < refused.value.wait_ms <= 1_000
        assert await storage.limits.in_use(ORG) == InUse(outbound=1)
        assert await storage.calls.count(CallQuery(ORG)) == 1


async def test_deleting_a_call_gives_its_slot_back(url: str) -> None:
    async with opened(url) as storage:
        await storage.calls.add(a_call(), admission=Admission(ceiling=1))
        assert await storage.calls.delete(ORG, "call_1")
        assert await storage.limits.in_use(ORG) == InUse()


async def test_reserved_slots_are_for_the_other_direction(url: str) -> None:
    async with opened(url) as storage:
        outbound = Admission(ceiling=4, reserved=2)
        for number in range(2):
            await storage.calls.add(a_call(f"out_{number}"), admission=outbound)
        with pytest.raises(OverLimit):
            await storage.calls.add(a_call("out_2"), admission=outbound)
        for number in range(2):
            call = a_call(f"in_{number}", direction="inbound")
            await storage.calls.add(call, admission=Admission(ceiling=4))
        assert await storage.limits.in_use(ORG) == InUse(2, 2)
        with pytest.raises(OverLimit):
            call = a_call("in_2", direction="inbound")
            await storage.calls.add(call, admission=Admission(ceiling=4))


async def test_an_arrived_call_takes_a_slot_later_unless_it_is_over(url: str) -> None:
    async with opened(url) as storage:
        await storage.calls.add(a_call("a"), admission=Admission(ceiling=1))
        call = await storage.calls.add(a_call("waits", direction="inbound", fence=1))
        assert not await storage.limits.take_slot("waits", 1)
        await storage.calls.end("a", None, Ending("manual_stopped"), {})
        assert await storage.limits.take_slot("waits", 1)
        await storage.calls.end("waits", call.fence, Ending("user_hangup"), {})
        assert not await storage.limits.take_slot("waits", 1)
        assert await storage.limits.in_use(ORG) == InUse()


async def test_many_hosts_at_once_never_take_one_too_many(url: str) -> None:
    async with opened(url) as one, opened(url) as two:
        twelve = Admission(ceiling=12, paces=(Pace("org_1:custom", Rate(30)),))

        async def add(storage: Storage, call_id: str) -> bool:
            try:
                await storage.calls.add(a_call(call_id), admission=twelve)
            except OverLimit:
                return False
            return True

        stores = [one, two]
        made = await asyncio.gather(*(add(stores[n % 2], f"c{n}") for n in range(40)))
        assert sum(made) == 12
        assert await one.limits.in_use(ORG) == InUse(outbound=12)


operations = st.lists(
    st.tuples(st.sampled_from(["out", "in", "end", "delete"]), st.integers(0, 9)), max_size=40
)


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(operations=operations, ceiling=st.integers(1, 5), reserved=st.integers(0, 3))
def test_slots_in_use_are_the_calls_that_live(
    operations: list[tuple[str, int]], ceiling: int, reserved: int
) -> None:
    async def play() -> None:
        async with opened("sqlite://") as storage:
            held: dict[str, str] = {}
            for at, (what, which) in enumerate(operations):
                call_id = f"c{at}" if what in ("out", "in") else f"c{which}"
                if what in ("out", "in"):
                    direction = "outbound" if what == "out" else "inbound"
                    kept = reserved if what == "out" else 0
                    admission = Admission(ceiling, kept)
                    inbound = sum(other == "inbound" for other in held.values())
                    outbound = len(held) - inbound
                    room = (
                        outbound + max(inbound, reserved) < ceiling
                        if what == "out"
                        else len(held) < ceiling
                    )
                    try:
                        await storage.calls.add(
                            a_call(call_id, direction=direction), admission=admission
                        )
                        held[call_id] = direction
                        assert room
                    except OverLimit:
                        assert not room
                elif what == "end":
                    await storage.calls.end(call_id, None, Ending("manual_stopped"), {})
                    held.pop(call_id, None)
                else:
                    await storage.calls.delete(ORG, call_id)
                    held.pop(call_id, None)
                assert (await storage.limits.in_use(ORG)).total == len(held)

    asyncio.run(play())


async def test_settings_changed_at_once_are_not_lost(url: str) -> None:
    async with opened(url) as one, opened(url) as two:
        assert await one.limits.settings(ORG) == {}

        def put(name: str):
            return lambda old: {**old, name: 1}

        names = [f"s{n}" for n in range(8)]
        await asyncio.gather(
            *(
                (one, two)[n % 2].limits.change_settings(ORG, put(name), T0)
                for n, name in enumerate(names)
            )
        )
        assert sorted(await two.limits.settings(ORG)) == names


async def test_a_slowdown_is_shared(url: str) -> None:
    async with opened(url) as one, opened(url) as two:
        assert await one.limits.slowdown("k") == Slowdown()
        await asyncio.gather(
            *(
                storage.limits.change_slowdown("k", lambda s: Slowdown(s.level + 1, 7))
                for storage in (one, two)
            )
        )
        assert await two.limits.slowdown("k") == Slowdown(2, 7)


async def test_variants_are_counted_by_agent_version_and_weight(url: str) -> None:
    async with opened(url) as storage:
        for number in range(5):
            variant = Variant("+12025550100", "agent_a", 1, 0.75)
            if number == 4:
                variant = Variant("+12025550100", "agent_b", 0, 0.25)
            call_id = f"call_{number}"
            call = a_call(call_id, due_ms=0)
            await storage.calls.add(call, admission=Admission(9, variant=variant))
        await storage.calls.lease_due("h", 1_000, 9_000, 10)
        for number, duration_ms in enumerate((1_000, 3_000, None)):
            call_id = f"call_{number}"
            await storage.calls.change(call_id, 1, CallChange.DIAL, {})
            if duration_ms is not None:
                await storage.calls.change(call_id, 1, CallChange.ANSWER, {"answered_ms": 5})
            reason = "user_hangup" if duration_ms else "dial_busy"
            await storage.calls.end(call_id, 1, Ending(reason), {"duration_ms": duration_ms})
        await storage.post_calls.finish("call_0", {"call_successful": True}, {}, tell_nobody)
        await storage.post_calls.finish("call_1", {"call_successful": False}, {}, tell_nobody)
        a, b = await storage.limits.variants(ORG, "+12025550100")
        assert (a.agent_id, a.agent_version, a.weight) == ("agent_a", 1, 0.75)
        assert (a.calls, a.finished, a.picked_up) == (4, 3, 2)
        assert (a.analysed, a.successful, a.timed) == (2, 1, 2)
        assert (a.duration_sum_ms, a.duration_squares_ms2) == (4_000, 10_000_000)
        assert (b.agent_id, b.calls, b.finished) == ("agent_b", 1, 0)
        assert await storage.limits.variants(ORG, "+12025550999") == []
        assert await storage.limits.variants("org_2", "+12025550100") == []


async def test_numbers_that_are_not_to_be_called(url: str) -> None:
    async with opened(url) as storage:
        limits = storage.limits
        for _ in range(2):
            await limits.set_do_not_call(ORG, "+12025550101", 1, wanted=True)
        assert await limits.may_not_be_called(ORG, "+12025550101")
        assert not await limits.may_not_be_called("org_2", "+12025550101")
        await limits.set_do_not_call(ORG, "+12025550101", 2, wanted=False)
        assert not await limits.may_not_be_called(ORG, "+12025550101")


PROCESSES = 3
ASKED_S = 2.5
LIMIT = 7
CLOCKS_S = 0.01
"""What the database's clock, in whole milliseconds, may differ from that of the hosts."""


@pytest.mark.realtime
async def test_three_processes_on_one_postgresql_keep_one_limit(postgres) -> None:
    """Each admits as fast as it can; what was admitted is what one host would have admitted."""
    url = postgres.new_database()
    await (await open_storage(url)).aclose()
    program = str(Path(__file__).parent / "admitting.py")
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, program, url, f"host{n}", str(LIMIT), str(ASKED_S),
            stdout=asyncio.subprocess.PIPE,
        )
        for n in range(PROCESSES)
    ]  # fmt: skip
    async with patience():
        told = await asyncio.gather(*(p.communicate() for p in started))
    assert [p.returncode for p in started] == [0] * PROCESSES
    spans = [json.loads(out) for out, _ in told]
    made = sorted(tuple(span) for admitted, _ in spans for span in admitted)
    refused = [span for _, turned_away in spans for span in turned_away]
    assert len(made) > LIMIT and refused
    # The grant fell somewhere between asking and the answer.
    for began, _ in made:
        inside = [one for one in made if one[0] >= began and one[1] < began + 1.0]
        assert len(inside) <= LIMIT
    # None was wasted: who was refused came within a second of so many others.
    for asked, answered in refused:
        before = [one for one in made if one[0] <= answered and one[1] >= asked - 1.0 - CLOCKS_S]
        assert len(before) >= LIMIT
    async with opened(url) as storage:
        assert (await storage.limits.in_use(ORG)).total == len(made)
