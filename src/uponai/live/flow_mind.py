"""The conversation-flow agent: ``flow``'s machine, with models to judge and to word where needed.

Works without any language model: static texts, rules and a sentence-embedding model then decide.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, assert_never

from uponai.domain.transcript import Entry, ToolResult, Utterance
from uponai.engine.commands import Ask
from uponai.engine.events import ReplyDone, ReplyNodeEntered, ReplyText, ReplyToolCall
from uponai.flow.graph import Graph, Node, Variable
from uponai.flow.judge import Heard, Vector, choose, texts_to_embed
from uponai.flow.render import render_without_llm
from uponai.flow.state import (
    CallTool,
    EndCall,
    Extracted,
    FlowState,
    Judge,
    NeedArguments,
    NeedExtraction,
    Output,
    Said,
    Speak,
    Step,
    Transition,
    WaitForUser,
)
from uponai.flow.step import FlowMachine
from uponai.flow.variables import DEFAULT_TIMEZONE, local_time, substitute
from uponai.live.mind import (
    HOUSE_RULES,
    KINDS,
    SILENT_AFTER,
    ChosenModel,
    ReplyEvent,
    converse,
    cue,
    messages_of,
    newest_words,
)
from uponai.live.tool_specs import tool_spec, without_message
from uponai.live.tools import as_texts, parse_arguments
from uponai.log import get
from uponai.providers.base import (
    ChatFinished,
    ChatMessage,
    ProviderError,
    SentenceEmbedder,
    TextDelta,
    ToolCalled,
    ToolRequest,
)
from uponai.tasks import now_ms

STILL_THERE = "Are you still there?"
KEPT_VECTORS = 512

log = get("uponai.live.flow_mind")


@dataclass(slots=True)
class _Reply:
    """One reply under way."""

    ask: Ask
    state: FlowState
    now_ms: int
    ends: bool = False
    successful: bool | None = None
    tokens: int = 0
    spoke: bool = False


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """A flow and what its agent adds to it."""

    graph: Graph
    timezone: str = DEFAULT_TIMEZONE
    voicemail_prompt: str = ""


class FlowMind:
    """One call's flow. Holds nothing of the conversation: its state travels as ``mind``."""

    def __init__(
        self,
        settings: FlowSettings,
        embedder: SentenceEmbedder | None,
        models: Sequence[ChosenModel] = (),
    ) -> None:
        """Without ``models`` prompts are spoken by rule and conditions judged by ``embedder``."""
        self._settings = settings
        self._machine = FlowMachine(
            settings.graph, timezone=settings.timezone, has_llm=bool(models)
        )
        self._embedder = embedder
        self._models = models
        self._vectors: dict[str, Vector] = {}

    async def reply(self, ask: Ask) -> AsyncGenerator[ReplyEvent, None]:
        now = now_ms()
        if ask.cause in ("reminder", "voicemail"):
            message = render_without_llm(self._settings.voicemail_prompt)
            text = STILL_THERE if ask.cause == "reminder" else message
            yield ReplyText(ask.ask, text)
            yield ReplyDone(ask.ask, mind=ask.mind)
            return
        reply = _Reply(ask, self._state(ask), now)
        async for event in self._walk(reply):
            yield event
        yield ReplyDone(
            ask.ask,
            mind=reply.state.to_json(),
            ends_call=reply.ends,
            successful=reply.successful,
            tokens=reply.tokens,
        )

    def _state(self, ask: Ask) -> FlowState:
        if not ask.mind:
            return FlowState(self._settings.graph.start_node_id, "opening", dict(ask.variables))
        state = FlowState.from_json(ask.mind)
        return replace(state, variables={**state.variables, **ask.variables, **state.collected})

    def _first_step(self, reply: _Reply) -> Step:
        """What the cause of the reply does to the flow."""
        ask, state, now = reply.ask, reply.state, reply.now_ms
        match ask.cause:
            case "begin":
                return self._machine.open_now(state, now)
            case "caller" | "digits":
                heard = _last_heard(ask.entries)
                before = state if heard is None else state.as_heard(heard)
                return self._machine.on_user_text(before, ask.caller_text, now)
            case "tool":
                return self._after_tools(reply)
            case "reminder" | "voicemail" | "interrupt":
                return Step(state)
            case _:
                assert_never(ask.cause)

    def _after_tools(self, reply: _Reply) -> Step:
        results = {e.tool_call_id: e for e in reply.ask.entries if isinstance(e, ToolResult)}
        state = reply.state
        outputs: list[Output] = []
        for tool_call_id in reply.ask.tool_call_ids:
            result = results.get(tool_call_id)
            if result is None:
                continue
            node = self._settings.graph.nodes[state.node_id]
            if node.type == "subagent" and tool_call_id not in state.running:
                # A function that the subagent's own model called: the model goes on from here.
                outputs = [Speak(node.id, prompt=self._prompt(node, state, reply.now_ms))]
                continue
            step = self._machine.on_tool_result(
                state, tool_call_id, result.content, ok=result.successful, now_ms=reply.now_ms
            )
            state = step.state
            outputs += step.outputs
        return Step(state, tuple(outputs))

    def _prompt(self, node: Node, state: FlowState, now: int) -> str:
        text = "" if node.instruction is None else node.instruction.text
        return substitute(text, self._machine.scope(state, now))

    async def _walk(self, reply: _Reply) -> AsyncGenerator[ReplyEvent, None]:
        """Executes the machine's outputs; what it asks of models is answered on the way."""
        todo: deque[Output] = deque()
        step: Step | None = self._first_step(reply)
        while step is not None:
            reply.state = step.state
            todo.extend(step.outputs)
            step = None
            while todo and step is None:
                output = todo.popleft()
                match output:
                    case Judge() | NeedExtraction() | NeedArguments():
                        step = await self._consult(reply, output)
                    case _:
                        async for event in self._perform(reply, output):
                            yield event
            if step is None and reply.state.waiting == "agent":
                # What follows an answer nobody waits for belongs to the same reply.
                step = self._machine.on_agent_finished(reply.state, reply.now_ms)
                if step.state == reply.state:
                    step = None

    async def _perform(
        self,
        reply: _Reply,
        output: Speak | CallTool | Extracted | Transition | EndCall | WaitForUser,
    ) -> AsyncGenerator[ReplyEvent, None]:
        ask = reply.ask.ask
        match output:
            case Speak(text=str(text)):
                yield ReplyText(ask, f" {text}" if reply.spoke else text)
                reply.spoke = True
            case Speak():
                async for event in self._word(reply, output):
                    yield event
            case CallTool():
                yield ReplyToolCall(
                    ask=ask,
                    tool_call_id=output.tool_call_id,
                    name=output.name,
                    arguments=output.arguments,
                    kind=str(output.tool.get("type") or "custom"),
                    wait=output.waits,
                    speak_after=output.waits,
                )
            case Transition():
                yield ReplyNodeEntered(
                    ask,
                    output.former_node_id,
                    output.former_node_name,
                    output.new_node_id,
                    output.new_node_name,
                    output.kind,
                )
            case EndCall():
                reply.ends = True
                reply.successful = output.error is None
                if output.error is not None:
                    log.warning("flow ended in error", node=output.node_id, error=output.error)
            case Extracted() | WaitForUser():
                pass
            case _:
                assert_never(output)

    async def _consult(self, reply: _Reply, need: Judge | NeedExtraction | NeedArguments) -> Step:
        state, now = reply.state, reply.now_ms
        match need:
            case Judge():
                chosen = await self._judge(reply, need)
                return self._machine.on_judgement(state, chosen, now)
            case NeedExtraction():
                values = await self._extract(reply, need)
                return self._machine.on_extraction(state, values, now)
            case NeedArguments():
                return self._machine.on_arguments(state, await self._arguments(reply, need), now)

    # Wording by a model

    async def _word(self, reply: _Reply, wanted: Speak) -> AsyncGenerator[ReplyEvent, None]:
        """The node's prompt followed by a model; its own functions are there for a subagent."""
        node = self._settings.graph.nodes[wanted.node_id]
        scope = self._machine.scope(reply.state, reply.now_ms)
        own = {str(tool.get("name")): tool for tool in node.tools if tool.get("type") in KINDS}
        tools = tuple(tool_spec(tool, scope) for tool in own.values())
        words: list[str] = []
        async for event in converse(self._models, self._messages(reply, wanted), tools):
            match event:
                case TextDelta(text):
                    yield ReplyText(
                        reply.ask.ask, f" {text}" if reply.spoke and not words else text
                    )
                    words.append(text)
                case ToolCalled(request):
                    kind = str(own.get(request.name, {}).get("type") or "custom")
                    reply.ends = reply.ends or kind == "end_call"
                    yield _model_call(reply.ask.ask, request, kind)
                case ChatFinished():
                    reply.tokens += event.prompt_tokens + event.completion_tokens
        reply.spoke = reply.spoke or bool(words)
        reply.state = self._machine.on_agent_said(reply.state, "".join(words).strip())

    def _messages(self, reply: _Reply, wanted: Speak) -> list[ChatMessage]:
        scope = self._machine.scope(reply.state, reply.now_ms)
        general = substitute(self._settings.graph.global_prompt, scope)
        system = f"{general}\n\nYour task now: {wanted.prompt}\n\n{HOUSE_RULES}".strip()
        messages = [ChatMessage("system", system), *messages_of(reply.ask.entries)]
        hint = cue(reply.ask)
        messages += [ChatMessage("user", text) for text in (newest_words(reply.ask), hint) if text]
        return messages

    # Judging

    async def _judge(self, reply: _Reply, need: Judge) -> str | None:
        if self._models:
            try:
                return await self._judge_by_model(reply, need)
            except ProviderError as failure:
                log.warning("model did not judge", error=str(failure))
        now = local_time(reply.now_ms, self._settings.timezone)
        if now is None:
            now = datetime.fromtimestamp(reply.now_ms / 1000, UTC)
        heard = Heard(need.text, need.asked, now)
        vectors = await self._embed(texts_to_embed(need.conditions, heard))
        return choose(need.conditions, heard, vectors)

    async def _embed(self, texts: Sequence[str]) -> Mapping[str, Vector]:
        if self._embedder is None:
            return {}
        missing = [text for text in texts if text not in self._vectors]
        if len(self._vectors) + len(missing) > KEPT_VECTORS:
            self._vectors.clear()
            missing = list(texts)
        if missing:
            try:
                rows = await self._embedder.embed(missing)
            except ProviderError as failure:
                log.warning("embedder failed, rules judge alone", error=str(failure))
                return {}
            self._vectors |= dict(zip(missing, rows.tolist(), strict=True))
        return self._vectors

    async def _judge_by_model(self, reply: _Reply, need: Judge) -> str | None:
        lines = [f"{at}. {one.text}" for at, one in enumerate(need.conditions, start=1)]
        question = (
            "Conversation so far:\n"
            + _as_lines(need.context)
            + "\n\nWhich of these conditions is met now?\n"
            + "\n".join(lines)
            + "\n0. none of them\n\nAnswer with the number only."
        )
        answer = await self._answer(reply, question)
        found = re.search(r"\d+", answer)
        number = int(found.group()) if found else 0
        return need.conditions[number - 1].id if 1 <= number <= len(need.conditions) else None

    async def _extract(self, reply: _Reply, need: NeedExtraction) -> Mapping[str, str]:
        wanted = "\n".join(_wanted(variable) for variable in need.variables)
        question = (
            "Conversation so far:\n"
            + _as_lines(need.context)
            + "\n\nGive these values as one JSON object; leave out what was not said:\n"
            + wanted
        )
        try:
            values = _json_object(await self._answer(reply, question))
        except ProviderError as failure:
            log.warning("model did not extract", error=str(failure))
            return {}
        return as_texts(values)

    async def _arguments(self, reply: _Reply, need: NeedArguments) -> str:
        question = (
            "Conversation so far:\n"
            + _as_lines(need.context)
            + "\n\nGive the arguments of this function as one JSON object: "
            + json.dumps(need.tool.get("parameters"), ensure_ascii=False)
            + f"\nKnown already: {need.known}"
        )
        known = parse_arguments(need.known) or {}
        try:
            found = _json_object(await self._answer(reply, question))
        except ProviderError as failure:
            log.warning("model gave no arguments", error=str(failure))
            found = {}
        return json.dumps({**found, **known}, ensure_ascii=False)

    async def _answer(self, reply: _Reply, question: str) -> str:
        messages = [ChatMessage("user", question)]
        words: list[str] = []
        async for event in converse(self._models, messages):
            match event:
                case TextDelta(text):
                    words.append(text)
                case ChatFinished():
                    reply.tokens += event.prompt_tokens + event.completion_tokens
                case ToolCalled():
                    pass
        return "".join(words)


