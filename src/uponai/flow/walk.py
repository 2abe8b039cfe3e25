"""One event's way through the graph: what is said and decided before something is awaited."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from uponai.flow.arguments import filled, known_arguments, missing_arguments, response_variables
from uponai.flow.graph import Edge, Graph, Instruction, Json, Node, as_object
from uponai.flow.phone import PHONE_KINDS
from uponai.flow.render import render_without_llm
from uponai.flow.routes import GoBack, Route, ToGlobal, named, true_equation, worded
from uponai.flow.slots import Exchange, extract
from uponai.flow.state import (
    CallTool,
    EndCall,
    Extracted,
    FlowState,
    Judge,
    NeedArguments,
    NeedExtraction,
    Output,
    Speak,
    Step,
    Transition,
    TransitionKind,
    WaitForUser,
)
from uponai.flow.variables import DEFAULT_TIMEZONE, Scope, local_time, substitute

MAX_HOPS = 25
MAX_REASKS = 2
KEPT_RESULT_CHARS = 1000
KEPT_RETURNS = 8
APOLOGY = "Sorry, I didn't catch that."


@dataclass(frozen=True, slots=True)
class Setting:
    """What all calls of a flow share."""

    graph: Graph
    timezone: str = DEFAULT_TIMEZONE
    has_llm: bool = False

    def scope(self, state: FlowState, now_ms: int) -> Scope:
        """Everything that ``{{name}}`` can mean now."""
        return Scope(state.variables, now_ms, self.timezone, self.graph.default_variables)


class Walk:
    """One event's way through the graph."""

    def __init__(self, setting: Setting, state: FlowState, now_ms: int) -> None:
        self._setting = setting
        self.graph = setting.graph
        self.state = state
        self.now_ms = now_ms
        self._outputs: list[Output] = []

    def step(self) -> Step:
        return Step(self.state, tuple(self._outputs))

    @property
    def _variables(self) -> Scope:
        return self._setting.scope(self.state, self.now_ms)

    def _now(self) -> datetime:
        found = local_time(self.now_ms, self._setting.timezone)
        return datetime.fromtimestamp(self.now_ms / 1000, UTC) if found is None else found

    # Moving

    def follow(self, edge: Edge) -> None:
        """Goes where the edge leads; an edge its author left unconnected leads to waiting."""
        if edge.destination is None or edge.destination not in self.graph.nodes:
            self._wait_for_user()
        else:
            self._move(self.graph.nodes[edge.destination], "normal")

    def _move(self, node: Node, kind: TransitionKind) -> None:
        former = self.graph.nodes[self.state.node_id]
        self._outputs.append(Transition(former.id, former.name, node.id, node.name, kind))
        self.state = replace(
            self.state,
            node_id=node.id,
            transitions=self.state.transitions + 1,
            hops=self.state.hops + 1,
            reasks=0,
            tool_call_id=None,
        )
        if self.state.hops > MAX_HOPS:
            self._end(node, f"more than {MAX_HOPS} transitions without a word from the caller")
        else:
            self.enter(node)

    def enter(self, node: Node) -> None:
        match node.type:
            case "conversation" | "subagent":
                self._converse(node)
            case "branch":
                self.evaluate(node)
            case "extract_dynamic_variables":
                self._extract(node)
            case (
                "function" | "transfer_call" | "press_digit" | "bridge_transfer" | "cancel_transfer"
            ):
                self._prepare_call(node)
            case "end":
                if node.speaks:
                    self._speak(node)
                self._end(node, None)
            case "unsupported":
                self._end(node, f"node {node.id!r} is of type {node.type_name!r}, not played here")

    def _end(self, node: Node, error: str | None) -> None:
        self.state = replace(self.state, waiting="ended")
        self._outputs.append(EndCall(node.id, error))

    def end_again(self) -> None:
        """Somebody goes on talking to a flow that is over."""
        self._outputs.append(EndCall(self.state.node_id))

    def _wait_for_user(self) -> None:
        self.state = replace(self.state, waiting="user")
        self._outputs.append(WaitForUser(self.state.node_id))

    # Talking

    def _converse(self, node: Node) -> None:
        spoke = self._speak(node)
        if node.skip_response_edge is None:
            self._wait_for_user()
        elif spoke:
            self.state = replace(self.state, waiting="agent")
        else:
            self.follow(node.skip_response_edge)

    def _speak(self, node: Node) -> bool:
        """Says the node's instruction; false if there is nothing to say."""
        text = self._words(node.instruction)
        if not text.strip():
            return False
        if node.instruction is not None and node.instruction.kind == "prompt":
            if self._setting.has_llm:
                self._outputs.append(Speak(node.id, prompt=text))
                return True
            text = render_without_llm(text)
        self._say(node, text)
        return True

    def _words(self, instruction: Instruction | None) -> str:
        return "" if instruction is None else substitute(instruction.text, self._variables)

    def _say(self, node: Node, text: str) -> None:
        self._outputs.append(Speak(node.id, text=text))
        self.state = self.state.saying("agent", text)

    def answered(self, node: Node) -> None:
        """The caller has spoken in this node."""
        sure = node.always_edge or node.skip_response_edge
        if sure is not None and sure.destination in self.graph.nodes:
            self.follow(sure)
        else:
            self.evaluate(node)

    # Choosing

    def evaluate(self, node: Node) -> None:
        """Equations, then one judgement over the worded conditions, then what is left."""
        route = true_equation(self.graph, self.state, node, self._variables)
        if route is not None:
            self._take(route)
            return
        conditions = worded(self.graph, self.state, node, self._variables)
        if not conditions:
            self._fall_back(node)
            return
        self.state = replace(self.state, waiting="judgement")
        judges_result = node.type == "function" and node.wait_for_result
        self._outputs.append(
            Judge(
                conditions=conditions,
                text=self.state.last("tool" if judges_result else "user"),
                asked=self.state.last("agent"),
                context=self.state.said,
                node_id=node.id,
            )
        )

    def judged(self, node: Node, chosen: str | None) -> None:
        route = named(self.graph, self.state, node, chosen)
        if route is None:
            self._fall_back(node)
        else:
            self._take(route)

    def _take(self, route: Route) -> None:
        match route:
            case Edge():
                self.follow(route)
            case ToGlobal():
                self.state = replace(
                    self.state,
                    came_from=(*self.state.came_from, self.state.node_id)[-KEPT_RETURNS:],
                    triggered={**self.state.triggered, route.node.id: self.state.transitions + 1},
                )
                self._move(route.node, "global")
            case GoBack():
                *rest, former = self.state.came_from
                self.state = replace(self.state, came_from=tuple(rest))
                self._move(self.graph.nodes[former], "global_go_back")

    def _fall_back(self, node: Node) -> None:
        if node.else_edge is not None:
            self.follow(node.else_edge)
        elif node.type in ("conversation", "subagent"):
            self._stay(node)
        elif node.type == "press_digit" and self._setting.has_llm:
            # The next menu of the same phone tree.
            self._prepare_call(node)
        else:
            self._wait_for_user()

    def _stay(self, node: Node) -> None:
        """Nothing matched. A model answers in the node; without one the question is put again.

        After that has been done a few times, the first way on is taken: a caller must never be
        caught in a question the rules cannot read.
        """
        text = self._words(node.instruction)
        ways = [edge for edge in node.edges if edge.destination in self.graph.nodes]
        if self._setting.has_llm:
            self._outputs.append(Speak(node.id, prompt=text))
        elif ways and self.state.reasks >= MAX_REASKS:
            self.follow(ways[0])
            return
        elif ways and text.strip():
            self.state = replace(self.state, reasks=self.state.reasks + 1)
            if node.instruction is not None and node.instruction.kind == "prompt":
                text = render_without_llm(text)
            self._say(node, f"{APOLOGY} {_last_question(text)}")
        self._wait_for_user()

    # Variables and functions

    def _exchanges(self) -> list[Exchange]:
        found: list[Exchange] = []
        asked = ""
        for said in self.state.said:
            if said.role == "agent":
                asked = said.text
            elif said.role == "user":
                found.append(Exchange(asked, said.text))
        return found

    def collect(self, values: Mapping[str, str], tool_call_id: str | None = None) -> None:
        if values:
            self._outputs.append(Extracted(dict(values), self.state.node_id, tool_call_id))
            self.state = self.state.with_variables(values)

    def _extract(self, node: Node) -> None:
        exchanges, now = self._exchanges(), self._now()
        found = {variable: extract(variable, exchanges, now) for variable in node.variables}
        self.collect({wanted.name: value for wanted, value in found.items() if value is not None})
        missing = tuple(wanted for wanted, value in found.items() if value is None)
        if missing and self._setting.has_llm:
            self.state = replace(self.state, waiting="extraction")
            self._outputs.append(NeedExtraction(missing, self.state.said, node.id))
        else:
            self.evaluate(node)

    def _prepare_call(self, node: Node) -> None:
        if node.tool is None:
            self._end(node, f"function node {node.id!r} names a tool that the flow does not have")
            return
        if node.speaks:
            self._speak(node)
        # A number or a digit that was said is not yet one to call or to press.
        said = () if node.type in PHONE_KINDS else self._exchanges()
        known = known_arguments(node.tool, self._variables, said, self._now())
        if self._setting.has_llm and missing_arguments(node.tool, known):
            self.state = replace(self.state, waiting="arguments")
            tool = as_object(filled(node.tool, self._variables))
            need = NeedArguments(tool, json.dumps(known), self.state.said, node.id)
            self._outputs.append(need)
        else:
            self.call(node, node.tool, json.dumps(known))

    def call(self, node: Node, tool: Json, arguments: str) -> None:
        number = self.state.tool_calls + 1
        tool_call_id = f"tool_call_{number}"
        self._outputs.append(
            CallTool(
                tool_call_id=tool_call_id,
                name=str(tool.get("name", "")),
                arguments=arguments,
                tool=as_object(filled(tool, self._variables)),
                node_id=node.id,
                waits=node.wait_for_result,
            )
        )
        self.state = replace(
            self.state,
            tool_calls=number,
            skipped=(),
            running={**self.state.running, tool_call_id: node.id},
        )
        if node.wait_for_result:
            self.state = replace(self.state, waiting="tool", tool_call_id=tool_call_id)
        else:
            self.evaluate(node)

    def took_result(self, tool_call_id: str, content: str, *, ok: bool) -> None:
        outcome = "succeeded" if ok else "failed"
        told = f"The function call {outcome}. {content[:KEPT_RESULT_CHARS]}".rstrip()
        self.state = self.state.saying("tool", told)
        running = dict(self.state.running)
        caller = self.graph.nodes.get(running.pop(tool_call_id, ""))
        awaited = self.state.waiting == "tool" and self.state.tool_call_id == tool_call_id
        self.state = replace(self.state, running=running)
        if caller is not None and caller.tool is not None and ok:
            self.collect(response_variables(caller.tool, content), tool_call_id)
        if awaited:
            self._go_on_from(self.graph.nodes[self.state.node_id], ok=ok)

    def _go_on_from(self, node: Node, *, ok: bool) -> None:
        """A transfer leads on only by failing; pressed keys wait for what the menu says."""
        if node.type not in PHONE_KINDS:
            self.evaluate(node)
        elif ok or node.else_edge is None:
            self._wait_for_user()
        else:
            self.follow(node.else_edge)


def _last_question(text: str) -> str:
    """The last sentence that asks something, else the whole text."""
    asked = [part for part in re.split(r"(?<=[.!?])\s+", text) if part.endswith("?")]
    return asked[-1] if asked else text
