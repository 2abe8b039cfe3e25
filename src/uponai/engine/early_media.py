"""What sounds on a line before it is answered: voices are recognised, nobody takes a turn.

Ring-back tones and music are no voices. An announcement is cut where it pauses, so that its words
are known soon after they were said; one that comes round again is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from uponai.engine.commands import Transcribe
from uponai.engine.events import (
    RATE_HZ,
    LineClosed,
    LineOpened,
    RecognitionFailed,
    Recognized,
    SpeechLikely,
)
from uponai.engine.hear import PRE_ROLL_SAMPLES, Hearing, Sound
from uponai.engine.words import normalised

GAP_SAMPLES: Final = int(0.8 * RATE_HZ)
"""A pause this long ends what is recognised in one go."""

ANNOUNCING_SAMPLES: Final = RATE_HZ
LEFTOVER_SAMPLES: Final = int(0.4 * RATE_HZ)
"""What was on its way when the line was answered: the far jitter buffer's depth and ours."""

STRETCH_SAMPLES: Final = 20 * RATE_HZ
MOST_SAMPLES: Final = 60 * RATE_HZ
"""Voices beyond this are a song: they are not worth recognising."""


@dataclass(frozen=True, slots=True)
class TellHeard:
    """Pass on ``text``: all that was said so far. ``last``: nothing will follow."""

    text: str
    last: bool = False


EarlyEvent = SpeechLikely | Recognized | RecognitionFailed | LineOpened | LineClosed
EarlyCommand = Transcribe | TellHeard


class EarlyMedia:
    """Counts in line samples, so it needs no clock and has no deadline.

    ``LineOpened`` (the answer) and ``LineClosed`` end it: it is ``over`` with the last
    ``TellHeard``. ``text`` is all that was understood, with ``heard`` by an earlier brain before
    it.
    """

    def __init__(self, heard: str = "") -> None:
        self._hearing = Hearing()
        self._heard = heard
        self._texts: dict[int, str | None] = {}
        self._from: int | None = None
        self._at = 0  # the newest window's end
        self._done = 0  # no stretch reaches back before this sample
        self._samples = 0
        self._ends = False
        self.over = False

    @property
    def text(self) -> str:
        """All that was understood, in the order it was said."""
        texts = [self._heard] if self._heard else []
        known = {normalised(self._heard)}
        for text in self._texts.values():
            if text and normalised(text) not in known:
                known.add(normalised(text))
                texts.append(text)
        return " ".join(texts)

    @property
    def leftover_samples(self) -> int:
        """How much of the line after an answer right now is still the announcement before it.

        A voice that began just before the answer is no announcement, but who answers.
        """
        began = self._from
        announcing = began is not None and self._at - began >= ANNOUNCING_SAMPLES
        return LEFTOVER_SAMPLES if announcing else 0

    def handle(self, event: EarlyEvent) -> list[EarlyCommand]:
        """What is to be done about ``event``; after the end, nothing any more."""
        if self.over:
            return []
        match event:
            case SpeechLikely():
                return [] if self._ends else self._window(event)
            case Recognized():
                return self._understood(event.utterance, event.text.strip())
            case RecognitionFailed():
                return self._understood(event.utterance, "")
            case LineOpened() | LineClosed():
                return self._end()

    def _window(self, event: SpeechLikely) -> list[EarlyCommand]:
        at = self._at = event.at_sample
        if self._hearing.feed(at, event.p) is Sound.BEGAN and self._from is None:
            self._from = max(self._done, self._hearing.began - PRE_ROLL_SAMPLES)
        if self._from is None:
            return []
        voiced = self._hearing.voiced
        pauses = not voiced and at - self._hearing.voice_end >= GAP_SAMPLES
        if not pauses and at - self._from < STRETCH_SAMPLES:
            return []
        return self._cut(at, goes_on=voiced)

    def _cut(self, at: int, *, goes_on: bool) -> list[EarlyCommand]:
        began, self._from = self._from, at if goes_on else None
        self._done = at
        if began is None or self._samples >= MOST_SAMPLES:
            return []
        self._samples += at - began
        stretch = len(self._texts) + 1
        self._texts[stretch] = None
        return [Transcribe(stretch, 1, began, at)]

    def _understood(self, stretch: int, text: str) -> list[EarlyCommand]:
        if self._texts.get(stretch, "") is not None:
            return []
        before = self.text
        self._texts[stretch] = text
        last = self._is_last()
        return [TellHeard(self.text, last)] if last or self.text != before else []

    def _end(self) -> list[EarlyCommand]:
        self._ends = True
        cut = self._cut(self._at, goes_on=False)
        return [*cut, TellHeard(self.text, last=True)] if self._is_last() else cut

    def _is_last(self) -> bool:
        self.over = self._ends and None not in self._texts.values()
        return self.over
