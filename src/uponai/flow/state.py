"""Where a call stands in its flow, and what the machine wants done: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

from uponai.flow.graph import Variable
from uponai.flow.judge import Worded
from uponai.flow.words import plain

KEPT_SAYINGS = 40

Waiting = Literal[
    "opening", "user", "agent", "tool", "judgement", "extraction", "arguments", "ended"
]
TransitionKind = Literal["normal", "global", "global_go_back"]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said, or the result of a function."""

    role: Literal["agent", "user", "tool"]
    text: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """``node_id`` was entered with no response waited for, after ``said`` things said in a row."""

    node_id: str
    said: int


@dataclass(frozen=True, slots=True)
class FlowState:
    """A call's place in the flow. A value: a guess may be tried on it and thrown away.

    ``waiting`` is what the machine expects next. ``hops`` counts transitions since the caller last
    spoke; ``triggered`` says at which transition each global node was last entered; ``came_from``
    holds the nodes to go back to; ``running`` names the node of each function not yet answered;
    ``skipped`` where no response was waited for, since the caller spoke or a function was called.
    """

    node_id: str
    waiting: Waiting
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    collected: Mapping[str, str] = field(default_factory=dict[str, str])
    said: tuple[Said, ...] = ()
    transitions: int = 0
    hops: int = 0
    reasks: int = 0
    tool_calls: int = 0
    tool_call_id: str | None = None
    running: Mapping[str, str] = field(default_factory=dict[str, str])
    came_from: tuple[str, ...] = ()
    triggered: Mapping[str, int] = field(default_factory=dict[str, int])
    skipped: tuple[Skipped, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the checkpoint row."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> FlowState:
        """The state that ``to_json`` gave. Raises KeyError or TypeError on anything else."""
        said = tuple(Said(item["role"], item["text"]) for item in data["said"])
        skipped = tuple(Skipped(item["node_id"], item["said"]) for item in data.get("skipped", ()))
        tuples = {"said": said, "came_from": tuple(data["came_from"]), "skipped": skipped}
        return FlowState(**cast(Any, {**data, **tuples}))

    def last(self, role: Literal["agent", "user", "tool"]) -> str:
        """The latest words of ``role``, empty if there are none."""
        return next((said.text for said in reversed(self.said) if said.role == role), "")

    def with_variables(self, values: Mapping[str, str]) -> FlowState:
        """The same state with variables set by the conversation."""
        return replace(
            self,
            variables={**self.variables, **values},
            collected={**self.collected, **values},
        )

    def saying(self, role: Literal["agent", "user", "tool"], text: str) -> FlowState:
        """The same state with one more thing said."""
        said = (*self.said, Said(role, text))[-KEPT_SAYINGS:] if text else self.said
        return replace(self, said=said)

    def skipping_to(self, node_id: str) -> FlowState:
        """The same state, which knows that ``node_id`` comes before the caller has spoken."""
        return replace(self, skipped=(*self.skipped, Skipped(node_id, len(self._in_a_row()))))

    def as_heard(self, heard: str) -> FlowState:
        """The state of a caller who interrupts after ``heard``, the agent's last words.

        The flow may be ahead of them: it stands, about to begin, in the first node behind a
        skipped response of which nothing was heard. Where ``heard`` is not how those words begin,
        or none are left, nothing changes.
        """
        told = self._in_a_row()
        all_words, words = _words(told), plain(heard).split()
        cut_short = len(words) < len(all_words) and all_words[: len(words)] == words
        if not cut_short or self.waiting not in ("user", "ended"):
            return self
        for skipped in self.skipped:
            before = _words(told[: skipped.said])
            if len(words) <= len(before) < len(all_words):
                said = self.said[: len(self.said) - len(told) + skipped.said]
                there = replace(self, node_id=skipped.node_id, said=said)
                return replace(there, waiting="opening", hops=0, reasks=0)
        return self

    def _in_a_row(self) -> tuple[Said, ...]:
        """What the agent has said since anybody else did."""
        others = [at for at, said in enumerate(self.said, start=1) if said.role != "agent"]
        return self.said[others[-1] if others else 0 :]


def _words(told: Sequence[Said]) -> list[str]:
    return [word for said in told for word in plain(said.text).split()]


@dataclass(frozen=True, slots=True)
class Speak:
    """Say ``text`` word for word; or, when it is None, have a model follow ``prompt``.

    What a model made of a prompt comes back through ``FlowMachine.on_agent_said``.
    """

    node_id: str
    text: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class CallTool:
    """Run ``tool`` (its JSON with variables filled in). ``arguments`` is JSON text.

    The result comes back through ``on_tool_result``, also when ``waits`` is false.
    """

    tool_call_id: str
    name: str
    arguments: str
    tool: Mapping[str, Any]
    node_id: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Extracted:
    """Variables that were set. ``tool_call_id`` names the call they came from, if from one."""

    variables: Mapping[str, str]
    node_id: str
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """The conversation moved to another node."""

    former_node_id: str
    former_node_name: str
    new_node_id: str
    new_node_name: str
    kind: TransitionKind


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up once what was to be said has been said. ``error`` tells of a flow that failed."""

    node_id: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """Which of the conditions is met, if any? The answer comes back through ``on_judgement``.

    ``text`` is what to judge: the caller's words, or what a function returned. ``asked`` is what
    the agent had said before; ``context`` the conversation so far.
    """

    conditions: tuple[Worded, ...]
    text: str
    asked: str
    context: tuple[Said, ...]
    node_id: str


@dataclass(frozen=True, slots=True)
class NeedExtraction:
    """A model should find these variables in ``context``; answered by ``on_extraction``."""

    variables: tuple[Variable, ...]
    context: tuple[Said, ...]
    node_id: str


@dataclass(frozen=True, slots=True)
class NeedArguments:
    """A model should fill in the arguments of ``tool``; answered by ``on_arguments``.

    ``known`` is a JSON object of those already found.
    """

    tool: Mapping[str, Any]
    known: str
    context: tuple[Said, ...]
    node_id: str


@dataclass(frozen=True, slots=True)
class WaitForUser:
    """It is the caller's turn once everything before this has been said."""

    node_id: str


Output = (
    Speak
    | CallTool
    | Extracted
    | Transition
    | EndCall
    | Judge
    | NeedExtraction
    | NeedArguments
    | WaitForUser
)


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from an event: the new state, and what to do, in order."""

    state: FlowState
    outputs: tuple[Output, ...] = ()
