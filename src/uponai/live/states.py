"""The states of a Retell LLM: which prompt and functions hold, and the functions that lead on.

The model sees each edge of its state as a function ``transition_to_{state}``; what it fills in
becomes dynamic variables (retell-api.md section 6.2). The state is the responder's own
(``ReplyDone.mind``), so a move counts only if the turn that made it is committed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uponai.flow.graph import Json, as_object, objects
from uponai.flow.variables import substitute
from uponai.live.tools import as_texts, parse_arguments
from uponai.providers.base import ToolRequest, ToolSpec

PREFIX = "transition_to_"
TRANSITION = "transition"
"""What the record calls such a function."""

MOVES = 5
"""The most states that one turn may pass through: prompts that send the caller in a circle end."""

_STATE = "state"


@dataclass(frozen=True, slots=True)
class State:
    """One state. ``edges`` by the name of their function."""

    name: str
    prompt: str
    tools: tuple[Json, ...]
    edges: Mapping[str, Json]


NOWHERE = State("", "", (), {})
"""The only state of an agent that has none."""


class States:
    """All states of one agent."""

    def __init__(self, states: Sequence[Json], starting: str = "") -> None:
        self._states = {str(state.get("name")): _state(state) for state in states}
        self._starting = starting

    def at(self, mind: Mapping[str, Any]) -> State:
        """The state that the conversation is in."""
        named = str(mind.get(_STATE) or self._starting)
        return self._states.get(named, NOWHERE)

    @property
    def tools(self) -> tuple[Json, ...]:
        """The functions of all states."""
        return tuple(tool for state in self._states.values() for tool in state.tools)

    def next(self, state: State, request: ToolRequest) -> State | None:
        """Where a function of the model leads; None for functions that lead nowhere."""
        edge = state.edges.get(request.name)
        return None if edge is None else self._states.get(str(edge.get("destination_state_name")))


def mind_of(state: State) -> dict[str, Any]:
    """What ``States.at`` finds the state by."""
    return {_STATE: state.name} if state.name else {}


def learnt(request: ToolRequest) -> dict[str, str]:
    """The dynamic variables that a transition brings."""
    return as_texts(parse_arguments(request.arguments) or {})


def arrived(state: State) -> str:
    """The transition's result, as the model reads it."""
    return json.dumps({"now_in_state": state.name})


def transitions(state: State, scope: Mapping[str, str]) -> tuple[ToolSpec, ...]:
    """The functions that lead on, as the model sees them."""
    return tuple(
        ToolSpec(
            name,
            substitute(str(edge.get("description") or ""), scope),
            dict(as_object(edge.get("parameters"))) or {"type": "object", "properties": {}},
        )
        for name, edge in state.edges.items()
    )


def _state(state: Json) -> State:
    return State(
        name=str(state.get("name")),
        prompt=str(state.get("state_prompt") or ""),
        tools=tuple(objects(state.get("tools"))),
        edges={
            f"{PREFIX}{edge.get('destination_state_name')}": edge
            for edge in objects(state.get("edges"))
        },
    )
