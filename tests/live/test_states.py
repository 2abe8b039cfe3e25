"""Agents of several states: where they stand, what leads on, and what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.fakes.providers import FakeLlm
from tests.live.house import House, call_of, greeted, play, say, until
from tests.live.test_mind import ask, text_of
from tests.virtual_time import run

from uponai.domain.transcript import ToolInvocation, ToolResult
from uponai.engine.events import ReplyDone, ReplyNoted, ReplyToolCall
from uponai.live.mind import ChosenModel, PromptMind, PromptSettings, ReplyEvent
from uponai.live.states import MOVES, States
from uponai.providers.base import ChatEvent, ChatRequest, TextDelta, ToolCalled, ToolRequest

BOOK: dict[str, Any] = {"type": "custom", "name": "book", "url": "https://example.com/book"}
STATES: list[dict[str, Any]] = [
    {
        "name": "greet",
        "state_prompt": "Ask what {{name}} wants.",
        "edges": [
            {
                "destination_state_name": "order",
                "description": "{{name}} wants shoes",
                "parameters": {"type": "object", "properties": {"size": {"type": "number"}}},
            }
        ],
    },
    {
        "name": "order",
        "state_prompt": "Order shoes of size {{size}}.",
        "tools": [BOOK],
        "edges": [{"destination_state_name": "greet", "description": "start again"}],
    },
]
TO_ORDER = ToolCalled(ToolRequest("t1", "transition_to_order", '{"size": 42}'))
TO_GREET = ToolCalled(ToolRequest("t2", "transition_to_greet", ""))

Answer = Callable[[ChatRequest], Sequence[ChatEvent]]


def reply(answer: Answer, mind: Mapping[str, Any] | None = None) -> tuple[list[Any], FakeLlm]:
    llm = FakeLlm(answer)

    async def scene() -> list[ReplyEvent]:
        settings = PromptSettings("You sell shoes.", states=States(STATES, "greet"))
        wanted = replace(ask(text="shoes, 42", name="Anna"), mind=mind or {})
        return [e async for e in PromptMind(settings, [ChosenModel(llm, "m")]).reply(wanted)]

    return run(scene()), llm


def prompt(request: ChatRequest) -> str:
    return request.messages[0].content


def in_order(request: ChatRequest) -> bool:
    return "Order shoes" in prompt(request)


def test_a_conversation_begins_in_the_starting_state_with_its_prompt_and_its_ways_on() -> None:
    events, llm = reply(lambda _: [TextDelta("What size?")])
    (request,) = llm.requests
    assert "You sell shoes." in prompt(request) and "Ask what Anna wants." in prompt(request)
    assert "Order shoes" not in prompt(request)
    (way,) = request.tools
    assert (way.name, way.description) == ("transition_to_order", "Anna wants shoes")
    assert way.parameters["properties"] == {"size": {"type": "number"}}
    assert events[-1] == ReplyDone(7, {"state": "greet"}, tokens=15)


def test_a_move_is_followed_by_the_words_of_the_new_state_and_brings_variables() -> None:
    events, llm = reply(
        lambda asked: [TextDelta("Size 42 it is.")] if in_order(asked) else [TO_ORDER]
    )
    first, second = llm.requests
    assert "Order shoes of size 42." in prompt(second)
    assert [tool.name for tool in second.tools] == ["book", "transition_to_greet"]
    assert [m.role for m in second.messages[len(first.messages) :]] == ["assistant", "tool"]
    assert text_of(events) == "Size 42 it is."
    noted = [event.entry for event in events if isinstance(event, ReplyNoted)]
    assert noted == [
        ToolInvocation("t1", "transition_to_order", '{"size": 42}', "transition"),
        ToolResult("t1", '{"now_in_state": "order"}'),
    ]
    assert events[-1] == ReplyDone(7, {"state": "order"}, tokens=30, variables={"size": "42"})


def test_functions_of_a_state_are_called_in_it_and_what_is_left_waits_for_the_result() -> None:
    book = ToolCalled(ToolRequest("t3", "book", "{}"))
    events, llm = reply(lambda _: [book, TO_GREET], {"state": "order"})
    assert len(llm.requests) == 1
    (call,) = [event for event in events if isinstance(event, ReplyToolCall)]
    assert (call.name, call.kind, call.wait) == ("book", "custom", True)
    assert events[-1].mind == {"state": "greet"}


def test_states_that_send_each_other_in_circles_come_to_an_end() -> None:
    events, llm = reply(lambda asked: [TO_GREET if in_order(asked) else TO_ORDER])
    assert len(llm.requests) == MOVES + 1
    assert isinstance(events[-1], ReplyDone)


def test_of_two_ways_on_at_once_the_first_is_taken() -> None:
    both = [TO_ORDER, ToolCalled(ToolRequest("t4", "transition_to_order", '{"size": 9}'))]
    events, _ = reply(lambda asked: [TextDelta("Fine.")] if in_order(asked) else both)
    assert events[-1].variables == {"size": "42"}


def test_a_call_moves_on_and_stays_there() -> None:
    prompts: list[str] = []

    def script(request: ChatRequest) -> Sequence[ChatEvent]:
        prompts.append("order" if in_order(request) else "greet")
        heard = request.messages[-1].content
        return [TO_ORDER] if "42" in heard else [TextDelta("Anything else?")]

    engine = {
        "general_prompt": "You sell shoes.",
        "begin_message": "Hello.",
        "states": STATES,
        "starting_state": "greet",
    }

    async def scene(house: House) -> None:
        line = await greeted(house, "Hello.")
        for words in ("I take 42", "No, thank you"):
            heard = line.heard.count("else?")
            await say(line, words)
            await until(lambda heard=heard: line.heard.count("else?") > heard, line)
            await line.run(0.5)
        line.hang_up()
        await asyncio.sleep(5)

    row = play(scene, call_of(engine), script=script).row()
    assert prompts[0] == "greet" and prompts[-1] == "order"
    assert row.report["collected_dynamic_variables"] == {"size": "42"}
    kinds = [item.get("type") for item in row.report["transcript_with_tool_calls"]]
    assert "transition" in kinds
