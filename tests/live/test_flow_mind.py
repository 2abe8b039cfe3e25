"""A conversation flow without any language model, and with one for its prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.providers import FakeLlm
from tests.virtual_time import run

from uponai.domain.transcript import Entry, ToolInvocation, ToolResult
from uponai.engine.commands import Ask, AskCause
from uponai.engine.events import ReplyDone, ReplyNodeEntered, ReplyText, ReplyToolCall
from uponai.flow.graph import parse
from uponai.live.flow_mind import FlowMind, FlowSettings
from uponai.live.mind import ChosenModel, ReplyEvent
from uponai.providers.base import ChatEvent, ChatRequest, TextDelta

FLOW: dict[str, Any] = {
    "start_speaker": "agent",
    "start_node_id": "greet",
    "default_dynamic_variables": {"shop": "Maple"},
    "tools": [
        {
            "type": "custom",
            "tool_id": "tool-1",
            "name": "book",
            "url": "https://example.com",
            "parameters": {
                "type": "object",
                "properties": {"day": {"type": "string", "description": "the day"}},
            },
            "response_variables": {"code": "$.code"},
        }
    ],
    "nodes": [
        {
            "id": "greet",
            "name": "Greeting",
            "type": "conversation",
            "instruction": {"type": "static_text", "text": "{{shop}} here. Shall I book you in?"},
            "edges": [
                {
                    "id": "yes",
                    "destination_node_id": "call",
                    "transition_condition": {"type": "prompt", "prompt": "User agrees"},
                },
                {
                    "id": "no",
                    "destination_node_id": "bye",
                    "transition_condition": {"type": "prompt", "prompt": "User declines"},
                },
            ],
        },
        {
            "id": "call",
            "name": "Book",
            "type": "function",
            "tool_id": "tool-1",
            "tool_type": "local",
            "wait_for_result": True,
            "edges": [],
            "else_edge": {
                "id": "else",
                "destination_node_id": "done",
                "transition_condition": {"type": "prompt", "prompt": "Else"},
            },
        },
        {
            "id": "done",
            "name": "Done",
            "type": "end",
            "instruction": {"type": "static_text", "text": "Booked under {{code}}. Goodbye."},
            "speak_during_execution": True,
        },
        {
            "id": "bye",
            "name": "Bye",
            "type": "end",
            "instruction": {"type": "prompt", "text": "Say goodbye to the user."},
            "speak_during_execution": True,
        },
    ],
}


def ask(
    cause: AskCause,
    text: str = "",
    mind: Mapping[str, Any] | None = None,
    entries: Sequence[Entry] = (),
) -> Ask:
    ids = tuple(e.tool_call_id for e in entries if isinstance(e, ToolResult))
    return Ask(1, cause, text, tuple(entries), mind or {}, {}, ids)


def reply(mind: FlowMind, wanted: Ask) -> tuple[str, list[ReplyEvent], ReplyDone]:
    async def scene() -> list[ReplyEvent]:
        return [event async for event in mind.reply(wanted)]

    events = run(scene())
    done = events[-1]
    assert isinstance(done, ReplyDone)
    return "".join(e.text for e in events if isinstance(e, ReplyText)).strip(), events, done


def mind(*answers: Sequence[ChatEvent]) -> FlowMind:
    script = list(answers)

    def answer(request: ChatRequest) -> Sequence[ChatEvent]:
        del request
        return script.pop(0)

    models = [ChosenModel(FakeLlm(answer), "m")] if answers else []
    return FlowMind(FlowSettings(parse(FLOW)), None, models)


def test_whole_flow_by_rules_alone() -> None:
    flow = mind()
    said, _, done = reply(flow, ask("begin"))
    assert said == "Maple here. Shall I book you in?" and not done.ends_call
    said, events, done = reply(flow, ask("caller", "Yes please", done.mind))
    moved = next(e for e in events if isinstance(e, ReplyNodeEntered))
    assert (moved.former_node_id, moved.new_node_id) == ("greet", "call")
    call = next(e for e in events if isinstance(e, ReplyToolCall))
    assert call.name == "book" and call.kind == "custom" and call.wait
    entries = (
        ToolInvocation(call.tool_call_id, "book", call.arguments),
        ToolResult(call.tool_call_id, '{"code": "X7"}'),
    )
    said, _, done = reply(flow, ask("tool", mind=done.mind, entries=entries))
    assert said == "Booked under X7. Goodbye."
    assert done.ends_call and done.successful and done.mind["collected"] == {"code": "X7"}


def test_a_reply_that_is_thrown_away_leaves_no_trace() -> None:
    flow = mind()
    _, _, begun = reply(flow, ask("begin"))
    reply(flow, ask("caller", "No", begun.mind))
    _, events, _ = reply(flow, ask("caller", "No, wait, yes please", begun.mind))
    assert any(isinstance(e, ReplyToolCall) for e in events)


def test_the_caller_may_speak_first_though_the_agent_was_to_begin() -> None:
    said, _, _ = reply(mind(), ask("caller", "Hello?"))
    assert said == "Maple here. Shall I book you in?"


def test_reminder_leaves_the_flow_where_it_is() -> None:
    flow = mind()
    _, _, begun = reply(flow, ask("begin"))
    said, _, done = reply(flow, ask("reminder", mind=begun.mind))
    assert said.endswith("?") and done.mind == begun.mind


def test_model_judges_and_words_where_there_is_one() -> None:
    flow = mind([TextDelta("2")], [TextDelta("Farewell then.")])
    _, _, begun = reply(flow, ask("begin"))
    said, _, done = reply(flow, ask("caller", "I would rather not", begun.mind))
    assert said == "Farewell then." and done.ends_call and done.tokens == 30
