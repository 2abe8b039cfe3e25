"""What answers the caller: the ``Responder`` protocol, and the single-prompt agent on a chat model.

A reply is a stream of events and has no effect outside: tool calls are only proposed, the engine
runs them once the turn is committed. A cancelled reply is simply closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from uponai.domain.transcript import (
    Digit,
    Entry,
    NodeTransition,
    ToolInvocation,
    ToolResult,
    Utterance,
)
from uponai.engine.commands import Ask
from uponai.engine.events import (
    ReplyDone,
    ReplyNodeEntered,
    ReplyNoted,
    ReplyText,
    ReplyToolCall,
)
from uponai.flow.graph import Json
from uponai.flow.phone import BRIDGE, CANCEL, PHONE_KINDS
from uponai.flow.variables import DEFAULT_TIMEZONE, Scope, substitute
from uponai.live.states import (
    MOVES,
    TRANSITION,
    State,
    States,
    arrived,
    learnt,
    mind_of,
    transitions,
)
from uponai.live.tool_specs import tool_spec, without_message
from uponai.log import get
from uponai.providers.base import (
    ChatEvent,
    ChatFinished,
    ChatMessage,
    ChatRequest,
    LanguageModel,
    ProviderError,
    TextDelta,
    ToolCalled,
    ToolRequest,
    ToolSpec,
)
from uponai.tasks import now_ms

ReplyEvent = ReplyText | ReplyToolCall | ReplyNodeEntered | ReplyNoted | ReplyDone

EVENT_TIMEOUT_S = 15.0
ATTEMPTS = 2
KINDS = ("custom", "mcp", "end_call", "extract_dynamic_variable", *PHONE_KINDS)
SILENT_AFTER = frozenset({"end_call", "press_digit", BRIDGE, CANCEL})
"""Kinds whose result the agent does not talk about."""

HOUSE_RULES = (
    "You are speaking on a phone call; your words are read out by a voice. Answer in one to three"
    " short spoken sentences. No lists, no markdown, no emojis, no stage directions."
)
BEGIN = "(The call has just been answered. Say your first words now.)"
REMINDER = "(The caller has been silent for a while. Ask briefly whether they are still there.)"
VOICEMAIL = "(You have reached an answering machine and its beep was heard. Leave this message: {})"
GOODBYE = "Goodbye."
PENDING = "The function is still running."

log = get("uponai.live.mind")


class Responder(Protocol):
    """Somebody who answers. Raises whatever breaks; the driver makes ``ReplyFailed`` of it."""

    def reply(self, ask: Ask) -> AsyncIterator[ReplyEvent]:
        """Events of one reply, ``ReplyDone`` last. Closing the iterator cancels."""
        ...


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A chat model and how to ask it."""

    llm: LanguageModel
    model: str
    temperature: float = 0.0


@dataclass(frozen=True, slots=True)
class PromptSettings:
    """A Retell LLM, as far as it is played: prompt, functions, states (retell-api.md 6.2)."""

    general_prompt: str = ""
    tools: tuple[Json, ...] = ()
    states: States = field(default_factory=lambda: States(()))
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
    voicemail_prompt: str = ""
    timezone: str = DEFAULT_TIMEZONE


@dataclass(slots=True)
class _Turn:
    """One reply on its way: where it stands, what it was told and has said."""

    ask: Ask
    state: State
    said: str = ""
    ends: bool = False
    waits: bool = False
    tokens: int = 0
    variables: dict[str, str] = field(default_factory=dict[str, str])
    passed: list[ChatMessage] = field(default_factory=list[ChatMessage])


