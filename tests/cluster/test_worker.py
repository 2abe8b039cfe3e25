"""Leases are renewed; calls of a host that died are ended from what it left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.storage.worlds import a_call, opened, told, until_call

from uponai.cluster.reaper import Limits
from uponai.cluster.worker import (
    ClusterTimers,
    LeaseKeeper,
    Reaper,
    ReaperPorts,
    ReaperSettings,
)
from uponai.domain.call import Call, CallChange, CallState, Checkpoint
from uponai.domain.ending import Ending
from uponai.storage.base import NewWebhook, Storage
from uponai.tasks import now_ms

TIMERS = ClusterTimers(lease_ms=2_000, renew_ms=20, reap_ms=20)


@dataclass
class World:
    storage: Storage
    ended: list[Call] = field(default_factory=list)
    released: int = 0
    asked: int = 0
    looked_up: list[str] = field(default_factory=list)
    broken_report: bool = False

    def report(self, checkpoint: Checkpoint | None) -> Mapping[str, Any]:
        if self.broken_report:
            raise KeyError("transcript")
        return {"transcript": checkpoint.state["text"] if checkpoint else ""}

    def tell_ended(self, call: Call) -> Sequence[NewWebhook]:
        self.ended.append(call)
        return told("call_ended")(call)

    def release(self) -> None:
        self.released += 1

    async def ask_lines(self) -> None:
        self.asked += 1

    def reaper(self, limits: Limits | None = None) -> Reaper:
        ports = ReaperPorts(
            self.storage,
            self.report,
            self.tell_ended,
            self.release,
            self.ask_lines,
            lambda call: self.looked_up.append(call.call_id),
        )
        settings = ReaperSettings(TIMERS, limits or Limits(unknown_ms=0, gone_ms=0))
        return Reaper(ports, "reaper", settings)

    async def call(self, call_id: str, *changes: CallChange, lease_ms: int = -1) -> Call:
        """A call that host ``a`` took, led through ``changes``, and whose lease is over."""
        await self.storage.calls.add(a_call(call_id))
        (call,) = await self.storage.calls.lease_due("a", now_ms(), lease_ms, 1)
        for change in changes:
            fields = {"answered_ms": 1_000} if change is CallChange.ANSWER else {}
            changed = await self.storage.calls.change(call_id, call.fence, change, fields)
            assert changed is not None
            call = changed
        return call

    async def state(self, call_id: str) -> CallState:
        call = await self.storage.calls.get(call_id)
        assert call is not None
        return call.state


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    async with opened("sqlite://") as storage:
        yield World(storage)


ANSWERED = (CallChange.DIAL, CallChange.RING, CallChange.ANSWER)


async def test_an_answered_call_ends_from_its_last_checkpoint() -> None:
    async with world() as it:
        call = await it.call("call_1", *ANSWERED)
        checkpoint = Checkpoint("call_1", 4, call.fence, 9_000, {"text": "Agent: Hello\n"})
        assert await it.storage.checkpoints.save(checkpoint)
        await it.storage.calls.note_line("call_1", {"cause": "remote_hangup", "at_ms": 9_500})
        await it.reaper().reap()
        (ended,) = it.ended
        assert ended == await it.storage.calls.get("call_1")
        assert ended.ending is not None and ended.ending.reason == "user_hangup"
        assert ended.report == {"transcript": "Agent: Hello\n"}
        assert (ended.ended_ms, ended.duration_ms) == (9_500, 8_500)
        assert [row.event for row in await it.storage.outbox.claim("w", 0, 1, 9)] == ["call_ended"]
        assert len(await it.storage.post_calls.claim("j", 0, 1, 9)) == 1


async def test_an_ending_that_its_brain_could_not_write_is_written_as_it_was_meant() -> None:
    async with world() as it:
        call = await it.call("call_1", *ANSWERED)
        checkpoint = Checkpoint("call_1", 4, call.fence, 9_000, {"text": "Agent: Bye\n"})
        times = {"ended_ms": 9_800, "duration_ms": 8_800}
        meant = checkpoint.ended(Ending("agent_hangup", "goodbye"), times)
        assert await it.storage.checkpoints.save(meant)
        await it.storage.calls.note_line("call_1", {"cause": "remote_hangup", "at_ms": 9_900})
        await it.reaper().reap()
        (ended,) = it.ended
        assert ended.ending == Ending("agent_hangup", "goodbye")
        assert (ended.ended_ms, ended.duration_ms) == (9_800, 8_800)
        assert ended.report == {"transcript": "Agent: Bye\n"}


async def test_a_holder_that_comes_back_late_writes_no_more() -> None:
    async with world() as it:
        call = await it.call("call_1", *ANSWERED)
        await it.reaper().reap()
        assert not await it.storage.checkpoints.save(Checkpoint("call_1", 9, call.fence, 1, {}))
        assert len(it.ended) == 1


async def test_several_reapers_write_one_ending_each() -> None:
    async with world() as it:
        for number in range(6):
            await it.call(f"call_{number}", *ANSWERED)
        await asyncio.gather(*(it.reaper().reap() for _ in range(3)))
        assert sorted(call.call_id for call in it.ended) == [f"call_{n}" for n in range(6)]
        rows = await it.storage.outbox.claim("w", 0, 1, 99)
        assert len(rows) == 6


async def test_a_call_that_was_not_sent_is_queued_again() -> None:
    async with world() as it:
        await it.call("call_1")
        await it.reaper().reap()
        assert await it.state("call_1") is CallState.QUEUED
        assert it.released == 1 and it.ended == []


async def test_a_dialled_call_without_news_is_asked_for_and_then_given_up() -> None:
    async with world() as it:
        await it.call("call_1", CallChange.DIAL)
        patient = it.reaper(Limits(unknown_ms=10**9))
        await patient.reap()
        assert await it.state("call_1") is CallState.DIALLING_UNKNOWN
        assert (it.asked, it.looked_up) == (1, ["call_1"])
        await patient.reap()
        assert it.looked_up == ["call_1", "call_1"] and it.ended == []
        await it.reaper().reap()
        (ended,) = it.ended
        assert ended.ending is not None
        assert (ended.ending.reason, ended.status) == ("dial_failed", "not_connected")
        assert ended.report == {}


async def test_a_line_that_is_still_held_is_left_to_its_holder() -> None:
    async with world() as it:
        await it.call("call_1", *ANSWERED)
        await it.call("call_2", *ANSWERED)
        reaper = it.reaper(Limits(unknown_ms=10**9, gone_ms=0))
        await reaper.reap()
        assert it.ended == [] and it.asked == 1
        reaper.lines_held("edge", ["call_2"])
        await reaper.reap()
        assert [call.call_id for call in it.ended] == ["call_1"]


async def test_a_call_whose_holder_lives_is_left_alone() -> None:
    async with world() as it:
        await it.call("call_1", *ANSWERED, lease_ms=60_000)
        await it.reaper().reap()
        assert it.ended == [] and await it.state("call_1") is CallState.ANSWERED


async def test_a_checkpoint_that_cannot_be_read_does_not_keep_the_call_open() -> None:
    async with world() as it:
        it.broken_report = True
        await it.call("call_1", *ANSWERED)
        await it.reaper().reap()
        assert await it.state("call_1") is CallState.ENDED


async def test_renewed_leases_hold_and_dropped_ones_are_reaped() -> None:
    async with world() as it:
        await it.call("call_1", CallChange.DIAL, lease_ms=2_000)
        await it.call("call_2", *ANSWERED, lease_ms=2_000)
        keeper, reaper = LeaseKeeper(it.storage.calls, TIMERS), it.reaper()
        keeper.hold("call_1", "a")
        keeper.hold("call_2", "a")
        keeper.hold("call_9", "a")
        keeper.start()
        reaper.start()
        try:
            await _renewed(it, "call_1", 2)
            keeper.let_go("call_2", "a")
            await until_call(it.storage, "call_2", lambda call: call.state is CallState.ENDED)
            assert await it.state("call_1") is CallState.DIALLING
        finally:
            await keeper.aclose()
            await reaper.aclose()


async def _renewed(it: World, call_id: str, times: int) -> None:
    seen: set[int] = set()

    def often_enough(call: Call) -> bool:
        seen.add(call.lease_until_ms)
        return len(seen) > times

    await until_call(it.storage, call_id, often_enough)
