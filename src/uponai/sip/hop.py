"""Where a message goes next: transport, address, and the connection to prefer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from uponai.sip.errors import SipParseError
from uponai.sip.headers import Via
from uponai.sip.uri import Address, is_private, param, parse_uri

DEFAULT_PORT = 5060
DEFAULT_TLS_PORT = 5061


class Transport(Enum):
    """How messages travel."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"

    @property
    def is_reliable(self) -> bool:
        """Whether the transport retransmits by itself."""
        return self is not Transport.UDP

    @property
    def default_port(self) -> int:
        """The port where none is named (RFC 3261 §19.1.2)."""
        return DEFAULT_TLS_PORT if self is Transport.TLS else DEFAULT_PORT


_BY_NAME = {transport.value: transport for transport in Transport}


@dataclass(frozen=True, slots=True)
class Hop:
    """The next hop. ``address.host`` may be a name that the edge resolves.

    ``flow`` is the far end of a TCP or TLS connection to use if it is still open; otherwise a new
    one is made to ``address``.
    """

    address: Address
    transport: Transport
    flow: Address | None = None


def response_hop(via: Via, source: Address, transport: Transport) -> Hop:
    """Where the response to a request goes (RFC 3261 §18.2.2, RFC 3581 §4).

    ``via`` is the top Via after ``with_received``.
    """
    sent_by = Address(param(via.params, "received") or via.host, via.port or transport.default_port)
    if transport.is_reliable:
        return Hop(sent_by, transport, source)
    return Hop(source if param(via.params, "rport") else sent_by, transport)


def dialog_hop(uri: str, peer: Hop, *, routed: bool) -> Hop:
    """Where an in-dialog request goes: to ``uri`` (first route or remote target).

    ``peer`` is where the dialog's messages went to or came from so far; it is used when the URI
    cannot be, or names a private address while the peer is public (a far side behind NAT that
    does not know its own address) and no proxy put itself on the path (``routed``).
    """
    try:
        parsed = parse_uri(uri)
    except SipParseError:
        return peer
    if not parsed.host:
        return peer
    if not routed and is_private(parsed.host) and not is_private(peer.address.host):
        return peer
    transport = _BY_NAME.get(parsed.transport, peer.transport)
    if parsed.scheme == "sips" or (transport is Transport.TCP and peer.transport is Transport.TLS):
        transport = Transport.TLS  # transport=tcp under TLS is how many still write it (§26.2.2)
    flow = (peer.flow or peer.address) if transport is peer.transport else None
    if not transport.is_reliable:
        flow = None
    return Hop(Address(parsed.host, parsed.port or transport.default_port), transport, flow)
