"""Every kind of message that the simulated carriers send, held against SDKs and documents.

Webhooks by the official SDKs' validators and models, in virtual time; media frames by the fields
and types of the carriers' pages on their WebSocket messages.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from telnyx import Telnyx
from tests.fakes.hosted import End, LetterPhone, phone
from tests.virtual_time import run
from twilio.request_validator import RequestValidator

from uponai.sim.carriers.outside import CustomerSocket
from uponai.sim.carriers.phone import Phone
from uponai.sim.carriers.telnyx import TelnyxSim
from uponai.sim.carriers.telnyx_call import TelnyxAccount
from uponai.sim.carriers.telnyx_rest import TelnyxRest
from uponai.sim.carriers.telnyx_stream import TelnyxWords
from uponai.sim.carriers.twilio import TwilioSim
from uponai.sim.carriers.twilio_call import TwilioAccount
from uponai.sim.carriers.twilio_rest import TwilioRest
from uponai.sim.carriers.twilio_stream import TwilioWords
from uponai.sim.scenario import Fate

HOOKS = "https://customer.example"
FROM, TO, OTHER, BUSY = "+14155550100", "+14155550101", "+14155550102", "+14155550103"
STREAM = '<Connect><Stream url="wss://customer.example/media"/></Connect>'
PHONES = {
    TO: phone(LetterPhone(hang_up_s=60.0)),
    OTHER: phone(LetterPhone()),
    BUSY: Phone(Fate.BUSY, 0.5),
}


class Customer:
    """Takes webhooks, checked as the SDK checks; ``documents`` answer them by the end of their
    address. Its media sockets are refused once ``deaf``."""

    def __init__(self, documents: Mapping[str, str] | None = None) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.documents = documents or {}
        self.deaf = False

    async def post(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        path = url.removeprefix(HOOKS)
        self.told.append((path, self.checked(url, body, headers)))
        return 200, self.documents.get(path, "")

    def checked(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        raise AssertionError

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> CustomerSocket:
        del url, headers
        if self.deaf:
            raise ConnectionRefusedError
        ours, theirs = End(), End()
        ours.other, theirs.other = theirs, ours
        return theirs


class TwilioCustomer(Customer):
    def checked(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        assert not isinstance(body, bytes)
        fields, signature = dict(body), headers["X-Twilio-Signature"]
        assert RequestValidator(TwilioAccount().token).validate(url, fields, signature), url
        assert fields.keys() >= {"AccountSid", "ApiVersion", "CallSid", "CallStatus", "Direction"}
        return fields


def test_every_request_of_twilio_bears_its_signature() -> None:
    dial = (
        f'<Response><Dial action="{HOOKS}/action" callerId="{FROM}"><Number '
        f'statusCallbackEvent="answered" statusCallback="{HOOKS}/leg">{OTHER}</Number></Dial>'
        "</Response>"
    )
    customer = TwilioCustomer(
        {"/voice": f"<Response>{STREAM}</Response>", "/next": dial, "/action": "<Response/>"}
    )

    async def scene() -> None:
        sim = TwilioSim(TwilioAccount(cps=9), lambda number: PHONES[number], customer)
        sim.bridged_s = 2.0
        rest = TwilioRest(sim)
        number = [("PhoneNumber", FROM), ("VoiceUrl", f"{HOOKS}/voice")]
        number.append(("StatusCallback", f"{HOOKS}/end"))
        rest.answer("POST", "IncomingPhoneNumbers.json", number)
        events = [("StatusCallbackEvent", one) for one in ("initiated", "ringing", "answered")]
        document = f"<Response>{STREAM}<Redirect>{HOOKS}/next</Redirect></Response>"
        order = [("To", TO), ("From", FROM), ("Twiml", document), ("StatusCallback", f"{HOOKS}/s")]
        amd = [
            ("MachineDetection", "DetectMessageEnd"),
            ("AsyncAmd", "true"),
            ("AsyncAmdStatusCallback", f"{HOOKS}/amd"),
        ]
        more = [*events, ("StatusCallbackEvent", "completed"), *amd]
        status, made = rest.answer("POST", "Calls.json", [*order, *more])
        assert status == 201
        arrived = sim.ring_in(TO, FROM, phone(LetterPhone()))
        await asyncio.sleep(8.0)
        stream = sim.calls[made["sid"]].stream
        assert stream is not None
        stream.tear()
        sim.hang_up(arrived)
        await asyncio.sleep(10.0)
        await sim.aclose()

    run(scene())
    told = {path for path, _ in customer.told}
    assert told == {"/voice", "/end", "/s", "/next", "/action", "/leg", "/amd"}
    steps = [fields["CallStatus"] for path, fields in customer.told if path == "/s"]
    assert steps == ["initiated", "ringing", "in-progress", "completed"]


class TelnyxCustomer(Customer):
    def __init__(self) -> None:
        super().__init__()
        self._sdk = Telnyx(api_key="key", public_key=TelnyxAccount().public_key)

    def checked(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        del url
        assert isinstance(body, bytes)
        event: Any = self._sdk.webhooks.unwrap(body.decode(), headers=dict(headers))
        # The model checks nothing by itself.
        type(event).model_validate(json.loads(body), strict=False)
        data = json.loads(body)["data"]
        kind = str(data["event_type"]).replace(".", "").replace("_", "")
        assert kind in type(event).__name__.lower(), type(event)
        return data


@pytest.fixture
def telnyx_told() -> list[dict[str, Any]]:
    customer = TelnyxCustomer()

    async def scene() -> None:
        account = TelnyxAccount(cps=9)
        sim = TelnyxSim(account, lambda number: PHONES[number], customer)
        sim.bridged_s, sim.hook_url = 2.0, HOOKS
        rest = TelnyxRest(sim)
        order = {
            "connection_id": account.application,
            "from": FROM,
            "to": TO,
            "webhook_url": HOOKS,
            "stream_url": "wss://customer.example/media",
            "answering_machine_detection": "premium",
        }
        calls = [rest.answer("POST", "calls", (), order | {"to": to}) for to in (TO, BUSY)]
        assert [status for status, _ in calls] == [200, 200]
        await asyncio.sleep(8.0)
        sid = calls[0][1]["data"]["call_control_id"]
        transfer = {"to": OTHER, "from": FROM, "park_after_unbridge": "self"}
        assert rest.answer("POST", f"calls/{sid}/actions/transfer", (), transfer)[0] == 200
        await asyncio.sleep(5.0)
        rest.answer("POST", f"calls/{sid}/actions/streaming_stop", (), {})
        await asyncio.sleep(1.0)
        customer.deaf = True
        again = {"stream_url": "wss://customer.example/media"}
        rest.answer("POST", f"calls/{sid}/actions/streaming_start", (), again)
        await asyncio.sleep(1.0)
        sim.hang_up(sim.calls[sid])
        sim.numbers["1"] = FROM
        sim.hang_up(sim.ring_in(TO, FROM, phone(LetterPhone())))
        await asyncio.sleep(3.0)
        await sim.aclose()

    run(scene())
    return [event for _, event in customer.told]


def test_every_webhook_of_telnyx_is_one_of_its_sdk(telnyx_told: list[dict[str, Any]]) -> None:
    kinds = {event["event_type"] for event in telnyx_told}
    assert kinds >= {
        "call.initiated",
        "call.answered",
        "call.bridged",
        "call.hangup",
        "streaming.started",
        "streaming.stopped",
        "streaming.failed",
    }
    assert any(kind.startswith("call.machine.premium.") for kind in kinds)
    directions = {event["payload"].get("direction") for event in telnyx_told}
    assert directions >= {"incoming", "outgoing"}


TEXT, INTEGER, LIST, MAP = str, int, list, dict
Shape = dict[str, Any]
_TWILIO: dict[str, Shape] = {
    "connected": {"event": TEXT, "protocol": TEXT, "version": TEXT},
    "start": {
        "accountSid": TEXT,
        "streamSid": TEXT,
        "callSid": TEXT,
        "tracks": LIST,
        "customParameters": MAP,
        "mediaFormat": {"encoding": TEXT, "sampleRate": INTEGER, "channels": INTEGER},
    },
    "media": {"track": TEXT, "chunk": TEXT, "timestamp": TEXT, "payload": TEXT},
    "dtmf": {"track": TEXT, "digit": TEXT},
    "mark": {"name": TEXT},
    "stop": {"accountSid": TEXT, "callSid": TEXT},
}
"""https://www.twilio.com/docs/voice/media-streams/websocket-messages"""

