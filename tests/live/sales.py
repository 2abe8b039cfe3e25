"""A front desk, and callers whom it puts through to sales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.line import FakeLine
from tests.live.house import House, greeted, say, until

from uponai.providers.base import ChatEvent, ChatMessage, TextDelta, ToolCalled, ToolRequest

SALES = "+14155550199"


def desk_with(*tools: dict[str, Any]) -> dict[str, Any]:
    """An engine; the tool that puts through is named ``to_sales``."""
    return {
        "general_prompt": "You are the front desk.",
        "begin_message": "Hello.",
        "start_speaker": "agent",
        "general_tools": list(tools),
    }


def front_desk(last: ChatMessage) -> Sequence[ChatEvent]:
    """What its model says to the ``last`` message."""
    if last.role == "tool":
        return [TextDelta("It did not work.")]
    if "sales" in last.content:
        return [ToolCalled(ToolRequest("t1", "to_sales", "{}"))]
    return [TextDelta("Tell me more.")]


async def asks_for_sales(house: House) -> FakeLine:
    line = await greeted(house, "Hello.")
    await say(line, "sales please")
    return line


async def put_through(house: House) -> FakeLine:
    """The transfer is ordered; nothing has come of it yet."""
    line = await asks_for_sales(house)
    await until(lambda: bool(line.referred), line)
    return line


async def brought_back(line: FakeLine) -> None:
    """The caller hears that it did not work, and hangs up."""
    await until(lambda: "It did not work." in line.heard, line)
    await leaves(line)


async def leaves(line: FakeLine) -> None:
    line.hang_up()
    await line.run(1.0)


def events(house: House) -> list[str]:
    """Which webhooks tell of the call, but for its start."""
    return [event for event in house.calls.told if event != "call_started"]
