"""Bytes -> messages: datagrams whole, streams framed by Content-Length (RFC 3261 §7, §18.3).

The only exception that leaves this module is SipParseError. Sizes are bounded.
"""

from __future__ import annotations

from uponai.sip.errors import SipParseError
from uponai.sip.headers import (
    KNOWN_NAMES,
    Headers,
    canonical,
    first_of_list,
    is_token,
    parse_cseq,
    parse_name_addr,
    parse_via,
)
from uponai.sip.message import Message, Request, Response
from uponai.sip.uri import MAX_URI_CHARS

MAX_HEAD_BYTES = 32_768
MAX_BODY_BYTES = 65_536
MAX_FIELDS = 200

_REQUIRED = ("via", "from", "to", "call-id", "cseq")
_SINGLE = frozenset({"from", "to", "call-id", "cseq", "content-length", "max-forwards"})


def parse_datagram(data: bytes) -> Message:
    """One UDP datagram -> message. Bytes beyond Content-Length are dropped (RFC 3261 §18.3)."""
    if len(data) > MAX_HEAD_BYTES + MAX_BODY_BYTES:
        raise SipParseError("message too big")
    start = 0
    while data[start : start + 2] == b"\r\n":
        start += 2
    end = data.find(b"\r\n\r\n", start)
    if end < 0:
        raise SipParseError("no empty line after the header fields")
    message, length = parse_head(data[start:end])
    body = data[end + 4 :]
    if length is not None:
        if length > len(body):
            raise SipParseError("body shorter than Content-Length")
        body = body[:length]
    if not body:
        return message
    if isinstance(message, Request):
        return Request(message.method, message.uri, message.headers, body)
    return Response(message.status, message.phrase, message.headers, body)


def parse_head(head: bytes) -> tuple[Message, int | None]:
    """Start line and fields, without the empty line -> (message without body, Content-Length)."""
    if len(head) > MAX_HEAD_BYTES:
        raise SipParseError("header fields too big")
    text = head.decode("utf-8", "replace")
    if "\r\n " in text or "\r\n\t" in text:
        text = text.replace("\r\n ", " ").replace("\r\n\t", " ")
    lines = text.split("\r\n")
    if text.count("\r") != len(lines) - 1 or text.count("\n") != len(lines) - 1 or "\0" in text:
        raise SipParseError("stray line break or NUL in the header fields")
    if len(lines) > MAX_FIELDS:
        raise SipParseError("too many header fields")
    items, first = _fields(lines)
    headers = Headers.from_canonical(items)
    message = _start(lines[0], headers)
    _check_required(message, first)
    return message, _content_length(first)


def _fields(lines: list[str]) -> tuple[list[tuple[str, str, str]], dict[str, str]]:
    """Header lines -> (key, name, value) triples in order, and the first value by key."""
    items: list[tuple[str, str, str]] = []
    first: dict[str, str] = {}
    for index in range(1, len(lines)):
        name, colon, value = lines[index].partition(":")
        known = KNOWN_NAMES.get(name)
        if known is None:
            name = name.rstrip()
            if not is_token(name):
                raise SipParseError(f"bad header line: {lines[index][:60]!r}")
            known = canonical(name)
        if not colon:
            raise SipParseError(f"bad header line: {lines[index][:60]!r}")
        key, written = known
        value = value.strip()
        if key not in first:
            first[key] = value
        elif key in _SINGLE:
            raise SipParseError(f"more than one {written}")
        items.append((key, written, value))
    return items, first


def _start(line: str, headers: Headers) -> Message:
    if line.startswith("SIP/2.0 "):
        code, _, phrase = line[8:].partition(" ")
        if len(code) != 3 or not code.isascii() or not code.isdigit() or not "1" <= code[0] <= "6":
            raise SipParseError(f"bad status line: {line[:60]!r}")
        return Response(int(code), phrase, headers)
    parts = line.split(" ")
    if len(parts) != 3 or parts[2] != "SIP/2.0" or not is_token(parts[0]):
        raise SipParseError(f"bad start line: {line[:60]!r}")
    if not parts[1] or len(parts[1]) > MAX_URI_CHARS:
        raise SipParseError("bad Request-URI")
    return Request(parts[0], parts[1], headers)


def _check_required(message: Message, first: dict[str, str]) -> None:
    for key in _REQUIRED:
        if not first.get(key):
            raise SipParseError(f"missing header field {key}")
    cseq = parse_cseq(first["cseq"])
    if isinstance(message, Request) and cseq.method != message.method:
        raise SipParseError("CSeq method differs from the request's")
    parse_via(first_of_list(first["via"]))
    parse_name_addr(first["from"])
    parse_name_addr(first["to"])


def _content_length(first: dict[str, str]) -> int | None:
    text = first.get("content-length")
    if text is None:
        return None
    if not 0 < len(text) <= 8 or not text.isascii() or not text.isdigit():
        raise SipParseError(f"bad Content-Length: {text[:20]!r}")
    length = int(text)
    if length > MAX_BODY_BYTES:
        raise SipParseError("body too big")
    return length


class StreamFramer:
    """Cuts a TCP byte stream into messages. After SipParseError the stream is to be closed.

    Empty lines between messages are keep-alives and are skipped; ``pings`` counts the double ones
    that a peer expects a single CRLF for (RFC 5626 §3.5.1).
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self.pings = 0

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes as they came, give every message that is now complete, in order."""
        self._buffer += data
        found: list[Message] = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> Message | None:
        buffer = self._buffer
        while buffer.startswith(b"\r\n"):
            double = buffer.startswith(b"\r\n\r\n")
            self.pings += double
            del buffer[: 4 if double else 2]
            self._searched = 0
        end = buffer.find(b"\r\n\r\n", self._searched)
        if end < 0:
            if len(buffer) > MAX_HEAD_BYTES:
                raise SipParseError("header fields too big")
            self._searched = max(0, len(buffer) - 3)
            return None
        message, length = parse_head(bytes(buffer[:end]))
        if length is None:
            raise SipParseError("a stream needs Content-Length")
        total = end + 4 + length
        if len(buffer) < total:
            self._searched = end
            return None
        body = bytes(buffer[end + 4 : total])
        del buffer[:total]
        self._searched = 0
        if isinstance(message, Request):
            return Request(message.method, message.uri, message.headers, body)
        return Response(message.status, message.phrase, message.headers, body)
