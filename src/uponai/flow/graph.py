"""A conversation flow as frozen values, read from Retell's ``conversation-flow`` JSON.

``parse`` is for a flow that ``check`` has passed: it reads what it knows, keeps all of it in
``raw`` and keeps nodes of a type not played here as ``unsupported``, so that a flow with one such
node still loads. Field names: Retell API, ``conversation-flow`` objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from uponai.flow.expr import Equation, EquationCondition
from uponai.flow.phone import node_tool

NodeType = Literal[
    "conversation",
    "subagent",
    "branch",
    "function",
    "extract_dynamic_variables",
    "transfer_call",
    "press_digit",
    "bridge_transfer",
    "cancel_transfer",
    "end",
    "unsupported",
]
PLAYED: tuple[NodeType, ...] = (
    "conversation",
    "subagent",
    "branch",
    "function",
    "extract_dynamic_variables",
    "transfer_call",
    "press_digit",
    "bridge_transfer",
    "cancel_transfer",
    "end",
)
KNOWN_UNSUPPORTED = (
    "code",
    "sms",
    "agent_swap",
    "mcp",
    "component",
)
VariableKind = Literal["string", "enum", "boolean", "number"]
Json = Mapping[str, Any]
_TYPES: Mapping[str, NodeType] = {kind: kind for kind in PLAYED}
_KINDS: Mapping[str, VariableKind] = {
    "string": "string",
    "enum": "enum",
    "boolean": "boolean",
    "number": "number",
}


class FlowError(ValueError):
    """A flow that cannot be read; the text says where and why."""


@dataclass(frozen=True, slots=True)
class PromptCondition:
    """A condition in words, for a model to judge."""

    text: str


@dataclass(frozen=True, slots=True)
class GatedCondition:
    """``equation_prompt`` of a global node: the equations first, then the words, if any."""

    equations: EquationCondition
    text: str | None


Condition = PromptCondition | EquationCondition


@dataclass(frozen=True, slots=True)
class Edge:
    """A way out of a node. ``destination`` is None while its author has not connected it."""

    id: str
    condition: Condition
    destination: str | None


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a node says: ``static_text`` word for word, ``prompt`` as a task for a model."""

    kind: Literal["prompt", "static_text"]
    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A value wanted from the conversation."""

    name: str
    kind: VariableKind = "string"
    description: str = ""
    choices: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class GlobalSetting:
    """How a node is reached from anywhere. ``cool_down`` counts node transitions."""

    condition: PromptCondition | EquationCondition | GatedCondition
    cool_down: int = 0
    go_back: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One node. Fields that its type lacks are empty; ``raw`` is the JSON it was read from.

    ``else_edge`` of a ``transfer_call`` node is its ``edge``, followed when the transfer fails.
    """

    id: str
    type: NodeType
    type_name: str
    name: str = ""
    instruction: Instruction | None = None
    edges: tuple[Edge, ...] = ()
    else_edge: Edge | None = None
    always_edge: Edge | None = None
    skip_response_edge: Edge | None = None
    tool: Json | None = None
    tools: tuple[Json, ...] = ()
    wait_for_result: bool = True
    speaks: bool = False
    variables: tuple[Variable, ...] = ()
    global_setting: GlobalSetting | None = None
    raw: Json = field(default_factory=dict[str, Any])

    def outgoing(self) -> tuple[Edge, ...]:
        """Every edge that leads out of the node itself, in order of evaluation."""
        single = (self.always_edge, self.skip_response_edge, self.else_edge)
        return self.edges + tuple(edge for edge in single if edge is not None)


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole flow. ``nodes`` keep the order of the JSON."""

    nodes: Mapping[str, Node]
    start_node_id: str
    start_speaker: Literal["agent", "user"] = "agent"
    begin_after_user_silence_ms: int | None = None
    global_prompt: str = ""
    default_variables: Mapping[str, str] = field(default_factory=dict[str, str])
    raw: Json = field(default_factory=dict[str, Any])

    def globals(self) -> tuple[Node, ...]:
        """Nodes that can be reached from anywhere."""
        return tuple(node for node in self.nodes.values() if node.global_setting is not None)


def parse(data: Json) -> Graph:
    """The graph of a flow's JSON. Raises FlowError where the JSON has not the shape of a flow."""
    tools = {_text(tool, "tool_id"): tool for tool in objects(data.get("tools"))}
    try:
        nodes = tuple(_node(item, tools) for item in objects(data.get("nodes")))
    except (KeyError, TypeError, ValueError) as error:
        raise FlowError(f"nodes: {error}") from error
    if not nodes:
        raise FlowError("nodes: a flow needs at least one node")
    start = _text(data, "start_node_id") or nodes[0].id
    by_id = {node.id: node for node in nodes}
    if start not in by_id:
        raise FlowError(f"start_node_id: no node has the id {start!r}")
    silence = data.get("begin_after_user_silence_ms")
    defaults = data.get("default_dynamic_variables")
    return Graph(
        nodes=by_id,
        start_node_id=start,
        start_speaker="user" if data.get("start_speaker") == "user" else "agent",
        begin_after_user_silence_ms=int(silence) if isinstance(silence, int | float) else None,
        global_prompt=_text(data, "global_prompt"),
        default_variables={key: str(value) for key, value in as_object(defaults).items()},
        raw=data,
    )


