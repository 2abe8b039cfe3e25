"""Header fields: the ordered collection and the structured values machines need.

Names compare without case and compact forms count as their long ones (RFC 3261 §7.3.3).
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from uponai.sip.errors import SipParseError
from uponai.sip.uri import (
    Params,
    format_host,
    format_params,
    param,
    parse_host_port,
    parse_params,
    split_outside_quotes,
)

TOKEN_CHARS = string.ascii_letters + string.digits + "-.!%*_+`'~"
MAGIC_COOKIE = "z9hG4bK"

_COMPACT = {
    "a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "d": "Request-Disposition",
    "e": "Content-Encoding", "f": "From", "i": "Call-ID", "j": "Reject-Contact", "k": "Supported",
    "l": "Content-Length", "m": "Contact", "n": "Identity-Info", "o": "Event", "r": "Refer-To",
    "s": "Subject", "t": "To", "u": "Allow-Events", "v": "Via", "x": "Session-Expires",
    "y": "Identity",
}  # fmt: skip
_KNOWN = """Accept Allow Alert-Info Authorization Call-ID Contact Content-Disposition Content-Length
Content-Type CSeq Date Diversion Event Expires From History-Info Max-Forwards Min-Expires Min-SE
P-Asserted-Identity P-Preferred-Identity Privacy Proxy-Authenticate Proxy-Authorization
Proxy-Require RAck Reason Record-Route Refer-To Remote-Party-ID Replaces Require Retry-After Route
RSeq Server Session-Expires Subject Supported Timestamp To Unsupported User-Agent User-To-User Via
Warning WWW-Authenticate""".split()
# spelling as met on the wire -> (comparison key, canonical name)
KNOWN_NAMES: dict[str, tuple[str, str]] = {}
for _name in (*_KNOWN, *_COMPACT.values()):
    for _spelling in (_name, _name.lower(), _name.upper()):
        KNOWN_NAMES[_spelling] = (_name.lower(), _name)
for _short, _name in _COMPACT.items():
    KNOWN_NAMES[_short] = KNOWN_NAMES[_short.upper()] = (_name.lower(), _name)

# Fields that machines write themselves; nobody may add them from outside.
RESERVED = frozenset(
    "via from to call-id cseq contact max-forwards route record-route content-length content-type "
    "authorization proxy-authorization www-authenticate proxy-authenticate allow supported "
    "require proxy-require user-agent server expires".split()
)


def is_token(text: str) -> bool:
    """Whether ``text`` is a non-empty RFC 3261 token."""
    return bool(text) and not text.strip(TOKEN_CHARS)


def canonical(name: str) -> tuple[str, str]:
    """A field name -> (key to compare by, name to write)."""
    known = KNOWN_NAMES.get(name)
    if known is not None:
        return known
    lower = name.lower()
    known = KNOWN_NAMES.get(lower)
    return (lower, name) if known is None else known


class Headers:
    """An immutable, ordered multi-map of header fields."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = tuple([(*canonical(name), value) for name, value in items])

    @classmethod
    def from_canonical(cls, items: Iterable[tuple[str, str, str]]) -> Headers:
        """From (key, name, value) triples whose names already went through ``canonical``."""
        made = cls.__new__(cls)
        made._items = tuple(items)
        return made

    def get(self, name: str) -> str | None:
        """The first value of a field."""
        key = canonical(name)[0]
        for item in self._items:
            if item[0] == key:
                return item[2]
        return None

    def all(self, name: str) -> list[str]:
        """Every value of a field, one per line of the message."""
        key = canonical(name)[0]
        return [item[2] for item in self._items if item[0] == key]

    def listed(self, name: str) -> list[str]:
        """Every value of a comma-separated field, split into its elements."""
        found: list[str] = []
        for value in self.all(name):
            parts = [value] if "," not in value else split_outside_quotes(value, ",")
            found.extend(part for part in map(str.strip, parts) if part)
        return found

    def replaced(self, name: str, *values: str) -> Headers:
        """A copy where ``values`` stand at the place of the field's first line (or at the end)."""
        key, written = canonical(name)
        fresh = [(key, written, value) for value in values]
        items: list[tuple[str, str, str]] = []
        for item in self._items:
            if item[0] != key:
                items.append(item)
            elif fresh:
                items.extend(fresh)
                fresh = []
        return Headers.from_canonical(items + fresh)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, value) for _, name, value in self._items)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"Headers({list(self)!r})"


class CSeq(NamedTuple):
    """The CSeq field: sequence number and method."""

    number: int
    method: str


def parse_cseq(text: str) -> CSeq:
    """``314159 INVITE`` -> CSeq (RFC 3261 §20.16)."""
    number, _, method = text.partition(" ")
    method = method.strip()
    if not 0 < len(number) <= 10 or not number.isascii() or not number.isdigit():
        raise SipParseError(f"bad CSeq: {text[:60]!r}")
    if not is_token(method) or int(number) >= 1 << 32:
        raise SipParseError(f"bad CSeq: {text[:60]!r}")
    return CSeq(int(number), method)


