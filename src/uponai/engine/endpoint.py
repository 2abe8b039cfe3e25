"""Where the caller's utterance begins and ends.

At 0.2 s of silence the words so far are recognised and the end-of-turn model is asked once; the
utterance is over after a wait that depends on both. If the caller goes on before that, the same
utterance goes on and is recognised anew as a whole; a long one is cut into chunks at its pauses,
so that no recognition is longer than about 25 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from uponai.domain.transcript import SpokenWord
from uponai.engine.commands import Command, JudgeEndOfTurn, Transcribe
from uponai.engine.events import RATE_HZ, RecognitionFailed, Recognized
from uponai.engine.hear import PRE_ROLL_SAMPLES
from uponai.engine.settings import Timing
from uponai.engine.words import is_unfinished

CHUNK_SAMPLES: Final = 25 * RATE_HZ
SOFT_CHUNK_SAMPLES: Final = 15 * RATE_HZ
JUDGED_SAMPLES: Final = 8 * RATE_HZ
_LEARN_S = 0.15
_MAX_PATIENCE_S = 0.6
_SLOWEST_S = 1.2


class Phase(StrEnum):
    """Where the utterance stands."""

    REST = "rest"
    SPEAKING = "speaking"
    PAUSED = "paused"


class Change(StrEnum):
    BEGIN = "begin"
    PAUSE = "pause"
    END = "end"


TRANSITIONS: dict[tuple[Phase, Change], Phase] = {
    (Phase.REST, Change.BEGIN): Phase.SPEAKING,
    (Phase.PAUSED, Change.BEGIN): Phase.SPEAKING,
    (Phase.SPEAKING, Change.PAUSE): Phase.PAUSED,
    (Phase.PAUSED, Change.END): Phase.REST,
    (Phase.SPEAKING, Change.END): Phase.REST,
}


def phase_after(phase: Phase, change: Change) -> Phase:
    """Raises ValueError for a pair that is not in the table."""
    try:
        return TRANSITIONS[(phase, change)]
    except KeyError:
        raise ValueError(f"an utterance at {phase} cannot {change}") from None


class Verdict(StrEnum):
    """What a pause amounts to so far."""

    WAIT = "wait"
    COMPLETE = "complete"
    UNHEARD = "unheard"  # recognition failed or never answered


@dataclass(frozen=True, slots=True)
class Heard:
    """A finished utterance."""

    utterance: int
    text: str
    words: tuple[SpokenWord, ...]
    began_sample: int
    ended_sample: int
    asr_ms: float
    failed: bool = False  # recognition of the newest part gave up


@dataclass(slots=True)
class _Part:
    """One stretch given to recognition."""

    revision: int
    text: str | None = None
    words: tuple[SpokenWord, ...] = ()
    asr_ms: float = 0.0
    failed: bool = False


class Endpoint:
    """The caller's utterance in the making. Time is counted in line samples."""

    def __init__(self, timing: Timing, responsiveness: float) -> None:
        self._timing = timing
        self.responsiveness = responsiveness  # 1: turns are ended soon, 0: late
        self.patience_s = 0.0  # learned: this caller pauses longer than most
        self.phase = Phase.REST
        self.utterance = 0
        self.began = 0
        self.ended = 0  # end of the newest voice
        self._revision = 0
        self._from = 0  # where the part in the making starts
        self.floor = 0  # no utterance reaches back before: the end of the one before
        self._chunks: list[_Part] = []
        self._part: _Part | None = None
        self._p: float | None = None

    def voice_began(self, sample: int) -> None:
        """Sure speech since ``sample``: a new utterance, or the open one goes on."""
        fresh = self.phase is Phase.REST
        self.phase = phase_after(self.phase, Change.BEGIN)
        if fresh:
            self.utterance += 1
            self.began = sample
            self._from = max(self.floor, sample - PRE_ROLL_SAMPLES)
            self._revision = 0
            self._chunks = []
        elif self._part is not None and self.ended - self._from >= SOFT_CHUNK_SAMPLES:
            self._chunks.append(self._part)
            self._from = self.ended
        self._part = None
        self._p = None

    def voice_paused(self, ended: int, sample: int) -> list[Command]:
        """0.2 s without voice: recognise, and ask the end-of-turn model once."""
        self.phase = phase_after(self.phase, Change.PAUSE)
        self.ended = ended
        self._part = self._new_part()
        judged_from = max(self._from, sample - JUDGED_SAMPLES)
        return [
            Transcribe(self.utterance, self._revision, self._from, sample),
            JudgeEndOfTurn(self.utterance, self._revision, judged_from, sample),
        ]

    def chunk(self, sample: int, limit: int = CHUNK_SAMPLES) -> list[Command]:
        """The caller speaks on without a pause: recognise what is longer than ``limit``."""
        if self.phase is not Phase.SPEAKING or sample - self._from < limit:
            return []
        part = self._new_part()
        self._chunks.append(part)
        start, self._from = self._from, sample
        self.ended = sample
        return [Transcribe(self.utterance, part.revision, start, sample)]

    def recognized(self, event: Recognized | RecognitionFailed) -> bool:
        """True if this answer is still wanted."""
        part = self._find(event.utterance, event.revision)
        if part is None or part.text is not None:
            return False
        if isinstance(event, Recognized):
            part.text = event.text.strip()
            part.words = event.words
            part.asr_ms = event.asr_ms
        else:
            part.text = ""
            part.failed = True
        return True

    def proposed(self, utterance: int, revision: int, p: float) -> None:
        """The end-of-turn model's guess on the current pause."""
        if self._part is not None and (utterance, revision) == (
            self.utterance,
            self._part.revision,
        ):
            self._p = p

    @property
    def text(self) -> str | None:
        """All words of the utterance, or None while some are missing (or it still goes on)."""
        if self.phase is not Phase.PAUSED or self._part is None:
            return None
        texts = [part.text for part in (*self._chunks, self._part)]
        if any(text is None for text in texts):
            return None
        return " ".join(text for text in texts if text)

    @property
    def text_so_far(self) -> str:
        """What is recognised of the open utterance by now."""
        parts = [*self._chunks, *([self._part] if self._part else [])]
        return " ".join(part.text for part in parts if part.text)

    @property
    def chunks_are_noise(self) -> bool:
        """The caller sounds on and on and nothing of it was words."""
        done = [part for part in self._chunks if part.text is not None]
        return self.phase is Phase.SPEAKING and bool(done) and not any(p.text for p in done)

    def wait_s(self) -> float:
        """How much silence ends the utterance, from the signals so far."""
        text = self.text
        timing = self._timing
        if text is None:
            return timing.text_wait_s
        if is_unfinished(text):
            denied = self._p is not None and self._p < 0.2
            base = timing.unfinished_denied_s if denied else timing.unfinished_s
        elif self._p is None:
            base = timing.text_only_s
        elif self._p > 0.5:
            base = timing.agree_s
        else:
            base = timing.doubt_s if self._p > 0.2 else timing.deny_s
        return base + (1.0 - self.responsiveness) * _SLOWEST_S + self.patience_s

    def due_sample(self) -> int:
        """The line sample at which the pause has lasted long enough."""
        return self.ended + int(self.wait_s() * RATE_HZ)

    def verdict(self, sample: int) -> Verdict:
        """Whether the utterance is over at ``sample``."""
        if self.phase is not Phase.PAUSED or sample < self.due_sample():
            return Verdict.WAIT
        return Verdict.UNHEARD if self.text is None else Verdict.COMPLETE

    def take(self) -> Heard:
        """End the utterance and hand it over, once."""
        parts = [*self._chunks, *([self._part] if self._part else [])]
        heard = Heard(
            utterance=self.utterance,
            text=self.text_so_far,
            words=tuple(word for part in parts for word in part.words),
            began_sample=self.began,
            ended_sample=self.ended,
            asr_ms=parts[-1].asr_ms if parts else 0.0,
            failed=bool(parts) and (parts[-1].failed or parts[-1].text is None),
        )
        self.drop()
        return heard

    def drop(self) -> None:
        """Forget the utterance: it was nothing, or was taken."""
        self.phase = phase_after(self.phase, Change.END)
        self.floor = max(self.floor, self.ended)
        self._chunks = []
        self._part = None
        self._p = None

    def learn(self, *, cut_in: bool) -> None:
        """The last end was wrong (wait longer from now on), or right (trust shorter pauses)."""
        if cut_in:
            self.patience_s = min(_MAX_PATIENCE_S, self.patience_s + _LEARN_S)
        else:
            self.patience_s *= 0.8

    def _new_part(self) -> _Part:
        self._revision += 1
        return _Part(self._revision)

    def _find(self, utterance: int, revision: int) -> _Part | None:
        if self.phase is Phase.REST or utterance != self.utterance:
            return None
        if self._part is not None and self._part.revision == revision:
            return self._part
        return next((part for part in self._chunks if part.revision == revision), None)
