"""The record's forms, as the wire has them."""

from __future__ import annotations

import json

from uponai.domain.call import Checkpoint
from uponai.domain.transcript import (
    Digit,
    Entry,
    NodeTransition,
    SpokenWord,
    ToolInvocation,
    ToolResult,
    Utterance,
)
from uponai.engine.conversation import Conversation
from uponai.engine.settings import Settings
from uponai.engine.snapshot import entry_to_json
from uponai.link.media import Quality
from uponai.live.report import (
    Measurements,
    Outcome,
    audio_quality,
    build_report,
    from_checkpoint,
)

ENTRIES: tuple[Entry, ...] = (
    Utterance("agent", "Hello.", (SpokenWord("Hello.", 0.1, 0.5),)),
    Utterance("user", "Hi."),
    ToolInvocation("t1", "book", '{"day":"Monday"}', "custom", 2.5),
    ToolResult("t1", "booked", True, 2.9),
    NodeTransition("a", "A", "b", "B"),
    Digit("5"),
)


def measured(*values: float) -> Measurements:
    found = Measurements()
    for value in values:
        found.add("e2e", value)
    return found


def test_every_kind_of_entry() -> None:
    report = build_report(ENTRIES, measured(), Outcome())
    assert report["transcript"] == "Agent: Hello.\nUser: Hi.\n"
    assert report["transcript_object"] == [
        {
            "role": "agent",
            "content": "Hello.",
            "words": [{"word": "Hello.", "start": 0.1, "end": 0.5}],
        },
        {"role": "user", "content": "Hi.", "words": []},
    ]
    roles = [entry["role"] for entry in report["transcript_with_tool_calls"]]
    assert roles == [
        "agent",
        "user",
        "tool_call_invocation",
        "tool_call_result",
        "node_transition",
        "dtmf",
    ]
    invocation, result = report["transcript_with_tool_calls"][2:4]
    assert invocation["arguments"] == '{"day":"Monday"}' and invocation["type"] == "custom"
    assert result["content"] == "booked" and result["successful"] is True
    assert report["end_node"] == {"id": "b", "name": "B"}
    json.dumps(report)


def test_latency_percentiles() -> None:
    found = build_report((), measured(*range(100, 1_100, 100)), Outcome())["latency"]["e2e"]
    assert (found["p50"], found["p90"], found["p95"], found["p99"]) == (550, 910, 955, 991)
    assert (found["min"], found["max"], found["num"]) == (100, 1_000, 10)
    assert found["values"][:2] == [100, 200]


def test_one_value_is_every_percentile() -> None:
    found = build_report((), measured(321.04), Outcome())["latency"]["e2e"]
    assert {found[key] for key in ("p50", "p90", "p95", "p99", "min", "max")} == {321.0}


def test_what_is_unknown_is_absent() -> None:
    report = build_report((), measured(), Outcome())
    assert set(report) == {
        "transcript",
        "transcript_object",
        "transcript_with_tool_calls",
        "in_voicemail",
    }


def test_from_a_checkpoint() -> None:
    talk = Conversation(Settings(begin_message="Hello."))
    kept = measured(5)
    kept.tokens.append(15)
    snapshot = talk.snapshot() | {
        "entries": [entry_to_json(entry) for entry in ENTRIES],
        "collected": {"name": "Anna"},
        "mind": {"collected": {"day": "Monday"}},
        "voicemail": "machine",
        "successful": False,
    }
    state = json.loads(json.dumps({"engine": snapshot, "measured": kept.to_json()}))
    found = from_checkpoint(Checkpoint("call_1", 3, 1, 0, state))
    wanted = Outcome({"day": "Monday", "name": "Anna"}, True, False)
    assert found == build_report(ENTRIES, kept, wanted)
    assert from_checkpoint(None)["transcript"] == ""


def test_the_line_s_figures_are_in_the_report_and_survive_a_checkpoint() -> None:
    known = audio_quality(Quality(3, 500, 2, 0.4, 1.5, None, None, 40.0, 4.2))
    assert known == {
        "packets_received": 500,
        "packets_lost": 2,
        "loss_percent": 0.4,
        "jitter_ms": 1.5,
        "round_trip_ms": 40.0,
        "mos": 4.2,
    }
    found = measured()
    found.audio = known
    kept = Measurements.from_json(json.loads(json.dumps(found.to_json())))
    assert build_report((), kept, Outcome())["audio_quality"] == known
    assert "audio_quality" not in build_report((), measured(), Outcome())
