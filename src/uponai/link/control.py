"""Edge control: the edge listens on a WebSocket, dialers connect with a token.

Commands go to the edge, events come back in an ``Envelope`` with a number; an event is kept and
re-sent on every new connection until ``Ack`` has covered its number. Applying an event twice must
be harmless to its reader. ``boot`` differs after each start of the edge, and its numbers restart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from uponai.link.codec import LinkError, Registry, encode

Transport = Literal["UDP", "TCP", "TLS"]

MediaEncryption = Literal["disable", "allow", "require"]
"""Of the audio (SRTP): never; where it can be had (offered over TLS); nothing else."""

Cause = Literal[
    "code",  # a final SIP response said no; see sip_code
    "silent",  # nothing came back at all: nobody knows whether it rang
    "dns",  # the trunk's name does not resolve
    "connect",  # the trunk refused or dropped the connection before the request left
    "full",  # the edge holds as many calls as it can; nothing was sent
    "ring_timeout",  # it rang and nobody answered; cancelled by us
    "cancelled",  # hung up by us before the answer
    "remote_hangup",  # BYE from the other side
    "local_hangup",  # BYE by us, asked for by the brain or by control
    "media_timeout",  # no RTP for too long
    "no_brain",  # no brain took the line within the limit
    "protocol",  # the other side broke SIP or SDP in a way that ends the call
    "edge_restart",  # an orphan found in the journal after a restart
]


@dataclass(frozen=True, slots=True)
class Trunk:
    """Where and how to send an INVITE. ``uri`` is the termination URI (host or sip: URI)."""

    uri: str
    transport: Transport = "UDP"
    username: str | None = None
    password: str | None = None
    codecs: tuple[str, ...] = ()
    media_encryption: MediaEncryption = "allow"


@dataclass(frozen=True, slots=True)
class Dial:
    """Call ``to_number`` through ``trunk``; ``brains`` are media-link URLs in order of preference.

    ``to_number`` may be a whole ``sip:`` URI, which is then the Request-URI as it stands.
    """

    call_id: str
    attempt: int
    fence: int
    from_number: str
    to_number: str
    trunk: Trunk
    brains: tuple[str, ...]
    ring_timeout_ms: int = 30_000
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Accept:
    """Answer the incoming line ``line_key`` as ``call_id``.

    ``trunk`` is where calls go that are made for this caller (without a ``uri``: back to where the
    call came from); its ``media_encryption`` is that of this call, too.
    """

    line_key: str
    call_id: str
    fence: int
    brains: tuple[str, ...]
    trunk: Trunk = field(default_factory=lambda: Trunk(""))


@dataclass(frozen=True, slots=True)
class Ring:
    """Let the incoming line ring, and wait up to ``for_ms`` for what becomes of it."""

    line_key: str
    for_ms: int


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse the incoming line with a final SIP code.

    ``contact`` is where a 3xx sends it on to, ``challenge`` the WWW-Authenticate of a 401.
    """

    line_key: str
    code: int
    reason: str = ""
    contact: str = ""
    challenge: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """Hang up ``call_id`` whatever its state (CANCEL before the answer, BYE after it)."""

    call_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SendDtmf:
    """Press ``digits`` (0-9 * # A-D, ``w`` pauses half a second) on the answered ``call_id``.

    As telephone events where they were agreed on (RFC 4733), else by SIP INFO.
    """

    call_id: str
    digits: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Put the far side of ``call_id`` on hold by re-INVITE, or take it back."""

    call_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class Refer:
    """Ask the far side of ``call_id`` to call ``target`` in our place (REFER, RFC 3515).

    ``target`` is a number, which is called at the host the call goes through, or a ``sip:`` URI.
    ``replaces`` is the call id of another answered line of this edge: the far side is joined with
    that line's far side (attended transfer, RFC 3891), and ``target`` may be empty. The line stays
    up; ``Referred`` tells how it goes on, and whoever transfers hangs up.
    """

    call_id: str
    target: str
    replaces: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Brains:
    """The answer to ``BrainWanted``: try these URLs."""

    call_id: str
    brains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ack:
    """Every event up to ``seq`` of ``boot`` is safe with the reader."""

    boot: str
    seq: int


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask what became of an attempt; answered by ``Seen``. ``ordered_ms``: when it was ordered.

    Where the edge never had it, it never will: a ``Dial`` of it that is still on the way does
    nothing from now on.
    """

    call_id: str
    attempt: int
    fence: int
    ordered_ms: int = 0


@dataclass(frozen=True, slots=True)
class WantLines:
    """Ask which lines exist; answered by ``Lines``."""


Command = (
    Dial
    | Accept
    | Ring
    | Reject
    | End
    | SendDtmf
    | Hold
    | Refer
    | Brains
    | Ack
    | LookUp
    | WantLines
)


