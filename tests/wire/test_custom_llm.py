"""The frames of a custom LLM's server: read to the letter, or refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.wire import custom_llm
from uponai.wire.custom_llm import CorruptPayload, Passed, Said, decode, socket_url

NAMES = ("response_id", "content", "end_call", "config", "timestamp", "tool_call_id", "name")
KINDS = ("response", "config", "ping_pong", "agent_interrupt", "tool_call_result", "metadata")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
FRAMES = st.dictionaries(st.sampled_from(NAMES), VALUES)


@given(st.sampled_from(KINDS), FRAMES)
def test_any_frame_is_read_or_refused(kind: str, body: dict[str, Any]) -> None:
    try:
        decode(json.dumps({"response_type": kind, **body}))
    except CorruptPayload as refused:
        assert "must be" in str(refused)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        decode(text)
    except CorruptPayload:
        pass


def test_a_response_with_all_it_may_have() -> None:
    body = {
        "response_type": "response",
        "response_id": 3,
        "content": "Bye.",
        "content_complete": True,
        "no_interruption_allowed": True,
        "end_call": True,
        "transfer_number": "+14155550100",
        "show_transferee_as_caller": True,
        "digit_to_press": "1",
    }
    said = Said(3, "Bye.", True, False, True, True, "+14155550100", True, "1")
    assert decode(json.dumps(body)) == said


def test_a_frame_of_endless_brackets_is_refused() -> None:
    with pytest.raises(CorruptPayload, match="must be JSON"):
        decode("[" * 100_000)


@pytest.mark.parametrize("id", [True, "1", None, float("nan"), 10**400])
def test_an_id_must_be_a_number(id: Any) -> None:
    with pytest.raises(CorruptPayload, match="response_id must be a number"):
        decode(json.dumps({"response_type": "response", "response_id": id}))


def test_messages_of_another_time_are_passed_over() -> None:
    assert decode('{"response_type": "metadata", "metadata": {}}') == Passed("metadata")


@pytest.mark.parametrize(
    ("base", "whole"),
    [
        ("wss://a.example/llm", "wss://a.example/llm/call_1"),
        ("wss://a.example/llm/", "wss://a.example/llm/call_1"),
        ("ws://a.example:8080?key=1", "ws://a.example:8080/call_1?key=1"),
    ],
)
def test_the_call_id_goes_behind_the_path(base: str, whole: str) -> None:
    assert socket_url(base, "call_1") == whole


def test_functions_are_told_only_where_asked_for() -> None:
    bare = json.loads(custom_llm.response_required(1, [], None))
    full = json.loads(custom_llm.response_required(1, [], [], reminder=True))
    assert bare == {"interaction_type": "response_required", "response_id": 1, "transcript": []}
    assert full["interaction_type"] == "reminder_required"
    assert full["transcript_with_tool_calls"] == []
