"""A person who follows a script: pure. Speaks when the other side has talked, or fallen silent.

Works on loudness alone (no recognition), so it does the same thing in every run: a voicemail
greeting with its beep, somebody who interrupts, a fax machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from uponai.sim.sounds import Sound

LOUD = 300.0
"""Root mean square of 20 ms above which the other side counts as talking."""
_PATIENCE_MS = 8_000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to say (``text``) or play (``sound``), and when.

    ``heard_ms``: once the other side has talked that long since our last words; ``silence_ms``:
    once it has talked at all since then and been silent that long; ``rest_ms``: that long after our
    own last words, whatever is heard. With none, at once.
    """

    text: str = ""
    sound: Sound | None = None
    heard_ms: int = 0
    silence_ms: int = 0
    rest_ms: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """All steps, over and over where it ``repeats``; ``hang_up_silence_ms`` ends the call after the
    last step (0: never)."""

    steps: tuple[Step, ...]
    hang_up_silence_ms: int = 0
    repeats: bool = False


VOICEMAIL = Script(
    (
        Step(
            "Hi, you have reached Anna. I am not available right now. "
            "Please leave a message after the tone."
        ),
        Step(sound=Sound.BEEP),
    )
)

INTERRUPTER = Script(
    (
        Step("Hello?"),
        Step("Sorry, wait a moment. Who is calling please?", heard_ms=2_000),
        Step("Tomorrow at three PM would be good.", silence_ms=1_500),
        Step("It's Peter Johnson.", silence_ms=1_500),
        Step("No, that is all. Thank you, goodbye.", silence_ms=1_500),
    ),
    hang_up_silence_ms=12_000,
)

QUICK = Script(
    (
        Step("Hello?"),
        Step("Tomorrow at three PM.", silence_ms=400),
        Step("Peter Johnson.", silence_ms=400),
        Step("No, thank you. Goodbye.", silence_ms=400),
    ),
    hang_up_silence_ms=6_000,
)
"""Answers as soon as the other side takes a breath."""

SLOW = Script(
    (
        Step("Hello?", rest_ms=2_500),
        Step("Well, let me see.", silence_ms=3_000),
        Step("Tomorrow,", rest_ms=900),
        Step("at three PM would be good.", rest_ms=900),
        Step("It's Peter", silence_ms=3_000),
        Step("Johnson.", rest_ms=900),
        Step("No, that is all. Thank you, goodbye.", silence_ms=3_000),
    ),
    hang_up_silence_ms=15_000,
)
"""Thinks before every answer, and in the middle of it."""

ON_HOLD = Script(
    (
        Step("Please hold, somebody will be with you in a moment."),
        Step(sound=Sound.MUSIC),
        Step("Thank you for waiting, this is Anna. How can I help you?", rest_ms=400),
        Step("I see. Tomorrow at three PM would be good.", silence_ms=1_000),
        Step("It's Peter Johnson.", silence_ms=1_000),
        Step("No, that is all. Thank you, goodbye.", silence_ms=1_000),
    ),
    hang_up_silence_ms=12_000,
)
"""Music, and then somebody."""

FAX = Script((Step(sound=Sound.FAX_ANSWER),), repeats=True)
FAX_CALLING = Script((Step(sound=Sound.FAX_CALLING),), repeats=True)


@dataclass(slots=True)
class Reading:
    """Where one call stands in its script."""

    script: Script
    index: int = 0
    heard_ms: int = field(default=0)
    silent_ms: int = field(default=0)
    waited_ms: int = field(default=0)

    def tick(self, rms: float, *, busy: bool, tick_ms: int = 20) -> Step | None:
        """The step to play now, given 20 ms of the other side; ``busy`` while we are speaking."""
        self._listen(rms, busy=busy, tick_ms=tick_ms)
        if self.script.repeats and self.index >= len(self.script.steps):
            self.index = 0
        if busy or self.index >= len(self.script.steps):
            return None
        self.waited_ms += tick_ms
        step = self.script.steps[self.index]
        if not self._due(step):
            return None
        self.index += 1
        self.heard_ms = self.silent_ms = self.waited_ms = 0
        return step

    def press(self, digit: str) -> bool:
        """A key of the other side; whether it cuts off what is being played: people go on."""
        del digit
        return False

    def _listen(self, rms: float, *, busy: bool, tick_ms: int) -> None:
        """Count the other side's sound and silence since our last words ended."""
        if busy:
            self.heard_ms = self.silent_ms = 0
        elif rms > LOUD:
            self.heard_ms += tick_ms
            self.silent_ms = 0
        else:
            self.silent_ms += tick_ms

    def _due(self, step: Step) -> bool:
        if step.heard_ms:
            return self.heard_ms >= step.heard_ms
        if step.silence_ms:
            heard = self.heard_ms > 0 and self.silent_ms >= step.silence_ms
            return heard or self.silent_ms >= _PATIENCE_MS
        return self.waited_ms >= step.rest_ms

    @property
    def finished(self) -> bool:
        """All said, and silent for long enough to hang up."""
        over = self.index >= len(self.script.steps)
        limit_ms = self.script.hang_up_silence_ms
        return over and limit_ms > 0 and self.silent_ms >= limit_ms
