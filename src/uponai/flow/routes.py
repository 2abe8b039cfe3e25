"""Which ways out of a node are open: its edges, global nodes, and the way back from one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from uponai.flow.expr import EquationCondition, holds
from uponai.flow.graph import Edge, GatedCondition, Graph, Node, PromptCondition
from uponai.flow.judge import Worded
from uponai.flow.state import FlowState
from uponai.flow.variables import substitute

GLOBAL = "global:"
BACK = "back:"
TALKING = ("conversation", "subagent")


@dataclass(frozen=True, slots=True)
class ToGlobal:
    """Into a global node, from wherever the call stands."""

    node: Node


@dataclass(frozen=True, slots=True)
class GoBack:
    """Out of a global node, to the node the call had left for it."""


Route = Edge | ToGlobal | GoBack
_Condition = PromptCondition | EquationCondition | GatedCondition


def open_routes(graph: Graph, state: FlowState, node: Node) -> Iterator[tuple[str, Route]]:
    """Every conditional way out, with the id it has in a judgement, in order of evaluation.

    Global nodes are open where the caller has just spoken, so that one remark never enters a
    global node twice; not from the node itself, and not while it cools down.
    """
    for edge in node.edges:
        yield edge.id, edge
    if node.type not in TALKING:
        return
    if node.global_setting is not None and state.came_from:
        for edge in node.global_setting.go_back:
            yield BACK + edge.id, GoBack()
    for other in graph.globals():
        if other.id != node.id and not _cooling(other, state):
            yield GLOBAL + other.id, ToGlobal(other)


def _cooling(node: Node, state: FlowState) -> bool:
    entered = state.triggered.get(node.id)
    if entered is None or node.global_setting is None:
        return False
    return state.transitions - entered < node.global_setting.cool_down


def _condition(node: Node, name: str, route: Route) -> _Condition | None:
    match route:
        case Edge():
            return route.condition
        case ToGlobal():
            setting = route.node.global_setting
            return None if setting is None else setting.condition
        case GoBack():
            ways = () if node.global_setting is None else node.global_setting.go_back
            return next((edge.condition for edge in ways if BACK + edge.id == name), None)


def true_equation(
    graph: Graph, state: FlowState, node: Node, variables: Mapping[str, str]
) -> Route | None:
    """The first way whose equations hold now."""
    for name, route in open_routes(graph, state, node):
        condition = _condition(node, name, route)
        if isinstance(condition, GatedCondition) and condition.text is None:
            condition = condition.equations
        if isinstance(condition, EquationCondition) and holds(condition, variables):
            return route
    return None


def worded(
    graph: Graph, state: FlowState, node: Node, variables: Mapping[str, str]
) -> tuple[Worded, ...]:
    """The conditions that somebody has to judge now, variables filled in."""
    found: list[Worded] = []
    for name, route in open_routes(graph, state, node):
        condition = _condition(node, name, route)
        if isinstance(condition, GatedCondition):
            gate = condition.text is not None and holds(condition.equations, variables)
            condition = PromptCondition(condition.text or "") if gate else None
        if isinstance(condition, PromptCondition):
            found.append(Worded(name, substitute(condition.text, variables)))
    return tuple(found)


def named(graph: Graph, state: FlowState, node: Node, chosen: str | None) -> Route | None:
    """The way that a judgement chose, None if it chose none that is open."""
    return next((way for name, way in open_routes(graph, state, node) if name == chosen), None)