class PromptMind:
    """One prompt, or a prompt per state; a chat model and those that stand in for it."""

    def __init__(self, settings: PromptSettings, models: Sequence[ChosenModel]) -> None:
        """``models`` in the order to try them; at least one."""
        self._settings = settings
        self._models = models
        for tool in (*settings.tools, *settings.states.tools):
            if tool.get("type") not in KINDS:
                name, kind = tool.get("name"), tool.get("type")
                log.warning("function type not played", function=name, type=kind)

    async def reply(self, ask: Ask) -> AsyncGenerator[ReplyEvent, None]:
        turn = _Turn(ask, self._settings.states.at(ask.mind))
        for _ in range(MOVES + 1):
            left = turn.state
            async for event in self._words(turn):
                yield event
            if turn.state is left or turn.ends or turn.waits:
                break
        yield ReplyDone(
            ask.ask,
            mind=mind_of(turn.state) or ask.mind,
            ends_call=turn.ends,
            tokens=turn.tokens,
            variables=turn.variables,
        )

    async def _words(self, turn: _Turn) -> AsyncGenerator[ReplyEvent, None]:
        """What the model answers in the state that the turn is in, up to where it leads on."""
        ask, here = turn.ask, turn.state
        given = {**ask.variables, **turn.variables}
        scope = Scope(given, now_ms(), self._settings.timezone, self._settings.defaults)
        tools = {str(tool.get("name")): tool for tool in (*self._settings.tools, *here.tools)}
        offered = [tool_spec(tool, scope) for tool in tools.values() if tool.get("type") in KINDS]
        offered += transitions(here, scope)
        said = ""
        async for event in converse(self._models, self._messages(turn, scope), offered):
            match event:
                case TextDelta(text):
                    said += text
                    yield ReplyText(ask.ask, text)
                case ToolCalled(request) if there := self._settings.states.next(here, request):
                    if turn.state is here:
                        for noted in self._move(turn, there, request, said):
                            yield noted
                case ToolCalled(request):
                    speaks = bool((turn.said + said).strip())
                    tool = tools.get(request.name, {})
                    call = _tool_call(ask, request, tool, scope, said=speaks)
                    turn.waits = turn.waits or call.wait
                    turn.ends = turn.ends or call.kind == "end_call"
                    if call.kind == "end_call" and not speaks:
                        said = call.speak_during or GOODBYE
                        yield ReplyText(ask.ask, said)
                    yield call
                case ChatFinished():
                    turn.tokens += event.prompt_tokens + event.completion_tokens
        turn.said += said

    def _move(
        self, turn: _Turn, there: State, request: ToolRequest, said: str
    ) -> tuple[ReplyNoted, ReplyNoted]:
        """Go on in ``there``; the record tells of it as of a function."""
        turn.state = there
        turn.variables |= learnt(request)
        result = arrived(there)
        turn.passed += [
            ChatMessage("assistant", said, tool_calls=(request,)),
            ChatMessage("tool", result, tool_call_id=request.tool_call_id),
        ]
        invocation = ToolInvocation(
            request.tool_call_id, request.name, request.arguments or "{}", TRANSITION
        )
        return (
            ReplyNoted(turn.ask.ask, invocation),
            ReplyNoted(turn.ask.ask, ToolResult(request.tool_call_id, result)),
        )

    def _messages(self, turn: _Turn, scope: Mapping[str, str]) -> list[ChatMessage]:
        ask = turn.ask
        prompts = (self._settings.general_prompt, turn.state.prompt)
        texts = [*(substitute(prompt, scope) for prompt in prompts), HOUSE_RULES]
        messages = [ChatMessage("system", "\n\n".join(text for text in texts if text))]
        messages += messages_of(ask.entries)
        hint = cue(ask, substitute(self._settings.voicemail_prompt, scope))
        messages += [ChatMessage("user", text) for text in (newest_words(ask), hint) if text]
        return messages + turn.passed


