"""Whether a record is what its scenario comes to."""

from __future__ import annotations

from uponai.sim.scenario import Scenario
from uponai.sim.verdict import ANY_CALL, EXPECTED, missing_events, problems


def record(status="ended", reason="agent_hangup", said=("agent", "user"), **result):
    items = [{"role": who, "content": "Hello there."} for who in said]
    if result:
        items.append({"role": "tool_call_result", "content": "booked", **result})
    return {
        "call_status": status,
        "disconnection_reason": reason,
        "transcript_with_tool_calls": items,
    }


def test_an_answered_call_needs_both_voices_and_a_function_that_succeeded():
    expected = EXPECTED[Scenario.ANSWER]
    assert problems(record(successful=True), expected) == []
    assert problems(record(successful=False), expected) == ["no function call succeeded"]
    mute = problems(record(said=("agent",), successful=True), expected)
    assert mute == ["the transcript has no words of the user"]


def test_status_and_reason_are_named_when_they_differ():
    found = problems(record("not_connected", "dial_failed", ()), EXPECTED[Scenario.BUSY])
    assert found == ["the call ended with dial_failed, expected dial_busy"]
    found = problems(record("error", "error_asr"), ANY_CALL)
    assert found == ["the call's status is error, expected ended"]


def test_a_line_cut_off_does_not_end_as_a_sentence():
    expected = EXPECTED[Scenario.BARGE_IN]
    whole = record()
    assert problems(whole, expected) == ["no line of the agent was cut off"]
    whole["transcript_with_tool_calls"].append({"role": "agent", "content": "You are due for"})
    assert problems(whole, expected) == []


def test_webhooks_that_did_not_come_are_named():
    expected = EXPECTED[Scenario.NO_ANSWER]
    assert missing_events(["call_ended"], expected) == ["call_analyzed", "call_failed"]