def _last_heard(entries: Sequence[Entry]) -> str | None:
    """What of the agent's last turn reached the caller, None before the first."""
    turns = (e for e in reversed(entries) if isinstance(e, Utterance) and e.role == "agent")
    return next((turn.content for turn in turns), None)


def _model_call(ask: int, request: ToolRequest, kind: str) -> ReplyToolCall:
    arguments, message = without_message(request.arguments)
    ends = kind == "end_call"
    return ReplyToolCall(
        ask=ask,
        tool_call_id=request.tool_call_id,
        name=request.name,
        arguments=arguments,
        kind=kind,
        speak_during=message or None,
        wait=not ends,
        speak_after=kind not in SILENT_AFTER,
    )


def _as_lines(context: Sequence[Said]) -> str:
    names = {"agent": "Agent", "user": "User", "tool": "Function"}
    return "\n".join(f"{names[said.role]}: {said.text}" for said in context)


def _wanted(variable: Variable) -> str:
    choices = f" (one of: {', '.join(variable.choices)})" if variable.choices else ""
    return f"- {variable.name} ({variable.kind}): {variable.description}{choices}"


def _json_object(text: str) -> dict[str, Any]:
    """The first JSON object in a model's answer, empty if there is none."""
    first, last = text.find("{"), text.rfind("}")
    return (parse_arguments(text[first : last + 1]) or {}) if 0 <= first < last else {}