def as_object(value: Any) -> Json:
    """``value`` if it is a JSON object, else an empty one."""
    return cast(Json, value) if isinstance(value, Mapping) else {}


def as_list(value: Any) -> Sequence[Any]:
    """``value`` if it is a JSON array, else an empty one."""
    return cast(Sequence[Any], value) if isinstance(value, list | tuple) else ()


def objects(value: Any) -> tuple[Json, ...]:
    """The objects of a JSON array; anything else is left out."""
    return tuple(as_object(item) for item in as_list(value) if isinstance(item, Mapping))


def _text(data: Json, key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _node(data: Json, tools: Mapping[str, Json]) -> Node:
    name = _text(data, "type")
    return Node(
        id=str(data["id"]),
        type=_TYPES.get(name, "unsupported"),
        type_name=name,
        name=_text(data, "name"),
        instruction=_instruction(data.get("instruction")),
        edges=_edges(data.get("edges")),
        else_edge=_maybe_edge(data.get("edge" if name == "transfer_call" else "else_edge")),
        always_edge=_maybe_edge(data.get("always_edge")),
        skip_response_edge=_maybe_edge(data.get("skip_response_edge")),
        tool=node_tool(data) or tools.get(_text(data, "tool_id")),
        tools=_node_tools(data, tools),
        wait_for_result=bool(data.get("wait_for_result", True)),
        speaks=bool(data.get("speak_during_execution", False)),
        variables=tuple(variable(item) for item in objects(data.get("variables"))),
        global_setting=_global(data.get("global_node_setting")),
        raw=data,
    )


def _node_tools(data: Json, tools: Mapping[str, Json]) -> tuple[Json, ...]:
    named = [tools[str(key)] for key in as_list(data.get("tool_ids")) if str(key) in tools]
    return objects(data.get("tools")) + tuple(named)


def _instruction(value: Any) -> Instruction | None:
    if not isinstance(value, Mapping):
        return None
    data = as_object(cast(Any, value))
    kind = "static_text" if data.get("type") == "static_text" else "prompt"
    return Instruction(kind, _text(data, "text"))


def variable(data: Json) -> Variable:
    """One wanted variable of an extraction node, or of an ``extract_dynamic_variable`` tool."""
    return Variable(
        name=str(data["name"]),
        kind=_KINDS.get(_text(data, "type"), "string"),
        description=_text(data, "description"),
        choices=tuple(str(choice) for choice in as_list(data.get("choices"))),
        examples=tuple(str(example) for example in as_list(data.get("examples"))),
        required=bool(data.get("required", False)),
    )


def _edges(value: Any) -> tuple[Edge, ...]:
    return tuple(_edge(item) for item in objects(value))


def _maybe_edge(value: Any) -> Edge | None:
    return _edge(as_object(value)) if isinstance(value, Mapping) else None


def _edge(data: Json) -> Edge:
    condition = data.get("transition_condition")
    destination = _text(data, "destination_node_id") or None
    return Edge(str(data["id"]), _condition(as_object(condition)), destination)


def _condition(data: Json) -> Condition:
    if data.get("type") == "equation":
        return equations(data)
    return PromptCondition(_text(data, "prompt"))


def equations(data: Json) -> EquationCondition:
    """``{equations: [{left, operator, right?}], operator: && | ||}``."""
    items = tuple(
        Equation(_text(item, "left"), cast(Any, item.get("operator")), str(item.get("right") or ""))
        for item in objects(data.get("equations"))
    )
    return EquationCondition(items, "||" if data.get("operator") == "||" else "&&")


def _global(value: Any) -> GlobalSetting | None:
    if not isinstance(value, Mapping):
        return None
    data = as_object(cast(Any, value))
    condition = data.get("condition")
    cool_down = data.get("cool_down")
    return GlobalSetting(
        condition=_global_condition(condition),
        cool_down=int(cool_down) if isinstance(cool_down, int | float) else 0,
        go_back=_edges(data.get("go_back_conditions")),
    )


def _global_condition(value: Any) -> PromptCondition | EquationCondition | GatedCondition:
    if isinstance(value, str):
        return PromptCondition(value)
    data = as_object(value)
    if data.get("type") == "equation_prompt":
        words = _text(as_object(data.get("prompt_condition")), "prompt")
        return GatedCondition(equations(data), words or None)
    return _condition(data)
