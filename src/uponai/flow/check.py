"""What is wrong with a flow's JSON, said so that its author finds the spot.

Every problem names the JSON path, the rule and the value found. Errors keep a flow from being used;
warnings (a node that nothing leads to, or of a type that is stored but not played) do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from uponai.flow.expr import OPERATORS, UNARY
from uponai.flow.graph import KNOWN_UNSUPPORTED, PLAYED, Json, as_list, as_object

SINGLE_EDGES = {
    "else_edge": "Else",
    "always_edge": "Always",
    "skip_response_edge": "Skip response",
}
OUTCOME_EDGES = ("edge", "success_edge", "failed_edge")
"""Ways out of the nodes that do something and may fail at it."""
SPEAKING = ("conversation", "subagent")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``path`` is like ``nodes[2].edges[0].destination_node_id``."""

    path: str
    rule: str
    value: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.path}: {self.rule} (found {self.value})"


def check(data: Json) -> tuple[Problem, ...]:
    """All findings, in the order of the JSON. Never raises."""
    return tuple(_flow(data))


def errors(data: Json) -> tuple[Problem, ...]:
    """Only what keeps the flow from being used."""
    return tuple(problem for problem in check(data) if problem.severity == "error")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _flow(data: Json) -> Iterator[Problem]:
    if data.get("start_speaker") not in ("user", "agent"):
        yield Problem(
            "start_speaker", "must be 'user' or 'agent'", _shown(data.get("start_speaker"))
        )
    nodes = data.get("nodes")
    if not isinstance(nodes, list) or not nodes:
        yield Problem("nodes", "must be a non-empty array", _shown(nodes))
        return
    listed = as_list(data["nodes"])
    ids = _ids(listed)
    yield from _start(data, ids)
    yield from _variables(data)
    tool_ids = _tool_ids(data)
    seen: set[str] = set()
    for at, item in enumerate(listed):
        path = f"nodes[{at}]"
        if not isinstance(item, Mapping):
            yield Problem(path, "must be an object", _shown(item))
            continue
        node = as_object(item)
        yield from _identity(path, node, seen)
        yield from _node(path, node, ids, tool_ids)
    yield from _unreachable(data, listed)


def _ids(nodes: Any) -> frozenset[str]:
    found = (as_object(node).get("id") for node in nodes)
    return frozenset(name for name in found if isinstance(name, str))


def _tool_ids(data: Json) -> frozenset[str]:
    tools = (as_object(tool).get("tool_id") for tool in as_list(data.get("tools")))
    return frozenset(name for name in tools if isinstance(name, str))


def _start(data: Json, ids: frozenset[str]) -> Iterator[Problem]:
    start = data.get("start_node_id")
    if start is not None and start not in ids:
        yield Problem("start_node_id", "must be the id of a node", _shown(start))


def _variables(data: Json) -> Iterator[Problem]:
    given = data.get("default_dynamic_variables")
    if given is None:
        return
    if not isinstance(given, Mapping):
        yield Problem("default_dynamic_variables", "must be an object of strings", _shown(given))
        return
    for name, value in as_object(data["default_dynamic_variables"]).items():
        if not isinstance(value, str):
            yield Problem(f"default_dynamic_variables.{name}", "must be a string", _shown(value))


def _identity(path: str, node: Json, seen: set[str]) -> Iterator[Problem]:
    name = node.get("id")
    if not isinstance(name, str) or not name:
        yield Problem(f"{path}.id", "must be a non-empty string", _shown(name))
    elif name in seen:
        yield Problem(f"{path}.id", "must be unique in the flow", _shown(name))
    else:
        seen.add(name)


def _node(
    path: str, node: Json, ids: frozenset[str], tool_ids: frozenset[str]
) -> Iterator[Problem]:
    kind = node.get("type")
    if kind in KNOWN_UNSUPPORTED:
        yield from _stored(path, node, ids)
        return
    if kind not in PLAYED:
        yield Problem(f"{path}.type", f"must be one of {', '.join(PLAYED)}", _shown(kind))
        return
    yield from _edges(path, node, ids)
    yield from _played(path, kind, node)
    if kind == "press_digit":
        yield from _instruction(f"{path}.instruction", node.get("instruction"), wanted=True)
    if kind == "transfer_call":
        yield from _transfer(path, node, ids)
    if kind == "function":
        yield from _function(path, node, tool_ids)
    if kind == "extract_dynamic_variables":
        yield from _extraction(path, node)
    yield from _global(path, node)