def _tool_call(
    ask: Ask, request: ToolRequest, tool: Json, scope: Mapping[str, str], *, said: bool
) -> ReplyToolCall:
    kind = str(tool.get("type") or "custom")
    arguments, message = without_message(request.arguments)
    if tool.get("execution_message_type") == "static_text":
        message = substitute(str(tool.get("execution_message_description") or ""), scope)
    speaks = tool.get("speak_during_execution") is True or kind == "end_call"
    return ReplyToolCall(
        ask=ask.ask,
        tool_call_id=request.tool_call_id,
        name=request.name,
        arguments=arguments,
        kind=kind,
        speak_during=message if speaks and message and not said else None,
        wait=kind != "end_call",
        speak_after=kind not in SILENT_AFTER and tool.get("speak_after_execution") is not False,
    )


def cue(ask: Ask, voicemail_prompt: str = "") -> str:
    """A stage direction for the model where nobody has spoken."""
    match ask.cause:
        case "begin":
            return BEGIN
        case "reminder":
            return REMINDER
        case "voicemail":
            return VOICEMAIL.format(voicemail_prompt)
        case "caller" | "tool" | "digits" | "interrupt":
            return ""


def newest_words(ask: Ask) -> str:
    """What the caller has just said; digits are among the entries already."""
    return "" if ask.cause == "digits" else ask.caller_text


def messages_of(entries: Sequence[Entry]) -> list[ChatMessage]:
    """The conversation as chat messages.

    Results stand right behind the calls they answer, as chat APIs demand, wherever they came in.
    """
    results = {entry.tool_call_id: entry for entry in entries if isinstance(entry, ToolResult)}
    messages: list[ChatMessage] = []
    calls: list[ToolInvocation] = []
    digits = ""
    for entry in entries:
        if not isinstance(entry, Digit) and digits:
            messages.append(ChatMessage("user", f"(pressed {' '.join(digits)})"))
            digits = ""
        if not isinstance(entry, ToolInvocation) and calls:
            messages += _calls(calls, results)
            calls = []
        match entry:
            case Utterance():
                role = "assistant" if entry.role == "agent" else "user"
                messages.append(ChatMessage(role, entry.content))
            case ToolInvocation():
                calls.append(entry)
            case Digit():
                digits += entry.digit
            case ToolResult() | NodeTransition():
                pass
    messages += _calls(calls, results)
    if digits:
        messages.append(ChatMessage("user", f"(pressed {' '.join(digits)})"))
    return messages


def _calls(calls: Sequence[ToolInvocation], results: Mapping[str, ToolResult]) -> list[ChatMessage]:
    if not calls:
        return []
    requests = tuple(ToolRequest(call.tool_call_id, call.name, call.arguments) for call in calls)
    messages = [ChatMessage("assistant", tool_calls=requests)]
    for call in calls:
        result = results.get(call.tool_call_id)
        content = PENDING if result is None else result.content
        messages.append(ChatMessage("tool", content, tool_call_id=call.tool_call_id))
    return messages


async def converse(
    models: Sequence[ChosenModel], messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
) -> AsyncGenerator[ChatEvent, None]:
    """One answer: a model that fails before its first word is asked again, then the next one.

    Raises ProviderError when nobody answers.
    """
    last = ProviderError("model", "no language model is configured", retriable=False)
    for chosen in models:
        request = ChatRequest(chosen.model, messages, tools, chosen.temperature)
        for _ in range(ATTEMPTS):
            began = False
            try:
                async for event in _paced(chosen.llm.reply(request)):
                    began = True
                    yield event
            except ProviderError as failure:
                if began:
                    raise
                last = failure
                if not failure.retriable:
                    break
            else:
                return
    raise last


async def _paced(source: AsyncIterator[ChatEvent]) -> AsyncGenerator[ChatEvent, None]:
    """The same events; a model that falls silent is a failure."""
    try:
        while True:
            try:
                async with asyncio.timeout(EVENT_TIMEOUT_S):
                    event = await anext(source)
            except StopAsyncIteration:
                return
            except TimeoutError:
                text = f"no answer for {EVENT_TIMEOUT_S:.0f} s"
                raise ProviderError("model", text, retriable=True) from None
            yield event
    finally:
        closing = getattr(source, "aclose", None)
        if closing is not None:
            await closing()
