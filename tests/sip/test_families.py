"""One edge for IPv4 and IPv6: each far side is told our address of its own family."""

from __future__ import annotations

import re

import pytest
from tests.sip.network import BOB_MEDIA, place

from uponai.sip.commands import IncomingCall, SendTo
from uponai.sip.digest import Credentials
from uponai.sip.endpoint import Endpoint
from uponai.sip.events import Answer, Event, Probe, Received, Register, Ring
from uponai.sip.headers import Headers
from uponai.sip.hop import Transport
from uponai.sip.message import Request, serialise
from uponai.sip.offer import LocalMedia, OfferAnswer
from uponai.sip.stack import EndpointConfig
from uponai.sip.tokens import DerivedTokens
from uponai.sip.uri import Address

OURS = {4: "192.0.2.1", 6: "2001:db8::1"}
FAR = {4: Address("198.51.100.7", 5060), 6: Address("2001:db8:f::7", 5060)}


def both(first: int, *, other: bool = True) -> Endpoint:
    """An endpoint whose address is of the ``first`` family, with one of the other."""
    here = Address(OURS[first], 5060)
    elsewhere = OURS[10 - first] if other else ""
    config = EndpointConfig(here, here, tls=here, elsewhere=elsewhere)
    return Endpoint(config, DerivedTokens(b"families"))


def told(commands: list) -> set[str]:
    """Every address of ours in what is sent, and the families of its SDP."""
    text = b"".join(item.data for item in commands if isinstance(item, SendTo)).decode()
    said = {f"IP{n}" for n in (4, 6) if re.search(rf"^[co]=.*IN IP{n} ", text, re.MULTILINE)}
    return said | {f"address {n}" for n, host in OURS.items() if host in text}


@pytest.mark.parametrize("first", [4, 6])
@pytest.mark.parametrize("far", [4, 6])
@pytest.mark.parametrize("transport", list(Transport))
def test_a_call_out(first: int, far: int, transport: Transport) -> None:
    media = LocalMedia(OURS[first], 20_000)
    order = place(call_id="c", destination=FAR[far], transport=transport, media=media)
    commands = both(first).handle(order, 0.0)
    found = told([item for item in commands if isinstance(item, SendTo)])
    # The caller's name in From is the application's.
    assert found - {"address 4"} | {f"address {far}"} == {f"IP{far}", f"address {far}"}


@pytest.mark.parametrize("first", [4, 6])
@pytest.mark.parametrize("far", [4, 6])
@pytest.mark.parametrize("early", [True, False])
def test_a_call_in(first: int, far: int, early: bool) -> None:
    edge = both(first)
    fields = (
        ("Via", "SIP/2.0/UDP phone.example;branch=z9hG4bK1;rport"),
        ("From", "<sip:phone@phone.example>;tag=phone"),
        ("To", "<sip:agent@edge.example>"),
        ("Call-ID", "c"),
        ("CSeq", "1 INVITE"),
        ("Contact", "<sip:phone@phone.example>"),
        ("Content-Type", "application/sdp"),
    )
    offer = OfferAnswer(BOB_MEDIA).offer()
    invite = Request("INVITE", "sip:agent@edge.example", Headers(fields), offer)
    commands = edge.handle(Received(serialise(invite), FAR[far], Transport.UDP), 0.0)
    key = next(item.call_key for item in commands if isinstance(item, IncomingCall))
    media = LocalMedia(OURS[first], 20_000)
    commands = edge.handle(Ring(key, media) if early else Answer(key, media), 1.0)
    assert told(commands) == {f"IP{far}", f"address {far}"}


@pytest.mark.parametrize("first", [4, 6])
@pytest.mark.parametrize("far", [4, 6])
@pytest.mark.parametrize(
    "order",
    [
        lambda far: Probe("p", "c", "sip:trunk.example", far, Transport.UDP, 0),
        lambda far: Register(
            "r", "c", "sip:trunk.example", "sip:us@trunk.example", far, Transport.UDP,
            Credentials("us", "secret"),
        ),
    ],
    ids=["OPTIONS", "REGISTER"],
)  # fmt: skip
def test_a_server_that_is_asked(first: int, far: int, order) -> None:
    asked: Event = order(FAR[far])
    assert told(both(first).handle(asked, 0.0)) == {f"address {far}"}


def test_without_an_address_of_the_other_family_all_are_told_the_one() -> None:
    media = LocalMedia(OURS[6], 20_000)
    order = place(call_id="c", destination=FAR[4], media=media)
    assert "IP6" in told(both(6, other=False).handle(order, 0.0))
