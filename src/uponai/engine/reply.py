"""One reply of the responder, from ``Ask`` to its last word."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from uponai.domain.transcript import Entry
from uponai.engine.commands import AskCause
from uponai.engine.events import ReplyDone, ReplyNodeEntered, ReplyNoted, ReplyToolCall
from uponai.engine.speak import Splitter


@dataclass(slots=True)
class Piece:
    """Text to say; ``speech`` once it is being synthesised."""

    text: str
    speech: int | None = None


Item = Piece | ReplyToolCall | ReplyNodeEntered | ReplyNoted


@dataclass(frozen=True, slots=True)
class Leave:
    """How the call ends after this reply."""

    reason: str
    detail: str = ""


@dataclass(slots=True)
class Reply:
    """``turn`` keys its words in the record; ``ask`` is 0 for lines of our own."""

    turn: int
    ask: int
    cause: AskCause | None
    caller_text: str
    asked_at: float
    mind_before: Mapping[str, Any]
    committed_at: float | None = None
    first_text_at: float | None = None
    last_event_at: float = 0.0
    items: deque[Item] = field(default_factory=deque[Item])
    splitter: Splitter = field(default_factory=Splitter)
    done: ReplyDone | None = None
    settled: bool = False
    closed: bool = False
    muted: bool = False  # interrupted: only what it did counts, not what it says
    said: int = 0
    fillers: int = 0
    acted: bool = False
    failed: bool = False  # it came to nothing
    unspoken: bool = False  # synthesis failed for every word of it
    leave: Leave | None = None
    ended_sample: int | None = None  # where the caller's words ended, until e2e is measured
    tts_measured: bool = False
    firm: bool = False  # the caller's voice does not interrupt it
    noted: list[Entry] = field(default_factory=list[Entry])  # for the record once it is settled

    def feed(self, text: str) -> None:
        """Some more text."""
        self.items.extend(Piece(piece) for piece in self.splitter.feed(text))

    def flush(self) -> None:
        """No more text belongs to what came so far."""
        self.items.extend(Piece(piece) for piece in self.splitter.flush())

    def is_idle(self) -> bool:
        """Nothing has come of it yet."""
        return not (self.said or self.acted or self.items)

    def is_empty(self) -> bool:
        """It is complete and had nothing to say or do, against its will."""
        done = self.done is not None and not self.done.silent
        return done and self.is_idle() and self.leave is None
