"""What the agent says: synthesis, the hold until release, the order on the line, what was heard.

Audio of a speech is kept at 8 kHz until the line has played it to its end, so that what a caller
cut off can be released again from where it was heard. ``position`` counts the audio ever sent on
the channel, as the media link defines it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from uponai.engine.commands import CancelSpeech, Play, Say
from uponai.engine.events import (
    Event,
    PlaybackStopped,
    SpeechFailed,
    SpeechFinished,
    SpeechFirstAudio,
    SpeechStarted,
    SpeechSynthesized,
)
from uponai.link.media import LINK_RATE_HZ, MAX_AHEAD_MS, Cleared, Marked, Start
from uponai.live.line import Line
from uponai.live.voice import Voice
from uponai.log import get
from uponai.providers.base import Pcm, ProviderError
from uponai.tasks import TaskGroup

AHEAD_SAMPLES = (MAX_AHEAD_MS - 200) * LINK_RATE_HZ // 1000
PIECE_SAMPLES = 16_000
LEAST_PIECE_SAMPLES = 1_600

log = get("uponai.live.mouth")


@dataclass(slots=True, eq=False)
class _Speech:
    number: int
    text: str
    chunks: list[Pcm] = field(default_factory=list[Pcm])
    samples: int = 0
    complete: bool = False
    from_sample: int = 0
    sent: int = 0  # one past the last sample sent, counted in the speech
    begin: int | None = None  # position of from_sample on the channel
    started: bool = False

    @property
    def wholly_sent(self) -> bool:
        return self.complete and self.begin is not None and self.sent >= self.samples

    def slice(self, first: int, last: int) -> Pcm:
        """Samples ``first`` to ``last`` of what exists."""
        if len(self.chunks) > 1:
            self.chunks = [np.concatenate(self.chunks)]
        return self.chunks[0][first:last] if self.chunks else np.zeros(0, dtype=np.int16)

    def heard_at(self, position: int) -> int:
        """How much of the speech was heard when the channel was played up to ``position``."""
        if self.begin is None:
            return self.from_sample
        return self.from_sample + min(max(0, position - self.begin), self.sent - self.from_sample)


class Mouth:
    """One call's voice. All methods return at once; what happens is told as events."""

    def __init__(
        self, voice: Voice, line: Line, tasks: TaskGroup, tell: Callable[[Event], None]
    ) -> None:
        self._voice = voice
        self._line = line
        self._tasks = tasks
        self._tell = tell
        self._speeches: dict[int, _Speech] = {}
        self._released: deque[_Speech] = deque()  # not wholly sent, in order
        self._unplayed: list[_Speech] = []  # released and not played to the end, in order
        self._stopping: list[_Speech] = []  # waiting for the answer to a clear
        self._clears = 0
        self._releases = 0
        self._marks: dict[str, tuple[_Speech, bool]] = {}
        self._position = 0
        self._line_sample = 0
        self._plays_until = 0  # line sample at which all that was sent will have been played

    @property
    def waits(self) -> bool:
        """Whether audio waits for its turn on the line (then ``tick`` is wanted)."""
        return bool(self._released)

    # What the engine wants

    def say(self, wanted: Say) -> None:
        """Answered by ``SpeechFirstAudio`` and ``SpeechSynthesized``, or ``SpeechFailed``."""
        speech = _Speech(wanted.speech, wanted.text)
        self._speeches[wanted.speech] = speech
        self._tasks.spawn(self._synthesize(speech), name=f"say {wanted.speech}")

    def cancel(self, wanted: CancelSpeech) -> None:
        """Forget a speech: its audio, and what of it was not sent yet."""
        speech = self._speeches.pop(wanted.speech, None)
        if speech is None:
            return
        speech.complete = True
        if speech in self._released:
            self._released.remove(speech)
        if speech in self._unplayed:
            self._unplayed.remove(speech)
        self._forget_marks(speech)
        self._pump()

    def play(self, wanted: Play) -> None:
        """Answered by ``SpeechStarted`` and ``SpeechFinished`` once the line has played it."""
        speech = self._speeches.get(wanted.speech)
        if speech is None or speech in self._unplayed:
            log.warning("nothing to play", speech=wanted.speech)
            return
        speech.from_sample = speech.sent = wanted.from_sample
        speech.begin = None
        speech.started = False
        self._released.append(speech)
        self._unplayed.append(speech)
        self._pump()

    def stop(self) -> None:
        """Answered by ``PlaybackStopped``."""
        self._released.clear()
        self._stopping += self._unplayed
        self._unplayed = []
        self._plays_until = self._line_sample
        if any(speech.begin is not None for speech in self._stopping):
            self._clears += 1
            self._line.clear(str(self._clears))
        else:
            self._stopped(self._position, self._line_sample)

    # What the line reports

    def open(self, start: Start) -> None:
        """The line is here, for the first time or on another link.

        Audio, marks and clears that went into a former link may have died with it:
        ``next_position`` says what arrived, the rest is sent again.
        """
        self._line_sample = start.line_sample
        self._position = start.next_position
        self._plays_until = start.line_sample + start.next_position - start.played_position
        if self._stopping:
            self._line.clear(str(self._clears))
        for speech in self._unplayed:
            self._forget_marks(speech)
            self._take_back(speech, start.next_position)
        self._released = deque(one for one in self._unplayed if not one.wholly_sent)
        self._pump()

    def _take_back(self, speech: _Speech, arrived: int) -> None:
        if speech.begin is None or speech.begin >= arrived:
            speech.begin, speech.sent = None, speech.from_sample
            return
        speech.sent = min(speech.sent, speech.from_sample + arrived - speech.begin)
        if not speech.started:
            self._mark(speech, begins=True)
        if speech.wholly_sent:
            self._mark(speech, begins=False)

    def tick(self, line_sample: int) -> None:
        """The line clock has moved on."""
        self._line_sample = line_sample
        self._pump()

    def marked(self, report: Marked) -> None:
        """A begin or an end of a speech was reached; marks of dropped audio are unknown."""
        known = self._marks.pop(report.mark, None)
        if known is None:
            return
        speech, begins = known
        if begins:
            speech.started = True
            self._tell(SpeechStarted(speech.number, report.line_sample))
        else:
            self._finish(speech, report.line_sample)

    def cleared(self, report: Cleared) -> None:
        """The line has dropped what was not played."""
        if self._stopping and report.clear == str(self._clears):
            self._stopped(report.played_position, report.line_sample)

    def _stopped(self, played_position: int, line_sample: int) -> None:
        stopping, self._stopping = self._stopping, []
        heard: dict[int, int] = {}
        for speech in stopping:
            self._forget_marks(speech)
            samples = speech.heard_at(played_position)
            if samples > speech.from_sample and speech.begin is not None and not speech.started:
                began = line_sample - (played_position - speech.begin)
                self._tell(SpeechStarted(speech.number, max(0, began)))
            if speech.complete and speech.begin is not None and samples >= speech.samples:
                self._speeches.pop(speech.number, None)
                self._tell(SpeechFinished(speech.number, line_sample))
            else:
                heard[speech.number] = samples
        self._tell(PlaybackStopped(line_sample, heard))

    def _finish(self, speech: _Speech, line_sample: int) -> None:
        for speeches in (self._unplayed, self._stopping):
            if speech in speeches:
                speeches.remove(speech)
        self._speeches.pop(speech.number, None)
        self._tell(SpeechFinished(speech.number, line_sample))

    def _forget_marks(self, speech: _Speech) -> None:
        for name in [name for name, known in self._marks.items() if known[0] is speech]:
            del self._marks[name]

    # Sending

    def _pump(self) -> None:
        """Send what may go out now, in order, never more than ``AHEAD_SAMPLES`` ahead."""
        while self._released and self._line.attached:
            speech = self._released[0]
            if not self._send_some(speech):
                return
            if not speech.wholly_sent:
                return
            self._released.popleft()
            self._mark(speech, begins=False)

    def _send_some(self, speech: _Speech) -> bool:
        """False when the line has enough for now."""
        while speech.sent < speech.samples or (speech.complete and speech.begin is None):
            ahead = max(0, self._plays_until - self._line_sample)
            room = min(AHEAD_SAMPLES - ahead, PIECE_SAMPLES)
            rest = speech.samples - speech.sent
            if room < min(rest, LEAST_PIECE_SAMPLES):
                return False
            piece = speech.slice(speech.sent, speech.sent + min(room, rest))
            first = speech.begin is None
            if first:
                speech.begin = self._position
            if piece.size:
                self._line.audio(self._position, piece)
            self._position += piece.size
            self._plays_until = max(self._plays_until, self._line_sample) + piece.size
            speech.sent += piece.size
            if first:
                self._mark(speech, begins=True)
        return True

    def _mark(self, speech: _Speech, *, begins: bool) -> None:
        self._releases += 1
        name = f"{'b' if begins else 'e'}{speech.number}.{self._releases}"
        self._marks[name] = (speech, begins)
        length = 0 if begins else max(0, speech.samples - speech.from_sample)
        self._line.mark(name, (speech.begin or 0) + length)

    # Synthesis

    async def _synthesize(self, speech: _Speech) -> None:
        async with self._voice.turn:
            if self._speeches.get(speech.number) is not speech:
                return
            try:
                async for pcm in self._voice.speak(speech.text):
                    if self._speeches.get(speech.number) is not speech:
                        return
                    self._took(speech, pcm)
            except ProviderError as failure:
                self._failed(speech, str(failure))
                return
            except Exception as failure:
                log.exception("speech synthesis broke", speech=speech.number)
                self._failed(speech, repr(failure))
                return
        if speech.samples == 0:
            self._failed(speech, "the voice made no audio")
            return
        self._completed(speech)

    def _took(self, speech: _Speech, pcm: Pcm) -> None:
        if pcm.size == 0:
            return
        first = speech.samples == 0
        speech.chunks.append(pcm)
        speech.samples += pcm.size
        if first:
            self._tell(SpeechFirstAudio(speech.number))
        self._pump()

    def _completed(self, speech: _Speech) -> None:
        speech.complete = True
        self._tell(SpeechSynthesized(speech.number, speech.samples))
        self._pump()

    def _failed(self, speech: _Speech, error: str) -> None:
        """A voice that breaks off has said what it said; one that never spoke failed."""
        if self._speeches.get(speech.number) is not speech:
            return
        log.warning("speech failed", speech=speech.number, error=error)
        if speech.samples:
            self._completed(speech)
            return
        self.cancel(CancelSpeech(speech.number))
        self._tell(SpeechFailed(speech.number, error))
