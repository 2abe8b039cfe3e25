"""What a call's record says of the conversation. Pure: facts in, one JSON mapping out.

Field names and forms: retell-api.md section 2.3. The mapping is stored as ``Call.report`` and read
by the wire (``transcript_object``, ``transcript_with_tool_calls``, ``latency``, ``audio_quality``,
``collected_dynamic_variables``, ``llm_token_usage``) and by the analysis (``in_voicemail``,
``end_node``, ``call_successful``). ``before_answer`` is what early media said: for the operator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, assert_never

from uponai.domain.call import Checkpoint
from uponai.domain.transcript import (
    Digit,
    Entry,
    NodeTransition,
    ToolInvocation,
    ToolResult,
    Utterance,
    as_text,
)
from uponai.engine.snapshot import entries_from_snapshot
from uponai.engine.voicemail import Answerer
from uponai.flow.graph import as_object
from uponai.link.media import Quality

PERCENTILES = (50, 90, 95, 99)


@dataclass(slots=True)
class Measurements:
    """Latency figures (ms) by metric and tokens by request, as they come in; how the line fares."""

    latency_ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    tokens: list[int] = field(default_factory=list[int])
    audio: dict[str, Any] = field(default_factory=dict[str, Any])

    def add(self, metric: str, value_ms: float) -> None:
        self.latency_ms.setdefault(metric, []).append(round(value_ms, 1))

    def to_json(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {
            "latency_ms": {k: list(v) for k, v in self.latency_ms.items()},
            "tokens": self.tokens[:],
            "audio": dict(self.audio),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Measurements:
        """What ``to_json`` gave."""
        latency = as_object(data.get("latency_ms"))
        latencies = {key: list(latency[key]) for key in latency}
        return cls(latencies, list(data.get("tokens") or ()), dict(as_object(data.get("audio"))))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the conversation."""

    collected: Mapping[str, str] = field(default_factory=dict[str, str])
    in_voicemail: bool = False
    successful: bool | None = None
    transfer_to: str = ""
    before_answer: str = ""


def build_report(
    entries: Sequence[Entry], measured: Measurements, outcome: Outcome
) -> dict[str, Any]:
    """The report of a conversation, finished or not. What is unknown is absent, never null."""
    report: dict[str, Any] = {
        "transcript": as_text(tuple(entries)),
        "transcript_object": [entry_json(e) for e in entries if isinstance(e, Utterance)],
        "transcript_with_tool_calls": [entry_json(entry) for entry in entries],
        "in_voicemail": outcome.in_voicemail,
    }
    latency = {metric: figures(values) for metric, values in measured.latency_ms.items() if values}
    if latency:
        report["latency"] = latency
    if outcome.collected:
        report["collected_dynamic_variables"] = dict(outcome.collected)
    if measured.tokens:
        report["llm_token_usage"] = token_usage(measured.tokens)
    if measured.audio:
        report["audio_quality"] = dict(measured.audio)
    if outcome.transfer_to:
        report["transfer_destination"] = outcome.transfer_to
    if outcome.before_answer:
        report["before_answer"] = outcome.before_answer
    node = end_node(entries)
    if node is not None:
        report["end_node"] = node
    if outcome.successful is not None:
        report["call_successful"] = outcome.successful
    return report


def report_of(snapshot: Mapping[str, Any], measured: Measurements) -> dict[str, Any]:
    """The report of a conversation as the engine's ``snapshot`` has it."""
    by_flow = as_object(as_object(snapshot.get("mind")).get("collected"))
    collected = {name: str(by_flow[name]) for name in by_flow}
    collected |= as_object(snapshot.get("collected"))
    outcome = Outcome(
        collected=collected,
        in_voicemail=snapshot.get("voicemail") == Answerer.MACHINE.value,
        successful=snapshot.get("successful"),
        transfer_to=str(snapshot.get("transfer_to") or ""),
        before_answer=str(snapshot.get("before_answer") or ""),
    )
    return build_report(entries_from_snapshot(snapshot), measured, outcome)


def from_checkpoint(checkpoint: Checkpoint | None) -> dict[str, Any]:
    """The report as of a call's last checkpoint, for whoever ends the call in its brain's stead."""
    state: Mapping[str, Any] = {} if checkpoint is None else checkpoint.state
    measured = Measurements.from_json(as_object(state.get("measured")))
    return report_of(as_object(state.get("engine")), measured)


def audio_quality(figures: Quality) -> dict[str, Any]:
    """``audio_quality`` of the call object, without what is unknown."""
    known = {name: value for name, value in asdict(figures).items() if value is not None}
    del known["channel"]
    return known


def entry_json(entry: Entry) -> dict[str, Any]:
    """One item of ``transcript_with_tool_calls``."""
    match entry:
        case Utterance():
            words = [{"word": w.word, "start": w.start, "end": w.end} for w in entry.words]
            said: dict[str, Any] = {"role": entry.role, "content": entry.content, "words": words}
            return said | ({"metadata": dict(entry.metadata)} if entry.metadata else {})
        case ToolInvocation():
            return {
                "role": "tool_call_invocation",
                "tool_call_id": entry.tool_call_id,
                "name": entry.name,
                "arguments": entry.arguments,
                "type": entry.kind,
                "time_sec": round(entry.at_s, 3),
            }
        case ToolResult():
            return {
                "role": "tool_call_result",
                "tool_call_id": entry.tool_call_id,
                "content": entry.content,
                "successful": entry.successful,
                "time_sec": round(entry.at_s, 3),
            }
        case NodeTransition():
            return {
                "role": "node_transition",
                "former_node_id": entry.former_node_id,
                "former_node_name": entry.former_node_name,
                "new_node_id": entry.new_node_id,
                "new_node_name": entry.new_node_name,
                "transition_type": entry.transition_type,
            }
        case Digit():
            return {"role": "dtmf", "digit": entry.digit}
        case _:
            assert_never(entry)


def end_node(entries: Sequence[Entry]) -> dict[str, str] | None:
    """The flow's node that the conversation was in last."""
    for entry in reversed(entries):
        if isinstance(entry, NodeTransition):
            return {"id": entry.new_node_id, "name": entry.new_node_name}
    return None


def figures(values: Sequence[float]) -> dict[str, Any]:
    """Percentiles (linear between neighbours), extremes and all values, in ms."""
    ordered = sorted(values)
    found: dict[str, Any] = {f"p{p}": percentile(ordered, p) for p in PERCENTILES}
    return found | {
        "max": ordered[-1],
        "min": ordered[0],
        "num": len(ordered),
        "values": list(values),
    }


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Of values in ascending order, at least one."""
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 1)


def token_usage(tokens: Sequence[int]) -> dict[str, Any]:
    """Tokens per request to the language model."""
    average = round(sum(tokens) / len(tokens), 1)
    return {"values": list(tokens), "average": average, "num_requests": len(tokens)}
