"""Requests and responses, how they become bytes, and the derived messages of RFC 3261."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from uponai.sip.headers import (
    CSeq,
    Headers,
    NameAddr,
    Via,
    first_of_list,
    parse_cseq,
    parse_name_addr,
    parse_via,
)

PHRASES: dict[int, str] = {
    100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued",
    183: "Session Progress", 200: "OK", 202: "Accepted", 300: "Multiple Choices",
    301: "Moved Permanently", 302: "Moved Temporarily", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone",
    413: "Request Entity Too Large", 415: "Unsupported Media Type",
    416: "Unsupported URI Scheme", 420: "Bad Extension", 423: "Interval Too Brief",
    480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected",
    483: "Too Many Hops", 484: "Address Incomplete", 486: "Busy Here",
    487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event",
    491: "Request Pending",
    500: "Server Internal Error", 501: "Not Implemented", 503: "Service Unavailable",
    504: "Server Time-out", 600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``uri`` is kept as it stood on the request line."""

    method: str
    uri: str
    headers: Headers
    body: bytes = b""

    @property
    def start_line(self) -> str:
        """The request line."""
        return f"{self.method} {self.uri} SIP/2.0"

    @property
    def via(self) -> Via:
        """The top Via."""
        return top_via(self.headers)

    @property
    def cseq(self) -> CSeq:
        """The CSeq field."""
        return parse_cseq(self.headers.get("CSeq") or "")

    @property
    def call_id(self) -> str:
        """The Call-ID field."""
        return self.headers.get("Call-ID") or ""

    @property
    def from_(self) -> NameAddr:
        """The From party."""
        return parse_name_addr(self.headers.get("From") or "")

    @property
    def to(self) -> NameAddr:
        """The To party."""
        return parse_name_addr(self.headers.get("To") or "")


@dataclass(frozen=True, slots=True)
class Response:
    """A response; ``phrase`` is the reason phrase of the status line."""

    status: int
    phrase: str
    headers: Headers
    body: bytes = b""

    @property
    def start_line(self) -> str:
        """The status line."""
        return f"SIP/2.0 {self.status} {self.phrase}"

    @property
    def via(self) -> Via:
        """The top Via."""
        return top_via(self.headers)

    @property
    def cseq(self) -> CSeq:
        """The CSeq field."""
        return parse_cseq(self.headers.get("CSeq") or "")

    @property
    def call_id(self) -> str:
        """The Call-ID field."""
        return self.headers.get("Call-ID") or ""

    @property
    def from_(self) -> NameAddr:
        """The From party."""
        return parse_name_addr(self.headers.get("From") or "")

    @property
    def to(self) -> NameAddr:
        """The To party."""
        return parse_name_addr(self.headers.get("To") or "")


Message: TypeAlias = Request | Response


def top_via(headers: Headers) -> Via:
    """The topmost Via; raises SipParseError when there is none."""
    return parse_via(first_of_list(headers.get("Via") or ""))


def serialise(message: Message) -> bytes:
    """The message as bytes, with a Content-Length that is always right.

    Raises ValueError if any line holds CR, LF or NUL: such a message could smuggle in another.
    """
    lines = [message.start_line]
    for name, value in message.headers:
        if name != "Content-Length":
            lines.append(f"{name}: {value}")
    lines.append(f"Content-Length: {len(message.body)}")
    text = "\r\n".join(lines)
    breaks = len(lines) - 1
    if text.count("\r") != breaks or text.count("\n") != breaks or "\0" in text:
        raise ValueError("a SIP header value holds a line break")
    return text.encode("utf-8", "replace") + b"\r\n\r\n" + message.body


def response_to(
    request: Request,
    status: int,
    *,
    to_tag: str = "",
    extra: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    phrase: str = "",
) -> Response:
    """A response with the fields that RFC 3261 §8.2.6 wants copied from the request.

    Record-Route is copied into answers that make a dialog (§12.1.1).
    """
    source = request.headers
    to = request.to
    if to_tag and not to.tag:
        to = to.with_tag(to_tag)
    fields = [("Via", value) for value in source.all("Via")]
    if 100 < status < 300 and request.method == "INVITE":
        fields += [("Record-Route", value) for value in source.all("Record-Route")]
    fields.append(("From", source.get("From") or ""))
    fields.append(("To", str(to) if to_tag else source.get("To") or ""))
    fields.append(("Call-ID", request.call_id))
    fields.append(("CSeq", source.get("CSeq") or ""))
    fields.extend(extra)
    return Response(status, phrase or PHRASES.get(status, "Unknown"), Headers(fields), body)


def cancel_for(invite: Request) -> Request:
    """The CANCEL of a pending INVITE: same branch, target, tags and number (RFC 3261 §9.1)."""
    return _hop_copy(invite, "CANCEL", invite.headers.get("To") or "")


def ack_for(invite: Request, response: Response) -> Request:
    """The ACK of a non-2xx final response, sent by the transaction (RFC 3261 §17.1.1.3)."""
    return _hop_copy(invite, "ACK", response.headers.get("To") or "")


def _hop_copy(invite: Request, method: str, to: str) -> Request:
    source = invite.headers
    fields = [("Via", str(invite.via)), ("Max-Forwards", "70")]
    fields += [("Route", value) for value in source.all("Route")]
    fields.append(("From", source.get("From") or ""))
    fields.append(("To", to))
    fields.append(("Call-ID", invite.call_id))
    fields.append(("CSeq", f"{invite.cseq.number} {method}"))
    for name in ("Authorization", "Proxy-Authorization", "User-Agent"):
        fields += [(name, value) for value in source.all(name)]
    return Request(method, invite.uri, Headers(fields))


def with_received(request: Request, source_host: str, source_port: int) -> Request:
    """Note in the top Via where the request came from (RFC 3261 §18.2.1, RFC 3581 §4)."""
    via = request.via
    asked = any(name == "rport" for name, _ in via.params)
    if via.host == source_host and not asked:
        return request
    noted = via.with_params(received=source_host)
    if asked:
        noted = noted.with_params(rport=str(source_port))
    values = request.headers.listed("Via")
    headers = request.headers.replaced("Via", str(noted), *values[1:])
    return replace(request, headers=headers)