def _played(path: str, kind: str, node: Json) -> Iterator[Problem]:
    """What all played nodes share: what they say, and which ways out they may have."""
    if kind in SPEAKING:
        yield from _instruction(f"{path}.instruction", node.get("instruction"), wanted=True)
        yield from _only_edge(path, node)
    else:
        yield from _instruction(f"{path}.instruction", node.get("instruction"), wanted=False)
        for name in ("always_edge", "skip_response_edge"):
            if node.get(name) is not None:
                rule = "is only for conversation and subagent nodes"
                yield Problem(f"{path}.{name}", rule, _shown(kind))
    if kind == "branch" and node.get("else_edge") is None:
        yield Problem(f"{path}.else_edge", "a branch node needs one", "nothing")


def _transfer(path: str, node: Json, ids: frozenset[str]) -> Iterator[Problem]:
    if node.get("edge") is not None:
        yield from _edge(f"{path}.edge", as_object(node.get("edge")), ids)
    option = as_object(node.get("transfer_option"))
    agent = as_object(as_object(option.get("agentic_transfer_config")).get("transfer_agent"))
    if option.get("type") == "agentic_warm_transfer" and not agent.get("agent_id"):
        rule = "names no agent: the transfer will fail and edge be followed"
        where = f"{path}.transfer_option.agentic_transfer_config.transfer_agent"
        yield Problem(where, rule, _shown(dict(agent)), "warning")


def _stored(path: str, node: Json, ids: frozenset[str]) -> Iterator[Problem]:
    """A node of a type that is not played: a call that comes there ends, saying so."""
    kind = node.get("type")
    rule = f"node {node.get('id')!r}: nodes of type {kind!r} are not played by this version"
    yield Problem(f"{path}.type", rule, _shown(kind), "warning")
    yield from _edges(path, node, ids)
    for name in OUTCOME_EDGES:
        if node.get(name) is not None:
            yield from _edge(f"{path}.{name}", as_object(node.get(name)), ids)


def _instruction(path: str, value: Any, *, wanted: bool) -> Iterator[Problem]:
    if value is None:
        if wanted:
            yield Problem(path, "must be {type, text}", "nothing")
        return
    data = as_object(value)
    if data.get("type") not in ("prompt", "static_text"):
        yield Problem(f"{path}.type", "must be 'prompt' or 'static_text'", _shown(data.get("type")))
    if not isinstance(data.get("text"), str):
        yield Problem(f"{path}.text", "must be a string", _shown(data.get("text")))


def _only_edge(path: str, node: Json) -> Iterator[Problem]:
    for name in ("always_edge", "skip_response_edge"):
        others = [key for key in ("edges", *SINGLE_EDGES) if key != name and node.get(key)]
        if node.get(name) is not None and others:
            yield Problem(f"{path}.{name}", "must be the node's only outgoing edge", _shown(others))


def _function(path: str, node: Json, tool_ids: frozenset[str]) -> Iterator[Problem]:
    if node.get("tool_type") not in ("local", "shared"):
        rule = "must be 'local' or 'shared'"
        yield Problem(f"{path}.tool_type", rule, _shown(node.get("tool_type")))
    tool = node.get("tool_id")
    if tool not in tool_ids and node.get("tool_type") != "shared":
        yield Problem(
            f"{path}.tool_id", "must be the tool_id of one of the flow's tools", _shown(tool)
        )
    if not isinstance(node.get("wait_for_result"), bool):
        found = _shown(node.get("wait_for_result"))
        yield Problem(f"{path}.wait_for_result", "must be true or false", found)


def _extraction(path: str, node: Json) -> Iterator[Problem]:
    wanted = as_list(node.get("variables"))
    if not wanted:
        found = _shown(node.get("variables"))
        yield Problem(f"{path}.variables", "must be a non-empty array", found)
    for at, item in enumerate(wanted):
        here = f"{path}.variables[{at}]"
        data = as_object(item)
        if not isinstance(data.get("name"), str) or not data.get("name"):
            yield Problem(f"{here}.name", "must be a non-empty string", _shown(data.get("name")))
        if data.get("type") not in ("string", "enum", "boolean", "number"):
            rule = "must be one of string, enum, boolean, number"
            yield Problem(f"{here}.type", rule, _shown(data.get("type")))
        if data.get("type") == "enum" and not as_list(data.get("choices")):
            found = _shown(data.get("choices"))
            yield Problem(f"{here}.choices", "must be a non-empty array", found)


