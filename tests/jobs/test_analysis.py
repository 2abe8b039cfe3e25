"""The deterministic analysis: said in words a user reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.storage.worlds import a_call

from uponai.domain.call import Call
from uponai.domain.ending import REASONS, Ending
from uponai.jobs.analysis import analyse


def ended(reason: str = "agent_hangup", *, connected: bool = True, **fields: Any) -> Call:
    times = {"answered_ms": 1_000, "duration_ms": 34_400} if connected else {}
    return a_call(ending=Ending(reason), **times | fields)


def said(*turns: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in turns]


def test_a_booked_appointment() -> None:
    report = {
        "end_node": {"id": "bye", "name": "Goodbye"},
        "collected_dynamic_variables": {"name": "Ann", "time": "10:00"},
        "transcript_with_tool_calls": [
            {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "book"},
            {"role": "tool_call_result", "tool_call_id": "t1", "content": "ok"},
            {"role": "tool_call_invocation", "tool_call_id": "t2", "name": "notify"},
            {"role": "tool_call_result", "tool_call_id": "t2", "successful": False},
            {"role": "tool_call_invocation", "tool_call_id": "t3", "name": "log"},
        ],
        "transcript_object": said(
            ("agent", "Hello"), ("user", "Yes, \n please"), ("agent", "See you!")
        ),
        "in_voicemail": False,
    }
    assert analyse(ended(report=report)) == {
        "call_summary": (
            'The call lasted 34 s; the agent ended the call. It ended at "Goodbye". '
            "Collected: name: Ann, time: 10:00. "
            "Functions: book succeeded, notify failed, log gave no result. "
            'Last words: User: "Yes, please" Agent: "See you!"'
        ),
        "in_voicemail": False,
        "user_sentiment": "Unknown",
        "call_successful": True,
        "custom_analysis_data": {},
    }


def test_a_call_that_did_not_connect() -> None:
    agent = {"post_call_analysis_data": [{"type": "string", "name": "x", "required": True}]}
    assert analyse(ended("dial_busy", connected=False, agent=agent)) == {
        "call_summary": "The call was not connected: the line was busy.",
        "in_voicemail": False,
        "user_sentiment": "Unknown",
        "call_successful": False,
        "custom_analysis_data": {},
    }


def test_a_call_in_which_nobody_spoke() -> None:
    analysis = analyse(ended("user_hangup", report={}))
    assert analysis["call_summary"].endswith("the user hung up. Nothing was said.")
    assert analysis["call_successful"] is False


@pytest.mark.parametrize(
    ("reason", "report", "successful"),
    [
        ("agent_hangup", {}, True),
        ("call_transfer", {}, True),
        ("user_hangup", {}, False),
        ("user_hangup", {"end_node": {"id": "bye", "name": "Bye"}}, True),
        ("user_hangup", {"end_node": {"id": "ask", "name": "Ask"}}, False),
        ("user_hangup", {"call_successful": True}, True),
        ("agent_hangup", {"call_successful": False}, False),
        ("voicemail_reached", {}, False),
        ("agent_hangup", {"in_voicemail": True}, False),
        ("inactivity", {}, False),
        ("error_retell", {"call_successful": True}, False),
    ],
)
def test_success_is_what_the_conversation_said_or_its_own_end(
    reason: str, report: dict[str, Any], *, successful: bool
) -> None:
    engine = {"nodes": [{"id": "bye", "type": "end"}, {"id": "ask", "type": "conversation"}]}
    assert analyse(ended(reason, report=report, engine=engine))["call_successful"] is successful


def test_voicemail_is_told() -> None:
    assert analyse(ended("voicemail_reached"))["in_voicemail"] is True
    assert analyse(ended(report={"in_voicemail": True}))["in_voicemail"] is True


def test_custom_data_is_what_was_collected_under_its_name() -> None:
    items = [
        {"type": "string", "name": "name"},
        {"type": "number", "name": "people"},
        {"type": "number", "name": "price"},
        {"type": "boolean", "name": "confirmed"},
        {"type": "enum", "name": "size", "choices": ["small", "large"]},
        {"type": "enum", "name": "colour", "choices": ["red"]},
        {"type": "number", "name": "bad"},
        {"type": "string", "name": "absent"},
        {"type": "system-presets", "name": "call_summary"},
    ]
    collected = {
        "name": "Ann",
        "people": "4",
        "price": "1,200.5",
        "confirmed": "Yes",
        "size": "large",
        "colour": "blue",
        "bad": "NaN",
    }
    agent = {"post_call_analysis_data": items}
    analysis = analyse(ended(agent=agent, report={"collected_dynamic_variables": collected}))
    assert analysis["custom_analysis_data"] == {
        "name": "Ann",
        "people": 4,
        "price": 1200.5,
        "confirmed": True,
        "size": "large",
    }
    assert analysis["call_successful"] is True


def test_a_required_item_that_lacks_makes_the_call_unsuccessful() -> None:
    agent = {"post_call_analysis_data": [{"type": "string", "name": "x", "required": True}]}
    assert analyse(ended(agent=agent))["call_successful"] is False


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
names = st.sampled_from(
    ["end_node", "collected_dynamic_variables", "transcript_object", "transcript_with_tool_calls"]
)


@given(
    st.sampled_from(sorted(REASONS)),
    st.booleans(),
    st.dictionaries(names, json_values),
    json_values,
)
def test_whatever_the_record_holds_there_is_an_analysis(
    reason: str, connected: bool, report: dict[str, Any], items: object
) -> None:
    call = ended(
        reason, connected=connected, report=report, agent={"post_call_analysis_data": items}
    )
    analysis = analyse(call)
    assert analysis["call_summary"] and analysis == analyse(call)
