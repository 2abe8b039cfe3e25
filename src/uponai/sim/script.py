"""A person who follows a script: pure. Speaks when the other side has talked, or fallen silent.

Works on loudness alone (no recognition), so it does the same thing in every run: a voicemail
greeting with its beep, or somebody who interrupts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LOUD = 300.0
"""Root mean square of 20 ms above which the other side counts as talking."""
_PATIENCE_MS = 8_000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to say (``text``) or play (``beep``), and when.

    ``heard_ms``: once the other side has talked that long since our last words; ``silence_ms``:
    once it has talked at all since then and been silent that long. With neither, at once.
    """

    text: str = ""
    beep: bool = False
    heard_ms: int = 0
    silence_ms: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """All steps; ``hang_up_silence_ms`` ends the call after the last step (0: never)."""

    steps: tuple[Step, ...]
    hang_up_silence_ms: int = 0


VOICEMAIL = Script(
    (
        Step(
            "Hi, you have reached Anna. I am not available right now. "
            "Please leave a message after the tone."
        ),
        Step(beep=True),
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
        if busy or self.index >= len(self.script.steps):
            return None
        self.waited_ms += tick_ms
        step = self.script.steps[self.index]
        if not self._due(step):
            return None
        self.index += 1
        self.heard_ms = self.silent_ms = self.waited_ms = 0
        return step

    def _listen(self, rms: float, *, busy: bool, tick_ms: int) -> None:
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
            return heard or self.waited_ms >= _PATIENCE_MS
        return True

    @property
    def finished(self) -> bool:
        """All said, and silent for long enough to hang up."""
        over = self.index >= len(self.script.steps)
        limit_ms = self.script.hang_up_silence_ms
        return over and limit_ms > 0 and self.silent_ms >= limit_ms
