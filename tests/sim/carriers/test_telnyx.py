"""The simulated Telnyx, held against the official SDK: its client, models and webhook check."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telnyx import APIStatusError, AsyncTelnyx, AuthenticationError, RateLimitError
from telnyx.types import CallHangupWebhookEvent
from tests.fakes.servers import serving
from tests.fakes.twilio import LetterPhone, phone
from tests.patience import patience, until

from uponai.sim.carriers.outside import HttpOutside
from uponai.sim.carriers.phone import Phone
from uponai.sim.carriers.telnyx import TelnyxSim
from uponai.sim.carriers.telnyx_call import TelnyxAccount
from uponai.sim.carriers.telnyx_rest import TelnyxRest, routes
from uponai.sim.scenario import Fate

ACCOUNT = TelnyxAccount(cps=2)
STATE = "aGF2ZSBhIG5pY2UgZGF5ID1d"


class Customer:
    """A customer's webhook and media endpoints that check what arrives with the official SDK."""

    def __init__(self, sdk: AsyncTelnyx) -> None:
        self.told: list[Any] = []
        self.frames: list[dict[str, Any]] = []
        self.over = asyncio.Event()
        self._sdk = sdk

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/hook", self._hook)
        app.router.add_get("/media", self._media)
        return app

    async def _hook(self, request: web.Request) -> web.Response:
        body = await request.text()
        event: Any = self._sdk.webhooks.unwrap(body, headers=request.headers)
        # The model checks nothing by itself.
        type(event).model_validate(json.loads(body), strict=False)
        self.told.append(event)
        if isinstance(event, CallHangupWebhookEvent):
            self.over.set()
        return web.Response()

    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            frame = json.loads(message.data)
            self.frames.append(frame)
            if frame["event"] == "start":
                await socket.send_json({"event": "media", "media": {"payload": "f39/f39/" * 40}})
                await socket.send_json({"event": "mark", "mark": {"name": "end"}})
                await socket.send_str("nonsense")
        return socket


@pytest.mark.realtime
async def test_the_official_sdk_calls_commands_and_buys() -> None:
    async with aiohttp.ClientSession() as session:
        phones = {"+14155550101": phone(LetterPhone((0.0, "hi")), 0.1)}
        busy = Phone(Fate.BUSY, 0.1)
        sim = TelnyxSim(ACCOUNT, lambda number: phones.get(number, busy), HttpOutside(session))
        app = web.Application()
        app.add_routes(routes(TelnyxRest(sim)))
        async with serving(app) as address:
            options: dict[str, Any] = {"base_url": f"http://{address}/v2", "max_retries": 0}
            key = ACCOUNT.public_key
            sdk = AsyncTelnyx(api_key=ACCOUNT.key, public_key=key, **options)
            customer = Customer(sdk)
            async with serving(customer.app()) as theirs, sdk:
                await _calls(sdk, theirs, customer)
                await _is_refused(sdk, theirs, AsyncTelnyx(api_key="other", **options))
                await _buys(sdk)
        await sim.aclose()
    types = [event.data.event_type for event in customer.told[:5]]
    assert types == [
        "call.initiated", "call.answered", "streaming.started", "streaming.stopped", "call.hangup",
    ]  # fmt: skip
    hangup = next(e.data.payload for e in customer.told if e.data.event_type == "call.hangup")
    assert (hangup.hangup_cause, hangup.sip_hangup_cause) == ("normal_clearing", "200")
    assert hangup.client_state == STATE
    events = [frame["event"] for frame in customer.frames]
    assert events[:2] == ["connected", "start"]
    assert {"media", "mark", "error", "stop"} <= set(events)
    assert customer.frames[1]["start"]["client_state"] == STATE


async def _calls(sdk: AsyncTelnyx, theirs: str, customer: Customer) -> None:
    made = await sdk.calls.dial(
        connection_id=ACCOUNT.application,
        to="+14155550101",
        from_="+14155550100",
        client_state=STATE,
        stream_url=f"ws://{theirs}/media",
        stream_bidirectional_mode="rtp",
        webhook_url=f"http://{theirs}/hook",
    )
    assert made.data is not None
    assert not made.data.is_alive
    ref = made.data.call_control_id
    await until(lambda: {"mark", "error"} <= {frame["event"] for frame in customer.frames})
    active = [one async for one in sdk.connections.list_active_calls(ACCOUNT.application)]
    assert [(one.call_control_id, one.client_state) for one in active] == [(ref, STATE)]
    alive = await sdk.calls.retrieve_status(ref)
    assert alive.data is not None
    assert alive.data.is_alive
    sent = await sdk.calls.actions.send_dtmf(ref, digits="1w2")
    assert sent.data is not None
    assert sent.data.result == "ok"
    await sdk.calls.actions.stop_streaming(ref)
    await sdk.calls.actions.hangup(ref)
    async with patience():
        await customer.over.wait()
    with pytest.raises(APIStatusError) as ended:
        await sdk.calls.actions.hangup(ref)
    assert ended.value.status_code == 422
    assert ended.value.body["errors"][0]["code"] == "90018"  # type: ignore[index]
    page = sdk.call_events.list(filter={"to": "+14155550101", "from": "+14155550100"})
    logged = [event async for event in page]
    assert {event.name for event in logged} >= {"call.initiated", "call.hangup"}
    assert {event.call_leg_id for event in logged} == {made.data.call_leg_id}


async def _is_refused(sdk: AsyncTelnyx, theirs: str, stranger: AsyncTelnyx) -> None:
    order: dict[str, Any] = {
        "connection_id": ACCOUNT.application,
        "from_": "+14155550100",
        "webhook_url": f"http://{theirs}/hook",
    }
    with pytest.raises(AuthenticationError):
        await stranger.calls.dial(to="+14155550101", **order)
    with pytest.raises(APIStatusError) as bad:
        await sdk.calls.dial(to="12", **order)
    assert bad.value.status_code == 422
    dials = (sdk.calls.dial(to="+14155550102", **order) for _ in range(11))
    dialled = await asyncio.gather(*dials, return_exceptions=True)
    too_fast = next(one for one in dialled if isinstance(one, RateLimitError))
    assert too_fast.body["errors"][0]["code"] == "90103"  # type: ignore[index]


async def _buys(sdk: AsyncTelnyx) -> None:
    wanted: Any = {"country_code": "US", "national_destination_code": "212", "limit": 2}
    found = (await sdk.available_phone_numbers.list(filter=wanted)).data
    assert found is not None
    assert [number.phone_number[:5] for number in found if number.phone_number] == ["+1212"] * 2
    number = str(found[0].phone_number)
    made = await sdk.number_orders.create(
        connection_id=ACCOUNT.application, phone_numbers=[{"phone_number": number}]
    )
    assert made.data is not None
    assert made.data.status == "pending"
    order = await sdk.number_orders.retrieve(str(made.data.id))
    assert order.data is not None
    assert order.data.status == "success"
    owned = [one async for one in sdk.phone_numbers.list(filter={"phone_number": number})]
    assert [one.phone_number for one in owned] == [number]
    gone = await sdk.phone_numbers.delete(owned[0].id)
    assert gone.data is not None
    assert not [one async for one in sdk.phone_numbers.list(filter={"phone_number": number})]