_TELNYX: dict[str, Shape] = {
    "connected": {"event": TEXT, "version": TEXT},
    "start": {
        "user_id": TEXT,
        "call_control_id": TEXT,
        "call_session_id": TEXT,
        "from": TEXT,
        "to": TEXT,
        "tags": LIST,
        "client_state": TEXT,
        "custom_parameters": MAP,
        "media_format": {"encoding": TEXT, "sample_rate": INTEGER, "channels": INTEGER},
    },
    "media": {"track": TEXT, "chunk": TEXT, "timestamp": TEXT, "payload": TEXT},
    "dtmf": {"digit": TEXT},
    "mark": {"name": TEXT},
    "stop": {"user_id": TEXT, "call_control_id": TEXT},
}
"""https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket"""


def fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        names = isinstance(value, dict) and value.keys() == shape.keys()
        return names and all(fits(value[name], kind) for name, kind in shape.items())
    return type(value) is shape


@pytest.mark.parametrize(
    ("words", "shapes", "sequence", "stream"),
    [
        (TwilioWords("AC1", "CA1", "MZ1", {"a": "b"}), _TWILIO, "sequenceNumber", "streamSid"),
        (
            TelnyxWords("u", "v3:1", "s", "stream", (FROM, TO), "c3RhdGU="),
            _TELNYX,
            "sequence_number",
            "stream_id",
        ),
    ],
    ids=["twilio", "telnyx"],
)
def test_media_frames_have_the_fields_that_are_documented(
    words: Any, shapes: dict[str, Shape], sequence: str, stream: str
) -> None:
    contents = {
        "start": words.start(),
        "media": words.media(2, 20, "fw=="),
        "dtmf": words.digit("1"),
        "mark": {"name": "end"},
        "stop": words.stop(),
    }
    assert fits(words.connected(), shapes["connected"])
    for event, content in contents.items():
        whole = words.numbered(event, 3, content)
        assert fits(content, shapes[event]), event
        assert whole.keys() >= {"event", sequence, stream, event}
        assert (whole["event"], whole[sequence]) == (event, "3")
