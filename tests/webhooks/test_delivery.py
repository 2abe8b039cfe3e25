"""Webhooks arrive: signed, in order, again after a failure, past a slow endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from retell import Retell
from tests.fakes.webhook_receiver import WebhookReceiver, webhook_receiver
from tests.patience import patience
from tests.storage.worlds import a_call, opened

from uponai.domain.call import Call
from uponai.domain.ending import Ending
from uponai.domain.webhook import NewWebhook
from uponai.http import OutgoingHttp, TargetGuard
from uponai.storage.base import Storage
from uponai.webhooks.schedule import Schedule
from uponai.webhooks.worker import DeliverySettings, WebhookWorker

KEY = "key_test"
BODY = '{"event":"call_ended","call":{"call_id":"call_x","name":"José 🙂"}}'


@dataclass
class World:
    storage: Storage
    receiver: WebhookReceiver
    worker: WebhookWorker

    async def post(self, *paths: str, timeout_ms: int = 10_000, url: str | None = None) -> None:
        """A call ends and owes a webhook to each of ``paths``."""
        call_id = f"call_{len(paths)}_{paths[0]}"

        def tell(call: Call) -> list[NewWebhook]:
            urls = [url or self.receiver.url(path) for path in paths]
            return [NewWebhook("call_ended", each, BODY, timeout_ms) for each in urls]

        await self.storage.calls.add(a_call(call_id))
        assert await self.storage.calls.end(call_id, None, Ending("dial_busy"), {}, tell)
        self.worker.wake()

    async def nothing_left(self) -> None:
        """Wait until every row is delivered or given up."""
        async with patience():
            while await self.storage.outbox.next_due_ms() is not None:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def world(
    settings: DeliverySettings | None = None,
    *,
    private: bool = True,
    key: str | None = KEY,
    also: str = "",
) -> AsyncIterator[World]:
    async def signing_key(workspace_id: str) -> str | None:
        assert workspace_id == "org_1"
        return key

    async with webhook_receiver() as receiver, opened("sqlite://") as storage:
        guard = TargetGuard([receiver.authority, also] if private else [])
        async with OutgoingHttp(guard) as http:
            quick = settings or DeliverySettings(Schedule((10, 20, 30)), poll_s=5.0)
            worker = WebhookWorker(storage.outbox, http, signing_key, "w", quick)
            worker.start()
            try:
                yield World(storage, receiver, worker)
            finally:
                await worker.aclose()


async def test_a_new_row_is_delivered_at_once_and_its_signature_verifies() -> None:
    async with world() as it:
        await it.post("/hook")
        (got,) = await it.receiver.until(1)
        assert (got.path, got.body) == ("/hook", BODY)
        assert got.headers["Content-Type"] == "application/json"
        signature = got.headers["x-retell-signature"]
        assert got.headers["x-uponai-signature"] == signature
        assert Retell(api_key=KEY).verify(got.body, KEY, signature)
        await it.nothing_left()


async def test_a_failed_delivery_is_tried_three_more_times_and_signed_afresh() -> None:
    async with world(DeliverySettings(Schedule((20, 20, 20)), poll_s=5.0)) as it:
        it.receiver.answers = [500, 302, 404, 503, 200]
        await it.post("/hook")
        await it.nothing_left()
        assert len(it.receiver.got) == 4
        assert len({got.headers["x-retell-signature"] for got in it.receiver.got}) == 4
        assert {got.body for got in it.receiver.got} == {BODY}


async def test_a_time_out_counts_as_a_failure() -> None:
    async with world() as it:
        it.receiver.stuck = {"/slow"}
        await it.post("/slow", timeout_ms=500)
        await it.receiver.until(1)
        it.receiver.stuck.clear()
        await it.receiver.until(2)
        await it.nothing_left()


async def test_events_begin_in_order_and_do_not_wait_for_each_other() -> None:
    async with world() as it:
        it.receiver.stuck = {"/first"}
        await it.post("/first", "/second", "/third")
        got = await it.receiver.until(3)
        assert {each.path for each in got} == {"/first", "/second", "/third"}


async def test_a_slow_endpoint_does_not_hold_up_another() -> None:
    settings = DeliverySettings(at_once=6, at_once_per_endpoint=2, poll_s=5.0)
    async with webhook_receiver() as other, world(settings, also=other.authority) as it:
        slow = [f"/{number}" for number in range(12)]
        it.receiver.stuck = set(slow)
        await it.post(*slow)
        await it.receiver.until(2)
        await it.post("/here", url=other.url("/here"))
        await other.until(1)
        assert len(it.receiver.got) <= 3
        it.receiver.release.set()
        await it.receiver.until(12)


async def test_without_a_key_the_event_arrives_unsigned() -> None:
    async with world(key=None) as it:
        await it.post("/hook")
        (got,) = await it.receiver.until(1)
        assert "x-retell-signature" not in got.headers


async def test_a_private_target_is_given_up_without_a_connection() -> None:
    async with world(private=False) as it:
        await it.post("/hook")
        await it.nothing_left()
        assert it.receiver.got == []


async def test_an_endpoint_that_is_away_gets_its_event_when_it_is_back() -> None:
    async with webhook_receiver() as gone:
        dead = gone.url("/hook")
    async with world(DeliverySettings(Schedule((10, 10)), poll_s=5.0)) as it:
        await it.post("/x", url=dead)
        await it.nothing_left()
        await it.post("/hook")
        await it.receiver.until(1)


async def test_a_worker_that_ends_lets_deliveries_finish() -> None:
    async with world() as it:
        it.receiver.stuck = {"/slow"}
        await it.post("/slow")
        await it.receiver.until(1)
        closing = asyncio.ensure_future(it.worker.aclose(grace_s=5.0))  # noqa: TID251
        it.receiver.release.set()
        await closing
        assert await it.storage.outbox.next_due_ms() is None


@pytest.mark.parametrize("count", [120])
async def test_many_events_all_arrive_once(count: int) -> None:
    async with world() as it:
        await it.post(*(f"/{number}" for number in range(count)))
        await it.receiver.until(count)
        await it.nothing_left()
        assert sorted(got.path for got in it.receiver.got) == sorted(f"/{n}" for n in range(count))
