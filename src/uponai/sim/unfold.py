"""A conversation as it unfolds: what is new in a transcript that is read again and again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SPEAKERS = ("agent", "user")


@dataclass(frozen=True, slots=True)
class Line:
    """One line to show. ``who`` is agent, user, function, result, or digit."""

    who: str
    text: str
    corrected: bool = False


class Unfolding:
    """Turns successive ``transcript_with_tool_calls`` of one call into lines, each given once.

    The last utterance is held back until it has stood through two readings: words may yet be
    added to it. A line that changes later is given again, as corrected, or with what was added.
    """

    def __init__(self) -> None:
        self._shown: list[Line] = []
        self._last: Line | None = None

    def feed(self, items: Sequence[Mapping[str, Any]], *, over: bool) -> list[Line]:
        """Lines that are new; ``over``: nothing will change any more."""
        lines = [line for item in items if (line := _line(item)) is not None]
        last = lines[-1] if lines else None
        waits = not over and last is not None and last.who in _SPEAKERS and last != self._last
        self._last = last
        settled = lines[:-1] if waits else lines
        new: list[Line] = []
        for at, line in enumerate(settled):
            if at >= len(self._shown):
                self._shown.append(line)
                new.append(line)
            elif line != self._shown[at]:
                new.append(_change(self._shown[at], line))
                self._shown[at] = line
        return new


def _change(before: Line, after: Line) -> Line:
    if before.who == after.who and after.text.startswith(before.text):
        return Line(after.who, "… " + after.text[len(before.text) :].lstrip())
    return Line(after.who, after.text, corrected=True)


def _line(item: Mapping[str, Any]) -> Line | None:
    match item.get("role"):
        case "agent" | "user" as who:
            text = str(item.get("content") or "").strip()
            return Line(who, text) if text else None
        case "tool_call_invocation":
            return Line("function", f"{item.get('name')}({item.get('arguments') or ''})")
        case "tool_call_result":
            return Line("result", str(item.get("content") or ""))
        case "dtmf":
            return Line("digit", str(item.get("digit") or ""))
        case _:
            return None
