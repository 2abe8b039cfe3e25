"""Function calls of committed replies: each runs once, ever, and none is waited for without end."""

from __future__ import annotations

from dataclasses import dataclass

from uponai.domain.transcript import ToolResult
from uponai.engine.commands import RunTool
from uponai.engine.events import ReplyToolCall, ToolReturned

TIMED_OUT = "The function did not answer in time."
AFTER_WORDS = frozenset({"transfer_call", "press_digit", "bridge_transfer", "cancel_transfer"})
"""Kinds that would cut off what is being said."""

LOST = "The result of the function was lost; it may or may not have taken effect."


@dataclass(slots=True)
class Running:
    """A call that has not returned."""

    call: ReplyToolCall
    since: float
    told_at: float  # when the caller last heard something about it


class Tools:
    """Which calls were made, which still run, which results the responder has not seen."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.running: dict[str, Running] = {}
        self.owed: list[str] = []  # returned; the responder is to go on with them
        self._waiting: list[tuple[int, RunTool]] = []  # for the words of their turn

    def start(self, call: ReplyToolCall, now: float) -> RunTool | None:
        """None if this very call was made before."""
        if call.tool_call_id in self.seen:
            return None
        self.seen.add(call.tool_call_id)
        self.running[call.tool_call_id] = Running(call, now, now)
        return RunTool(call.tool_call_id, call.name, call.arguments, call.kind)

    def resume(self, call: ReplyToolCall) -> None:
        """A call that outlived the brain that made it."""
        self.seen.add(call.tool_call_id)
        self.running[call.tool_call_id] = Running(call, 0.0, 0.0)

    def after_words(self, run: RunTool, turn: int) -> None:
        """Keep ``run`` until what ``turn`` has to say was heard."""
        self._waiting.append((turn, run))

    def take_waiting(self, turn: int) -> list[RunTool]:
        """``turn`` is over: what waited for it."""
        due = [run for at, run in self._waiting if at == turn]
        self._waiting = [item for item in self._waiting if item[0] != turn]
        return due

    def returned(self, event: ToolReturned, at_s: float) -> ToolResult | None:
        """The entry for the record; None if nobody waits for it any more."""
        done = self.running.pop(event.tool_call_id, None)
        if done is None:
            return None
        if done.call.wait and done.call.speak_after:
            self.owed.append(event.tool_call_id)
        return ToolResult(event.tool_call_id, event.content, event.successful, at_s)

    def awaited(self) -> list[Running]:
        """Running calls that hold the conversation up."""
        return [run for run in self.running.values() if run.call.wait]

    def expired(self, now: float, limit_s: float) -> list[str]:
        """A transfer has a limit of its own, and digits may wait for words."""
        return [
            key
            for key, run in self.running.items()
            if run.call.kind not in AFTER_WORDS and now >= run.since + limit_s
        ]

    def take_owed(self) -> tuple[str, ...]:
        owed, self.owed = tuple(self.owed), []
        return owed
