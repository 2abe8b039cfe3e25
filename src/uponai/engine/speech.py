"""One synthesised piece of the agent's words: its place on the line, the words of it heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from uponai.domain.transcript import SpokenWord, Utterance
from uponai.engine.commands import CancelSpeech
from uponai.engine.events import RATE_HZ

_CHARS_PER_S = 15.0
_MAX_REWIND_SAMPLES = 3_200  # 0.4 s: a word cut in the middle is said again from its beginning


@dataclass(slots=True)
class Speech:
    """``heard`` is how many of its samples the caller has heard; ``runs`` where they played."""

    speech: int
    text: str
    turn: int
    said_at: float
    audio_at: float | None = None  # when its first audio existed
    samples: int | None = None
    heard: int = 0
    released_at: float | None = None
    over: bool = False  # played to its end, cancelled or failed
    failed: bool = False
    playing: bool = False
    runs: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    @property
    def has_audio(self) -> bool:
        return self.audio_at is not None

    def heard_of(self, now: float) -> None:
        """There is audio of it, at the latest now."""
        if self.audio_at is None:
            self.audio_at = now

    @property
    def length(self) -> int:
        """Its samples, guessed while they are not known."""
        if self.samples is not None:
            return max(1, self.samples)
        return max(1, self.heard, int(len(self.text) / _CHARS_PER_S * RATE_HZ))

    def cancel(self) -> CancelSpeech:
        """Nothing more of it will be heard."""
        self.over, self.playing = True, False
        return CancelSpeech(self.speech)

    def word_spans(self) -> list[tuple[str, int, int]]:
        """Words with their share of the samples: a word weighs its letters, a stop a bit more."""
        words = self.text.split()
        weights = [len(word) + 1 + (2 if word[-1] in ".!?,;:" else 0) for word in words]
        total, at, spans = sum(weights) or 1, 0, list[tuple[str, int, int]]()
        for word, weight in zip(words, weights, strict=True):
            start, at = at, at + weight
            spans.append((word, start * self.length // total, at * self.length // total))
        return spans

    def line_sample(self, sample: int) -> int:
        """Where ``sample`` of this speech lies on the line clock."""
        placed: int | None = None
        for start, line in self.runs:
            if start <= sample or placed is None:
                placed = line + max(0, sample - start)
        return placed or 0

    def heard_words(self) -> list[SpokenWord]:
        """The words of which more than half was heard, on the recording's clock."""
        found: list[SpokenWord] = []
        for word, start, end in self.word_spans():
            if not self.heard or (start + end) // 2 >= self.heard:
                break
            begin = self.line_sample(start)
            until = max(begin, self.line_sample(min(end, self.heard)))
            found.append(SpokenWord(word, round(begin / RATE_HZ, 3), round(until / RATE_HZ, 3)))
        return found

    def resume_sample(self) -> int:
        """Where to go on: at the beginning of the word that was cut."""
        for _, start, end in self.word_spans():
            if start < self.heard < end:
                return start if self.heard - start <= _MAX_REWIND_SAMPLES else self.heard
        return self.heard


def utterance(speeches: Iterable[Speech]) -> Utterance | None:
    """The words that were heard of these; None if there were none."""
    words = [word for known in speeches for word in known.heard_words()]
    if not words:
        return None
    return Utterance("agent", " ".join(word.word for word in words), tuple(words))


def planned(speeches: Iterable[Speech]) -> str:
    """All that these were to say, as far as it was not given up."""
    parts: list[str] = []
    for known in speeches:
        if known.over and known.heard < known.length:
            parts += [word.word for word in known.heard_words()]
        else:
            parts.append(known.text)
    return " ".join(parts)