@dataclass(frozen=True, slots=True)
class Dialling:
    """The INVITE is journalled and about to leave (for TCP: the connection stands)."""

    call_id: str
    attempt: int
    sip_call_id: str


@dataclass(frozen=True, slots=True)
class Ringing:
    """A 180 or 183 came (``code``)."""

    call_id: str
    attempt: int
    code: int


@dataclass(frozen=True, slots=True)
class Answered:
    """200 OK and media is up; ``at_ms`` is wall time of line sample 0."""

    call_id: str
    attempt: int
    at_ms: int
    codec: str = "PCMU"


ReferState = Literal["progress", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Referred:
    """How a ``Refer`` goes on: ``progress`` with a 1xx, then ``done`` or ``failed``, once.

    ``code`` is the transferred call's SIP code as the far side told it (NOTIFY), or that of the
    refused REFER; None when the far side fell silent. ``done`` without a code: the far side took
    the REFER and will not say more (RFC 4488).
    """

    call_id: str
    attempt: int
    state: ReferState
    code: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The line is over. ``answered`` tells whether media ever stood; ``line_samples`` how long.

    ``sip_code`` is the final code where one came; ``text`` the reason phrase or Q.850 text;
    ``heard`` what was said before an answer that never came (an announcement).
    """

    call_id: str
    attempt: int
    cause: Cause
    answered: bool
    at_ms: int
    sip_code: int | None = None
    text: str = ""
    line_samples: int = 0
    reason: str = ""
    heard: str = ""


SeenState = Literal["dialling", "ringing", "answered", "ended", "never", "unknown"]


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer to ``LookUp``, numbered and never kept.

    ``never``: no INVITE left and none will. ``unknown``: the journal began after the order and
    cannot tell. ``at_ms``: when it was answered. ``ended``: how it ended, while that is remembered.
    """

    call_id: str
    attempt: int
    state: SeenState
    at_ms: int | None = None
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """Somebody calls us; answer with ``Accept`` or ``Reject``.

    ``authorization`` is the INVITE's Authorization field, "" for none.
    """

    line_key: str
    from_number: str
    to_number: str
    source: str
    transport: Transport
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    authorization: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class IncomingGone:
    """The caller gave up before an answer."""

    line_key: str


@dataclass(frozen=True, slots=True)
class BrainWanted:
    """No brain of the list takes this line; it is kept company meanwhile."""

    call_id: str


@dataclass(frozen=True, slots=True)
class LineState:
    """One line as the edge sees it."""

    call_id: str
    attempt: int
    state: Literal["dialling", "ringing", "answered"]
    line_samples: int


@dataclass(frozen=True, slots=True)
class TrunkState:
    """A trunk's server (``address:port``); one that is not ``up`` is tried last."""

    server: str
    transport: Transport
    up: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """Every line that exists now; what is not in it, the edge does not hold.

    ``trunks``: every server that is asked whether it is there, as of now.
    """

    lines: tuple[LineState, ...]
    trunks: tuple[TrunkState, ...] = ()


Event = (
    Dialling
    | Ringing
    | Answered
    | Referred
    | Ended
    | Seen
    | Incoming
    | IncomingGone
    | BrainWanted
    | Lines
)

_commands = Registry(
    Dial, Accept, Ring, Reject, End, SendDtmf, Hold, Refer, Brains, Ack, LookUp, WantLines
)
_events = Registry(
    Dialling, Ringing, Answered, Referred, Ended, Seen, Incoming, IncomingGone, BrainWanted, Lines
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A numbered event of one boot of one edge."""

    edge: str
    boot: str
    seq: int
    event: Event


def encode_command(command: Command) -> str:
    """A command as one text frame."""
    return encode(command)


def decode_command(text: str | bytes) -> Command:
    """A text frame sent by a dialer. Raises LinkError."""
    return _commands.decode(text)


def encode_event(envelope: Envelope) -> str:
    """An event as one text frame."""
    head = {"edge": envelope.edge, "boot": envelope.boot, "seq": envelope.seq}
    body = json.loads(encode(envelope.event))
    return json.dumps({**head, "event": body}, separators=(",", ":"), ensure_ascii=False)


def decode_event(text: str | bytes) -> Envelope:
    """A text frame sent by an edge. Raises LinkError."""
    try:
        raw: Any = json.loads(text)
        fields = cast(dict[str, Any], raw)
        edge, boot, seq = str(fields["edge"]), str(fields["boot"]), int(fields["seq"])
        body = json.dumps(fields["event"])
    except (ValueError, KeyError, TypeError) as error:
        raise LinkError("envelope: expected edge, boot, seq and event") from error
    return Envelope(edge, boot, seq, _events.decode(body))
