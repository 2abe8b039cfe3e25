"""The machine that walks a flow: events in, a new state and outputs out.

Order of evaluation (Retell): equations first, in the order of the array, the first true one wins;
then one judgement over all worded conditions; else the else edge; else the conversation stays.

States are values. To try a reply before the caller has surely finished, call ``on_user_text`` on a
copy and forget the result if the caller goes on; then call it again on the older state with all of
the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from uponai.flow.graph import Graph
from uponai.flow.state import FlowState, Step, WaitForUser
from uponai.flow.variables import DEFAULT_TIMEZONE, Scope
from uponai.flow.walk import Setting, Walk


class FlowMachine:
    """One flow, for any number of calls. Holds nothing of a call: that is all in ``FlowState``.

    ``has_llm`` tells whether prompts, missing variables and missing arguments may be handed to a
    model; without one, prompts are rendered by rule and what is missing stays unset.
    """

    def __init__(
        self, graph: Graph, *, timezone: str = DEFAULT_TIMEZONE, has_llm: bool = False
    ) -> None:
        self.graph = graph
        self._setting = Setting(graph, timezone, has_llm)

    def begin(self, variables: Mapping[str, str], now_ms: int) -> Step:
        """The call is connected. Where the caller starts, only waits."""
        state = FlowState(self.graph.start_node_id, "opening", dict(variables))
        if self.graph.start_speaker == "user":
            return Step(state, (WaitForUser(state.node_id),))
        return self.open_now(state, now_ms)

    def open_now(self, state: FlowState, now_ms: int) -> Step:
        """The agent begins: at once, or because the caller who was to begin stays silent."""
        if state.waiting != "opening":
            return Step(state)
        walk = Walk(self._setting, state, now_ms)
        walk.enter(self.graph.nodes[state.node_id])
        return walk.step()

    def on_user_text(self, state: FlowState, text: str, now_ms: int) -> Step:
        """The caller has said ``text``. While a function or a model is awaited it is only kept."""
        heard = replace(state.saying("user", text), skipped=())
        walk = Walk(self._setting, heard, now_ms)
        match state.waiting:
            case "opening":
                walk.enter(self.graph.nodes[state.node_id])
            case "user" | "agent":
                walk.state = replace(walk.state, hops=0)
                walk.answered(self.graph.nodes[state.node_id])
            case "judgement":
                walk.evaluate(self.graph.nodes[state.node_id])
            case "ended":
                # The last words were talked over: the flow has no others.
                walk.end_again()
            case "tool" | "extraction" | "arguments":
                pass
        return walk.step()

    def on_judgement(self, state: FlowState, chosen: str | None, now_ms: int) -> Step:
        """A ``Judge`` is answered by the id of a condition, or None."""
        walk = Walk(self._setting, state, now_ms)
        if state.waiting == "judgement":
            walk.judged(self.graph.nodes[state.node_id], chosen)
        return walk.step()

    def on_agent_finished(self, state: FlowState, now_ms: int) -> Step:
        """All that was to be said has been played: a skip-response edge is taken now."""
        walk = Walk(self._setting, state, now_ms)
        edge = self.graph.nodes[state.node_id].skip_response_edge
        if state.waiting == "agent" and edge is not None:
            if edge.destination is not None:
                walk.state = state.skipping_to(edge.destination)
            walk.follow(edge)
        return walk.step()

    def on_agent_said(self, state: FlowState, text: str) -> FlowState:
        """What a model said to a ``Speak.prompt``; kept for judgements and extraction."""
        return state.saying("agent", text)

    def on_tool_result(
        self, state: FlowState, tool_call_id: str, content: str, *, ok: bool, now_ms: int
    ) -> Step:
        """A function has answered (or failed, with ``content`` saying how)."""
        walk = Walk(self._setting, state, now_ms)
        walk.took_result(tool_call_id, content, ok=ok)
        return walk.step()

    def on_extraction(self, state: FlowState, values: Mapping[str, str], now_ms: int) -> Step:
        """A ``NeedExtraction`` is answered; variables that are not named stay unset."""
        walk = Walk(self._setting, state, now_ms)
        if state.waiting == "extraction":
            node = self.graph.nodes[state.node_id]
            wanted = {variable.name for variable in node.variables}
            walk.collect({name: value for name, value in values.items() if name in wanted})
            walk.evaluate(node)
        return walk.step()

    def on_arguments(self, state: FlowState, arguments: str, now_ms: int) -> Step:
        """A ``NeedArguments`` is answered by a JSON object as text."""
        walk = Walk(self._setting, state, now_ms)
        node = self.graph.nodes[state.node_id]
        if state.waiting == "arguments" and node.tool is not None:
            walk.call(node, node.tool, arguments)
        return walk.step()

    def with_variables(self, state: FlowState, values: Mapping[str, str]) -> FlowState:
        """Variables set from outside the graph, such as by a subagent's own functions."""
        return state.with_variables(values)

    def scope(self, state: FlowState, now_ms: int) -> Scope:
        """Everything that ``{{name}}`` can mean now."""
        return self._setting.scope(state, now_ms)
