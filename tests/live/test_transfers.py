"""The agent hands callers on and presses keys: tools and flow nodes, through a whole brain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from tests.fakes.flows import edge, flow, says, transfers
from tests.live.house import House, call_of, greeted, play, roles, say, until
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

from uponai.live.transfer_order import order_of
from uponai.providers.base import ChatEvent, ChatRequest, ToolCalled, ToolRequest

COLD = {"type": "cold_transfer", "transfer_ring_duration_ms": 20_000}
TO_SALES: dict[str, Any] = {
    "type": "transfer_call",
    "name": "to_sales",
    "transfer_destination": {"type": "predefined", "number": "{{sales}}", "extension": "12"},
    "transfer_option": {**COLD, "show_transferee_as_caller": True},
    "custom_sip_headers": {"X-Who": "{{name}}"},
    "speak_during_execution": True,
    "execution_message_type": "static_text",
    "execution_message_description": "I put you through, {{name}}.",
}
DESK = desk_with(TO_SALES, {"type": "press_digit", "name": "press", "delay_ms": 500})
VARIABLES = {"retell_llm_dynamic_variables": {"name": "Anna", "sales": SALES}}


def script(request: ChatRequest) -> Sequence[ChatEvent]:
    """The front desk, which presses keys as well."""
    last = request.messages[-1]
    if last.role != "tool" and "press" in last.content:
        return [ToolCalled(ToolRequest("t2", "press", '{"digit": "1 2#"}'))]
    return front_desk(last)


def call(engine: dict[str, Any] | None = None, **more: Any) -> Any:
    return call_of(engine or DESK, request=VARIABLES, **more)


def test_a_caller_is_handed_over_and_the_call_ends_as_transferred() -> None:
    async def scene(house: House) -> None:
        line = await put_through(house)
        assert line.heard.endswith("I put you through, Anna.")
        (refer,) = line.referred
        assert refer.target == SALES
        assert refer.headers == {"X-Who": "Anna"}
        assert refer.ring_timeout_ms == 20_000
        assert refer.show_number == "+14155550101"
        assert (refer.mode, refer.digits) == ("invite", "12")
        line.refers("progress", 180)
        await line.run(3.0)
        assert not line.over
        line.refers("done", 200)
        await line.run(3.0)
        assert line.over

    house = play(scene, call(), script=script)
    row = house.row()
    assert row.ending is not None and row.ending.reason == "call_transfer"
    assert row.report["transfer_destination"] == SALES
    assert events(house) == ["transfer_started", "transfer_bridged", "call_ended"]
    told = house.transfers[0][1]
    assert told["transfer_destination"] == {"number": SALES, "extension": "12"}
    assert told["transfer_option"]["type"] == "cold_transfer"
    said = row.report["transcript_with_tool_calls"]
    assert roles(said)[-2:] == ["tool_call_invocation", "tool_call_result"]
    assert said[-2]["type"] == "transfer_call"


def test_a_caller_joined_by_the_edge_is_on_the_line_until_the_end_of_their_talk() -> None:
    option = {**COLD, "cold_transfer_mode": "sip_invite"}
    engine = desk_with({**TO_SALES, "transfer_option": option})

    async def scene(house: House) -> None:
        line = await put_through(house)
        assert line.referred[0].mode == "invite"
        line.refers("joined", 200)
        await line.run(30.0)
        assert not line.over
        await leaves(line)

    house = play(scene, call(engine), script=script)
    row = house.row()
    assert row.ending is not None and row.ending.reason == "call_transfer"
    assert row.duration_ms is not None and row.duration_ms < 8_000
    assert row.report["transfer_end_timestamp"] >= row.ended_ms
    told = ["transfer_started", "transfer_bridged", "transfer_ended", "call_ended"]
    assert events(house) == told


def test_a_caller_who_hangs_up_while_the_edge_calls_there_instead_was_not_transferred() -> None:
    option = {key: value for key, value in COLD.items() if key != "cold_transfer_mode"}
    to_sales_by_refer = {**TO_SALES, "transfer_option": option}
    to_sales_by_refer["transfer_destination"] = {"type": "predefined", "number": SALES}

    async def scene(house: House) -> None:
        line = await put_through(house)
        assert line.referred[0].mode == "either"
        line.refers("progress", 180, here=True)
        await line.run(2.0)
        await leaves(line)

    house = play(scene, call(desk_with(to_sales_by_refer)), script=script)
    row = house.row()
    assert row.ending is not None and row.ending.reason == "user_hangup"
    assert "transfer_destination" not in row.report
    assert events(house) == ["transfer_started", "transfer_cancelled", "call_ended"]


def test_a_transfer_that_fails_is_told_to_the_caller() -> None:
    async def scene(house: House) -> None:
        line = await put_through(house)
        line.refers("failed", 486)
        await brought_back(line)

    house = play(scene, call(), script=script)
    row = house.row()
    assert row.ending is not None and row.ending.reason == "user_hangup"
    assert "transfer_destination" not in row.report
    assert events(house) == ["transfer_started", "transfer_cancelled", "call_ended"]
    results = [
        entry
        for entry in row.report["transcript_with_tool_calls"]
        if entry["role"] == "tool_call_result"
    ]
    assert "Busy Here (486)" in results[0]["content"]
    assert results[0]["successful"] is False


def test_the_agents_part_of_the_call_ends_with_the_answer_there() -> None:
    async def scene(house: House) -> None:
        line = await put_through(house)
        at_ms = line.line_sample // 8
        line.refers("done", None)
        line.hung_up = None
        for _ in range(50):
            line.socket.from_brain.clear()
            await line.run(0.2)
        line.hang_up("local_hangup")
        await line.run(0.1)
        assert at_ms < 20_000

    house = play(scene, call(), script=script)
    duration_ms = house.row().duration_ms
    assert duration_ms is not None and duration_ms < 8_000


def test_a_number_that_cannot_be_called_is_a_failed_function() -> None:
    async def scene(house: House) -> None:
        line = await asks_for_sales(house)
        await brought_back(line)
        assert not line.referred

    wrong = {**TO_SALES, "transfer_destination": {"type": "predefined", "number": "12"}}
    house = play(scene, call(desk_with(wrong)), script=script)
    assert events(house) == ["call_ended"]


def test_keys_are_pressed_after_the_words_and_not_talked_about() -> None:
    async def scene(house: House) -> None:
        line = await greeted(house, "Hello.")
        await say(line, "press the account")
        await until(lambda: bool(line.pressed), line)
        assert line.pressed == "12#"
        await line.run(3.0)
        assert line.heard == "Hello."
        await leaves(line)

    house = play(scene, call(), script=script)
    assert "tool_call_result" in roles(house.row().report["transcript_with_tool_calls"])


# Flow nodes


TRANSFER = transfers(
    SALES,
    COLD,
    "n3",
    instruction={"type": "static_text", "text": "One moment."},
    speak_during_execution=True,
)


@pytest.mark.parametrize("fails", [False, True])
def test_a_transfer_node_leads_on_where_the_transfer_fails(fails: bool) -> None:
    engine = flow(
        says("n1", "Whom do you want?", always_edge="sales"),
        TRANSFER,
        says("n3", "Nobody is there."),
    )

    async def scene(house: House) -> None:
        line = await greeted(house, "want?")
        await say(line, "sales")
        await until(lambda: bool(line.referred), line)
        assert line.heard.endswith("One moment.")
        if not fails:
            line.refers("done", 200)
            await line.run(3.0)
            assert line.over
            return
        line.refers("failed", 486)
        await until(lambda: "Nobody is there." in line.heard, line)
        await leaves(line)

    row = play(scene, call(engine)).row()
    assert row.ending is not None
    assert row.ending.reason == ("user_hangup" if fails else "call_transfer")


def test_a_press_digit_node_presses_and_waits_for_the_menu() -> None:
    engine = flow(
        {
            "id": "n1",
            "type": "press_digit",
            "instruction": {"type": "prompt", "text": "Press 2 to reach sales."},
            "delay_ms": 0,
            "else_edge": edge("n2"),
        },
        says("n2", "Is this sales?"),
    )

    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: bool(line.pressed), line)
        assert line.pressed == "2"
        await line.run(2.0)
        assert not line.heard
        await say(line, "welcome to sales")
        await until(lambda: "Is this sales?" in line.heard, line)
        await leaves(line)

    play(scene, call(engine))


DESTINATION = {"type": "predefined", "number": SALES}


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ({"transfer_destination": {"type": "predefined", "number": ""}}, {}, "E.164"),
        ({"transfer_destination": {"type": "inferred", "prompt": "x"}}, {}, "E.164"),
        (
            {"transfer_destination": DESTINATION, "transfer_option": {"type": "hot_transfer"}},
            {},
            "type: must be one of cold_transfer",
        ),
        (
            {
                "transfer_destination": DESTINATION,
                "transfer_option": {"type": "agentic_warm_transfer"},
            },
            {},
            "transfer_agent: names no agent",
        ),
        (
            {
                "transfer_destination": {**DESTINATION, "extension": "12"},
                "transfer_option": {"cold_transfer_mode": "sip_refer"},
            },
            {},
            "extension: can only be dialled with cold_transfer_mode sip_invite",
        ),
        ({"transfer_destination": {**DESTINATION, "extension": "x1"}}, {}, "extension: must be"),
        (
            {"transfer_destination": {"type": "inferred", "prompt": "x"}},
            {"transfer_number": "911"},
            "'911'",
        ),
    ],
)
def test_what_is_wrong_with_an_order_is_said(
    tool: dict[str, Any], arguments: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        order_of(tool, arguments)


def test_numbers_may_be_written_as_people_write_them() -> None:
    wanted = {"type": "inferred", "prompt": "x"}
    order = order_of({"transfer_destination": wanted}, {"transfer_number": "+1 (415) 555-0199"})
    assert order.number == SALES
    loose = {"transfer_destination": {"number": "1002"}, "ignore_e164_validation": True}
    assert order_of(loose, {}).number == "1002"
    uri = "sip:desk@pbx.example;transport=tls"
    assert order_of({"transfer_destination": {"number": uri}}, {}).number == uri


@pytest.mark.parametrize(
    ("option", "extension", "mode"),
    [
        ({}, "", "either"),
        ({"cold_transfer_mode": "sip_refer"}, "", "refer"),
        ({"cold_transfer_mode": "sip_invite"}, "", "invite"),
        ({}, "12,3", "invite"),
        ({"type": "warm_transfer"}, "", "invite"),
    ],
)
def test_who_calls_there_follows_from_what_is_wanted(
    option: dict[str, str], extension: str, mode: str
) -> None:
    destination = {**DESTINATION, "extension": extension}
    order = order_of({"transfer_destination": destination, "transfer_option": option}, {})
    assert order.mode == mode
    assert order.digits == extension.replace(",", "wwww")


def test_it_rings_as_long_as_the_transfer_or_else_the_agent_says() -> None:
    tool: dict[str, Any] = {"transfer_destination": DESTINATION}
    assert order_of(tool, {}).ring_timeout_ms == 30_000
    assert order_of(tool, {}, {"ring_duration_ms": 45_000}).ring_timeout_ms == 45_000
    tool["transfer_option"] = {"transfer_ring_duration_ms": 10_000}
    assert order_of(tool, {}, {"ring_duration_ms": 45_000}).ring_timeout_ms == 10_000


def test_a_warm_transfer_without_words_or_detection_joins_at_once() -> None:
    option = {"type": "warm_transfer", "opt_out_human_detection": True}
    order = order_of({"transfer_destination": DESTINATION, "transfer_option": option}, {})
    assert order.talk is None
    assert order.cue
