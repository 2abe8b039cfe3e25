"""The customer's side: signed requests are taken, others refused, and both are remembered."""

from __future__ import annotations

import asyncio
import json

import aiohttp

from uponai.client.webhooks import Webhooks
from uponai.sim.receiver import Receiver
from uponai.tasks import now_ms
from uponai.wire.signature import signature_headers

KEY = "key_receiver"


async def post(url, body, key=KEY):
    headers = signature_headers(body, key, now_ms())
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body.encode(), headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def served():
    receiver = Receiver(Webhooks(KEY).verify)
    await receiver.start()
    return receiver


async def test_a_booking_is_answered_with_a_reference():
    receiver = await served()
    body = json.dumps({"name": "book", "call": {"call_id": "call_1"}, "args": {"day": "Monday"}})
    status, text = await post(receiver.booking_url, body)
    await receiver.aclose()
    assert (status, json.loads(text)["status"]) == (200, "booked")
    (booking,) = receiver.bookings
    assert (booking.call_id, booking.arguments) == ("call_1", {"day": "Monday"})
    assert json.loads(text)["reference"] == booking.reference


async def test_a_booking_with_a_wrong_signature_is_refused_and_not_made():
    receiver = await served()
    status, _ = await post(receiver.booking_url, '{"call":{},"args":{}}', key="key_other")
    await receiver.aclose()
    assert (status, receiver.bookings, receiver.refused) == (401, [], 1)


async def test_a_body_that_is_no_object_is_refused():
    receiver = await served()
    answers = [await post(receiver.webhook_url, body) for body in ("[1]", "{", '"x"')]
    await receiver.aclose()
    assert [status for status, _ in answers] == [400, 400, 400]
    assert receiver.webhooks == []


async def test_webhooks_are_kept_with_what_their_signature_was_worth():
    receiver = await served()
    body = json.dumps({"event": "call_ended", "call": {"call_id": "call_1"}})
    good, _ = await post(receiver.webhook_url, body)
    bad, _ = await post(receiver.webhook_url, body, key="key_other")
    await receiver.aclose()
    assert (good, bad) == (204, 401)
    assert [hook.verified for hook in receiver.events_of("call_1")] == [True, False]


async def test_waiting_for_the_events_of_a_call_ends_with_the_last_or_with_the_limit():
    receiver = await served()
    wanted = frozenset({"call_started", "call_ended"})
    waiting = asyncio.ensure_future(receiver.until("call_1", wanted, 10.0))  # noqa: TID251
    for event in ("call_started", "call_ended"):
        body = json.dumps({"event": event, "call": {"call_id": "call_1"}})
        await post(receiver.webhook_url, body)
    assert await waiting
    assert not await receiver.until("call_2", wanted, 0.01)
    await receiver.aclose()
