"""Whoever a transfer reaches is talked with before the caller is theirs: through a whole brain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.fakes.flows import edge, flow, says
from tests.fakes.line import FakeLine
from tests.fakes.providers import spoken
from tests.live.house import House, call_of, play, until
from tests.live.sales import (
    SALES,
    asks_for_sales,
    brought_back,
    desk_with,
    events,
    front_desk,
    leaves,
    put_through,
)

from uponai.link.media import Dismiss, Join
from uponai.providers.base import (
    ChatEvent,
    ChatMessage,
    ChatRequest,
    TextDelta,
    ToolCalled,
    ToolRequest,
)

WARM: dict[str, Any] = {
    "type": "warm_transfer",
    "on_hold_music": "uplifting_beats",
    "private_handoff_option": {"type": "static_message", "message": "{{name}} wants shoes."},
    "public_handoff_option": {"type": "static_message", "message": "Meet each other."},
}
AGENTIC: dict[str, Any] = {
    "type": "agentic_warm_transfer",
    "agentic_transfer_config": {"transfer_agent": {"agent_id": "agent_2", "agent_version": 1}},
}
VARIABLES = {"retell_llm_dynamic_variables": {"name": "Anna"}}
TRANSFER_AGENT = (
    {"voice_id": "v", "response_engine": {"type": "retell-llm"}},
    {
        "general_prompt": "You are the go-between.",
        "start_speaker": "user",
        "general_tools": [
            {"type": "bridge_transfer", "name": "take"},
            {"type": "cancel_transfer", "name": "leave"},
        ],
    },
)


def desk(option: dict[str, Any]) -> Any:
    tool = {
        "type": "transfer_call",
        "name": "to_sales",
        "transfer_destination": {"type": "predefined", "number": SALES},
        "transfer_option": option,
    }
    return call_of(desk_with(tool), request=VARIABLES)


def script(request: ChatRequest) -> Sequence[ChatEvent]:
    """The front desk, who also writes handoffs and reads menus, and the go-between."""
    first, last = request.messages[0].content, request.messages[-1]
    if "phone menu" in last.content:
        return [TextDelta("Press 2.")]
    if "You hand a caller over" in first:
        return [TextDelta("A buyer." if "wants" in first else "This is Bob.")]
    return go_between(first, last) if "go-between" in first else front_desk(last)


def go_between(prompt: str, last: ChatMessage) -> Sequence[ChatEvent]:
    assert "sales please" in prompt
    if "no" in last.content:
        return [ToolCalled(ToolRequest("g1", "leave", '{"reason": "they are at lunch"}'))]
    if "yes" in last.content:
        return [ToolCalled(ToolRequest("g2", "take", "{}"))]
    return [TextDelta("Do you take Anna?")]


async def ringing(house: House) -> FakeLine:
    """The caller waits, and it rings there."""
    line = await put_through(house)
    line.refers("progress", 180)
    return line


async def speaks(line: FakeLine, second: FakeLine, text: str, pause_s: float = 1.5) -> None:
    """Whoever answered says ``text``, and pauses."""
    await line.run(0.5)
    second.say(spoken(text))
    await line.run(len(text) * 0.05 + pause_s)


def told(line: FakeLine, kind: type[object]) -> Callable[[], bool]:
    return lambda: any(isinstance(message, kind) for message in line.messages)


def result(house: House) -> str:
    entries = house.row().report["transcript_with_tool_calls"]
    (found,) = [entry for entry in entries if entry["role"] == "tool_call_result"]
    return found["content"]


def test_a_person_hears_who_waits_and_both_are_introduced() -> None:
    async def scene(house: House) -> None:
        line = await ringing(house)
        refer = line.referred[0]
        assert (refer.mode, refer.talk, refer.cue) == ("invite", True, True)
        assert refer.music == "uplifting_beats"
        second = line.second()
        await speaks(line, second, "please hold for the next available agent")
        assert second.heard == ""
        await speaks(line, second, "sales here")
        await until(told(line, Join), line)
        assert second.heard == "Anna wants shoes."
        assert line.heard == "Hello."
        line.refers("joined", 200)
        await until(lambda: "Meet each other." in line.heard, line)
        assert second.heard == "Anna wants shoes."
        await line.run(20.0)
        assert not line.over
        await leaves(line)

    house = play(scene, desk(WARM), script=script)
    row = house.row()
    assert row.ending is not None and row.ending.reason == "call_transfer"
    assert row.report["transcript"].endswith("Agent: Meet each other.\n")
    assert events(house) == ["transfer_started", "transfer_bridged", "transfer_ended", "call_ended"]


def test_a_model_writes_what_both_are_told() -> None:
    option = {
        **WARM,
        "private_handoff_option": {"type": "prompt", "prompt": "Say what {{name}} wants."},
        "public_handoff_option": {"type": "prompt", "prompt": "Name the other one."},
    }

    async def scene(house: House) -> None:
        line = await ringing(house)
        second = line.second()
        await speaks(line, second, "sales here")
        await until(told(line, Join), line)
        assert second.heard == "A buyer."
        line.refers("joined", 200)
        await until(lambda: "This is Bob." in line.heard, line)
        await leaves(line)

    play(scene, desk(option), script=script)


def test_whom_nobody_looks_for_is_told_at_once() -> None:
    async def scene(house: House) -> None:
        line = await ringing(house)
        second = line.second()
        await until(lambda: "Anna wants shoes." in second.heard, line, 4.0)
        await leaves(line)

    play(scene, desk({**WARM, "opt_out_human_detection": True}), script=script)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("you reached sales please leave a message after the tone", "answering machine"),
        ("", "did not take the caller in time"),
    ],
)
def test_where_no_person_is_the_caller_comes_back(said: str, why: str) -> None:
    async def scene(house: House) -> None:
        line = await ringing(house)
        second = line.second()
        if said:
            await speaks(line, second, said)
        await until(told(line, Dismiss), line, 12.0)
        await until(lambda: "It did not work." in line.heard, line)
        assert second.heard == ""
        await leaves(line)

    house = play(scene, desk({**WARM, "agent_detection_timeout_ms": 8_000}), script=script)
    assert why in result(house)
    assert events(house) == ["transfer_started", "transfer_cancelled", "call_ended"]


def test_a_phone_menu_is_gone_through_as_somebody_said() -> None:
    option = {**WARM, "ivr_option": {"type": "prompt", "prompt": "We want sales."}}

    async def scene(house: House) -> None:
        line = await ringing(house)
        second = line.second()
        await speaks(line, second, "for support press one for sales press two")
        assert second.pressed == "2"
        await speaks(line, second, "sales here")
        await until(told(line, Join), line)
        await leaves(line)

    play(scene, desk(option), script=script)


def test_another_agent_asks_them_and_joins_the_two() -> None:
    async def scene(house: House) -> None:
        house.agents["agent_2"] = TRANSFER_AGENT
        line = await ringing(house)
        second = line.second()
        await speaks(line, second, "hello")
        await until(lambda: "Do you take Anna?" in second.heard, line)
        await speaks(line, second, "yes")
        await until(told(line, Join), line)
        line.refers("joined", 200)
        await line.run(1.0)
        await leaves(line)

    house = play(scene, desk(AGENTIC), script=script)
    assert events(house)[1:] == ["transfer_bridged", "transfer_ended", "call_ended"]


@pytest.mark.parametrize("outcome", ["bridge_transfer", "cancel_transfer"])
def test_a_flow_decides_by_its_nodes(outcome: str) -> None:
    decides = flow(
        {"id": "n0", "type": "branch", "edges": [], "else_edge": edge("n1")},
        says("n1", "Who is there?", always_edge="n2"),
        {
            "id": "n2",
            "type": outcome,
            "instruction": {"type": "static_text", "text": "Thank you."},
            "speak_during_execution": True,
        },
        start_speaker="user",
    )

    async def scene(house: House) -> None:
        engine = {"type": "conversation-flow"}
        house.agents["agent_2"] = ({"voice_id": "v", "response_engine": engine}, decides)
        line = await ringing(house)
        second = line.second()
        await speaks(line, second, "hello")
        await until(lambda: "Who is there?" in second.heard, line)
        await speaks(line, second, "sales")
        await until(told(line, Join if outcome == "bridge_transfer" else Dismiss), line)
        assert second.heard.endswith("Thank you.")
        await leaves(line)

    play(scene, desk(AGENTIC), script=script)


def test_why_they_do_not_take_the_caller_is_what_the_agent_hears() -> None:
    async def scene(house: House) -> None:
        house.agents["agent_2"] = TRANSFER_AGENT
        line = await ringing(house)
        second = line.second()
        await speaks(line, second, "no")
        await until(told(line, Dismiss), line)
        await brought_back(line)

    house = play(scene, desk(AGENTIC), script=script)
    assert "they are at lunch" in result(house)


def test_an_agent_that_is_not_there_is_a_failed_function() -> None:
    async def scene(house: House) -> None:
        line = await asks_for_sales(house)
        await brought_back(line)
        assert not line.referred

    house = play(scene, desk(AGENTIC), script=script)
    assert "agent_2" in result(house)


def test_who_hangs_up_while_being_told_gives_the_caller_back() -> None:
    async def scene(house: House) -> None:
        line = await ringing(house)
        second = line.second()
        await speaks(line, second, "sales here")
        second.hang_up()
        line.refers("failed")
        await brought_back(line)

    play(scene, desk(WARM), script=script)


def test_another_brain_begins_the_talk_anew_and_knows_what_was_wanted() -> None:
    async def scene(house: House) -> None:
        former = await ringing(house)
        second = former.second()
        await speaks(former, second, "sales here", 0.9)
        assert second.heard
        assert not told(former, Join)()
        former.socket.close()
        await house.brain.aclose()
        house.renew_fence()
        house.brain = house.another_brain("host-b")
        line = house.line(fence=2, line_sample=former.line_sample)
        line.start(resumed=True)
        second = line.second(2)
        await speaks(line, second, "yes sales here")
        await until(told(line, Join), line)
        assert second.heard == "Anna wants shoes."
        line.refers("joined", 200)
        await until(lambda: "Meet each other." in line.heard, line)
        await leaves(line)

    house = play(scene, desk(WARM), script=script)
    row = house.row()
    assert row.ending is not None and row.ending.reason == "call_transfer"
    assert events(house) == ["transfer_started", "transfer_bridged", "transfer_ended", "call_ended"]
    assert result(house) == "The caller was handed over."
