"""What goes into the endpoint: from the network, from the clock, from the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from uponai.sip.digest import Credentials
from uponai.sip.headers import NameAddr, check_extra_headers, parse_name_addr
from uponai.sip.hop import Transport
from uponai.sip.journal import DialogJournal
from uponai.sip.keys import DIGITS
from uponai.sip.message import Message
from uponai.sip.offer import LocalMedia
from uponai.sip.redirect import Former
from uponai.sip.uri import Address, parse_uri

Fields: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A datagram, or a message that the edge's StreamFramer cut from a connection."""

    message: bytes | Message
    source: Address
    transport: Transport


@dataclass(frozen=True, slots=True)
class TimerFired:
    """``deadline()`` has come (or may have)."""


@dataclass(frozen=True, slots=True)
class SendFailed:
    """A SendTo could not be carried out.

    ``may_have_left`` is False when nothing reached the far side (name not resolved, connection
    refused) and True when a connection broke with data in flight.
    """

    destination: Address
    transport: Transport
    detail: str = ""
    may_have_left: bool = False


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """Send an INVITE for ``target`` to ``destination``.

    ``call_id`` is the SIP Call-ID (``sip_call_id``); ``route`` holds preset Route values;
    ``ring_timeout_s`` counts from now; ``tls_port`` is where our TLS connection leaves from, and
    ``server_name`` whom it was made to; ``follows`` is the call that a 3xx sent here.
    Raises ValueError if a URI or a header cannot be sent.
    """

    call_key: str
    call_id: str
    target: str
    destination: Address
    transport: Transport
    caller: NameAddr
    media: LocalMedia
    callee: NameAddr | None = None
    credentials: Credentials | None = None
    headers: Fields = ()
    route: tuple[str, ...] = ()
    ring_timeout_s: float = 60.0
    tls_port: int = 0
    server_name: str = ""
    follows: Former | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", check_extra_headers(self.headers))
        parse_uri(self.target)
        for party in (self.caller, self.callee):
            if party is not None:
                parse_uri(party.uri)
                if any(ord(char) < 32 for char in party.display):
                    raise ValueError("a display name has a control character")
        for route in self.route:
            parse_uri(parse_name_addr(route).uri)
        if not self.call_id or any(ord(char) <= 32 for char in self.call_id):
            raise ValueError("a Call-ID may not be empty or hold white space")


@dataclass(frozen=True, slots=True)
class Register:
    """Keep ``account`` (a SIP URI) registered at ``registrar`` until HangUp or a failure."""

    call_key: str
    call_id: str
    registrar: str
    account: str
    destination: Address
    transport: Transport
    credentials: Credentials | None = None
    expires_s: int = 300
    tls_port: int = 0

    def __post_init__(self) -> None:
        parse_uri(self.registrar)
        parse_uri(self.account)


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask ``target`` (a SIP URI) for its abilities; answered by ``Probed``."""

    call_key: str
    call_id: str
    target: str
    destination: Address
    transport: Transport
    tls_port: int = 0

    def __post_init__(self) -> None:
        parse_uri(self.target)


@dataclass(frozen=True, slots=True)
class HangUp:
    """End a call in whatever state it is: CANCEL, BYE, or a refusal of one that came in.

    A registration is given up.
    """

    call_key: str
    headers: Fields = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", check_extra_headers(self.headers))


@dataclass(frozen=True, slots=True)
class Ring:
    """Tell the caller that it rings: 180, or 183 with our audio when ``media`` is given."""

    call_key: str
    media: LocalMedia | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a call that came in, with our audio."""

    call_key: str
    media: LocalMedia
    headers: Fields = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", check_extra_headers(self.headers))


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse a call that came in with a final code 300-699. ``headers`` go out as they are."""

    call_key: str
    code: int
    phrase: str = ""
    headers: Fields = ()

    def __post_init__(self) -> None:
        if not 300 <= self.code <= 699:
            raise ValueError(f"a call is refused with a code 300-699, not {self.code}")


@dataclass(frozen=True, slots=True)
class Hold:
    """Offer an answered call to be held (``on``), or to go on."""

    call_key: str
    on: bool


@dataclass(frozen=True, slots=True)
class SendKey:
    """Tell of a key by INFO. Raises ValueError for what is no key."""

    call_key: str
    digit: str
    duration_ms: int = 160

    def __post_init__(self) -> None:
        if self.digit not in DIGITS:
            raise ValueError(f"a key is one of 0-9 * # A-D, not {self.digit[:10]!r}")


@dataclass(frozen=True, slots=True)
class Refer:
    """Ask the far side of an answered call to call ``target`` (RFC 3515).

    ``replaces`` is the call key of another answered call of ours, whose far side is to be joined
    with this one's (RFC 3891); its remote target is called then. Raises ValueError for a bad URI.
    """

    call_key: str
    target: str
    replaces: str = ""
    headers: Fields = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", check_extra_headers(self.headers))
        if self.target or not self.replaces:
            parse_uri(self.target)


@dataclass(frozen=True, slots=True)
class EndOrphan:
    """End a call that an earlier life of this process left behind, by its journal."""

    journal: DialogJournal
    credentials: Credentials | None = None


CallOrder: TypeAlias = HangUp | Ring | Answer | Reject | Hold | SendKey | Refer
Begin: TypeAlias = PlaceCall | Register | Probe | EndOrphan
Event: TypeAlias = Received | TimerFired | SendFailed | Begin | CallOrder
