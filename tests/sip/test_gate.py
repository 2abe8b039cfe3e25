"""New calls from strangers: within a rate, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sip.network import ALICE, BOB

from uponai.sip.commands import SendTo
from uponai.sip.endpoint import Endpoint
from uponai.sip.events import Received
from uponai.sip.gate import Gate, GateRule, parse_networks
from uponai.sip.hop import Transport
from uponai.sip.stack import EndpointConfig
from uponai.sip.tokens import DerivedTokens
from uponai.sip.uri import Address

KNOWN = parse_networks(("192.0.2.0/24", "2001:db8::7"))


@given(st.lists(st.floats(0, 2), min_size=1, max_size=300))
def test_a_stranger_never_gets_more_than_rate_and_burst(waits) -> None:
    gate = Gate(GateRule(per_s=5, burst=10))
    now, admitted = 100.0, 0
    for wait in waits:
        now += wait
        admitted += gate.admits("203.0.113.9", now)
    assert admitted <= 10 + 5 * (now - 100.0) + 1


def test_known_networks_come_in_freely_and_strangers_only_if_they_may() -> None:
    gate = Gate(GateRule(KNOWN, only_known=True))
    assert all(gate.admits("192.0.2.77", 1.0) for _ in range(1_000))
    assert gate.admits("2001:db8::7", 1.0)
    assert not gate.admits("203.0.113.9", 1.0)


def test_many_forged_addresses_together_are_held_to_a_rate() -> None:
    gate = Gate(GateRule(per_s=5, burst=10))
    admitted = sum(gate.admits(f"10.0.{n >> 8}.{n & 255}", 1.0) for n in range(5_000))
    assert admitted <= 106


def test_a_subscriber_of_ipv6_is_one_stranger_whatever_address_he_takes() -> None:
    gate = Gate(GateRule(per_s=5, burst=10))
    admitted = sum(gate.admits(f"2001:db8:1:2::{n:x}", 1.0) for n in range(100))
    assert admitted == 10
    assert gate.admits("2001:db8:1:3::1", 1.0)
    assert gate.admits("fe80::1%eth0", 1.0)


def test_a_bad_network_is_named() -> None:
    with pytest.raises(ValueError, match="'here'"):
        parse_networks(("192.0.2.1", "here"))


def invite(n: int, to_tag: str = "") -> bytes:
    return (
        f"INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{n}\r\n"
        f"From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>{to_tag}\r\nCall-ID: {n}\r\nCSeq: 1 INVITE\r\n"
        "Contact: <sip:a@192.0.2.1>\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def test_what_is_turned_away_leaves_nothing_behind_and_is_counted() -> None:
    config = EndpointConfig(udp=BOB, tcp=BOB, gate=GateRule(per_s=1, burst=3))
    bob = Endpoint(config, DerivedTokens(b"b"))
    stranger = Address("203.0.113.9", 5060)
    answered = 0
    for n in range(1_000):
        answered += bool(bob.handle(Received(invite(n), stranger, Transport.UDP), 1.0))
    assert (answered, bob.turned_away) == (3, 997)
    assert len(bob.call_keys) == 3 and bob.transaction_count == 3
    # A repeated INVITE of an admitted call is no new call.
    assert bob.handle(Received(invite(0), stranger, Transport.UDP), 1.1)
    assert bob.handle(Received(invite(2_000), ALICE, Transport.UDP), 1.1)


def stray(n: int, method: str, tag: str = "", cseq: int = 1) -> bytes:
    """A request without a call of ours, unless ``n`` and ``tag`` are those of one."""
    return (
        f"{method} sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{n}\r\n"
        f"From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>{tag}\r\nCall-ID: {n}\r\nCSeq: {cseq} {method}\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("method", "tag"),
    [("OPTIONS", ""), ("REGISTER", ""), ("BYE", ";tag=9"), ("INVITE", ";tag=9"), ("CANCEL", "")],
)
def test_requests_of_no_call_are_held_to_the_rate_too(method: str, tag: str) -> None:
    config = EndpointConfig(udp=BOB, tcp=BOB, gate=GateRule(per_s=1, burst=3))
    bob = Endpoint(config, DerivedTokens(b"b"))
    stranger = Address("203.0.113.9", 5060)
    for n in range(100):
        bob.handle(Received(stray(n, method, tag), stranger, Transport.UDP), 1.0)
    assert (bob.turned_away, bob.transaction_count) == (97, 3)


def test_who_has_a_call_here_is_heard_however_many_were_turned_away() -> None:
    config = EndpointConfig(udp=BOB, tcp=BOB, gate=GateRule(per_s=1, burst=1))
    bob = Endpoint(config, DerivedTokens(b"b"))
    stranger = Address("203.0.113.9", 5060)
    bob.handle(Received(invite(1), stranger, Transport.UDP), 1.0)
    bob.handle(Received(invite(2), stranger, Transport.UDP), 1.0)
    assert bob.turned_away == 1
    out = bob.handle(Received(stray(1, "CANCEL"), stranger, Transport.UDP), 1.0)
    assert [one.data[:11] for one in out if isinstance(one, SendTo)] == [
        b"SIP/2.0 200",
        b"SIP/2.0 487",
    ]
    bob.handle(Received(stray(1, "ACK"), stranger, Transport.UDP), 1.0)
    assert bob.turned_away == 1


def test_strangers_who_fill_the_endpoint_shut_out_none_of_the_known() -> None:
    config = EndpointConfig(udp=BOB, tcp=BOB, gate=GateRule(KNOWN), max_calls=20)
    bob = Endpoint(config, DerivedTokens(b"b"))

    def asks(n: int, host: str) -> bytes:
        (out,) = [
            command.data
            for command in bob.handle(Received(invite(n), Address(host, 5060), Transport.UDP), 1.0)
            if isinstance(command, SendTo)
        ]
        return out[:11]

    assert {asks(n, "203.0.113.9") for n in range(20)} == {b"SIP/2.0 100"}
    assert asks(20, "203.0.113.9") == b"SIP/2.0 503"
    assert asks(21, "192.0.2.9") == b"SIP/2.0 100"
