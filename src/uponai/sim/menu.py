"""An interactive voice menu: reads out its choices, takes keys at any moment. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from uponai.sim.script import Reading, Script, Step
from uponai.sim.sounds import Sound


@dataclass(frozen=True, slots=True)
class Choice:
    """What a key leads to; ``back`` to the menu afterwards."""

    script: Script
    back: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """``prompt`` is read out after each silence of ``wait_ms``; after ``most_prompts`` it gives
    up."""

    prompt: str
    choices: Mapping[str, Choice]
    wrong: str = "Sorry, that is not a valid choice."
    farewell: str = "We did not receive an input. Goodbye."
    wait_ms: int = 5_000
    most_prompts: int = 3


CLINIC = Menu(
    prompt=(
        "Thank you for calling the clinic. For appointments, press one. "
        "For opening hours, press two. To speak to somebody, press zero."
    ),
    choices={
        "1": Choice(
            Script(
                (
                    Step("Appointments, this is Anna. How can I help you?"),
                    Step("Tomorrow at three PM would be good.", silence_ms=1_000),
                    Step("No, that is all. Thank you, goodbye.", silence_ms=1_000),
                ),
                hang_up_silence_ms=12_000,
            )
        ),
        "2": Choice(Script((Step("We are open from nine to five on weekdays."),)), back=True),
        "0": Choice(
            Script(
                (
                    Step("One moment please."),
                    Step(sound=Sound.MUSIC),
                    Step("Front desk, this is Peter. How can I help you?"),
                    Step("I am afraid not. Goodbye.", silence_ms=1_000),
                ),
                hang_up_silence_ms=8_000,
            )
        ),
    },
)


@dataclass(slots=True)
class MenuReading:
    """Where one call stands in a menu; used as ``script.Reading``."""

    menu: Menu
    prompts: int = 0
    quiet_ms: int = 0
    chosen: Choice | None = None
    branch: Reading | None = None
    waiting: deque[Step] = field(default_factory=deque[Step])
    left: bool = False

    def press(self, digit: str) -> bool:
        """Whether the key is taken: it cuts off whatever is being read out."""
        if self.chosen is not None and not self.chosen.back:
            return False
        self.quiet_ms = self.prompts = 0
        self.waiting.clear()
        self.chosen = self.menu.choices.get(digit)
        self.branch = None if self.chosen is None else Reading(self.chosen.script)
        if self.chosen is None:
            self.waiting.append(Step(self.menu.wrong))
        return True

    def tick(self, rms: float, *, busy: bool, tick_ms: int = 20) -> Step | None:
        """The step to play now, as ``script.Reading.tick``."""
        if self.branch is not None and self.chosen is not None:
            step = self.branch.tick(rms, busy=busy, tick_ms=tick_ms)
            over = self.branch.index >= len(self.chosen.script.steps)
            if step is None and over and not busy and self.chosen.back:
                self.branch = self.chosen = None
            return step
        self.quiet_ms = 0 if busy else self.quiet_ms + tick_ms
        if busy or self.left:
            return None
        if self.waiting:
            return self.waiting.popleft()
        return self._prompted()

    def _prompted(self) -> Step | None:
        if self.prompts and self.quiet_ms < self.menu.wait_ms:
            return None
        self.quiet_ms = 0
        if self.prompts >= self.menu.most_prompts:
            self.left = True
            return Step(self.menu.farewell)
        self.prompts += 1
        return Step(self.menu.prompt)

    @property
    def finished(self) -> bool:
        """Given up on, or the branch is over."""
        if self.branch is not None:
            return self.branch.finished
        return self.left and self.quiet_ms > 0
