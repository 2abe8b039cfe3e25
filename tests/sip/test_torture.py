"""Messages in the manner of RFC 4475: hard to read but valid, and invalid in tempting ways."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sip.network import ALICE, BOB, endpoint, place

from uponai.sip.commands import IncomingCall
from uponai.sip.events import Received
from uponai.sip.hop import Transport
from uponai.sip.parse import parse_datagram
from uponai.sip.sdp import parse_sdp

BASE = {
    "Via": "SIP/2.0/UDP host.example;branch=z9hG4bK1",
    "Max-Forwards": "70",
    "From": "<sip:caller@example.com>;tag=1",
    "To": "<sip:callee@example.com>",
    "Call-ID": "torture",
    "CSeq": "1 INVITE",
    "Contact": "<sip:caller@host.example>",
    "Content-Length": "0",
}


def message(start="INVITE sip:callee@example.com SIP/2.0", body=b"", **changes) -> bytes:
    fields = BASE | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [start] + [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def codes(data: bytes) -> list[int]:
    """What an endpoint answers, if anything."""
    found = []
    for command in endpoint(BOB).handle(Received(data, ALICE, Transport.UDP), 0.0):
        if not isinstance(command, IncomingCall):
            found.append(parse_datagram(command.data).status)
    return found


VALID = {
    "tortuous white space and folding (3.1.1.1)": (
        b"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
        b"TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
        b'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n'
        b"  tag = 98asjd8\r\n"
        b"MaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\nContent-Length   : 0\r\n"
        b"cseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n"
        b"    192.0.2.2;rport;branch=390skdjuw\r\ns :\r\n"
        b"NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
        b"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\nv:  SIP  / 2.0  / TCP     spindle.example.com"
        b"   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111"
        b"   ; branch=\r\n"
        b' z9hG4bK30239\r\nm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n'
        b"      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n",
        [481],  # it has a To tag, and no such dialog exists
    ),
    "escaped characters in the user part (3.1.1.3)": (
        message("INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0"),
        [100],
    ),
    "escaped nulls in URIs (3.1.1.4)": (
        message(
            "REGISTER sip:example.com SIP/2.0", CSeq="1 REGISTER", To="<sip:null-%00@a.example>"
        ),
        [405],
    ),
    "no space between display name and bracket (3.1.1.6)": (
        message(
            "OPTIONS sip:user@example.com SIP/2.0",
            CSeq="1 OPTIONS",
            From="caller<sip:c@a.example>;tag=3",
        ),
        [200],
    ),
    "long values (3.1.1.7)": (
        message(From=f'"{"I have a user name " * 60}" <sip:u@a.example>;tag={"t" * 500}'),
        [100],
    ),
    "extra bytes behind a datagram (3.1.1.8)": (
        message(
            "OPTIONS sip:user@example.com SIP/2.0", b"INVITE sip:x SIP/2.0\r\n", CSeq="1 OPTIONS"
        ),
        [200],
    ),
    "semicolons in the user part (3.1.1.9)": (
        message("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0", CSeq="1 OPTIONS"),
        [200],
    ),
    "an unusual reason phrase (3.1.1.12)": (
        b"SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe \r\n" + message("x").partition(b"\r\n")[2],
        [],
    ),
    "an unknown method": (message("NEWMETHOD sip:a@b SIP/2.0", CSeq="1 NEWMETHOD"), [405]),
    "an unknown scheme in the Request-URI (3.3.3)": (
        message("INVITE nobodyknows:b SIP/2.0"),
        [416],
    ),
    "an unknown content type (3.3.6)": (
        message(body=b"<audio/>", Content_Length="8", Content_Type="application/unknownformat"),
        [415],
    ),
    "an extension that nobody has (3.3.2)": (message(Require="nothingSupportsThis"), [420]),
}
INVALID = {
    "overlarge CSeq (3.1.2.4)": message(CSeq="36893488147419103232 INVITE"),
    "body shorter than Content-Length (3.1.2.2)": message(Content_Length="9999"),
    "negative Content-Length (3.1.2.3)": message(Content_Length="-999"),
    "unterminated quoted string (3.1.2.6)": message(To='"Mr J. User <sip:j.user@example.com>'),
    "request URI in brackets (3.1.2.7)": message("INVITE <sip:user@example.com> x SIP/2.0"),
    "blanks in the request URI (3.1.2.8)": message("INVITE sip:user@example.com; lr SIP/2.0"),
    "several blanks in the start line (3.1.2.9)": message("INVITE  sip:user@example.com  SIP/2.0"),
    "method and CSeq that differ (3.1.2.17)": message(CSeq="8 ACK"),
    "unknown version (3.1.2.16)": message("OPTIONS sip:t@example.com SIP/7.0", CSeq="1 OPTIONS"),
    "overlarge status code (3.1.2.19)": message("SIP/2.0 4294967301 better not break"),
    "no From": message(From=None),
    "no Call-ID": message(Call_ID=None),
    "two From fields (3.3.8)": message(**{"From": "<sip:a@b>;tag=1\r\nf: <sip:c@d>;tag=2"}),
    "two Content-Length fields (3.3.9)": message(Content_Length="0\r\nl: 8"),
    "a NUL in a value": message(To="<sip:a\0@b>"),
    "a bare line feed": message(To="<sip:a@b>\n X: y"),
    "no header at all": b"INVITE sip:a@b SIP/2.0\r\n\r\n",
}


@pytest.mark.parametrize("name", VALID)
def test_what_is_valid_is_answered(name) -> None:
    data, expected = VALID[name]
    assert codes(data) == expected


@pytest.mark.parametrize("name", INVALID)
def test_what_is_not_is_dropped_and_counted(name) -> None:
    bob = endpoint(BOB)
    assert bob.handle(Received(INVALID[name], ALICE, Transport.UDP), 0.0) == []
    assert bob.dropped == 1
    assert bob.call_keys == [] and bob.transaction_count == 0


@settings(max_examples=150)
@given(st.data())
def test_no_damage_to_a_good_message_breaks_the_endpoint(data) -> None:
    whole = bytearray(VALID["long values (3.1.1.7)"][0])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "double"]))
        if kind == "flip":
            whole[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del whole[at : at + data.draw(st.integers(1, 40))]
        else:
            whole[at:at] = whole[at : at + 40]
        if not whole:
            return
    bob = endpoint(BOB)
    bob.handle(place(destination=ALICE), 0.0)
    bob.handle(Received(bytes(whole), ALICE, Transport.UDP), 0.1)
    assert "k1" in bob.call_keys


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_no_body_breaks_the_reader_of_sdp(body) -> None:
    for data in (body, b"v=0\r\n" + body):
        try:
            parse_sdp(data)
        except ValueError:
            continue
