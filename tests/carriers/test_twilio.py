"""Twilio's signatures, TwiML, media frames and webhooks."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.twilio import PUBLIC, LetterPhone, TwilioStage, phone
from tests.live.house import House, play
from tests.live.test_brain import shop_call

from uponai.carriers.base_media import HookRequest, MediaStarted, Ticket
from uponai.carriers.twilio import twiml
from uponai.carriers.twilio.dialect import StreamDialect
from uponai.carriers.twilio.words import sign, signed

fields = st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=6)
urls = st.sampled_from(
    ["https://a.example/hooks/twilio/status/x", "https://a.example:8443/p?q=1", "wss://a.example/m"]
)


@given(urls, fields)
def test_signatures_are_those_of_the_official_validator(url: str, params: dict[str, str]) -> None:
    from twilio.request_validator import RequestValidator

    validator = RequestValidator("secret")
    right = validator.compute_signature(url, params)
    assert sign("secret", url, params.items()) == right
    assert signed("secret", [url], params.items(), right)
    assert not signed("other", [url], params.items(), right)
    assert not signed("secret", [url], {**params, "x": "y" * 13}.items(), right)


def test_the_port_may_be_signed_or_not() -> None:
    for way in ("https://a.example/x", "https://a.example:443/x"):
        assert signed("s", ["https://a.example/x"], (), sign("s", way))


def test_twiml_is_what_the_official_builder_writes() -> None:
    from twilio.twiml.voice_response import Connect, Dial, VoiceResponse

    response = VoiceResponse()
    connect = Connect()
    connect.stream(url="wss://a/m").parameter(name="ticket", value="v1.x=")
    response.append(connect)
    response.redirect("https://a/r?x=1&y=2", method="POST")
    built = twiml.stream("wss://a/m", "v1.x=", "https://a/r?x=1&y=2")
    assert canonical(built) == canonical(str(response))

    response = VoiceResponse()
    dial = Dial(timeout=20, caller_id="+1", action="https://a/t?x=1&y=2")
    dial.number(
        "+2",
        send_digits="ww12",
        status_callback_event="answered",
        status_callback="https://a/l",
    )
    response.append(dial)
    told = twiml.dial(
        "+2",
        timeout_s=20,
        caller_id="+1",
        action="https://a/t?x=1&y=2",
        told="https://a/l",
        keys="ww12",
    )
    assert canonical(told) == canonical(str(response))


def canonical(document: str) -> str:
    return ElementTree.canonicalize(document, strip_text=True)


def test_headers_go_to_sip_destinations_only() -> None:
    assert twiml.sip_target("sip:a@b", {"X-One": "1 2"}) == "sip:a@b?X-One=1%202"
    assert twiml.sip_target("+1415", {"X-One": "1"}) == "+1415"


def test_the_start_message_brings_ticket_and_call() -> None:
    start = {"event": "start", "start": {"streamSid": "MZ1", "callSid": "CA1"}}
    dialect = StreamDialect()
    assert dialect.decode(json.dumps(start)) == MediaStarted("CA1", "")
    assert json.loads(dialect.clear()) == {"event": "clear", "streamSid": "MZ1"}


def callback(built: TwilioStage, path: str, body: str, signature: str | None = None) -> HookRequest:
    """Signed rightly unless told otherwise; TICKET in ``path`` is a ticket of the call."""
    path = path.replace("TICKET", built.site.tickets.issue(Ticket("call_1", 1, 1)))
    url = f"{PUBLIC}/hooks/twilio/{path}"
    right = sign(built.desk.account.secret, url, parse_qsl(body))
    headers = {"x-twilio-signature": right if signature is None else signature}
    return HookRequest("POST", path, url, headers, body.encode())


def hooked(path: str, body: str, signature: str | None = None) -> list[tuple[int, str]]:
    """What the hook answers, signed rightly unless told otherwise."""
    answers: list[tuple[int, str]] = []

    async def scene(house: House) -> None:
        built = TwilioStage(house, {"+14155550101": phone(LetterPhone())})
        await asyncio.sleep(0)
        request = callback(built, path, body, signature)
        for _ in range(2):
            answer = await built.media.hook(request)
            answers.append((answer.status, answer.body))
        await built.aclose()

    play(scene, shop_call())
    return answers


def test_a_wrong_signature_is_refused() -> None:
    assert hooked("status/TICKET", "CallSid=CA1&CallStatus=ringing", "wrong")[0][0] == 403


def test_a_replayed_callback_changes_nothing() -> None:
    assert [status for status, _ in hooked("status/TICKET", "CallSid=CA1&CallStatus=ringing")] == [
        204, 204,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "end", "late"),
    [
        ("status/TICKET", "CallStatus=completed", ["status/TICKET", "CallStatus=in-progress"]),
        ("status/TICKET", "CallStatus=busy", ["status/TICKET", "CallStatus=ringing"]),
        ("status/TICKET", "CallStatus=busy", ["voice", "To=%2B1&From=%2B2"]),
        ("ended", "CallStatus=completed", ["voice", "To=%2B1&From=%2B2"]),
        ("ended", "CallStatus=completed", ["ended", "CallStatus=completed"]),
    ],
)
def test_after_the_end_a_callback_is_late_or_a_replay(path: str, end: str, late: list[str]) -> None:
    async def scene(house: House) -> None:
        built = TwilioStage(house, {})
        await asyncio.sleep(0)
        for one, body in ((path, end), late):
            told = len(built.events)
            answer = await built.media.hook(callback(built, one, f"CallSid=CA1&{body}"))
        assert len(built.events) == told
        assert len(built.desk.known) == 0
        assert answer.body in ("", twiml.HANG_UP)
        await built.aclose()

    play(scene, shop_call())


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("status/nonsense", "CallSid=CA1&CallStatus=ringing", 400),
        ("status/TICKET", "CallStatus=ringing", 400),
        ("voice", "CallSid=CA1", 400),
        ("elsewhere/TICKET", "CallSid=CA1", 404),
    ],
)
def test_what_is_not_twilios_is_refused(path: str, body: str, status: int) -> None:
    assert hooked(path, body)[0][0] == status


def test_a_call_that_is_over_is_hung_up_rather_than_resumed() -> None:
    def over(house: House) -> None:
        house.renew_fence()

    answers: list[str] = []

    async def scene(house: House) -> None:
        built = TwilioStage(house, {})
        await asyncio.sleep(0)
        over(house)
        ticket = built.site.tickets.issue(Ticket("call_1", 1, 1, 1))
        url = f"{PUBLIC}/hooks/twilio/resume/{ticket}"
        headers = {"x-twilio-signature": sign(built.desk.account.secret, url)}
        request = HookRequest("POST", f"resume/{ticket}", url, headers)
        answers.append((await built.media.hook(request)).body)
        await built.aclose()

    play(scene, shop_call())
    assert answers == [twiml.HANG_UP]
