"""Batches: written in pieces, claimed with their calls, judged when those are over."""

from __future__ import annotations

import asyncio

import pytest
from tests.storage.worlds import ORG, a_call, opened

from uponai.domain.batch import TaskState
from uponai.domain.call import Call
from uponai.domain.ending import Ending
from uponai.domain.limits import Admission, OverLimit, Pace, Rate
from uponai.storage.base import Storage
from uponai.storage.base_batches import Batch, Task

ID = "batch_call_1"
AT_MS = 10**12
FREE = Admission(1_000, batch_reserved=0)


def a_batch(id: str = ID, **fields: object) -> Batch:
    values = {"trigger_ms": 9, "task_count": 0, "created_ms": 5, **fields}
    return Batch(id, ORG, "Spring", "+12025550100", **values)  # pyright: ignore[reportArgumentType]


async def added(storage: Storage, count: int, id: str = ID, **fields: object) -> list[Task]:
    batch = a_batch(id, **fields)
    await storage.batches.begin(batch)
    requests = [{"to_number": f"+1202555{n:04}"} for n in range(count)]
    await storage.batches.add_tasks(batch, 0, requests)
    await storage.batches.open(id, count, 7)
    return await storage.batch_work.due(id, batch.trigger_ms, count)


def call_for(task: Task, call_id: str | None = None) -> Call:
    name = call_id or f"call_{task.batch_call_id}_{task.position}_{task.attempts}"
    return a_call(
        name, batch_call_id=task.batch_call_id, batch_task=task.position, created_ms=AT_MS
    )


async def states(storage: Storage, id: str = ID) -> list[TaskState]:
    return [task.state for task in await storage.batches.tasks(id)]


async def test_a_batch_is_seen_when_it_is_whole(url: str) -> None:
    requests = [{"to_number": f"+1202555{n:04}", "metadata": {"n": n}} for n in range(2500)]
    batch = a_batch(settings={"a": 1})
    async with opened(url) as storage:
        await storage.batches.begin(batch)
        await storage.batches.add_tasks(batch, 0, requests[:2000])
        await storage.batches.add_tasks(batch, 2000, requests[2000:])
        assert await storage.batches.get(ORG, ID) is None
        assert await storage.batch_work.opened() == []
        await storage.batches.open(ID, 2500, 7)
        stored = await storage.batches.get(ORG, ID)
        assert stored == a_batch(settings={"a": 1}, task_count=2500)
        assert await storage.batches.get("org_2", ID) is None
        tasks = [*await storage.batches.tasks(ID), *await storage.batches.tasks(ID, 999, 2000)]
        assert [task.request for task in tasks] == requests
        assert await storage.batches.newest(ORG, 10) == [stored]
        (waiting,) = await storage.batch_work.opened()
        assert (waiting.due_ms, waiting.busy) == (9, False)


async def test_what_was_never_opened_is_forgotten(url: str) -> None:
    async with opened(url) as storage:
        for id, created_ms in (("batch_call_1", 5), ("batch_call_2", 50)):
            batch = a_batch(id, created_ms=created_ms)
            await storage.batches.begin(batch)
            await storage.batches.add_tasks(batch, 0, [{"to_number": "+12025550101"}])
        await added(storage, 1, "batch_call_3")
        assert await storage.batch_work.forget_unopened(50) == 1
        assert await storage.batches.tasks("batch_call_1") == []
        await storage.batches.discard("batch_call_2")
        await storage.batches.discard("batch_call_3")
        assert await storage.batches.tasks("batch_call_2") == []
        assert len(await storage.batches.tasks("batch_call_3")) == 1


async def test_a_task_is_claimed_with_its_call_or_not_at_all(url: str) -> None:
    async with opened(url) as storage:
        first, second = await added(storage, 2)
        pace = Pace("org_1/custom", Rate(1, 60_000))
        narrow = Admission(1_000, paces=(pace,), batch_reserved=0)
        assert await storage.batch_work.claim(first, call_for(first), narrow)
        assert not await storage.batch_work.claim(first, call_for(first, "call_x"), FREE)
        with pytest.raises(OverLimit) as over:
            await storage.batch_work.claim(second, call_for(second), narrow)
        assert over.value.key == pace.key
        assert await storage.calls.get("call_x") is None
        assert await states(storage) == [TaskState.CALLING, TaskState.WAITING]
        (due,) = await storage.batch_work.due(ID, 9, 10)
        assert due == second
        (call,) = await storage.calls.lease_due("a", 1_000, 1_000, 10)
        assert (call.batch_call_id, call.batch_task) == (ID, 0)


