"""What was said and done in a call, in order.

Word times are seconds on the recording's clock (line sample 0 is the answer), as the wire has them
(retell-api.md section 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["agent", "user", "transfer_target"]


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word as heard or spoken."""

    word: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one party said; for the agent only what was heard by the caller."""

    role: Role
    content: str
    words: tuple[SpokenWord, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ToolInvocation:
    """The agent called a function; ``arguments`` is JSON text, ``kind`` the wire's ``type``."""

    tool_call_id: str
    name: str
    arguments: str
    kind: str = "custom"
    at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the function gave back, as text."""

    tool_call_id: str
    content: str
    successful: bool = True
    at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class NodeTransition:
    """A conversation flow moved on."""

    former_node_id: str
    former_node_name: str
    new_node_id: str
    new_node_name: str
    transition_type: str = "normal"


@dataclass(frozen=True, slots=True)
class Digit:
    """One DTMF digit from the caller."""

    digit: str


Entry = Utterance | ToolInvocation | ToolResult | NodeTransition | Digit


def as_text(entries: tuple[Entry, ...]) -> str:
    """``Agent: ...\\nUser: ...\\n``, the wire's ``transcript``."""
    names = {"agent": "Agent", "user": "User", "transfer_target": "Transfer Target"}
    lines = [f"{names[e.role]}: {e.content}\n" for e in entries if isinstance(e, Utterance)]
    return "".join(lines)
