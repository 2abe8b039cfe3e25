"""Whose turn it is, when a task may be called, what it must get."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from uponai.dialer.admit import WorkspaceLimits
from uponai.dialer.batch import Rota, is_finished, is_ready, next_look_ms, opens_ms, task_admission
from uponai.dialer.window import Hours
from uponai.storage.base import Batch
from uponai.storage.base_batches import OpenBatch

LIMITS = WorkspaceLimits(20, burst_enabled=True, reserved_inbound=2, cps={})
NUMBER = {"phone_number": "+12025550100", "phone_number_type": "custom"}


def a_batch(id: str, workspace_id: str = "org_1", **settings: object) -> Batch:
    return Batch(id, workspace_id, id, "+12025550100", 0, 1, settings)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 120))
def test_turns_are_shared_by_workspaces_and_then_by_batches(
    workspaces: list[int], turns: int
) -> None:
    batches = [a_batch(f"b{n}", f"org_{org}") for n, org in enumerate(workspaces)]
    rota, served = Rota(), Counter[str]()
    for _ in range(turns):
        batch = rota.order(batches)[0][0]
        rota.served(batch)
        served[batch.batch_call_id] += 1
    by_workspace = Counter[str]()
    for batch in batches:
        by_workspace[batch.workspace_id] += served[batch.batch_call_id]
    assert max(by_workspace.values()) - min(by_workspace.values()) <= 1
    for org in by_workspace:
        own = [served[b.batch_call_id] for b in batches if b.workspace_id == org]
        assert max(own) - min(own) <= 1


def test_a_new_batch_does_not_make_up_for_the_time_before_it() -> None:
    old, new = a_batch("old"), a_batch("new")
    rota = Rota()
    for _ in range(100):
        rota.served(old)
    turns = Counter[str]()
    for _ in range(10):
        batch = rota.order([old, new])[0][0]
        rota.served(batch)
        turns[batch.batch_call_id] += 1
    assert turns == {"old": 5, "new": 5}
    rota.keep([new])
    assert rota.order([new, old])[0][0] == old


def test_what_is_ready_finished_and_next() -> None:
    batch = replace(a_batch("b"), trigger_ms=100)
    waiting = OpenBatch(batch, due_ms=100, busy=False)
    assert not is_ready(waiting, 99) and is_ready(waiting, 100)
    assert next_look_ms(waiting, 50) == 100
    assert not is_ready(replace(waiting, wanted_until_ms=300), 200)
    assert next_look_ms(replace(waiting, wanted_until_ms=300), 200) == 300
    paused = replace(waiting, batch=replace(batch, paused_ms=1))
    assert not is_ready(paused, 200) and next_look_ms(paused, 200) is None
    assert not is_finished(paused) and not is_finished(waiting)
    assert is_finished(replace(waiting, due_ms=None))
    assert not is_finished(replace(waiting, due_ms=None, busy=True))
    cancelled = replace(waiting, batch=replace(batch, cancelled_ms=1))
    assert is_finished(cancelled) and not is_finished(replace(cancelled, busy=True))


def test_a_batch_leaves_the_burst_and_what_it_reserves() -> None:
    admission = task_admission(a_batch("b", reserved_concurrency=5), NUMBER, LIMITS, 0)
    assert (admission.ceiling, admission.reserved, admission.batch_reserved) == (20, 2, 5)
    low = replace(LIMITS, concurrency=3)
    assert task_admission(a_batch("b", reserved_concurrency=5), NUMBER, low, 0).batch_reserved == 2
    slow = task_admission(a_batch("b"), NUMBER, LIMITS, 2)
    assert [pace.rate.window_ms for pace in slow.paces] == [4_000]


def _ms(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # pyright: ignore[reportArgumentType]


def test_hours_of_the_batch_and_of_the_workspace_both_hold() -> None:
    batch = Hours(((540, 1020),), zone="Europe/Berlin")
    workspace = Hours(((540, 1200),), zone=None)
    new_york = "+12125550123"
    now = _ms(2026, 1, 14, 6, 0)  # Wednesday, 7:00 in Berlin, 1:00 in New York
    assert opens_ms([batch, workspace], new_york, now) == _ms(2026, 1, 14, 14, 0)
    assert opens_ms([batch, workspace], new_york, _ms(2026, 1, 14, 15, 0)) == _ms(
        2026, 1, 14, 15, 0
    )
    assert opens_ms([batch, workspace], new_york, _ms(2026, 1, 14, 17, 0)) == _ms(
        2026, 1, 15, 14, 0
    )
    assert opens_ms([], new_york, now) == now


def test_hours_that_never_meet_are_told() -> None:
    night = Hours(((0, 60),), zone="Europe/Berlin")
    day = Hours(((600, 660),), zone="Europe/Berlin")
    assert opens_ms([night, day], "+4930123456", _ms(2026, 1, 14, 6, 0)) is None
