"""The state diagram of a call in the documentation, from the table of its changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from uponai.domain.call import TRANSITIONS, CallChange, CallState

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "calls-and-crashes.md"
_BLOCK = re.compile(r"(?<=```mermaid\n)stateDiagram-v2\n.*?(?=```)", re.DOTALL)


def mermaid(table: Mapping[tuple[CallState, CallChange], CallState]) -> str:
    """One arrow for each pair of states, with every change that leads along it."""
    lines = [f"    [*] --> {next(iter(CallState)).value}"]
    arrows = [(state.value, after.value, change.value) for (state, change), after in table.items()]
    by_ends = sorted(arrows, key=lambda arrow: arrow[:2])
    order = {state.value: place for place, state in enumerate(CallState)}
    drawn = {ends: ", ".join(a[2] for a in each) for ends, each in groupby(by_ends, _ends)}
    for state, after in sorted(drawn, key=lambda ends: (order[ends[0]], order[ends[1]])):
        lines.append(f"    {state} --> {after}: {drawn[state, after]}")
    final = set(CallState) - {state for state, _ in table}
    lines += [f"    {state.value} --> [*]" for state in CallState if state in final]
    return "\n".join(["stateDiagram-v2", *lines, ""])


def _ends(arrow: tuple[str, str, str]) -> tuple[str, str]:
    return arrow[:2]


def drawn_page() -> str:
    """The page as it is, with the diagram as the table gives it."""
    text, found = _BLOCK.subn(lambda _: mermaid(TRANSITIONS), PAGE.read_text())
    if found != 1:
        raise ValueError(f"{PAGE.name}: expected one state diagram, found {found}")
    return text
