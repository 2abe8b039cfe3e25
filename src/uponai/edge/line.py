"""One line: caller audio in, agent audio out, on one clock of 20 ms ticks.

No sockets of its own and no waiting: packets come by ``receive``, go by the ``send`` it was given,
and ``ticker`` moves it on. It tells its owner only two things: which digit and that it is over.
Before its answer (``is_early``) a line is only heard: it says nothing and bears every silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from uponai.edge.ear import Ear
from uponai.edge.early_media import EarlyWords
from uponai.edge.ports import Address
from uponai.edge.reports import Reports
from uponai.edge.voice import Send, Voice
from uponai.link.control import Cause, Hold, SendDtmf
from uponai.link.media import (
    Cleared,
    Dismiss,
    Dtmf,
    FromLine,
    Join,
    Listen,
    Marked,
    Refer,
    Referred,
    Start,
)
from uponai.media import rtp
from uponai.media.g711 import SILENCE, Codec, Pcm
from uponai.media.pace import Pace
from uponai.media.rtcp import is_rtcp
from uponai.sip.offer import AudioAgreement
from uponai.tape import Tape

FRAME_SAMPLES: Final = 160
TICKS_A_SECOND: Final = 50
COMPANY_AFTER_TICKS: Final = 50
SETTLED_TICKS: Final = 50
DRAIN_TICKS: Final = 6
"""Ticks between the last sample sent and the BYE: the far jitter buffer's depth."""

MAX_DRAIN_TICKS: Final = 6 * TICKS_A_SECOND
MAX_SKIP_TICKS: Final = 30 * TICKS_A_SECOND
"""A process asleep for longer holds no line worth the silence on its tape."""

QUIET: Pcm = np.zeros(FRAME_SAMPLES, dtype=np.int16)
QUIET.flags.writeable = False
QUIET_PAYLOADS: Final[dict[Codec, bytes]] = {
    codec: code * FRAME_SAMPLES for codec, code in SILENCE.items()
}


class LineLink(Protocol):
    """The brain at the other end of a line, as far as the line knows it."""

    def tell(self, message: FromLine) -> None:
        """Send a message."""
        ...

    def add_audio(self, channel: int, line_sample: int, pcm: Pcm) -> None:
        """Send a frame with this tick."""
        ...

    def attach(self, line: Line) -> None:
        """Carry another line, too."""
        ...

    def release(self, line: Line) -> None:
        """Carry it no longer."""
        ...


@dataclass(frozen=True, slots=True)
class LineLimits:
    """How long a line bears what: without a brain, without a packet from the far side."""

    company_ticks: int
    media_ticks: int


