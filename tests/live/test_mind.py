"""The single-prompt mind: what the model is asked, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from tests.fakes.providers import FakeLlm
from tests.virtual_time import run

from uponai.domain.transcript import Digit, Entry, ToolInvocation, ToolResult, Utterance
from uponai.engine.commands import Ask, AskCause
from uponai.engine.events import ReplyDone, ReplyText, ReplyToolCall
from uponai.live.mind import ChosenModel, PromptMind, PromptSettings, ReplyEvent
from uponai.providers.base import (
    ChatEvent,
    ChatRequest,
    ProviderError,
    TextDelta,
    ToolCalled,
    ToolRequest,
)

BOOK: dict[str, Any] = {
    "type": "custom",
    "name": "book",
    "description": "Book for {{shop}}",
    "parameters": {"type": "object", "properties": {"day": {"type": "string"}}},
    "speak_during_execution": True,
}
END: dict[str, Any] = {"type": "end_call", "name": "end_call"}
EXTRACT: dict[str, Any] = {
    "type": "extract_dynamic_variable",
    "name": "note",
    "variables": [
        {"name": "size", "type": "enum", "choices": ["S", "L"], "required": True},
        {"name": "age", "type": "number", "description": "in years"},
    ],
}


def ask(
    cause: AskCause = "caller", text: str = "", entries: Sequence[Entry] = (), **given: str
) -> Ask:
    return Ask(7, cause, text, tuple(entries), {}, given)


def reply(
    wanted: Ask, *answer: ChatEvent, prompt: str = "You sell shoes.", tools: Sequence[Any] = ()
) -> tuple[list[ReplyEvent], ChatRequest]:
    llm = FakeLlm(lambda _: answer)

    async def scene() -> list[ReplyEvent]:
        settings = PromptSettings(prompt, tuple(tools))
        mind = PromptMind(settings, [ChosenModel(llm, "m", 0.3)])
        return [event async for event in mind.reply(wanted)]

    return run(scene()), llm.requests[0]


def text_of(events: Sequence[ReplyEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ReplyText)).strip()


def test_prompt_with_variables_conversation_and_the_newest_words() -> None:
    entries = [Utterance("agent", "Hello."), Utterance("user", "Hi."), Utterance("agent", "Yes?")]
    events, request = reply(
        ask(text="Shoes please", entries=entries, name="Anna"),
        TextDelta("Of course"),
        prompt="You talk to {{ name }}. {{unknown}}",
    )
    system, *rest = request.messages
    assert system.content.startswith("You talk to Anna. {{unknown}}")
    assert [(m.role, m.content) for m in rest] == [
        ("assistant", "Hello."),
        ("user", "Hi."),
        ("assistant", "Yes?"),
        ("user", "Shoes please"),
    ]
    assert text_of(events) == "Of course"
    assert events[-1] == ReplyDone(7, {}, tokens=15)
    assert request.temperature == 0.3


@pytest.mark.parametrize("cause", ["begin", "reminder"])
def test_where_nobody_spoke_the_model_gets_a_stage_direction(cause: AskCause) -> None:
    _, request = reply(ask(cause), TextDelta("Hello"))
    assert request.messages[-1].role == "user"
    assert request.messages[-1].content.startswith("(The call")


def test_results_stand_behind_their_calls_wherever_they_came_in() -> None:
    entries: list[Entry] = [
        ToolInvocation("t1", "book", "{}"),
        ToolInvocation("t2", "other", "{}"),
        Utterance("user", "Hurry up"),
        ToolResult("t1", "booked"),
        Digit("1"),
        Digit("2"),
    ]
    _, request = reply(ask("tool", entries=entries), TextDelta("Done"))
    shapes = [(m.role, m.tool_call_id or m.content) for m in request.messages[1:]]
    assert shapes == [
        ("assistant", ""),
        ("tool", "t1"),
        ("tool", "t2"),
        ("user", "Hurry up"),
        ("user", "(pressed 1 2)"),
    ]
    assert [call.tool_call_id for call in request.messages[1].tool_calls] == ["t1", "t2"]
    assert request.messages[2].content == "booked"


def test_tool_call_with_the_words_to_say_meanwhile() -> None:
    called = ToolCalled(
        ToolRequest("t1", "book", '{"day": "Monday", "execution_message": "One moment."}')
    )
    events, request = reply(ask(text="book", shop="Maple"), called, tools=[BOOK])
    (spec,) = request.tools
    assert spec.description == "Book for Maple"
    assert set(spec.parameters["properties"]) == {"day", "execution_message"}
    call = events[0]
    assert isinstance(call, ReplyToolCall)
    assert (call.tool_call_id, call.arguments) == ("t1", '{"day": "Monday"}')
    assert (call.speak_during, call.wait, call.speak_after) == ("One moment.", True, True)


def test_static_words_to_say_meanwhile() -> None:
    tool = {
        **BOOK,
        "execution_message_type": "static_text",
        "execution_message_description": "Looking, {{name}}.",
        "speak_after_execution": False,
    }
    called = ToolCalled(ToolRequest("t1", "book", "{}"))
    events, request = reply(ask(text="book", name="Anna"), called, tools=[tool])
    assert set(request.tools[0].parameters["properties"]) == {"day"}
    call = events[0]
    assert isinstance(call, ReplyToolCall)
    assert call.speak_during == "Looking, Anna." and not call.speak_after


def test_end_call_says_goodbye_and_ends() -> None:
    called = ToolCalled(ToolRequest("t1", "end_call", '{"execution_message": "Bye now."}'))
    events, _ = reply(ask(text="bye"), called, tools=[END])
    assert text_of(events) == "Bye now."
    call, done = events[-2], events[-1]
    assert isinstance(call, ReplyToolCall) and call.kind == "end_call" and not call.wait
    assert isinstance(done, ReplyDone) and done.ends_call


def test_end_call_behind_spoken_words_says_no_second_goodbye() -> None:
    called = ToolCalled(ToolRequest("t1", "end_call", '{"execution_message": "Bye now."}'))
    events, _ = reply(ask(text="bye"), TextDelta("Take care."), called, tools=[END])
    assert text_of(events) == "Take care."


def test_extraction_tool_has_a_schema_of_its_variables() -> None:
    _, request = reply(ask(text="x"), TextDelta("ok"), tools=[EXTRACT])
    parameters = request.tools[0].parameters
    assert parameters["properties"]["size"] == {
        "type": "string",
        "description": "",
        "enum": ["S", "L"],
    }
    assert parameters["properties"]["age"]["type"] == "number"
    assert parameters["required"] == ["size"]


class Failing(FakeLlm):
    """Fails before its first word."""

    def __init__(self, *, retriable: bool) -> None:
        super().__init__(lambda _: [])
        self._retriable = retriable

    async def reply(self, request: ChatRequest) -> Any:
        self.requests.append(request)
        raise ProviderError("fake", "down", retriable=self._retriable)
        yield


def test_backup_answers_when_the_first_model_is_down() -> None:
    down, good = Failing(retriable=True), FakeLlm(lambda _: [TextDelta("Here I am")])

    async def scene() -> list[ReplyEvent]:
        models = [ChosenModel(down, "a"), ChosenModel(good, "b")]
        mind = PromptMind(PromptSettings("x"), models)
        return [event async for event in mind.reply(ask(text="hello"))]

    assert text_of(run(scene())) == "Here I am"
    assert len(down.requests) == 2 and good.requests[0].model == "b"


def test_nobody_answers() -> None:
    async def scene() -> None:
        mind = PromptMind(PromptSettings("x"), [ChosenModel(Failing(retriable=False), "a")])
        with pytest.raises(ProviderError):
            async for _ in mind.reply(ask(text="hello")):
                pass
        with pytest.raises(ProviderError, match="no language model"):
            async for _ in PromptMind(PromptSettings("x"), []).reply(ask(text="hello")):
                pass

    run(scene())


def test_a_model_that_falls_silent_is_a_failure() -> None:
    slow = FakeLlm(lambda _: [TextDelta("too late")], delay_s=60)

    async def scene() -> None:
        mind = PromptMind(PromptSettings("x"), [ChosenModel(slow, "a")])
        with pytest.raises(ProviderError, match="no answer"):
            async for _ in mind.reply(ask(text="hello")):
                pass

    run(scene())
