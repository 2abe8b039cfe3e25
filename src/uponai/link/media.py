"""The media link: one WebSocket between a line holder and a brain, all calls multiplexed.

Text frames are the messages below. A binary frame carries, per call, ``u32 channel, u64 first
sample, u16 bytes, PCM16LE mono`` (little-endian, back to back) at the ``rate_hz`` of ``Start``.

Two clocks per channel:

* *line samples* count 20 ms ticks of the line since it was answered; caller audio, ``dtmf`` and
  every report carry them, and the recording runs on them. After ``Listen`` they count what sounds
  before the answer, and begin at 0 again with ``Start`` on the same channel.
* *positions* count the agent audio a brain has ever sent on the channel, cleared samples included.
  A brain goes on from ``Start.next_position``; ``Mark`` names a position and is answered once all
  audio before it was played. ``played_position`` in ``Marked`` and ``Cleared`` is the only source
  of what was heard.

A brain sends at most five seconds ahead; the line holder paces. After ``Clear`` audio that was
sent before it is dropped, audio sent after it plays.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from uponai.link.codec import LinkError, Registry, encode

MAX_AHEAD_MS = 5_000
LINK_RATE_HZ = 8_000
TICK_MS = 20
TICK_SAMPLES = LINK_RATE_HZ * TICK_MS // 1000

_HEAD = struct.Struct("<IQH")


@dataclass(frozen=True, slots=True)
class Listen:
    """Line holder: this channel carries what sounds before ``call_id`` is answered (early media).

    Nothing may be said or asked for; ``Overheard`` is all that is taken. ``heard`` is what an
    earlier brain has understood. ``Start`` on this channel follows, or ``Stop``.
    """

    channel: int
    call_id: str
    fence: int
    rate_hz: int = LINK_RATE_HZ
    line_sample: int = 0
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """Line holder: this channel carries ``call_id`` from ``line_sample`` on.

    ``resumed`` is true when the line was already answered on another link; ``next_position`` is
    the first position a brain may use (everything before it was sent by an earlier brain) and
    ``played_position`` how far that audio was played. ``heard`` is what was understood before the
    answer. ``of``: the call for whose caller this line was dialled (``Refer.talk``); the two have
    one brain.
    """

    channel: int
    call_id: str
    fence: int
    rate_hz: int = LINK_RATE_HZ
    line_sample: int = 0
    resumed: bool = False
    next_position: int = 0
    played_position: int = 0
    heard: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Dtmf:
    """Line holder: the caller pressed ``digit`` (0-9 * # A-D)."""

    channel: int
    digit: str
    line_sample: int


@dataclass(frozen=True, slots=True)
class Marked:
    """Line holder: everything before the mark was played (or cleared away)."""

    channel: int
    mark: str
    played_position: int
    line_sample: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """Line holder: the answer to ``Clear``; nothing between the two positions was heard."""

    channel: int
    clear: str
    played_position: int
    dropped_until: int
    line_sample: int


@dataclass(frozen=True, slots=True)
class Referred:
    """Line holder: how a ``Refer`` goes on (``state`` and ``code`` as in ``control.Referred``).

    ``answered``: the line of whoever answered comes as a channel of its own, and waits for ``Join``
    or ``Dismiss``. ``joined``: the line goes on, and carries a talk with somebody else until it
    ends or ``failed`` gives the caller back. Either is told again to a brain that comes later, and
    so is ``progress`` with ``here``: the line holder calls there itself, also where the far side
    was asked first and refused.
    """

    channel: int
    state: Literal["progress", "answered", "done", "joined", "failed"]
    code: int | None
    text: str
    line_sample: int
    here: bool = False


@dataclass(frozen=True, slots=True)
class Answerer:
    """Line holder: whom its own detection takes the far side for. ``beep``: a machine that has
    just begun to record."""

    channel: int
    is_machine: bool
    beep: bool
    line_sample: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Line holder: how the audio fares so far, early media included.

    ``remote_`` is what the far side says of ours.
    ``mos`` is the worse of both ways on a scale from 1 to 4.41 (E-model, ITU-T G.107).
    """

    channel: int
    packets_received: int
    packets_lost: int
    loss_percent: float
    jitter_ms: float
    remote_loss_percent: float | None
    remote_jitter_ms: float | None
    round_trip_ms: float | None
    mos: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Line holder: the line is gone (``reason`` as the cause words of ``control.Ended``), or was
    ``joined`` with that of the caller for whom it was dialled.
    """

    channel: int
    reason: str
    line_sample: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Brain: tell me when everything before ``position`` was played."""

    channel: int
    mark: str
    position: int


@dataclass(frozen=True, slots=True)
class Clear:
    """Brain: drop what has not been played."""

    channel: int
    clear: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Brain: end the line, after the queued audio was played if ``after_playout``."""

    channel: int
    reason: str
    after_playout: bool = False


@dataclass(frozen=True, slots=True)
class SendDtmf:
    """Brain: press ``digits`` (0-9 * # A-D, ``w`` pauses half a second)."""

    channel: int
    digits: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Brain: put the far side on hold, or take it back."""

    channel: int
    on: bool


@dataclass(frozen=True, slots=True)
class Refer:
    """Brain: have the far side talk to ``target`` instead (see ``control.Refer``).

    ``mode``: ``refer`` asks the far side to call there itself; ``invite``: the edge calls and joins
    the two; ``either``: as ``invite`` where the far side refuses to be asked, so that nobody is
    rung twice. Other line holders go by their own way. ``ring_timeout_ms`` and ``show_number`` (the
    caller id seen there, "": the usual one) are for line holders that place the new call.

    What follows is for ``invite``. ``digits`` are pressed once there is an answer (an extension).
    ``talk``: who answers is the brain's to talk with first. ``music`` is what the caller hears
    until the two are joined (``media.hold_music``), ``cue`` a short tone to both when they are.
    """

    channel: int
    target: str
    replaces: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    ring_timeout_ms: int = 30_000
    show_number: str = ""
    mode: Literal["refer", "invite", "either"] = "refer"
    digits: str = ""
    talk: bool = False
    music: str = ""
    cue: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Brain: join the caller with whoever answered, whose channel ends with it."""

    channel: int


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Brain: hang up on whoever is called for the caller, who stays."""

    channel: int


@dataclass(frozen=True, slots=True)
class Overheard:
    """Brain: ``text`` is all that was said before the answer. ``last``: no more will be told."""

    channel: int
    text: str
    last: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Brain: I do not take this channel (unknown call, stale fence, draining); try the next."""

    channel: int
    reason: str


FromLine = Listen | Start | Dtmf | Marked | Cleared | Referred | Answerer | Quality | Stop
FromBrain = Mark | Clear | HangUp | SendDtmf | Hold | Refer | Join | Dismiss | Overheard | Refuse

_from_line = Registry(Listen, Start, Dtmf, Marked, Cleared, Referred, Answerer, Quality, Stop)
_from_brain = Registry(Mark, Clear, HangUp, SendDtmf, Hold, Refer, Join, Dismiss, Overheard, Refuse)

__all__ = ["AudioEntry", "FromBrain", "FromLine", "LinkError", "encode"]


def decode_from_line(text: str | bytes) -> FromLine:
    """A text frame sent by a line holder. Raises LinkError."""
    return _from_line.decode(text)


def decode_from_brain(text: str | bytes) -> FromBrain:
    """A text frame sent by a brain. Raises LinkError."""
    return _from_brain.decode(text)


class AudioEntry(NamedTuple):
    """One call's audio in a binary frame; ``pcm`` is PCM16LE mono."""

    channel: int
    first_sample: int
    pcm: bytes | memoryview


def pack_audio(entries: Iterable[tuple[int, int, bytes | memoryview]]) -> bytes:
    """One binary frame of many calls' audio (``AudioEntry``, at most 65,534 bytes a call)."""
    parts: list[bytes | memoryview] = []
    for channel, first_sample, pcm in entries:
        parts.append(_HEAD.pack(channel, first_sample, len(pcm)))
        parts.append(pcm)
    return b"".join(parts)


def unpack_audio(frame: bytes) -> Iterator[AudioEntry]:
    """The entries of a binary frame, as views into it. Raises LinkError on a torn frame."""
    view = memoryview(frame)
    at, end = 0, len(frame)
    while at < end:
        if end - at < _HEAD.size:
            raise LinkError("audio frame: torn head")
        channel, first_sample, size = _HEAD.unpack_from(frame, at)
        at += _HEAD.size
        if size % 2 or end - at < size:
            raise LinkError("audio frame: torn audio")
        yield AudioEntry(channel, first_sample, view[at : at + size])
        at += size