@dataclass(frozen=True, slots=True)
class Company:
    """What a caller hears while no brain answers: ``once`` to its end, then ``loop`` for ever."""

    once: Pcm
    loop: Pcm

    def frame(self, tick: int) -> Pcm:
        """The 160 samples of the ``tick``-th tick."""
        at = tick * FRAME_SAMPLES
        if at < len(self.once):
            frame = self.once[at : at + FRAME_SAMPLES]
            missing = FRAME_SAMPLES - len(frame)
            return np.concatenate((frame, QUIET[:missing])) if missing else frame
        if len(self.loop) < FRAME_SAMPLES:
            return QUIET
        at = (at - len(self.once)) % (len(self.loop) // FRAME_SAMPLES * FRAME_SAMPLES)
        at -= at % FRAME_SAMPLES
        return self.loop[at : at + FRAME_SAMPLES]


Source = Callable[[Pcm | None], Pcm | None]
"""What the far side hears in place of the agent's frame."""

Over = Callable[[Cause, str], None]
Order = SendDtmf | Hold | Refer | Join | Dismiss
Ask = Callable[[Order], None]


def _nobody(order: Order) -> None:
    """A line of its own, with no dialog to ask anything in."""
    del order


class Line:
    """See the module. ``over`` is called at most once, with cause and reason.

    ``send`` takes audio and reports; ``ask`` what its brain wants of the far side. ``heard`` and
    ``spoken`` are the tick's frames; ``standing`` is news that a brain must have which comes later;
    ``early_words`` is what a brain has understood before the answer. ``beside`` goes to the same
    brain; ``of`` is the call for whose caller this line was dialled; ``needs_brain``: it may not be
    without one for long.
    """

    def __init__(
        self,
        call_id: str,
        fence: int,
        stream: rtp.RtpStream,
        send: tuple[Send, Send],
        over: Over,
    ) -> None:
        self.call_id = call_id
        self.fence = fence
        self.line_sample = 0
        self.ear = Ear()
        self.voice = Voice(stream, send[0])
        self.reports = Reports(self.voice, self.ear, send[1])
        self.pace = Pace()
        self.company = Company(QUIET[:0], QUIET[:0])
        self.limits = LineLimits(30 * TICKS_A_SECOND, 30 * TICKS_A_SECOND)
        self.tape: Tape | None = None
        self.link: LineLink | None = None
        self.ask: Ask = _nobody
        self.channel = 0
        self.heard: Pcm = QUIET
        self.spoken: Pcm = QUIET
        self.source: Source | None = None
        self.standing: Referred | None = None
        self.is_early = False
        self.early_words = EarlyWords()
        self.beside: Line | None = None
        self.of = ""
        self.needs_brain = True
        self._over: Over | None = over
        self._alone_ticks = 0
        self._settled_ticks = 0
        self._brains = 0
        self._ending: str | None = None
        self._drained_ticks = 0
        self._draining_ticks = 0

    @property
    def is_over(self) -> bool:
        """Whether the line was told to end."""
        return self._over is None

    def agree(self, media: AudioAgreement) -> None:
        """Go by what offer and answer say, now and after every re-INVITE."""
        self.voice.agree(media)
        self.ear.agree(media)
        self.reports.agree(media)

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """Take a datagram that came to the line's port."""
        if is_rtcp(data):
            self.reports.receive(data, source, now)
            return
        digit = self.ear.receive(data, source, now)
        if digit is not None:
            self.press(digit)

    def press(self, digit: str) -> None:
        """The caller pressed a key (by RTP, or by SIP INFO)."""
        if self.link is not None:
            self.link.tell(Dtmf(self.channel, digit, self.line_sample))

    # -- one tick, in this order ----------------------------------------------------------------

    def pull(self) -> Pcm | None:
        """The agent's next 160 samples, or None for silence."""
        if self.is_early or self.voice.silent or self.voice.busy:
            return None
        frame = self.pace.pull()
        if self.source is not None:
            return self.source(frame)
        if frame is None and self.link is None and self._alone_ticks >= COMPANY_AFTER_TICKS:
            frame = self.company.frame(self._alone_ticks - COMPANY_AFTER_TICKS)
        return frame

    def finish_tick(self) -> None:
        """Record, tell the brain what was heard, report, and let 20 ms pass."""
        if self.tape is not None:
            self.tape.write(self.spoken, self.heard)
        if self.link is not None:
            self.link.add_audio(self.channel, self.line_sample, self.heard)
        self.line_sample += FRAME_SAMPLES
        self._report_marks()
        if self.reports.tick():
            self.tell_quality()
        if not self.is_early:
            self._watch()

    def skip(self, ticks: int) -> None:
        """Time passed without a tick (the process was stalled): keep the clocks true."""
        ticks = min(ticks, MAX_SKIP_TICKS)
        self.line_sample += ticks * FRAME_SAMPLES
        self.voice.skip(ticks)
        if self.tape is not None:
            for _ in range(ticks):
                self.tape.write(QUIET, QUIET)

    def tell_quality(self) -> None:
        """Tell the brain how the audio fares."""
        if self.link is not None:
            self.link.tell(self.reports.quality(self.channel))

    def _report_marks(self) -> None:
        for name in self.pace.take_marks():
            if self.link is not None:
                played = self.pace.played_position
                self.link.tell(Marked(self.channel, name, played, self.line_sample))

    def _watch(self) -> None:
        """The line's own limits, counted in ticks."""
        self._watch_link()
        if self.ear.deaf_ticks >= self.limits.media_ticks:
            self.end("media_timeout", "no audio from the far side")
        elif self._alone_ticks >= self.limits.company_ticks:
            self.end("no_brain", "no brain took the line")
        elif self._ending is not None:
            self._drain(self._ending)

    def _watch_link(self) -> None:
        if self.link is None:
            self._settled_ticks = 0
            self._alone_ticks = self._alone_ticks + 1 if self.needs_brain else 0
            return
        self._settled_ticks += 1
        if self._settled_ticks >= SETTLED_TICKS:
            self._alone_ticks = 0

    def _drain(self, reason: str) -> None:
        self._draining_ticks += 1
        self._drained_ticks = 0 if self.pace.queued_samples else self._drained_ticks + 1
        if self._drained_ticks >= DRAIN_TICKS or self._draining_ticks >= MAX_DRAIN_TICKS:
            self.end("local_hangup", reason)

    # -- the brain ------------------------------------------------------------------------------

    def attach(self, link: LineLink, channel: int) -> None:
        """A brain's link takes the line: tell it where the line stands."""
        self.link, self.channel = link, channel
        self._settled_ticks = 0
        self.pace.forget_marks()
        if self.is_early:
            heard = self.early_words.text
            at = self.line_sample
            link.tell(Listen(channel, self.call_id, self.fence, line_sample=at, heard=heard))
        else:
            self._start(link)

    def _start(self, link: LineLink) -> None:
        link.tell(
            Start(
                self.channel,
                self.call_id,
                self.fence,
                line_sample=self.line_sample,
                resumed=self._brains > 0,
                next_position=self.pace.next_position,
                played_position=self.pace.played_position,
                heard=self.early_words.text,
                of=self.of,
            )
        )
        self._brains += 1
        if self.standing is not None:
            link.tell(replace(self.standing, channel=self.channel))
        if self.beside is not None:
            link.attach(self.beside)

    def detach(self, *, refused: bool = False) -> None:
        """The brain is gone; one that ``refused`` at once never had the line."""
        self.link = None
        if refused and not self.is_early and self._settled_ticks < SETTLED_TICKS:
            self._brains -= 1

    def clear(self, name: str) -> None:
        """Drop the agent audio that waits, and say what was heard of it."""
        dropped = self.pace.clear()
        if self.link is not None:
            self.link.tell(Cleared(self.channel, name, *dropped, self.line_sample))
        self._report_marks()

    def hang_up(self, reason: str, *, after_playout: bool) -> None:
        """The brain wants the line to end, at once or when the queued audio was played."""
        if after_playout:
            self._ending = reason
        else:
            self.end("local_hangup", reason)

    def close(self) -> None:
        """The owner ends the line: nothing more is said of it."""
        self._over = None

    def end(self, cause: Cause, reason: str) -> None:
        """Tell the owner, once."""
        over, self._over = self._over, None
        if over is not None:
            over(cause, reason)


def put_on_air(line: Line) -> None:
    """An early ``line`` was answered: sample 0 is now, and whoever listened talks from now on."""
    line.is_early, line.line_sample = False, 0
    if line.link is not None:
        line.attach(line.link, line.channel)
