"""Batches: each task once, redialled as asked, paced, fair, and never lost by a restart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from tests.fakes.dialling import NUMBER, ORG, a_number, installation
from tests.patience import patience
from tests.storage.worlds import opened

from uponai.dialer.batch_worker import BatchDialer, BatchPorts, BatchTimers
from uponai.domain.batch import TaskState
from uponai.domain.call import Call
from uponai.domain.ending import Ending
from uponai.domain.errors import UserError
from uponai.domain.limits import Variant
from uponai.storage.base import Batch, CallQuery, PhoneNumber, Storage
from uponai.storage.base_batches import Task
from uponai.tasks import now_ms


@dataclass
class Maker:
    """Makes the calls of tasks; ``refuse`` may raise, ``before`` happens meanwhile."""

    made: list[str] = field(default_factory=list)
    refuse: Callable[[Task], None] = lambda task: None
    before: Callable[[Task], Awaitable[None]] | None = None

    async def make(
        self, batch: Batch, task: Task, number: PhoneNumber
    ) -> tuple[Call, Variant | None]:
        self.refuse(task)
        if self.before is not None:
            await self.before(task)
        call = Call(
            call_id=f"{batch.batch_call_id}-{task.position}-{task.attempts + 1}",
            workspace_id=batch.workspace_id,
            direction="outbound",
            from_number=number.phone_number,
            to_number=str(task.request["to_number"]),
            agent_id="agent_1",
            agent_version=0,
            created_ms=now_ms(),
            batch_call_id=batch.batch_call_id,
            batch_task=task.position,
        )
        self.made.append(call.call_id)
        return call, None


def a_batch_dialer(
    storage: Storage, maker: Maker, *, cps: int = 1_000, concurrency: int = 1_000
) -> BatchDialer:
    """Its rounds come to their end on however busy a machine."""
    limits = installation(cps, concurrency)
    ports = BatchPorts(storage, maker.make, lambda: None, limits)
    return BatchDialer(ports, BatchTimers(poll_s=3_600, round_s=3_600))


async def added(storage: Storage, id: str, count: int, **fields: Any) -> None:
    values: dict[str, Any] = {"trigger_ms": 0, "task_count": 0, "created_ms": now_ms(), **fields}
    batch = Batch(id, ORG, id, NUMBER, **values)
    await storage.batches.begin(batch)
    requests = [{"to_number": f"+1202555{n:04}"} for n in range(count)]
    await storage.batches.add_tasks(batch, 0, requests)
    await storage.batches.open(id, count, now_ms())


async def end_all(storage: Storage, reason: str, answered_ms: int | None = None) -> int:
    """End every call that goes on; how many."""
    calls = await storage.calls.lease_due("a", now_ms() + 1_000, 60_000, 1_000)
    for call in calls:
        fields = {"answered_ms": answered_ms} if answered_ms else {}
        await storage.calls.end(call.call_id, call.fence, Ending(reason), fields)
    return len(calls)


async def tasks(storage: Storage, id: str) -> list[Task]:
    return await storage.batches.tasks(id)


async def test_every_task_is_called_once_and_the_batch_is_sent() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 70)
        maker = Maker()
        dialer = a_batch_dialer(storage, maker)
        while await dialer.look() == 0:
            pass
        assert len(maker.made) == len(set(maker.made)) == 70
        assert await end_all(storage, "user_hangup", answered_ms=5) == 70
        await dialer.look()
        assert {task.state for task in await tasks(storage, "b1")} == {TaskState.DONE}
        await dialer.look()
        batch = await storage.batches.get(ORG, "b1")
        assert batch is not None and batch.times.status(now_ms()) == "sent"
        assert len(maker.made) == 70


async def test_busy_is_redialled_as_often_as_asked_and_answers_never() -> None:
    policy = {"redial_policy": {"max_attempts": 4, "wait_ms": 0}}
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 2, settings=policy)
        maker = Maker()
        dialer = a_batch_dialer(storage, maker)
        for reason, answered_ms in (("dial_busy", None), ("dial_no_answer", None)):
            await dialer.look()
            assert await end_all(storage, reason, answered_ms) == 2
            await dialer.look()
        await dialer.look()
        first, second = await storage.calls.lease_due("a", now_ms() + 1_000, 60_000, 10)
        # A machine answered and hung up as busy does: somebody was reached all the same.
        await storage.calls.end(first.call_id, first.fence, Ending("dial_busy"), {"answered_ms": 5})
        await storage.calls.end(second.call_id, second.fence, Ending("dial_busy"), {})
        for _ in range(3):
            await dialer.look()
        assert await end_all(storage, "dial_busy") == 1
        for _ in range(3):
            await dialer.look()
        assert sorted(task.attempts for task in await tasks(storage, "b1")) == [3, 4]
        assert {task.state for task in await tasks(storage, "b1")} == {TaskState.DONE}
        assert len(maker.made) == 7


async def test_who_declined_is_left_alone() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 1, settings={"redial_policy": {"max_attempts": 9, "wait_ms": 0}})
        maker = Maker()
        dialer = a_batch_dialer(storage, maker)
        await dialer.look()
        await end_all(storage, "user_declined")
        await dialer.look()
        await dialer.look()
        assert len(maker.made) == 1


async def test_over_a_limit_tasks_wait_and_nothing_is_refused() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 5)
        maker = Maker()
        dialer = a_batch_dialer(storage, maker, concurrency=2)
        await dialer.look()
        assert (await storage.limits.in_use(ORG)).outbound == 2
        assert await end_all(storage, "dial_busy") == 2
        await dialer.look()
        assert (await storage.limits.in_use(ORG)).outbound == 2
        assert Counter(task.state for task in await tasks(storage, "b1")) == {
            TaskState.DONE: 2, TaskState.CALLING: 2, TaskState.WAITING: 1,
        }  # fmt: skip


async def test_over_the_rate_tasks_wait_for_its_window() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 200)  # more than any machine is slow enough to place in a row
        assert 0 < await a_batch_dialer(storage, Maker(), cps=1).look() <= 1
        states = Counter(task.state for task in await tasks(storage, "b1"))
        assert states[TaskState.CALLING] == (await storage.limits.in_use(ORG)).outbound >= 1
        assert states[TaskState.CALLING] + states[TaskState.WAITING] == 200
        assert states[TaskState.WAITING] > 0


async def test_a_limit_that_is_lowered_holds_in_the_next_round() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 5)
        maker = Maker()
        ports = BatchPorts(storage, maker.make, lambda: None, installation(1_000))
        dialer = BatchDialer(ports, BatchTimers(round_s=0))
        assert await dialer.look() == 0 and len(maker.made) == 1
        await storage.limits.change_settings(ORG, lambda old: {"concurrency_limit": 1}, now_ms())
        await dialer.look()
        assert len(await storage.calls.find(CallQuery(ORG))) == 1


async def test_batches_take_turns() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 50)
        await added(storage, "b2", 50)
        maker = Maker()
        await a_batch_dialer(storage, maker, concurrency=10).look()
        calls = await storage.calls.lease_due("a", now_ms() + 1_000, 60_000, 100)
        assert Counter(call.batch_call_id for call in calls) == {"b1": 5, "b2": 5}


async def test_a_restart_loses_nothing_and_repeats_nothing() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 30)
        maker = Maker()
        await a_batch_dialer(storage, maker, concurrency=10).look()
        # As if that process had died here: another one goes on from what is written.
        for _ in range(4):
            await end_all(storage, "user_hangup", answered_ms=5)
            await a_batch_dialer(storage, maker, concurrency=10).look()
        done = [task.call_id for task in await tasks(storage, "b1")]
        assert len(set(done)) == 30 and None not in done
        assert all(task.attempts == 1 for task in await tasks(storage, "b1"))


async def test_what_may_not_be_called_is_told_and_the_rest_goes_on() -> None:
    def refuse(task: Task) -> None:
        if task.position == 1:
            raise UserError("no", code="do_not_call")
        if task.position == 2:
            raise RuntimeError("a fault of ours")

    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 4)
        await a_batch_dialer(storage, Maker(refuse=refuse)).look()
        called, refused, broken, last = await tasks(storage, "b1")
        assert called.state is last.state is TaskState.CALLING
        assert (refused.state, refused.reason) == (TaskState.DONE, "do_not_call")
        assert broken.state is TaskState.WAITING and broken.due_ms > now_ms() + 30_000


async def test_outside_its_hours_a_task_waits_until_they_begin() -> None:
    shut = {"windows": [{"start": 0, "end": 1440}], "day": ["Monday"], "timezone": "UTC"}
    monday_ms = 4 * 86_400_000  # 5 January 1970
    weekday = (now_ms() // 86_400_000 - 4) % 7
    if weekday == 0:
        shut["day"] = ["Tuesday"]
        monday_ms += 86_400_000
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 3, settings={"call_time_window": shut})
        maker = Maker()
        await a_batch_dialer(storage, maker).look()
        assert maker.made == []
        dues = {task.due_ms for task in await tasks(storage, "b1")}
        assert len(dues) == 1
        (due_ms,) = dues
        assert due_ms > now_ms() and (due_ms - monday_ms) % (7 * 86_400_000) == 0


@pytest.mark.parametrize("what", ["pause", "cancel"])
async def test_a_batch_that_is_halted_in_mid_round_holds_up_no_other(
    what: Literal["pause", "cancel"],
) -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 10)
        await added(storage, "b2", 10)

        async def halt(task: Task) -> None:
            if len(maker.made) == 4:
                await storage.batches.mark(ORG, "b1", what, now_ms())

        maker = Maker(before=halt)
        dialer = a_batch_dialer(storage, maker)
        async with patience():
            await dialer.look()
        assert all(task.call_id for task in await tasks(storage, "b2"))
        halted = [task for task in await tasks(storage, "b1") if task.state is TaskState.WAITING]
        assert len(halted) == 8


async def test_paused_and_planned_batches_are_not_begun() -> None:
    async with opened("sqlite://") as storage:
        await a_number(storage)
        await added(storage, "b1", 3)
        await added(storage, "b2", 3, trigger_ms=now_ms() + 600_000)
        await storage.batches.mark(ORG, "b1", "pause", now_ms())
        maker = Maker()
        dialer = a_batch_dialer(storage, maker)
        assert 0 < await dialer.look() <= 600
        assert maker.made == []
        await storage.batches.mark(ORG, "b1", "resume", now_ms())
        await dialer.look()
        assert len(maker.made) == 3