def _edges(path: str, node: Json, ids: frozenset[str]) -> Iterator[Problem]:
    edges = node.get("edges")
    if edges is not None and not isinstance(edges, list):
        yield Problem(f"{path}.edges", "must be an array", _shown(edges))
    seen: set[str] = set()
    for at, item in enumerate(as_list(edges)):
        here = f"{path}.edges[{at}]"
        edge = as_object(item)
        yield from _edge(here, edge, ids)
        yield from _identity(here, edge, seen)
        yield from _condition(f"{here}.transition_condition", edge.get("transition_condition"))
    for name, literal in SINGLE_EDGES.items():
        item = node.get(name)
        if item is None:
            continue
        here = f"{path}.{name}"
        edge = as_object(item)
        yield from _edge(here, edge, ids)
        yield from _identity(here, edge, set())
        words = as_object(edge.get("transition_condition")).get("prompt")
        if words != literal:
            rule = f"must be exactly {literal!r}"
            yield Problem(f"{here}.transition_condition.prompt", rule, _shown(words))


def _edge(path: str, edge: Json, ids: frozenset[str]) -> Iterator[Problem]:
    where = edge.get("destination_node_id")
    if where is not None and where not in ids:
        yield Problem(f"{path}.destination_node_id", "must be the id of a node", _shown(where))


def _condition(path: str, value: Any) -> Iterator[Problem]:
    data = as_object(value)
    match data.get("type"):
        case "prompt":
            words = data.get("prompt")
            if not isinstance(words, str) or not words.strip():
                yield Problem(f"{path}.prompt", "must be a non-empty string", _shown(words))
        case "equation":
            yield from _equations(path, data)
        case other:
            yield Problem(f"{path}.type", "must be 'prompt' or 'equation'", _shown(other))


def _equations(path: str, data: Json) -> Iterator[Problem]:
    if data.get("operator") not in ("&&", "||"):
        yield Problem(f"{path}.operator", "must be '&&' or '||'", _shown(data.get("operator")))
    listed = as_list(data.get("equations"))
    if not listed:
        found = _shown(data.get("equations"))
        yield Problem(f"{path}.equations", "must be a non-empty array", found)
    for at, item in enumerate(listed):
        here = f"{path}.equations[{at}]"
        equation = as_object(item)
        if not isinstance(equation.get("left"), str) or not equation.get("left"):
            yield Problem(
                f"{here}.left", "must be a non-empty string", _shown(equation.get("left"))
            )
        operator = equation.get("operator")
        if operator not in OPERATORS:
            rule = f"must be one of {' '.join(OPERATORS)}"
            yield Problem(f"{here}.operator", rule, _shown(operator))
        elif operator not in UNARY and not isinstance(equation.get("right"), str):
            rule = f"must be a string beside {operator!r}"
            yield Problem(f"{here}.right", rule, _shown(equation.get("right")))


def _global(path: str, node: Json) -> Iterator[Problem]:
    setting = node.get("global_node_setting")
    if setting is None:
        return
    here = f"{path}.global_node_setting.condition"
    condition = as_object(setting).get("condition")
    if isinstance(condition, str):
        if not condition.strip():
            yield Problem(here, "must not be empty", _shown(condition))
    elif as_object(condition).get("type") == "equation_prompt":
        yield from _equations(here, as_object(condition))
    else:
        yield from _condition(here, condition)


def _unreachable(data: Json, nodes: Any) -> Iterator[Problem]:
    by_id = {str(as_object(node).get("id")): as_object(node) for node in nodes}
    start = data.get("start_node_id") or as_object(nodes[0]).get("id")
    waiting = [str(start)] + [key for key, node in by_id.items() if node.get("global_node_setting")]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in reached or name not in by_id:
            continue
        reached.add(name)
        waiting += _destinations(by_id[name])
    for at, node in enumerate(nodes):
        name = as_object(node).get("id")
        if isinstance(name, str) and name not in reached:
            rule = "no edge leads to this node"
            yield Problem(f"nodes[{at}]", rule, _shown(name), "warning")


def _destinations(node: Json) -> list[str]:
    singles = (*SINGLE_EDGES, *OUTCOME_EDGES)
    edges = [*as_list(node.get("edges")), *(node.get(name) for name in singles)]
    found = (as_object(edge).get("destination_node_id") for edge in edges)
    return [name for name in found if isinstance(name, str)]
