"""The analysis of a call without a language model: deterministic, from what the record says. Pure.

Wire form: retell-api.md section 2.3 (``call_analysis``). The sentiment is not guessed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from uponai.domain.call import Call

_SPOKEN = {"agent": "Agent", "user": "User", "transfer_target": "Transfer target"}
_LAST_TURNS = 2
_MAX_QUOTE_CHARS = 200

_ENDINGS = {
    "user_hangup": "the user hung up",
    "agent_hangup": "the agent ended the call",
    "call_transfer": "the call was transferred",
    "voicemail_reached": "an answering machine was reached",
    "inactivity": "the user stayed silent for too long",
    "max_duration_reached": "the longest allowed duration was reached",
    "manual_stopped": "the call was stopped by request",
    "dial_busy": "the line was busy",
    "dial_failed": "dialling failed",
    "dial_no_answer": "nobody answered",
    "invalid_destination": "the number cannot be reached",
    "user_declined": "the user declined the call",
    "telephony_provider_permission_denied": "the telephony provider refused the call",
    "telephony_provider_unavailable": "the telephony provider was unavailable",
    "sip_routing_error": "the call could not be routed",
    "error_no_audio_received": "no audio was received",
    "error_retell": "the platform failed",
}
_YES = frozenset(("true", "yes", "1"))
_NO = frozenset(("false", "no", "0"))

Items = Sequence[Mapping[str, Any]]


def analyse(call: Call) -> dict[str, Any]:
    """The wire's ``call_analysis`` of an ended call."""
    status = call.ending.kind.status if call.ending is not None else "error"
    connected = call.answered_ms is not None
    custom, complete = _custom(call) if connected else ({}, True)
    return {
        "call_summary": _summary(call),
        "in_voicemail": _in_voicemail(call),
        "user_sentiment": "Unknown",
        "call_successful": complete and status == "ended" and _successful(call),
        "custom_analysis_data": custom,
    }


def _reason(call: Call) -> str:
    return call.ending.reason if call.ending is not None else "error_unknown"


def _in_voicemail(call: Call) -> bool:
    return call.report.get("in_voicemail") is True or _reason(call) == "voicemail_reached"


def _successful(call: Call) -> bool:
    """As the conversation said; else: did it come to its own end?"""
    said = call.report.get("call_successful")
    if isinstance(said, bool):
        return said
    if _in_voicemail(call):
        return False
    return _reason(call) in ("agent_hangup", "call_transfer") or _came_to_end_node(call)


def _came_to_end_node(call: Call) -> bool:
    last = _mapping(call.report.get("end_node")).get("id")
    nodes = _items(call.engine.get("nodes"))
    return any(node.get("id") == last and node.get("type") == "end" for node in nodes)


def _summary(call: Call) -> str:
    how = _ENDINGS.get(_reason(call), _reason(call).replace("_", " "))
    if call.answered_ms is None:
        return f"The call was not connected: {how}."
    said = [_length(call, how), _node(call), _collected(call), _functions(call), _last_words(call)]
    return " ".join(sentence for sentence in said if sentence)


def _length(call: Call, how: str) -> str:
    seconds = round((call.duration_ms or 0) / 1000)
    return f"The call lasted {seconds} s; {how}."


def _node(call: Call) -> str:
    name = _mapping(call.report.get("end_node")).get("name")
    return f'It ended at "{name}".' if name else ""


def _collected(call: Call) -> str:
    values = _mapping(call.report.get("collected_dynamic_variables"))
    told = ", ".join(f"{name}: {value}" for name, value in values.items())
    return f"Collected: {told}." if told else ""


def _functions(call: Call) -> str:
    items = _items(call.report.get("transcript_with_tool_calls"))
    results = {
        item.get("tool_call_id"): item.get("successful") is not False
        for item in items
        if item.get("role") == "tool_call_result"
    }
    told: list[str] = []
    for item in items:
        if item.get("role") != "tool_call_invocation":
            continue
        outcome = {True: "succeeded", False: "failed", None: "gave no result"}
        told.append(f"{item.get('name')} {outcome[results.get(item.get('tool_call_id'))]}")
    return f"Functions: {', '.join(told)}." if told else ""


def _last_words(call: Call) -> str:
    spoken = [
        item
        for item in _items(call.report.get("transcript_object"))
        if item.get("role") in _SPOKEN and item.get("content")
    ]
    if not spoken:
        return "Nothing was said."
    told = [
        f'{_SPOKEN[item["role"]]}: "{_quote(str(item["content"]))}"'
        for item in spoken[-_LAST_TURNS:]
    ]
    return f"Last words: {' '.join(told)}"


def _quote(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MAX_QUOTE_CHARS else flat[: _MAX_QUOTE_CHARS - 1] + "…"


def _custom(call: Call) -> tuple[dict[str, Any], bool]:
    """What the agent's ``post_call_analysis_data`` asks for and the conversation collected under
    the same name; and whether nothing that is required lacks."""
    collected = _mapping(call.report.get("collected_dynamic_variables"))
    found: dict[str, Any] = {}
    complete = True
    for item in _items(call.agent.get("post_call_analysis_data")):
        name = item.get("name")
        if not isinstance(name, str) or item.get("type") == "system-presets":
            continue
        value = _typed(item, collected.get(name))
        if value is not None:
            found[name] = value
        elif item.get("required") is True:
            complete = False
    return found, complete


def _typed(item: Mapping[str, Any], text: object) -> object:
    """None when the text does not fit the item's type."""
    if text is None:
        return None
    value = str(text)
    match item.get("type"):
        case "boolean":
            word = value.strip().lower()
            return True if word in _YES else False if word in _NO else None
        case "number":
            return _number(value)
        case "enum":
            return value if value in cast("Sequence[object]", item.get("choices") or ()) else None
        case _:
            return value


def _number(text: str) -> int | float | None:
    try:
        number: object = json.loads(text.strip().replace(",", ""), parse_constant=lambda _: None)
    except ValueError:
        return None
    return number if isinstance(number, int | float) and not isinstance(number, bool) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _items(value: object) -> Items:
    if not isinstance(value, list | tuple):
        return ()
    items = cast("Sequence[object]", value)
    return [cast("Mapping[str, Any]", item) for item in items if isinstance(item, Mapping)]
