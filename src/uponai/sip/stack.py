"""What every machine of one endpoint shares: its addresses, its names, its timer values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from uponai.sip.gate import GateRule
from uponai.sip.hop import Transport
from uponai.sip.message import Request, Response, response_to
from uponai.sip.offer import LocalMedia
from uponai.sip.session import asked
from uponai.sip.tokens import TokenSource
from uponai.sip.transaction import TimerValues
from uponai.sip.uri import Address, format_address

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY"
ALLOWED = frozenset(ALLOW.split(", "))
SDP_TYPE = "application/sdp"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """``udp``, ``tcp``, ``tls``: the addresses that peers can send to, as seen from outside.

    Without ``tls`` nothing listens there, and peers answer on the connections that we make.
    ``elsewhere`` is the host that peers of the other family (IPv4, IPv6) are told instead.

    ``supported`` names the extensions (option tags) that are offered and may be required of us.
    ``session_expires_s``: how long a call lives unrefreshed (RFC 4028); 0 asks for no timer.
    """

    udp: Address
    tcp: Address
    user_agent: str = "UponAI"
    contact_user: str = "uponai"
    timers: TimerValues = field(default_factory=TimerValues)
    supported: tuple[str, ...] = ("timer", "100rel", "replaces")
    max_calls: int = 10_000
    session_expires_s: int = 1_800
    tls: Address | None = None
    gate: GateRule = GateRule()
    elsewhere: str = ""


class Stack:
    """Builds the fields that name us."""

    def __init__(self, config: EndpointConfig, tokens: TokenSource) -> None:
        self.config = config
        self.tokens = tokens

    @property
    def timers(self) -> TimerValues:
        """The endpoint's timer values."""
        return self.config.timers

    def _address(self, transport: Transport) -> Address:
        match transport:
            case Transport.UDP:
                return self.config.udp
            case Transport.TCP:
                return self.config.tcp
            case Transport.TLS:
                return self.config.tls or self.config.tcp

    def reached_by(self, port: int) -> Stack:
        """The same, for a call by a TLS connection of ours from this port.

        Where nothing listens for TLS, the far side reaches us by that connection alone, which it
        finds by its far port.
        """
        config = self.config
        if config.tls is not None or not port:
            return self
        return Stack(replace(config, tls=Address(config.tcp.host, port)), self.tokens)

    def towards(self, far: str) -> Stack:
        """The same, for a peer at ``far``, an address: it is told ours of its own family."""
        config = self.config
        here, there = config.udp.host, config.elsewhere
        if not there or (":" in far) == (":" in here):
            return self
        moved = replace(
            config,
            udp=config.udp._replace(host=there),
            tcp=config.tcp._replace(host=there),
            tls=config.tls and config.tls._replace(host=there),
            elsewhere=here,
        )
        return Stack(moved, self.tokens)

    def heard_at(self, media: LocalMedia) -> LocalMedia:
        """Our audio as the peer is to be told of it."""
        config = self.config
        return replace(media, host=config.udp.host) if media.host == config.elsewhere else media

    def via(self, transport: Transport) -> str:
        """A Via with a fresh branch and a request for the source port (RFC 3581)."""
        address = format_address(self._address(transport))
        branch = self.tokens("branch")
        return f"SIP/2.0/{transport.name} {address};branch=z9hG4bK{branch};rport"

    def contact(self, transport: Transport) -> tuple[str, str]:
        """Our Contact field."""
        address = format_address(self._address(transport))
        suffix = "" if transport is Transport.UDP else f";transport={transport.value}"
        return "Contact", f"<sip:{self.config.contact_user}@{address}{suffix}>"

    def abilities(self) -> Fields:
        """Allow and Supported."""
        supported = self.config.supported
        return (("Allow", ALLOW), *((("Supported", ", ".join(supported)),) if supported else ()))

    def session(self, min_se_s: int) -> Fields:
        """What our INVITE says about session timers."""
        interval_s = self.config.session_expires_s
        return asked(interval_s, min_se_s) if interval_s else ()

    def agent(self) -> tuple[str, str]:
        """Our User-Agent field."""
        return "User-Agent", self.config.user_agent

    def response(
        self,
        request: Request,
        status: int,
        *,
        to_tag: str = "",
        extra: Fields = (),
        body: bytes = b"",
        phrase: str = "",
    ) -> Response:
        """A response that names us and, with a body, its type."""
        fields = (("Server", self.config.user_agent), *extra)
        if body:
            fields = (*fields, ("Content-Type", SDP_TYPE))
        if status == 405:
            fields = (*fields, ("Allow", ALLOW))
        return response_to(request, status, to_tag=to_tag, extra=fields, body=body, phrase=phrase)
