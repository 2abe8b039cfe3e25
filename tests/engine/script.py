"""Turn-taking tests that read as scripts: ``>>`` tells the engine something, ``<<`` is its answer.

    script >> LineOpened()
    script << [Say(1, "Hello."), Play(1)]

``<<`` must name every command of the last event in order; ``Noted``, ``Measured`` and
``JudgeEndOfTurn`` are left out, ``SaveCheckpoint`` and ``Ask`` compare what the script gives.
A class stands for any instance of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from uponai.domain.transcript import Utterance
from uponai.engine import commands as c
from uponai.engine import events as e
from uponai.engine.conversation import Conversation
from uponai.engine.settings import Settings

WINDOW = 256
_UNSAID = (c.Noted, c.Measured, c.JudgeEndOfTurn, c.SaveCheckpoint)


class Script:
    """One conversation in virtual time; the line clock runs with ``now``."""

    def __init__(self, talk: Conversation | None = None, **configured: Any) -> None:
        self.talk = talk or Conversation(Settings(**configured))
        self.now = 0.0
        self.sample = 0
        self.last: list[Any] = []
        self.all: list[Any] = []

    def __rshift__(self, event: Any) -> Script:
        self.last = self.talk.handle(event, self.now)
        self.all += self.last
        return self

    def __lshift__(self, expected: Sequence[Any]) -> Script:
        got = [command for command in self.last if not isinstance(command, _UNSAID)]
        assert len(got) == len(expected), f"{got} is not {list(expected)}"
        for command, wanted in zip(got, expected, strict=True):
            if isinstance(wanted, type):
                assert isinstance(command, wanted), f"{command} is not {wanted}"
            else:
                assert command == wanted
        self.last = []
        return self

    # Stretches of time

    def voice(self, seconds: float) -> Script:
        """The caller makes a sound; answers pile up."""
        return self._windows(seconds, 0.9)

    def silence(self, seconds: float) -> Script:
        """Nobody says anything on the caller's side."""
        return self._windows(seconds, 0.0)

    def passes(self, seconds: float) -> Script:
        """Only the clock moves; every deadline on the way is kept."""
        until = self.now + seconds
        self.last = []
        for _ in range(1_000):
            due = self.talk.deadline()
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            self.last += self.talk.handle(e.TimePassed(), self.now)
        self.now = until
        self.sample += int(seconds * e.RATE_HZ)
        self.all += self.last
        return self

    def _windows(self, seconds: float, p: float) -> Script:
        self.last = []
        for _ in range(round(seconds * e.RATE_HZ / WINDOW)):
            self.sample += WINDOW
            self.now += WINDOW / e.RATE_HZ
            self.last += self.talk.handle(e.SpeechLikely(self.sample, p), self.now)
        self.all += self.last
        return self

    # Common scenes

    def recognized(self, text: str, p: float | None = None) -> Script:
        """The newest transcription is answered; ``p`` is the end-of-turn model's guess."""
        asked = [command for command in self.all if isinstance(command, c.Transcribe)][-1]
        if p is not None:
            self >> e.ProposedEndOfTurn(asked.utterance, asked.revision, p)
        return self >> e.Recognized(asked.utterance, asked.revision, text)

    def hears(self, text: str, *, seconds: float = 1.0, p: float = 0.9) -> Script:
        """The caller says ``text`` and falls silent until the turn is over."""
        self.voice(seconds).silence(0.3)
        return self.recognized(text, p).silence(0.4)

    def replies(self, text: str, **done: Any) -> Script:
        """The newest ask is answered in one go."""
        ask = [command for command in self.all if isinstance(command, c.Ask)][-1].ask
        before = len(self.all)
        self >> e.ReplyText(ask, text) >> e.ReplyDone(ask, **done)
        self.last = self.all[before:]
        return self

    def plays(self, speech: int, seconds: float, *, until: float | None = None) -> Script:
        """``speech`` (that long) is on the line for its whole length, or ``until``."""
        before = len(self.all)
        samples = int(seconds * e.RATE_HZ)
        self >> e.SpeechSynthesized(speech, samples) >> e.SpeechStarted(speech, self.sample)
        self.silence(seconds if until is None else until)
        if until is None:
            self >> e.SpeechFinished(speech, self.sample)
        self.last = self.all[before:]
        return self

    @property
    def said(self) -> list[tuple[str, str]]:
        """Role and words of the transcript."""
        found = self.talk.state.entries
        return [(entry.role, entry.content) for entry in found if isinstance(entry, Utterance)]


def opened(**configured: object) -> Script:
    """A call in which the caller may begin."""
    script = Script(**{"begin_message": "", **configured})
    return script >> e.LineOpened()
