"""The part of list-calls' filters that a database can answer by itself.

What is left out here is judged call by call (``filters``); what is in may only be wider than asked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypedDict, cast

from uponai.wire.validate import Json

_LARGEST = 2**53
_MOST_TEXTS = 500  # databases bound the parameters of a statement


class Narrowed(TypedDict, total=False):
    """Conditions under the names that storage gives them."""

    statuses: tuple[str, ...]
    agent_ids: tuple[str, ...]
    call_ids: tuple[str, ...]
    from_number: str
    to_number: str
    direction: str
    batch_call_id: str
    start_ms_from: int
    start_ms_to: int


def narrowed(given: Any) -> Narrowed:
    """From a valid ``filter_criteria`` of ``/v3/list-calls``."""
    found = Narrowed()
    filters = cast("Mapping[str, Json]", given or {})
    status = filters.get("call_status")
    if status is not None and status["op"] == "in":
        found["statuses"] = _texts(status["value"])
    if agents := cast("list[Json] | None", filters.get("agent")):
        found["agent_ids"] = _texts([agent["agent_id"] for agent in agents])
    if call_id := filters.get("call_id"):
        ids = {"in": call_id["value"], "eq": [call_id["value"]]} if "value" in call_id else {}
        found["call_ids"] = _texts(ids.get(call_id["op"]))
    direction = filters.get("direction")
    if direction is not None and direction["op"] == "in":
        _put_single(found, "direction", direction["value"])
    for name in ("from_number", "to_number", "batch_call_id"):
        number = filters.get(name)
        if number is not None and number["op"] == "eq":
            _put_single(found, name, [number["value"]])
    if (start := filters.get("start_timestamp")) and "value" in start:
        low, high = _ends(start)
        _put_range(found, low, high)
    return found


def narrowed_old(given: Any) -> Narrowed:
    """From a valid ``filter_criteria`` of ``/v2/list-calls``."""
    found = Narrowed()
    filters = cast("Mapping[str, Any]", given or {})
    found["statuses"] = _texts(filters.get("call_status"))
    found["agent_ids"] = _texts(filters.get("agent_id"))
    found["call_ids"] = _texts(filters.get("call_id"))
    for name in ("direction", "from_number", "to_number", "batch_call_id"):
        _put_single(found, name, filters.get(name))
    start = cast("Json", filters.get("start_timestamp") or {})
    _put_range(found, start.get("lower_threshold"), start.get("upper_threshold"))
    return found


def _texts(values: Any) -> tuple[str, ...]:
    listed = cast("list[Any]", values if isinstance(values, list) else [])
    if len(listed) > _MOST_TEXTS or not all(isinstance(value, str) for value in listed):
        return ()
    return tuple(cast("list[str]", listed))


def _put_single(found: Narrowed, name: str, values: Any) -> None:
    texts = _texts(values)
    if len(texts) != 1:
        return
    match name:
        case "direction":
            found["direction"] = texts[0]
        case "from_number":
            found["from_number"] = texts[0]
        case "batch_call_id":
            found["batch_call_id"] = texts[0]
        case _:
            found["to_number"] = texts[0]


def _ends(atom: Json) -> tuple[Any, Any]:
    value: Any = atom["value"]
    match atom["op"]:
        case "bt":
            return value[0], value[1]
        case "gt" | "ge":
            return value, None
        case "lt" | "le":
            return None, value
        case "eq":
            return value, value
        case _:
            return None, None


def _put_range(found: Narrowed, low: Any, high: Any) -> None:
    if isinstance(low, (int, float)) and abs(low) < _LARGEST:
        found["start_ms_from"] = math.floor(low)
    if isinstance(high, (int, float)) and abs(high) < _LARGEST:
        found["start_ms_to"] = math.ceil(high)
