"""What the parts of one conversation share: settings, record, clock, and the commands so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from uponai.engine.commands import Command, Noted
from uponai.engine.events import RATE_HZ
from uponai.engine.hear import LineClock
from uponai.engine.record import Record
from uponai.engine.settings import Settings


@dataclass(slots=True)
class Desk:
    """``now`` and ``out`` belong to the event being handled."""

    settings: Settings
    record: Record
    clock: LineClock = field(default_factory=LineClock)
    now: float = 0.0
    out: list[Command] = field(default_factory=list[Command])

    def do(self, *commands: Command) -> None:
        self.out.extend(commands)

    def do_all(self, commands: Iterable[Command]) -> None:
        self.out.extend(commands)

    def note(self, what: str, **detail: object) -> None:
        self.out.append(Noted(what, detail))

    @property
    def line_sample(self) -> int:
        """The line sample now."""
        return self.clock.at(self.now)

    @property
    def line_s(self) -> float:
        """Seconds of the call by now."""
        return round(self.line_sample / RATE_HZ, 3)
