"""Whether a call went as its scenario says it should. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from uponai.sim.scenario import Scenario

_SENTENCE_ENDS = (".", "!", "?", "…")

CONNECTED_EVENTS = frozenset({"call_started", "call_ended", "call_analyzed"})
FAILED_EVENTS = frozenset({"call_ended", "call_failed", "call_analyzed"})


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a scenario comes to. Empty ``reasons``: any; ``events`` are the webhooks of the call."""

    status: str
    reasons: tuple[str, ...]
    events: frozenset[str]
    conversation: bool = False
    function: bool = False
    cut: bool = False


EXPECTED: Mapping[Scenario, Expectation] = {
    Scenario.ANSWER: Expectation(
        "ended", ("agent_hangup", "user_hangup"), CONNECTED_EVENTS, conversation=True, function=True
    ),
    Scenario.BUSY: Expectation("not_connected", ("dial_busy",), FAILED_EVENTS),
    Scenario.NO_ANSWER: Expectation("not_connected", ("dial_no_answer",), FAILED_EVENTS),
    Scenario.VOICEMAIL: Expectation("ended", ("voicemail_reached",), CONNECTED_EVENTS),
    Scenario.BARGE_IN: Expectation(
        "ended", ("agent_hangup", "user_hangup"), CONNECTED_EVENTS, conversation=True, cut=True
    ),
}

ANY_CALL = Expectation("ended", (), CONNECTED_EVENTS)
"""For a person who may do as they please, as long as the call connects."""


def problems(record: Mapping[str, Any], expected: Expectation) -> list[str]:
    """Where the Get Call object ``record`` differs from what was expected; empty: nowhere."""
    found: list[str] = []
    status, reason = record.get("call_status"), record.get("disconnection_reason")
    if status != expected.status:
        found.append(f"the call's status is {status}, expected {expected.status}")
    if expected.reasons and reason not in expected.reasons:
        wanted = " or ".join(expected.reasons)
        found.append(f"the call ended with {reason}, expected {wanted}")
    items = _items(record)
    if expected.conversation:
        silent = [who for who in ("agent", "user") if not _said(items, who)]
        found.extend(f"the transcript has no words of the {who}" for who in silent)
    if expected.function and not any(_succeeded(item) for item in items):
        found.append("no function call succeeded")
    if expected.cut and not any(_is_cut(text) for text in _said(items, "agent")):
        found.append("no line of the agent was cut off")
    return found


def missing_events(received: Sequence[str], expected: Expectation) -> list[str]:
    """Webhook events that did not come."""
    return sorted(expected.events - set(received))


def _items(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return cast(list[Mapping[str, Any]], record.get("transcript_with_tool_calls") or [])


def _said(items: Sequence[Mapping[str, Any]], who: str) -> list[str]:
    return [str(i["content"]) for i in items if i.get("role") == who and i.get("content")]


def _succeeded(item: Mapping[str, Any]) -> bool:
    return item.get("role") == "tool_call_result" and item.get("successful") is True


def _is_cut(text: str) -> bool:
    """All that the demo's agent means to say ends as a sentence does."""
    return not text.rstrip().endswith(_SENTENCE_ENDS)
