"""Checkpoints, the webhook outbox and the work owed to ended calls."""

from __future__ import annotations

import asyncio

from tests.storage.worlds import a_call, answered, leased, opened

from uponai.domain.call import Call, CallChange, Checkpoint
from uponai.domain.ending import Ending
from uponai.domain.webhook import NewWebhook
from uponai.storage.base import Storage, tell_nobody

HANGUP = Ending("user_hangup")


def a_checkpoint(turn: int, fence: int, **state: object) -> Checkpoint:
    return Checkpoint("call_1", turn, fence, 100 * turn, state)


async def test_the_newest_turn_is_the_checkpoint(url: str) -> None:
    async with opened(url) as storage:
        fence = (await answered(storage)).fence
        assert await storage.checkpoints.last("call_1") is None
        first = a_checkpoint(1, fence, transcript=[{"role": "agent"}])
        assert await storage.checkpoints.save(first)
        assert await storage.checkpoints.last("call_1") == first
        assert await storage.checkpoints.save(a_checkpoint(3, fence, node="n3"))
        assert await storage.checkpoints.save(a_checkpoint(2, fence, node="n2"))
        assert await storage.checkpoints.last("call_1") == a_checkpoint(3, fence, node="n3")


async def test_a_fenced_brain_saves_nothing(url: str) -> None:
    async with opened(url) as storage:
        fence = (await answered(storage)).fence
        assert await storage.checkpoints.save(a_checkpoint(5, fence))
        assert await storage.leases.seize("call_1", "r", 99_999, 1)
        assert not await storage.checkpoints.save(a_checkpoint(6, fence))
        assert await storage.checkpoints.last("call_1") == a_checkpoint(5, fence)
        assert await storage.checkpoints.save(a_checkpoint(1, fence + 1))
        assert await storage.checkpoints.last("call_1") == a_checkpoint(1, fence + 1)


async def test_an_ended_call_takes_no_checkpoint(url: str) -> None:
    async with opened(url) as storage:
        fence = (await answered(storage)).fence
        await storage.calls.end("call_1", fence, HANGUP, {})
        assert not await storage.checkpoints.save(a_checkpoint(1, fence))
        assert not await storage.checkpoints.save(Checkpoint("call_9", 1, 1, 1, {}))


async def _with_webhooks(storage: Storage, *events: str) -> Call:
    def tell(call: Call) -> list[NewWebhook]:
        return [
            NewWebhook(event, f"https://{event}.x/{event}", '{"e":"é"}', 200) for event in events
        ]

    call = await leased(storage)
    changed = await storage.calls.change("call_1", call.fence, CallChange.DIAL, {}, tell)
    assert changed is not None
    return changed


async def test_webhooks_are_claimed_in_order_and_once(url: str) -> None:
    async with opened(url) as storage:
        await _with_webhooks(storage, "a", "b", "c")
        assert await storage.outbox.next_due_ms() == 0
        first = await storage.outbox.claim("w1", 1_000, 300, 2)
        assert [(row.event, row.attempts) for row in first] == [("a", 1), ("b", 1)]
        assert first[0].url == "https://a.x/a"
        assert (first[0].body, first[0].timeout_ms) == ('{"e":"é"}', 200)
        (third,) = await storage.outbox.claim("w2", 1_000, 300, 10)
        assert (third.event, third.call_id, third.workspace_id) == ("c", "call_1", "org_1")
        assert await storage.outbox.claim("w2", 1_499, 300, 10) == []
        assert await storage.outbox.next_due_ms() == 1_500


async def test_a_webhook_whose_worker_died_comes_back(url: str) -> None:
    async with opened(url) as storage:
        await _with_webhooks(storage, "a")
        await storage.outbox.claim("w1", 1_000, 300, 2)
        (again,) = await storage.outbox.claim("w2", 1_500, 500, 2)
        assert again.attempts == 2


async def test_webhooks_are_claimed_by_the_clock_of_today(url: str) -> None:
    today_ms = 1_795_000_000_000
    async with opened(url) as storage:
        await _with_webhooks(storage, "a")
        (row,) = await storage.outbox.claim("w", today_ms, 300, 10)
        assert await storage.outbox.next_due_ms() == today_ms + 300 + row.timeout_ms


