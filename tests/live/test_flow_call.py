"""The demo's two flows on the phone with each other: two brains, two lines crossed, no models."""

from __future__ import annotations

import asyncio
import json
from importlib import resources
from typing import Any

from tests.fakes.flows import flow, says
from tests.fakes.line import FakeLine
from tests.live.house import House, call_of, play, roles, say, until

from uponai.domain.call import CallState


def flow_named(name: str) -> dict[str, Any]:
    text = resources.files("uponai.sim").joinpath("data", name).read_text()
    return json.loads(text)


async def talk(a: FakeLine, b: FakeLine, limit_s: float) -> None:
    """Each line plays into the other's ear until one of them is over."""
    for _ in range(round(limit_s / 0.02)):
        await asyncio.sleep(0.02)
        for line, other in ((a, b), (b, a)):
            line.tick()
            if line.played[-1].any():
                other.say(line.played[-1])
        if a.over or b.over:
            a.hang_up()
            b.hang_up()
            return


def test_agent_books_an_appointment_with_the_callee() -> None:
    agent = call_of(
        flow_named("booking_agent.json"),
        {"timezone": "Europe/London"},
        request={"retell_llm_dynamic_variables": {"booking_url": "https://example.com/book"}},
    )
    callee = call_of(flow_named("callee.json"), {"timezone": "Europe/London"}, "call_2")

    async def scene(house: House) -> None:
        house.functions.answers = [(200, '{"status": "booked", "reference": "A12"}')]
        a, b = house.line("call_1"), house.line("call_2")
        a.start()
        b.start()
        await talk(a, b, 120)
        await asyncio.sleep(5)

    house = play(scene, agent, callee)
    row = house.row("call_1")
    assert row.state is CallState.ENDED and row.ending is not None
    assert row.ending.kind.status == "ended"
    assert row.duration_ms is not None and row.duration_ms < 60_000
    assert [request.url for request in house.functions.requests] == ["https://example.com/book"]
    args = json.loads(house.functions.requests[0].body)["args"]
    assert {"day", "time"} <= set(args)
    said = row.report["transcript_with_tool_calls"]
    assert "node_transition" in roles(said) and "tool_call_result" in roles(said)
    assert row.report["call_successful"] is True
    assert row.report["collected_dynamic_variables"]["booking_reference"] == "A12"


def test_a_caller_who_talks_over_the_last_words_ends_the_call_no_worse() -> None:
    text = "Our team will call you back tomorrow morning. Thank you, and goodbye."
    said = {"type": "static_text", "text": text}
    bye = {"id": "bye", "type": "end", "speak_during_execution": True, "instruction": said}

    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: bool(line.played) and bool(line.played[-1].any()), line)
        await say(line, "I have another question about the parking behind the building.")
        await line.run(30)

    row = play(scene, call_of(flow(bye))).row()
    assert row.ending is not None
    assert (row.ending.reason, row.ending.kind.status) == ("agent_hangup", "ended")
    assert "another question" in str(row.report["transcript_object"])


def test_a_caller_who_interrupts_where_no_response_is_waited_for_is_answered() -> None:
    hours = "We are open from nine to five on weekdays, and from ten on Saturdays."
    opening = flow(
        says("hours", hours, skip_response_edge="parking"),
        says("parking", "You may park behind the house."),
    )

    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: bool(line.played) and bool(line.played[-1].any()), line)
        await say(line, "I have another question about the parking behind the building.")
        await line.run(8)
        line.hang_up()

    row = play(scene, call_of(opening)).row()
    said = [(e["role"], e["content"]) for e in row.report["transcript_object"] if "content" in e]
    assert [role for role, _ in said] == ["agent", "user", "agent"]
    assert said[1][1].endswith("behind the building.")
    assert said[2][1] == "You may park behind the house."
