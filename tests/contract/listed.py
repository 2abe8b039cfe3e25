"""Five calls, and what each list option finds of them; for the lists by both official SDKs.

The start of each call, with its creation where it never started, has another order than the
creation: ``BY_START`` is the latest first.
"""

from __future__ import annotations

from typing import Any

from uponai.domain.call import Call, CallState
from uponai.domain.ending import Ending

AT_MS = 1_760_000_000_000
BY_START = "adceb"


def _tool(name: str, *, successful: bool, took_s: float) -> list[dict[str, Any]]:
    call = {"tool_call_id": "t1", "name": name, "type": name, "arguments": "{}"}
    result = {"tool_call_id": "t1", "content": "ok", "successful": successful}
    return [
        {"role": "tool_call_invocation", "time_sec": 1.0, **call},
        {"role": "tool_call_result", "time_sec": 1.0 + took_s, **result},
    ]


def _call(name: str, created_s: int, **fields: Any) -> Call:
    values: dict[str, Any] = {
        "workspace_id": "org_1",
        "direction": "outbound",
        "from_number": "+14155550001",
        "to_number": "+390622222",
        "agent_id": "agent_1",
        "agent_version": 0,
    }
    for at in ("answered", "ended"):
        if f"{at}_s" in fields:
            values[f"{at}_ms"] = AT_MS + fields.pop(f"{at}_s") * 1000
    return Call(name, created_ms=AT_MS + created_s * 1000, **values | fields)


def five_calls() -> list[Call]:
    """In the order of their creation."""
    e2e = {"p50": 640, "p90": 700, "max": 800, "min": 600, "num": 2, "values": [600, 800]}
    a = _call(
        "a",
        0,
        answered_s=100,
        ended_s=160,
        duration_ms=60_000,
        to_number="+4930111111",
        state=CallState.ENDED,
        ending=Ending("user_hangup"),
        agent={"agent_tag": "prod"},
        batch_call_id="batch_call_1",
        request={
            "metadata": {"city": "Rome", "vip": True, "n": 3},
            "retell_llm_dynamic_variables": {"name": "Ada", "visits": "12"},
            "custom_attributes": {"tier": "gold"},
        },
        report={
            "latency": {"e2e": e2e},
            "transcript_with_tool_calls": _tool("book", successful=True, took_s=0.2),
        },
        analysis={
            "call_summary": "Booked.",
            "call_successful": True,
            "in_voicemail": False,
            "user_sentiment": "Positive",
            "custom_analysis_data": {"score": 9, "topic": "sale"},
        },
    )
    b = _call(
        "b",
        10,
        ended_s=20,
        agent_id="agent_2",
        agent_version=1,
        state=CallState.ENDED,
        ending=Ending("dial_busy"),
        request={"metadata": {"city": "Berlin"}},
        analysis={"call_successful": False, "in_voicemail": True, "user_sentiment": "Unknown"},
    )
    e = _call(
        "e",
        29,
        answered_s=30,
        ended_s=35,
        duration_ms=5_000,
        direction="inbound",
        state=CallState.ENDED,
        ending=Ending("error_retell"),
        report={"transcript_with_tool_calls": _tool("book", successful=False, took_s=3.0)},
    )
    c = _call(
        "c",
        40,
        answered_s=50,
        agent_version=2,
        call_type="web_call",
        state=CallState.ANSWERED,
        request={"data_storage_setting": "everything_except_pii"},
    )
    d = _call("d", 60, direction="inbound", from_number="+4930111111")
    return [a, b, e, c, d]


def _is(kind: str, op: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "op": op, "value": value}


def _in(*values: str) -> dict[str, Any]:
    return _is("enum", "in", list(values))


