"""Checkpoints are written in order, retried, and never waited for."""

from __future__ import annotations

import asyncio

from tests.fakes.calls import FakeCheckpoints
from tests.virtual_time import run

from uponai.domain.call import Checkpoint
from uponai.live.checkpoint import CheckpointWriter
from uponai.tasks import TaskGroup


def turn(number: int) -> Checkpoint:
    return Checkpoint("call_1", number, 1, number, {})


def test_newest_wins_and_an_outage_loses_nothing() -> None:
    async def scene() -> None:
        store, tasks = FakeCheckpoints(), TaskGroup()
        store.failures = 2
        writer = CheckpointWriter(store, tasks, lambda: None)
        writer.put(turn(1))
        await asyncio.sleep(0.1)
        writer.put(turn(2))
        writer.put(turn(3))
        assert not await writer.flush(0.1)
        assert await writer.flush(5)
        assert store.saved == [3]
        writer.put(turn(4))
        assert await writer.flush(1)
        assert store.saved == [3, 4]

    run(scene())


def test_a_stale_fence_is_told_once_and_nothing_is_written_after() -> None:
    async def scene() -> None:
        store, tasks = FakeCheckpoints(), TaskGroup()
        store.stale = True
        told: list[bool] = []
        writer = CheckpointWriter(store, tasks, lambda: told.append(True))
        writer.put(turn(1))
        await writer.flush(1)
        writer.put(turn(2))
        await writer.flush(1)
        assert told == [True] and store.saved == []

    run(scene())
