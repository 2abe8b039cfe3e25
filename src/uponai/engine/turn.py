"""Who holds the floor, and which changes of it exist."""

from __future__ import annotations

from enum import StrEnum


class Floor(StrEnum):
    """Whose turn it is."""

    SHUT = "shut"  # the line is not open yet
    IDLE = "idle"  # nobody speaks or thinks: the caller may begin
    CALLER = "caller"  # the caller speaks, or has just paused
    THINKING = "thinking"  # the agent owes words: a reply or a function is under way
    AGENT = "agent"  # the agent's words are on the line
    CONTESTED = "contested"  # the caller makes a sound while the agent has the turn
    LEAVING = "leaving"  # hung up; waiting for the line to close
    OVER = "over"


_OPEN = frozenset({Floor.IDLE, Floor.CALLER, Floor.THINKING, Floor.AGENT, Floor.CONTESTED})
_END = frozenset({Floor.LEAVING, Floor.OVER})

MOVES: dict[Floor, frozenset[Floor]] = {
    Floor.SHUT: _OPEN | _END,
    Floor.IDLE: frozenset({Floor.CALLER, Floor.THINKING, Floor.AGENT}) | _END,
    # A caller's turn may be followed by a reply whose first words are ready at once.
    Floor.CALLER: frozenset({Floor.IDLE, Floor.THINKING, Floor.AGENT, Floor.CONTESTED}) | _END,
    Floor.THINKING: frozenset({Floor.IDLE, Floor.CALLER, Floor.AGENT, Floor.CONTESTED}) | _END,
    Floor.AGENT: frozenset({Floor.IDLE, Floor.CALLER, Floor.THINKING, Floor.CONTESTED}) | _END,
    Floor.CONTESTED: frozenset({Floor.IDLE, Floor.CALLER, Floor.THINKING, Floor.AGENT}) | _END,
    # A transfer that came to nothing gives the caller back.
    Floor.LEAVING: frozenset({Floor.OVER, Floor.IDLE, Floor.THINKING}),
    Floor.OVER: frozenset(),
}


class Turn:
    """The floor, changed only along ``MOVES``."""

    __slots__ = ("floor",)

    def __init__(self) -> None:
        self.floor = Floor.SHUT

    def move(self, to: Floor) -> bool:
        """True if the floor changed. Raises ValueError for a change that is not in the table."""
        if to is self.floor:
            return False
        if to not in MOVES[self.floor]:
            raise ValueError(f"the floor cannot go from {self.floor} to {to}")
        self.floor = to
        return True