@dataclass(frozen=True, slots=True)
class Via:
    """One Via value. ``host`` and ``port`` are the sent-by (RFC 3261 §20.42)."""

    transport: str
    host: str
    port: int | None = None
    params: Params = ()

    @property
    def branch(self) -> str:
        """The branch parameter, "" when absent."""
        return param(self.params, "branch") or ""

    @property
    def sent_by(self) -> str:
        """``host[:port]`` as the sender wrote it."""
        port = "" if self.port is None else f":{self.port}"
        return f"{format_host(self.host)}{port}"

    def with_params(self, **values: str) -> Via:
        """A copy with these parameters set, in place when they were there."""
        params = dict(self.params) | values
        return Via(self.transport, self.host, self.port, tuple(params.items()))

    def __str__(self) -> str:
        return f"SIP/2.0/{self.transport} {self.sent_by}{format_params(self.params)}"


def parse_via(text: str) -> Via:
    """One Via value (no comma list); white space around / and : is tolerated (RFC 4475 §3.1.1)."""
    head, _, tail = text.partition(";")
    if head.startswith("SIP/2.0/"):
        transport, _, sent_by = head[8:].strip().partition(" ")
    else:
        parts = [part.strip() for part in head.split("/", 2)]
        if len(parts) != 3 or parts[0].upper() != "SIP" or parts[1] != "2.0":
            raise SipParseError(f"bad Via: {text[:80]!r}")
        transport, _, sent_by = parts[2].replace("\t", " ").partition(" ")
    if not is_token(transport):
        raise SipParseError(f"bad Via transport: {text[:80]!r}")
    host, port = parse_host_port("".join(sent_by.split()))
    return Via(transport.upper(), host, port, parse_params(tail))


def first_of_list(text: str) -> str:
    """The first element of a comma-separated value."""
    return text if "," not in text else split_outside_quotes(text, ",")[0].strip()


@dataclass(frozen=True, slots=True)
class NameAddr:
    """A From, To, Contact, Route or Record-Route value: display name, URI, field parameters."""

    uri: str
    display: str = ""
    params: Params = ()

    @property
    def tag(self) -> str:
        """The tag parameter, "" when absent."""
        return param(self.params, "tag") or ""

    def without_tag(self) -> NameAddr:
        """The same party with no tag."""
        kept = tuple(pair for pair in self.params if pair[0] != "tag")
        return NameAddr(self.uri, self.display, kept)

    def with_tag(self, tag: str) -> NameAddr:
        """The same party with this tag."""
        return NameAddr(self.uri, self.display, (*self.without_tag().params, ("tag", tag)))

    def __str__(self) -> str:
        display = ""
        if self.display:
            escaped = self.display.replace("\\", "\\\\").replace('"', '\\"')
            display = f'"{escaped}" '
        return f"{display}<{self.uri}>{format_params(self.params)}"


def _read_quoted(text: str) -> tuple[str, str]:
    """A leading quoted string -> (its text, the rest after the closing quote)."""
    out: list[str] = []
    index = 1
    while index < len(text):
        char = text[index]
        if char == '"':
            return "".join(out), text[index + 1 :]
        if char == "\\" and index + 1 < len(text):
            index += 1
            char = text[index]
        out.append(char)
        index += 1
    raise SipParseError("quoted string without an end")


def parse_name_addr(text: str) -> NameAddr:
    """One name-addr or addr-spec with its parameters (RFC 3261 §20.10, §20.20)."""
    text = text.strip()
    display = ""
    if text.startswith('"'):
        display, text = _read_quoted(text)
        text = text.lstrip()
        if not text.startswith("<"):
            raise SipParseError("display name without <URI>")
    before, angle, rest = text.partition("<")
    if not angle:
        # In the form without brackets every parameter belongs to the field (RFC 3261 §20).
        uri, _, tail = text.partition(";")
    else:
        display = display or before.strip()
        uri, closed, tail = rest.partition(">")
        if not closed:
            raise SipParseError("name-addr without closing bracket")
    uri = uri.strip()
    if not uri:
        raise SipParseError("name-addr without a URI")
    return NameAddr(uri, display, parse_params(tail))


@dataclass(frozen=True, slots=True)
class Reasons:
    """What Reason fields say (RFC 3326): the Q.850 cause if any, and the first text."""

    q850: int | None = None
    text: str = ""


def parse_reasons(headers: Headers) -> Reasons:
    """Read every Reason field; unusable values are passed over, since they are only a hint."""
    q850: int | None = None
    text = ""
    for value in headers.listed("Reason"):
        protocol, _, tail = value.partition(";")
        params = parse_params(tail)
        cause = param(params, "cause") or ""
        is_number = cause.isascii() and cause.isdigit() and len(cause) <= 3
        if protocol.strip().upper() == "Q.850" and is_number and q850 is None:
            q850 = int(cause)
        text = text or (param(params, "text") or "").strip('"')
    return Reasons(q850, text)


def check_extra_headers(extra: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Fields that someone outside wants on a message (``X-...``, ``User-To-User``).

    Raises ValueError naming the field if it is not a token, is one that only the stack may write,
    or has a control character in its value (header injection).
    """
    checked: list[tuple[str, str]] = []
    for name, value in extra:
        if not is_token(name):
            raise ValueError(f"not a SIP header name: {name[:60]!r}")
        if canonical(name)[0] in RESERVED:
            raise ValueError(f"SIP header {name!r} cannot be set from outside")
        if any(ord(char) < 32 and char != "\t" or ord(char) == 127 for char in value):
            raise ValueError(f"SIP header {name!r} has a control character in its value")
        if len(value) > 1024:
            raise ValueError(f"SIP header {name!r} is longer than 1024 characters")
        checked.append((name, value.strip()))
    return tuple(checked)
