"""The speech ledger: what was synthesised, released, played and truly heard."""

from __future__ import annotations

from collections.abc import Mapping

from uponai.engine.commands import Command, Play, Say
from uponai.engine.events import RATE_HZ
from uponai.engine.settings import Timing
from uponai.engine.speech import Speech


class Ledger:
    """All speeches in the order of their release. Events of unknown speeches give None."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._speeches: dict[int, Speech] = {}
        self.next_speech = 1
        self.failures_in_row = 0
        self.last_heard = ""  # the text the caller is hearing, or has heard last

    def say(self, text: str, turn: int, now: float) -> Say:
        """A new speech, held until released."""
        speech = self.next_speech
        self.next_speech += 1
        self._speeches[speech] = Speech(speech, text, turn, now)
        return Say(speech, text)

    def release(self, speech: int, now: float) -> list[Command]:
        """Let it play behind all released before (from where it was heard, if it was stopped)."""
        known = self._speeches.get(speech)
        if known is None or known.over or known.released_at is not None:
            return []
        known.released_at = now
        # Order of release is order of play: a speech made early may be released late.
        self._speeches[speech] = self._speeches.pop(speech)
        return [Play(speech, known.resume_sample())]

    def waiting(self) -> list[Speech]:
        """Not over yet, in order."""
        return [known for known in self._speeches.values() if not known.over]

    def of(self, turn: int) -> list[Speech]:
        """The speeches of one turn, in order."""
        return [known for known in self._speeches.values() if known.turn == turn]

    def released(self) -> list[Speech]:
        """On the line or on their way."""
        return [known for known in self.waiting() if known.released_at is not None]

    def first_audio(self, speech: int, now: float) -> Speech | None:
        """The speech, if this is news."""
        known = self._speeches.get(speech)
        if known is None or known.has_audio:
            return None
        known.heard_of(now)
        self.failures_in_row = 0
        return known

    def synthesized(self, speech: int, samples: int, now: float) -> None:
        """All its audio exists."""
        known = self._speeches.get(speech)
        if known is not None:
            known.heard_of(now)
            known.samples = max(0, samples)

    def failed(self, speech: int, now: float) -> Speech | None:
        """There will be no audio."""
        known = self._speeches.get(speech)
        if known is None or known.over:
            return None
        known.failed = known.over = True
        known.playing = False
        self.failures_in_row += 1
        self._head_moves(now)
        return known

    def started(self, speech: int, line_sample: int, now: float) -> Speech | None:
        """It is on the line. The speech, if it is one that should be."""
        known = self._speeches.get(speech)
        if known is None or known.over or known.released_at is None:
            return None
        known.heard_of(now)
        known.playing = True
        known.runs.append((known.resume_sample(), line_sample))
        self.last_heard = known.text
        return known

    def finished(self, speech: int, line_sample: int, now: float) -> Speech | None:
        """It was played to its end."""
        known = self._speeches.get(speech)
        if known is None or known.over or known.released_at is None:
            return None
        if not known.runs:
            known.runs.append((0, max(0, line_sample - known.length)))
        known.heard = known.length
        known.over, known.playing = True, False
        self.last_heard = known.text
        self._head_moves(now)
        return known

    def stopped(self, heard: Mapping[int, int]) -> None:
        """The line fell silent; what was released is held again."""
        for known in self.released():
            reached = heard.get(known.speech, known.heard)
            known.heard = min(max(known.heard, reached), known.length)
            known.released_at = None
            known.playing = False

    def hear_until(self, line_sample: int) -> None:
        """Credit what must have been heard by ``line_sample``, where nobody can tell any more."""
        for known in self.waiting():
            if known.playing and known.runs:
                start, line = known.runs[-1]
                known.heard = min(max(known.heard, start + line_sample - line), known.length)

    def forget(self, turn: int) -> None:
        """A closed turn: its words are in the record."""
        for known in self.of(turn):
            if known.over:
                del self._speeches[known.speech]

    def watch(self) -> tuple[Speech, float] | None:
        """The speech at the head of the line, and when it is overdue."""
        for head in self.released():
            limit = self._timing.speech_start_s
            if head.has_audio:
                limit = self._timing.speech_slack_s + head.length * 1.5 / RATE_HZ
            return head, (head.released_at or 0.0) + limit
        return None

    def _head_moves(self, now: float) -> None:
        """A speech ended: the watch on the next one begins now."""
        for head in self.released()[:1]:
            head.released_at = max(head.released_at or 0.0, now)
