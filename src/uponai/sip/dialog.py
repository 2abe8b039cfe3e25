"""Dialog state and the requests built from it (RFC 3261 §12)."""

from __future__ import annotations

from dataclasses import dataclass

from uponai.sip.errors import SipParseError
from uponai.sip.headers import Headers, NameAddr, parse_name_addr
from uponai.sip.message import Message, Request, Response
from uponai.sip.uri import parse_uri


def contact_uri(message: Message) -> str:
    """The URI of the first Contact, "" if there is none that can be used."""
    values = message.headers.listed("Contact")
    try:
        return str(parse_uri(parse_name_addr(values[0]).uri)) if values else ""
    except SipParseError:
        return ""


def _recorded_routes(message: Message) -> list[str]:
    """The Record-Route values that can be used; a broken one must not cost us the BYE."""
    routes: list[str] = []
    for value in message.headers.listed("Record-Route"):
        try:
            parse_uri(parse_name_addr(value).uri)
        except SipParseError:
            continue
        routes.append(value)
    return routes


def _is_loose(route: str) -> bool:
    try:
        return parse_uri(parse_name_addr(route).uri).is_loose_router
    except SipParseError:
        return True


@dataclass(slots=True)
class Dialog:
    """One dialog: both parties with their tags, the way to the far side, sequence numbers.

    ``route_set`` holds whole name-addr values in the order requests must visit them.
    """

    call_id: str
    local: NameAddr
    remote: NameAddr
    remote_target: str
    route_set: tuple[str, ...]
    local_cseq: int
    remote_cseq: int | None

    @classmethod
    def from_response(cls, invite: Request, response: Response) -> Dialog:
        """The caller's side, from a response with a To tag (§12.1.2)."""
        return cls(
            invite.call_id,
            invite.from_,
            response.to,
            contact_uri(response) or invite.uri,
            tuple(reversed(_recorded_routes(response))),
            invite.cseq.number,
            None,
        )

    @classmethod
    def from_request(cls, invite: Request, local_tag: str) -> Dialog:
        """The callee's side, from the INVITE and the tag we answer with (§12.1.1)."""
        return cls(
            invite.call_id,
            invite.to.with_tag(local_tag),
            invite.from_,
            contact_uri(invite) or invite.from_.uri,
            tuple(_recorded_routes(invite)),
            0,
            invite.cseq.number,
        )

    @property
    def next_hop_uri(self) -> str:
        """The URI whose host the next request is sent to."""
        return parse_name_addr(self.route_set[0]).uri if self.route_set else self.remote_target

    def request(
        self,
        method: str,
        via: str,
        *,
        extra: tuple[tuple[str, str], ...] = (),
        cseq: int | None = None,
        body: bytes = b"",
    ) -> Request:
        """A request within the dialog (§12.2.1.1). ``cseq`` is given only for ACK."""
        uri, routes = self.remote_target, self.route_set
        if routes and not _is_loose(routes[0]):
            # A strict router wants itself in the Request-URI and the target at the end.
            uri, routes = parse_name_addr(routes[0]).uri, (*routes[1:], f"<{self.remote_target}>")
        if cseq is None:
            self.local_cseq += 1
            cseq = self.local_cseq
        items = [("Via", via), ("Max-Forwards", "70")]
        items += [("Route", route) for route in routes]
        items += [
            ("From", str(self.local)),
            ("To", str(self.remote)),
            ("Call-ID", self.call_id),
            ("CSeq", f"{cseq} {method}"),
        ]
        return Request(method, uri, Headers((*items, *extra)), body)

    @property
    def request_uri(self) -> str:
        """What the Request-URI of the next request will be (digest needs it beforehand)."""
        if self.route_set and not _is_loose(self.route_set[0]):
            return parse_name_addr(self.route_set[0]).uri
        return self.remote_target

    def takes(self, request: Request) -> bool:
        """Note the sequence number of a request; False if it comes out of order (§12.2.2)."""
        number = request.cseq.number
        if self.remote_cseq is not None and number <= self.remote_cseq:
            return False
        self.remote_cseq = number
        return True

    def refresh(self, message: Message) -> None:
        """Adopt the Contact of a target refresh request or its 2xx."""
        self.remote_target = contact_uri(message) or self.remote_target
