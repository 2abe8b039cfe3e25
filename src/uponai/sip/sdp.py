"""Session descriptions: bytes <-> ``Sdp`` (RFC 8866). What two parties make of them: offer.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from uponai.sip.errors import SipParseError

MAX_SDP_BYTES = 32_768
MAX_LINES = 800
MAX_MEDIA = 32

# Static payload types of RFC 3551 that need no rtpmap.
STATIC_PAYLOADS = {0: "PCMU/8000", 3: "GSM/8000", 8: "PCMA/8000", 9: "G722/8000", 18: "G729/8000"}


class Direction(Enum):
    """Which way media may flow, from the point of view of who wrote it."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def sends(self) -> bool:
        """Whether the writer sends."""
        return self in {Direction.SENDRECV, Direction.SENDONLY}

    @property
    def receives(self) -> bool:
        """Whether the writer receives."""
        return self in {Direction.SENDRECV, Direction.RECVONLY}


_DIRECTIONS = {direction.value: direction for direction in Direction}


def direction_of(*, sends: bool, receives: bool) -> Direction:
    """The direction of a party that sends and receives so."""
    if sends:
        return Direction.SENDRECV if receives else Direction.SENDONLY
    return Direction.RECVONLY if receives else Direction.INACTIVE


@dataclass(frozen=True, slots=True)
class Origin:
    """The o= line without its address: who describes which version of which session."""

    username: str = "-"
    session_id: str = "0"
    version: str = "0"


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """One m= section. ``host`` is "" when no c= line applies; ``attributes``: other a= lines."""

    kind: str
    port: int
    proto: str
    formats: tuple[str, ...]
    host: str = ""
    rtpmap: tuple[tuple[int, str], ...] = ()
    fmtp: tuple[tuple[int, str], ...] = ()
    ptime_ms: int | None = None
    direction: Direction = Direction.SENDRECV
    attributes: tuple[str, ...] = ()

    def encoding(self, payload_type: int) -> str:
        """``NAME/clock[/channels]`` in upper case, "" when unknown."""
        for number, text in self.rtpmap:
            if number == payload_type:
                return text.upper()
        return STATIC_PAYLOADS.get(payload_type, "")

    @property
    def payload_types(self) -> list[int]:
        """The offered payload types in the writer's order of preference."""
        return [int(text) for text in self.formats if len(text) <= 3 and text.isdecimal()]


@dataclass(frozen=True, slots=True)
class Sdp:
    """A session description with its media sections in order."""

    origin: Origin
    host: str
    media: tuple[MediaDescription, ...]
    name: str = "-"


@dataclass(slots=True)
class _Section:
    """What is being collected: the session level or one media section."""

    kind: str = ""
    port: int = 0
    proto: str = ""
    formats: tuple[str, ...] = ()
    host: str = ""
    rtpmap: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    fmtp: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    ptime_ms: int | None = None
    direction: Direction | None = None
    attributes: list[str] = field(default_factory=list[str])

    def attribute(self, text: str) -> None:
        name, _, value = text.partition(":")
        direction = _DIRECTIONS.get(name)
        if direction is not None:
            self.direction = direction
        elif name in {"rtpmap", "fmtp"}:
            number, _, rest = value.strip().partition(" ")
            if _is_number(number, 3) and rest:
                (self.rtpmap if name == "rtpmap" else self.fmtp).append((int(number), rest.strip()))
        elif name == "ptime" and _is_number(value.strip(), 4):
            self.ptime_ms = int(value)
        else:
            self.attributes.append(text)

    def finish(self, session: _Section) -> MediaDescription:
        return MediaDescription(
            self.kind,
            self.port,
            self.proto,
            self.formats,
            self.host or session.host,
            tuple(self.rtpmap),
            tuple(self.fmtp),
            self.ptime_ms if self.ptime_ms is not None else session.ptime_ms,
            self.direction or session.direction or Direction.SENDRECV,
            tuple(self.attributes),
        )