async def test_delivered_and_given_up_webhooks_are_gone(url: str) -> None:
    async with opened(url) as storage:
        await _with_webhooks(storage, "a", "b", "c")
        a, b, c = await storage.outbox.claim("w1", 0, 500, 10)
        await storage.outbox.delivered(a.id, 10, 204)
        await storage.outbox.give_up(b.id, 10, "404")
        await storage.outbox.put_back(c.id, 2_000, "timed\x00out " * 500)
        await storage.outbox.put_back(a.id, 0, "a worker that comes late")
        assert await storage.outbox.next_due_ms() == 2_000
        (left,) = await storage.outbox.claim("w1", 2_000, 1, 10)
        assert (left.event, left.attempts) == ("c", 2)
        await storage.outbox.delivered(left.id, 10, 200)
        assert await storage.outbox.next_due_ms() is None
        assert await storage.outbox.claim("w1", 10**12, 1, 10) == []


async def test_a_busy_endpoint_is_left_out(url: str) -> None:
    async with opened(url) as storage:
        await _with_webhooks(storage, "a", "b")
        (row,) = await storage.outbox.claim("w", 0, 1, 10, busy=["https://a.x"])
        assert (row.event, row.endpoint) == ("b", "https://b.x")


async def test_many_workers_never_claim_the_same_webhook(url: str) -> None:
    async with opened(url) as one, opened(url) as two:
        await _with_webhooks(one, *(f"e{number}" for number in range(30)))

        async def drain(storage: Storage, holder: str) -> list[int]:
            ids: list[int] = []
            while rows := await storage.outbox.claim(holder, 0, 500, 3):
                ids += [row.id for row in rows]
            return ids

        claimed = await asyncio.gather(drain(one, "a"), drain(two, "b"), drain(one, "c"))
        ids = [row_id for some in claimed for row_id in some]
        assert len(ids) == len(set(ids)) == 30


async def test_the_work_after_a_call_is_done_once(url: str) -> None:
    def tell(call: Call) -> list[NewWebhook]:
        assert call.analysis is not None
        return [NewWebhook("call_analyzed", "https://x", call.analysis["call_summary"])]

    async with opened(url) as storage:
        call = await answered(storage)
        await storage.checkpoints.save(a_checkpoint(1, call.fence))
        await storage.calls.end("call_1", call.fence, HANGUP, {})
        (owed,) = await storage.post_calls.claim("j1", 1_000, 500, 10)
        assert (owed.call_id, owed.attempts) == ("call_1", 1)
        assert await storage.post_calls.claim("j2", 1_499, 500, 10) == []
        (again,) = await storage.post_calls.claim("j2", 1_500, 500, 10)
        assert again.attempts == 2
        analysis = {"call_summary": "s", "custom_analysis_data": {}}
        done = await storage.post_calls.finish("call_1", analysis, {"duration_ms": 7}, tell)
        assert done is not None
        assert (done.analysis, done.duration_ms) == (analysis, 7)
        assert await storage.post_calls.finish("call_1", {"x": 1}, {}, tell) is None
        assert await storage.calls.get("call_1") == done
        assert await storage.checkpoints.last("call_1") is None
        (row,) = await storage.outbox.claim("w", 0, 1, 10)
        assert (row.event, row.body) == ("call_analyzed", "s")


async def test_work_put_back_is_due_later(url: str) -> None:
    async with opened(url) as storage:
        call = await leased(storage)
        await storage.calls.end("call_1", call.fence, Ending("dial_busy"), {})
        await storage.post_calls.claim("j", 0, 500, 10)
        await storage.post_calls.put_back("call_1", 3_000, "disk full")
        assert await storage.post_calls.claim("j", 2_999, 500, 10) == []
        assert len(await storage.post_calls.claim("j", 3_000, 500, 10)) == 1
        assert await storage.post_calls.finish("call_9", {}, {}, tell_nobody) is None


async def test_a_call_that_has_not_ended_is_owed_nothing(url: str) -> None:
    async with opened(url) as storage:
        await storage.calls.add(a_call())
        assert await storage.post_calls.claim("j", 10**12, 1, 10) == []