async def test_many_dialers_claim_each_task_once(url: str) -> None:
    async with opened(url) as one, opened(url) as two:
        tasks = await added(one, 20)

        async def drain(storage: Storage, name: str) -> int:
            claims = [
                await storage.batch_work.claim(
                    task, call_for(task, f"{name}_{task.position}"), FREE
                )
                for task in tasks
            ]
            return sum(claims)

        counts = await asyncio.gather(drain(one, "a"), drain(two, "b"), drain(one, "c"))
        assert sum(counts) == 20
        assert (await one.limits.in_use(ORG)).outbound == 20
        assert set(await states(one)) == {TaskState.CALLING}


async def test_places_are_kept_for_calls_of_no_batch(url: str) -> None:
    async with opened(url) as storage:
        tasks = await added(storage, 4)
        kept = Admission(4, batch_reserved=2)
        for task in tasks[:2]:
            assert await storage.batch_work.claim(task, call_for(task), kept)
        with pytest.raises(OverLimit):
            await storage.batch_work.claim(tasks[2], call_for(tasks[2]), kept)
        for n in range(2):
            await storage.calls.add(a_call(f"single_{n}"), admission=Admission(4))
        with pytest.raises(OverLimit):
            await storage.calls.add(a_call("single_2"), admission=Admission(4))
        await storage.calls.end(call_for(tasks[0]).call_id, None, Ending("dial_busy"), {})
        assert await storage.batch_work.claim(tasks[2], call_for(tasks[2]), kept)
        await storage.calls.end("single_0", None, Ending("dial_busy"), {})
        with pytest.raises(OverLimit):
            await storage.batch_work.claim(tasks[3], call_for(tasks[3]), kept)


async def test_a_task_whose_call_ends_is_judged_once(url: str) -> None:
    async with opened(url) as storage:
        task, other = await added(storage, 2)
        call = call_for(task)
        await storage.batch_work.claim(task, call, FREE)
        assert await storage.batch_work.over(10) == []
        await storage.calls.end(call.call_id, None, Ending("dial_busy", "", 486), {})
        ((batch, over),) = await storage.batch_work.over(10)
        assert batch.batch_call_id == ID
        assert (over.reason, over.answered, over.attempts) == ("dial_busy", False, 1)
        assert await storage.batch_work.settle(over, 5_000)
        assert not await storage.batch_work.settle(over, None)
        assert await storage.batch_work.due(ID, 4_999, 10) == [other]
        first, again = await storage.batch_work.due(ID, 5_000, 10)
        assert (first, again.position, again.attempts) == (other, 0, 1)
        assert await storage.batch_work.claim(again, call_for(again), FREE)
        assert await storage.batch_work.refuse(other, "do_not_call")
        await storage.calls.end(call_for(again).call_id, None, Ending("dial_no_answer"), {})
        assert not await storage.batch_work.close(ID, 99)
        ((_, over),) = await storage.batch_work.over(10)
        assert await storage.batch_work.settle(over, None)
        assert await storage.batch_work.close(ID, 99)
        assert await storage.batch_work.opened() == []
        stored = await storage.batches.get(ORG, ID)
        assert stored is not None and stored.times.status(100) == "sent"
        counted = {count.reason: count.attempts for count in await storage.batches.counts(ID)}
        assert counted == {"dial_no_answer": 2, "do_not_call": 0}


async def test_pause_resume_and_cancel(url: str) -> None:
    async with opened(url) as storage:
        tasks = await added(storage, 2)
        mark, claim = storage.batches.mark, storage.batch_work.claim
        assert await mark("org_2", ID, "pause", 50) is None
        paused = await mark(ORG, ID, "pause", 50)
        assert paused is not None and paused.times.status(60) == "paused"
        assert not await claim(tasks[0], call_for(tasks[0]), FREE)
        resumed = await mark(ORG, ID, "resume", 60)
        assert resumed is not None and resumed.times.status(60) == "ongoing"
        assert resumed.times.status(8) == "planned"
        assert await claim(tasks[0], call_for(tasks[0]), FREE)
        cancelled = await mark(ORG, ID, "cancel", 70)
        assert cancelled is not None and cancelled.times.status(70) == "cancelled"
        assert not await claim(tasks[1], call_for(tasks[1]), FREE)
        assert await mark(ORG, ID, "resume", 80) == cancelled
        assert not await storage.batch_work.close(ID, 90)
        await storage.calls.end(call_for(tasks[0]).call_id, None, Ending("dial_busy"), {})
        ((_, over),) = await storage.batch_work.over(10)
        await storage.batch_work.settle(over, None)
        assert await storage.batch_work.close(ID, 90)


async def test_what_is_deferred_is_due_later(url: str) -> None:
    async with opened(url) as storage:
        await added(storage, 3)
        await storage.batch_work.defer(ID, {0: 100, 2: 50})
        assert [task.position for task in await storage.batch_work.due(ID, 99, 10)] == [1, 2]
        assert [task.position for task in await storage.batch_work.due(ID, 100, 10)] == [1, 2, 0]