class _Collected:
    """The lines read so far, by the section they belong to."""

    def __init__(self) -> None:
        self.session = _Section()
        self.sections: list[_Section] = []
        self.origin = Origin()
        self.name = "-"

    def take(self, kind: str, value: str) -> None:
        """One ``kind=value`` line. Lines like t= and b= do not change what we send."""
        current = self.sections[-1] if self.sections else self.session
        if kind == "o":
            self.origin = _origin(value)
        elif kind == "s":
            self.name = value or "-"
        elif kind == "c":
            current.host = _connection(value)
        elif kind == "a":
            current.attribute(value)
        elif kind == "m":
            if len(self.sections) >= MAX_MEDIA:
                raise SipParseError("too many SDP media sections")
            self.sections.append(_media(value))


def _is_number(text: str, digits: int) -> bool:
    return 0 < len(text) <= digits and text.isascii() and text.isdigit()


def parse_sdp(data: bytes) -> Sdp:
    """Parse a body of type application/sdp; lines may end in CRLF or LF. Raises SipParseError."""
    if len(data) > MAX_SDP_BYTES:
        raise SipParseError("SDP too big")
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").strip("\n").split("\n")
    if len(lines) > MAX_LINES or lines[0].strip() != "v=0":
        raise SipParseError("not an SDP body (no v=0 line)")
    collected = _Collected()
    for line in lines[1:]:
        kind, equals, value = line.partition("=")
        if not line.strip():
            continue
        if not equals or len(kind) != 1:
            raise SipParseError(f"bad SDP line: {line[:60]!r}")
        collected.take(kind, value.strip())
    session = collected.session
    media = tuple(section.finish(session) for section in collected.sections)
    return Sdp(collected.origin, session.host, media, collected.name)


def _origin(value: str) -> Origin:
    parts = value.split()
    if len(parts) < 3:
        raise SipParseError("bad SDP o= line")
    return Origin(parts[0], parts[1], parts[2])


def _connection(value: str) -> str:
    parts = value.split()
    if len(parts) != 3 or parts[0] != "IN" or parts[1] not in {"IP4", "IP6"}:
        raise SipParseError(f"bad SDP c= line: {value[:60]!r}")
    return parts[2].partition("/")[0]


def _media(value: str) -> _Section:
    parts = value.split()
    if len(parts) < 3:
        raise SipParseError(f"bad SDP m= line: {value[:60]!r}")
    port = parts[1].partition("/")[0]
    if not _is_number(port, 5) or int(port) > 65535:
        raise SipParseError(f"bad SDP port: {port[:20]!r}")
    return _Section(parts[0], int(port), parts[2].upper(), tuple(parts[3:]))


def _network(host: str) -> str:
    return f"IN {'IP6' if ':' in host else 'IP4'} {host}"


def format_sdp(sdp: Sdp) -> bytes:
    """The body as bytes; raises ValueError if any part holds a line break."""
    origin = sdp.origin
    lines = [
        "v=0",
        f"o={origin.username} {origin.session_id} {origin.version} {_network(sdp.host)}",
        f"s={sdp.name}",
        f"c={_network(sdp.host)}",
        "t=0 0",
    ]
    for media in sdp.media:
        lines.append(f"m={media.kind} {media.port} {media.proto} {' '.join(media.formats)}".strip())
        if media.host and media.host != sdp.host:
            lines.append(f"c={_network(media.host)}")
        lines += [f"a=rtpmap:{number} {text}" for number, text in media.rtpmap]
        lines += [f"a=fmtp:{number} {text}" for number, text in media.fmtp]
        if media.ptime_ms is not None:
            lines.append(f"a=ptime:{media.ptime_ms}")
        lines += [f"a={attribute}" for attribute in media.attributes]
        if media.port:
            lines.append(f"a={media.direction.value}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("an SDP line holds a line break")
    return ("\r\n".join(lines) + "\r\n").encode()
