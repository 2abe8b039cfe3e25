"""The simulated Twilio, held against the official SDK: its client, validator and models."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from tests.fakes.servers import serving
from tests.fakes.twilio import LetterPhone, phone
from tests.patience import patience
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import Connect, VoiceResponse

from uponai.sim.carriers.outside import HttpOutside
from uponai.sim.carriers.twilio import TwilioSim
from uponai.sim.carriers.twilio_call import TwilioAccount
from uponai.sim.carriers.twilio_rest import TwilioRest, routes

ACCOUNT = TwilioAccount(cps=2)


class Local(AsyncTwilioHttpClient):
    """The SDK's own client, sent to the simulator instead of api.twilio.com."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    async def request(self, method: str, url: str, *rest: Any, **more: Any) -> Any:
        local = url.replace("https://api.twilio.com", f"http://{self._address}")
        return await super().request(method, local, *rest, **more)


class Customer:
    """A customer's webhook and media endpoints that check what arrives with the official SDK."""

    def __init__(self) -> None:
        self.told: list[dict[str, str]] = []
        self.frames: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self.closed = asyncio.Event()
        self._validator = RequestValidator(ACCOUNT.token)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/status", self._status)
        app.router.add_get("/media", self._media)
        return app

    def _check(self, request: web.Request, url: str, fields: Mapping[str, str]) -> None:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not self._validator.validate(url, dict(fields), signature):
            self.wrong.append(url)

    async def _status(self, request: web.Request) -> web.Response:
        form = await request.post()
        fields = {name: str(value) for name, value in form.items()}
        self._check(request, f"http://{request.host}/status", fields)
        self.told.append(fields)
        if fields["CallStatus"] == "completed":
            self.closed.set()
        return web.Response(status=204)

    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        self._check(request, f"ws://{request.host}/media", {})
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            frame = json.loads(message.data)
            self.frames.append(frame)
            if frame["event"] == "start":
                sid = frame["streamSid"]
                payload = {"payload": "f39/f39/" * 40}
                await socket.send_json({"event": "media", "streamSid": sid, "media": payload})
                mark = {"event": "mark", "streamSid": sid, "mark": {"name": "end"}}
                await socket.send_json(mark)
            if frame["event"] == "mark":
                await socket.close()
        return socket


@pytest.mark.realtime
async def test_the_official_sdk_calls_lists_ends_and_buys() -> None:
    customer = Customer()
    async with serving(customer.app()) as theirs, aiohttp.ClientSession() as session:
        voice = LetterPhone((0.0, "hi"))
        sim = TwilioSim(ACCOUNT, lambda number: phone(voice, 0.1), HttpOutside(session))
        app = web.Application()
        app.add_routes(routes(TwilioRest(sim), ACCOUNT.sid))
        async with serving(app) as address:
            http = Local(address)
            client = Client(ACCOUNT.sid, ACCOUNT.token, http_client=http)
            await _buys(client)
            await _calls(client, theirs, customer)
            await _is_refused(client, Client(ACCOUNT.sid, "wrong", http_client=http))
            await http.close()
        await sim.aclose()
    assert not customer.wrong
    statuses = [told["CallStatus"] for told in customer.told]
    assert statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert [told["SequenceNumber"] for told in customer.told] == ["0", "1", "2", "3"]
    events = [frame["event"] for frame in customer.frames]
    assert events[:3] == ["connected", "start", "media"]
    numbered = [frame for frame in customer.frames if "sequenceNumber" in frame]
    assert [int(frame["sequenceNumber"]) for frame in numbered] == list(range(1, len(numbered) + 1))
    assert customer.frames[1]["start"]["customParameters"] == {"ticket": "t1"}


async def _buys(client: Any) -> None:
    found = await client.available_phone_numbers("US").local.list_async(area_code=212, limit=2)
    assert [number.phone_number[:5] for number in found] == ["+1212", "+1212"]
    bought = await client.incoming_phone_numbers.create_async(
        phone_number=found[0].phone_number, voice_url="https://a.example/voice"
    )
    assert bought.voice_url == "https://a.example/voice"
    with pytest.raises(TwilioRestException) as taken:
        await client.incoming_phone_numbers.create_async(phone_number=found[0].phone_number)
    assert taken.value.code == 21422
    assert await client.incoming_phone_numbers(bought.sid).delete_async()


async def _calls(client: Any, theirs: str, customer: Customer) -> None:
    response = VoiceResponse()
    connect = Connect()
    connect.stream(url=f"ws://{theirs}/media").parameter(name="ticket", value="t1")
    response.append(connect)
    call = await client.calls.create_async(
        to="+14155550101",
        from_="+14155550100",
        twiml=str(response),
        status_callback=f"http://{theirs}/status#rc=2",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert call.status == "queued"
    assert call.direction == "outbound-api"
    assert call.date_created is not None
    async with patience():
        await customer.closed.wait()
    done = await client.calls(call.sid).fetch_async()
    assert done.status == "completed"
    assert done.start_time is not None
    listed: Sequence[Any] = await client.calls.list_async(to="+14155550101", limit=5)
    assert [one.sid for one in listed] == [call.sid]


async def _is_refused(client: Any, stranger: Any) -> None:
    for sent, to_number, code in (
        (client, "12", 21211),
        (stranger, "+14155550101", 20003),
    ):
        with pytest.raises(TwilioRestException) as failed:
            await sent.calls.create_async(to=to_number, from_="+14155550100", twiml="<Response/>")
        assert failed.value.code == code
    for _ in range(20):  # one of them comes within a second of the one before
        try:
            await client.calls.create_async(
                to="+14155550101", from_="+14155550100", twiml="<Response/>"
            )
        except TwilioRestException as too_fast:
            assert (too_fast.status, too_fast.code) == (429, 20429)
            return
    raise AssertionError("the limit of calls a second does not hold")