def _key(key: str, kind: str, op: str, *value: Any) -> list[dict[str, Any]]:
    return [{"key": key, "type": kind, "op": op} | ({"value": value[0]} if value else {})]


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "adceb"),
    ({"agent": [{"agent_id": "agent_1"}]}, "adce"),
    ({"agent": [{"agent_id": "agent_1", "version": [2]}, {"agent_id": "agent_2"}]}, "cb"),
    ({"agent": [{"agent_id": "agent_1", "version": []}]}, "adce"),
    ({"agent_tag": _in("prod", "staging")}, "a"),
    ({"batch_call_id": _is("string", "eq", "batch_call_1")}, "a"),
    ({"batch_call_id": _is("string", "ne", "batch_call_1")}, "dceb"),
    ({"call_id": _is("string", "eq", "c")}, "c"),
    ({"call_id": _in("b", "d", "x")}, "db"),
    ({"call_status": _in("ended")}, "a"),
    ({"call_status": _in("not_connected", "error")}, "eb"),
    ({"call_status": _in("ongoing")}, "c"),
    ({"call_successful": _is("boolean", "eq", True)}, "a"),
    ({"call_successful": _is("boolean", "eq", False)}, "b"),
    ({"call_type": _in("web_call")}, "c"),
    ({"combined_cost": _is("number", "eq", 0)}, "aeb"),
    ({"combined_cost": _is("range", "bt", [1, 2])}, ""),
    ({"custom_analysis_data": _key("score", "number", "ge", 9)}, "a"),
    ({"custom_analysis_data": _key("topic", "enum", "in", ["sale", "loss"])}, "a"),
    ({"custom_attributes": _key("tier", "string", "sw", "go")}, "a"),
    ({"custom_attributes": _key("tier", "present", "np")}, "dceb"),
    ({"data_storage_setting": _in("everything_except_pii")}, "c"),
    ({"direction": _in("inbound")}, "de"),
    ({"disconnection_reason": _in("dial_busy", "error_retell")}, "eb"),
    ({"duration_ms": _is("number", "gt", 5_000)}, "a"),
    ({"duration_ms": _is("range", "bt", [5_000, 60_000])}, "ae"),
    ({"dynamic_variables": _key("name", "string", "co", "d")}, "a"),
    ({"dynamic_variables": _key("visits", "range", "bt", [10, 12.5])}, "a"),
    ({"e2e_latency_p50": _is("number", "le", 640)}, "a"),
    ({"start_timestamp": _is("number", "ge", AT_MS + 30_000)}, "ace"),
    ({"start_timestamp": _is("range", "bt", [AT_MS + 30_000, AT_MS + 50_000])}, "ce"),
    ({"start_timestamp": _is("number", "ne", AT_MS + 50_000)}, "adeb"),
    ({"end_timestamp": _is("number", "lt", AT_MS + 160_000)}, "eb"),
    ({"from_number": _is("string", "ew", "111")}, "d"),
    ({"to_number": _is("string", "sw", "+49")}, "a"),
    ({"in_voicemail": _is("boolean", "eq", True)}, "b"),
    ({"metadata": _key("vip", "boolean", "eq", True)}, "a"),
    ({"metadata": _key("city", "present", "pr")}, "ab"),
    ({"metadata": _key("n", "number", "lt", 4) + _key("city", "string", "ne", "Berlin")}, "a"),
    ({"tool_calls": [{"name": "book"}]}, "ae"),
    ({"tool_calls": [{"name": "book", "success": _is("boolean", "eq", False)}]}, "e"),
    ({"tool_calls": [{"type": "book", "latency_ms": _is("number", "lt", 1000)}]}, "a"),
    ({"tool_calls": [{"name": "book"}, {"name": "cancel"}]}, ""),
    ({"user_sentiment": _in("Positive", "Neutral")}, "a"),
    ({"direction": _in("outbound"), "call_status": _in("ended", "not_connected")}, "ab"),
]
"""``filter_criteria`` of the paged list, and what it finds."""

_BETWEEN = {"lower_threshold": AT_MS + 30_000, "upper_threshold": AT_MS + 50_000}
OLD_FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "adceb"),
    ({"agent_id": ["agent_2", "agent_3"]}, "b"),
    ({"version": [1, 2]}, "cb"),
    ({"batch_call_id": ["batch_call_1"]}, "a"),
    ({"call_status": ["registered", "ongoing"]}, "dc"),
    ({"call_successful": [False]}, "b"),
    ({"call_type": ["web_call"]}, "c"),
    ({"direction": ["inbound"]}, "de"),
    ({"disconnection_reason": ["user_hangup"]}, "a"),
    ({"duration_ms": {"upper_threshold": 5_000}}, "e"),
    ({"e2e_latency_p50": {"lower_threshold": 600, "upper_threshold": 700}}, "a"),
    ({"from_number": ["+4930111111"]}, "d"),
    ({"to_number": ["+4930111111"]}, "a"),
    ({"in_voicemail": [True]}, "b"),
    ({"start_timestamp": _BETWEEN}, "ce"),
    ({"user_sentiment": ["Positive", "Unknown"]}, "ab"),
]
"""``filter_criteria`` of the older list, and what it finds."""
