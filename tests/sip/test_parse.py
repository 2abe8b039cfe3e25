"""Bytes to messages and back; hostile bytes give SipParseError and nothing else."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sip.network import ALICE, endpoint

from uponai.sip.errors import SipParseError
from uponai.sip.events import Received
from uponai.sip.headers import (
    Headers,
    NameAddr,
    Via,
    check_extra_headers,
    parse_name_addr,
    parse_reasons,
    parse_via,
)
from uponai.sip.hop import Transport
from uponai.sip.message import Request, Response, response_to, serialise, with_received
from uponai.sip.parse import StreamFramer, parse_datagram
from uponai.sip.uri import Address, parse_host_port, parse_uri

INVITE = (
    b"INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
    b"v: SIP/2.0/UDP pc33.example.com:5066;branch=z9hG4bK776;rport\r\n"
    b"Max-Forwards: 70\r\n"
    b't: "Bob; <the> builder" <sip:bob@biloxi.example.com>\r\n'
    b"f: Alice <sip:alice@atlanta.example.com>;tag=1928301774\r\n"
    b"i: a84b4c76e66710\r\n"
    b"CSEQ: 314159 INVITE\r\n"
    b"Subject: one,\r\n two\r\n"
    b"X-Custom : yes\r\n"
    b"Content-Length: 4\r\n\r\nbodyEXTRA"
)


def test_compact_forms_folding_and_content_length() -> None:
    message = parse_datagram(INVITE)
    assert isinstance(message, Request)
    assert message.via == Via(
        "UDP", "pc33.example.com", 5066, (("branch", "z9hG4bK776"), ("rport", None))
    )
    assert message.to.display == "Bob; <the> builder" and message.to.tag == ""
    assert message.from_.tag == "1928301774"
    assert message.cseq == (314159, "INVITE")
    assert message.headers.get("subject") == "one, two"
    assert message.headers.get("x-custom") == "yes"
    assert message.body == b"body"


def test_the_source_is_noted_in_the_via() -> None:
    message = parse_datagram(INVITE)
    assert isinstance(message, Request)
    via = with_received(message, "198.51.100.7", 40000).via
    assert dict(via.params) == {
        "branch": "z9hG4bK776",
        "rport": "40000",
        "received": "198.51.100.7",
    }


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\r\n\r\n",
        INVITE.replace(b"SIP/2.0\r\n", b"SIP/3.0\r\n", 1),
        INVITE.replace(b"Content-Length: 4", b"Content-Length: 4000"),
        INVITE.replace(b"Content-Length: 4", b"Content-Length: -4"),
        INVITE.replace(b"Content-Length: 4", "Content-Length: ²".encode()),
        INVITE.replace(b"CSEQ: 314159 INVITE", b"CSEQ: 314159 BYE"),
        INVITE.replace(b"CSEQ: 314159", b"CSEQ: 99999999999"),
        INVITE.replace(b"i: a84b4c76e66710\r\n", b""),
        INVITE.replace(b"i: a84b4c76e66710\r\n", b"i: a\r\nCall-ID: b\r\n"),
        INVITE.replace(b"Max-Forwards: 70", b"Max-Forwards 70"),
        INVITE.replace(b"yes", b"ye\ns"),
        INVITE.replace(b"yes", b"y\0s"),
        INVITE.replace(b"pc33.example.com", b"pc 33/x"),
        b"SIP/2.0 99 Low\r\n" + INVITE.split(b"\r\n", 1)[1],
    ],
)
def test_malformed_messages_are_refused(broken: bytes) -> None:
    with pytest.raises(SipParseError):
        parse_datagram(broken)


TOKEN = st.text(string.ascii_letters + string.digits + "-._", min_size=1, max_size=12)
VALUE = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Z"]),
    max_size=30,
)
EXTRA = st.lists(st.tuples(TOKEN.map(lambda name: "X-" + name), VALUE), max_size=6)


@st.composite
def messages(draw: st.DrawFn) -> Request | Response:
    method = draw(st.sampled_from(["INVITE", "BYE", "ACK", "OPTIONS", "NEW.METHOD"]))
    body = draw(st.binary(max_size=60))
    fields = [
        ("Via", f"SIP/2.0/TCP {draw(TOKEN)}:5061;branch=z9hG4bK{draw(TOKEN)}"),
        ("From", str(NameAddr(f"sip:{draw(TOKEN)}@h", draw(VALUE)).with_tag(draw(TOKEN)))),
        ("To", str(NameAddr(f"sip:{draw(TOKEN)}@[2001:db8::1]"))),
        ("Call-ID", draw(TOKEN)),
        ("CSeq", f"{draw(st.integers(0, 2**32 - 1))} {method}"),
        *draw(EXTRA),
        ("Content-Length", str(len(body))),
    ]
    if draw(st.booleans()):
        return Request(method, "sip:x@y", Headers(fields), body)
    return Response(draw(st.integers(100, 699)), draw(VALUE), Headers(fields), body)


@given(messages())
def test_serialised_messages_parse_to_themselves(message: Request | Response) -> None:
    assert parse_datagram(serialise(message)) == message


@given(messages(), messages(), st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_a_stream_is_cut_into_its_messages(
    first: Request | Response, second: Request | Response, sizes: list[int]
) -> None:
    data = b"\r\n\r\n" + serialise(first) + b"\r\n" + serialise(second)
    framer = StreamFramer()
    found = []
    start = index = 0
    while start < len(data):
        size = sizes[index % len(sizes)]
        found += framer.feed(data[start : start + size])
        start, index = start + size, index + 1
    assert found == [first, second]


def test_a_stream_needs_content_length_and_has_bounds() -> None:
    with pytest.raises(SipParseError, match="Content-Length"):
        StreamFramer().feed(INVITE.replace(b"Content-Length: 4\r\n", b""))
    with pytest.raises(SipParseError, match="too big"):
        StreamFramer().feed(b"x" * 40_000)


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.integers(0, len(INVITE)), st.integers(0, 8), st.binary(max_size=6)),
        max_size=5,
    )
)
def test_mangled_bytes_never_raise_anything_else(edits: list[tuple[int, int, bytes]]) -> None:
    data = INVITE
    for at, length, new in edits:
        data = data[:at] + new + data[at + length :]
    for read in (parse_datagram, StreamFramer().feed):
        try:
            read(data)
        except SipParseError:
            pass
    endpoint(ALICE).handle(Received(data, Address("192.0.2.9", 5060), Transport.UDP), 0.0)


@given(st.binary(max_size=200))
def test_random_bytes_never_raise_anything_else(data: bytes) -> None:
    for read in (parse_datagram, StreamFramer().feed):
        try:
            read(data)
        except SipParseError:
            pass


@given(st.text(max_size=60))
def test_parts_raise_only_parse_errors(text: str) -> None:
    for read in (parse_uri, parse_name_addr, parse_via, parse_host_port):
        try:
            read(text)
        except SipParseError:
            pass
    parse_reasons(Headers([("Reason", text)]))


def test_serialise_refuses_line_breaks() -> None:
    message = parse_datagram(INVITE)
    for value in ("a\r\nVia: evil", "a\nb", "a\rb", "a\0b"):
        bad = Request("INVITE", "sip:x@y", message.headers.replaced("Subject", value))
        with pytest.raises(ValueError, match="line break"):
            serialise(bad)


def test_response_copies_what_it_must() -> None:
    message = parse_datagram(INVITE)
    assert isinstance(message, Request)
    response = response_to(message, 180, to_tag="t1")
    assert response.to.tag == "t1" and response.from_ == message.from_
    assert response.cseq == message.cseq and response.via == message.via


def test_uris() -> None:
    uri = parse_uri("sip:+1%20555:pw@[2001:db8::9]:5070;transport=tcp;lr?X=1")
    assert (uri.user_text, uri.password, uri.host, uri.port) == (
        "+1 555",
        "pw",
        "2001:db8::9",
        5070,
    )
    assert uri.is_loose_router and uri.transport == "tcp"
    assert str(uri) == "sip:+1%20555:pw@[2001:db8::9]:5070;transport=tcp;lr?X=1"
    assert parse_uri("tel:+1555;phone-context=x").user == "+1555"
    for bad in ("bob", "http://x", "sip:", "sip:a@", "sip:a@b:0", "sip:a@b c", "sip:a@b:99999"):
        with pytest.raises(SipParseError):
            parse_uri(bad)


def test_reason_header() -> None:
    reasons = parse_reasons(
        Headers([("Reason", 'SIP;cause=480, Q.850;cause=17;text="User, busy"')])
    )
    assert (reasons.q850, reasons.text) == (17, "User, busy")


def test_extra_headers() -> None:
    assert check_extra_headers([("X-A", " v "), ("User-To-User", "aa")]) == (
        ("X-A", "v"),
        ("User-To-User", "aa"),
    )
    for name, value in (("Via", "x"), ("i", "x"), ("X-A", "a\tb\x07"), ("", "x"), ("X:", "y")):
        with pytest.raises(ValueError):
            check_extra_headers([(name, value)])
