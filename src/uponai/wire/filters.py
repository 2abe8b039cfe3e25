"""The filters of both list-calls: what they may say, and whether a call's JSON fits.

``/v3/list-calls`` has typed atoms, AND-ed; the older ``/v2/list-calls`` plain arrays and
thresholds, which are read into the same atoms (retell-api.md sections 1.3 notes and 1.4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from uponai.domain.ending import CallStatus
from uponai.domain.errors import InvalidField
from uponai.wire.validate import Json, as_object

Read = Callable[[Json], Any]


@dataclass(frozen=True, slots=True)
class Atom:
    """One condition: ``value`` of the call against ``against``."""

    read: Read
    op: str
    against: Any

    def fits(self, record: Json) -> bool:
        value = self.read(record)
        if self.op in ("pr", "np"):
            return (value is not None) is (self.op == "pr")
        if value is None:
            return self.op == "ne"
        return _COMPARE[self.op](value, self.against)


def fits(atoms: Sequence[Atom], record: Json) -> bool:
    """Whether a full call object passes every atom."""
    return all(atom.fits(record) for atom in atoms)


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def judge(value: Any, against: Any) -> bool:
        number, edge = _number(value), _number(against)
        return number is not None and edge is not None and compare(number, edge)

    return judge


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _equal(value: Any, against: Any) -> bool:
    if isinstance(against, bool) or isinstance(value, bool):
        return value is against or str(value).lower() == str(against).lower()
    if isinstance(against, (int, float)):
        return _number(value) == against
    return str(value) == str(against)


def _between(value: Any, against: Any) -> bool:
    number, low, high = (_number(one) for one in (value, *against))
    return number is not None and low is not None and high is not None and low <= number <= high


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": _equal,
    "ne": lambda value, against: not _equal(value, against),
    "sw": lambda value, against: str(value).startswith(against),
    "ew": lambda value, against: str(value).endswith(against),
    "co": lambda value, against: against in str(value),
    "gt": _ordered(lambda a, b: a > b),
    "ge": _ordered(lambda a, b: a >= b),
    "lt": _ordered(lambda a, b: a < b),
    "le": _ordered(lambda a, b: a <= b),
    "bt": _between,
    "in": lambda value, against: any(_equal(value, one) for one in against),
}
_OPS: dict[str, tuple[str, ...]] = {
    "string": ("eq", "ne", "sw", "ew", "co"),
    "number": ("eq", "ne", "gt", "ge", "lt", "le"),
    "range": ("bt",),
    "boolean": ("eq",),
    "enum": ("in",),
    "present": ("pr", "np"),
}
_VALUES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "range": lambda value: (
        isinstance(value, list)
        and len(cast("list[Any]", value)) == 2
        and all(_number(end) is not None for end in cast("list[Any]", value))
    ),
    "boolean": lambda value: isinstance(value, bool),
    "enum": lambda value: isinstance(value, list),
    "present": lambda value: True,
}


def _at(*path: str) -> Read:
    def read(record: Json) -> Any:
        here: Any = record
        for step in path:
            if not isinstance(here, Mapping):
                return None
            here = cast("Mapping[str, Any]", here).get(step)
        return here

    return read


_FIELDS: dict[str, Read] = {
    name: _at(name)
    for name in (
        "agent_tag",
        "batch_call_id",
        "call_id",
        "call_status",
        "call_type",
        "data_storage_setting",
        "direction",
        "disconnection_reason",
        "duration_ms",
        "end_timestamp",
        "from_number",
        "start_timestamp",
        "to_number",
    )
} | {
    "call_successful": _at("call_analysis", "call_successful"),
    "in_voicemail": _at("call_analysis", "in_voicemail"),
    "user_sentiment": _at("call_analysis", "user_sentiment"),
    "combined_cost": _at("call_cost", "combined_cost"),
    "e2e_latency_p50": _at("latency", "e2e", "p50"),
}
_KEYED: dict[str, tuple[str, ...]] = {
    "custom_analysis_data": ("call_analysis", "custom_analysis_data"),
    "custom_attributes": ("custom_attributes",),
    "dynamic_variables": ("retell_llm_dynamic_variables",),
    "metadata": ("metadata",),
}


def criteria(given: Any) -> list[Atom]:
    """``filter_criteria`` of ``/v3/list-calls``. Raises InvalidField, also for unknown filters."""
    atoms: list[Atom] = []
    for name, condition in as_object(given, "filter_criteria").items():
        path = f"filter_criteria/{name}"
        if name in _FIELDS:
            atom = typed_atom(_FIELDS[name], condition, path)
            if name == "call_status" and atom.op == "in":
                _check_statuses(atom.against, f"{path}/value")
            atoms.append(atom)
            continue
        if name not in ("agent", "tool_calls", *_KEYED):
            raise InvalidField("filter_criteria", f"must NOT have additional properties ('{name}')")
        items = _objects(condition, path)
        if name == "agent":
            atoms.append(_agents(items))
        elif name in _KEYED:
            atoms.extend(_keyed(name, item, where) for where, item in items)
        else:
            atoms.extend(_tool_call(item, where) for where, item in items)
    return atoms


def _objects(value: Any, path: str) -> list[tuple[str, Json]]:
    """The objects of an array, each with its path."""
    listed = enumerate(_array(value, path))
    return [(f"{path}/{at}", as_object(item, f"{path}/{at}")) for at, item in listed]


def _array(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidField(path, "must be array")
    return cast("list[Any]", value)


def typed_atom(read: Read, condition: Any, path: str) -> Atom:
    """``{type, op, value}`` as a condition on what ``read`` finds. Raises InvalidField."""
    given = as_object(condition, path)
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in _OPS:
        listed = ", ".join(repr(name) for name in _OPS)
        raise InvalidField(f"{path}/type", f"must be equal to one of the allowed values: {listed}")
    op = given.get("op")
    if op not in _OPS[kind]:
        listed = ", ".join(repr(name) for name in _OPS[kind])
        raise InvalidField(f"{path}/op", f"must be equal to one of the allowed values: {listed}")
    value = given.get("value")
    if not _VALUES[kind](value):
        raise InvalidField(f"{path}/value", f"must be the value of a {kind} filter")
    return Atom(read, op, value)


def _keyed(name: str, given: Json, path: str) -> Atom:
    return typed_atom(_at(*_KEYED[name], _text(given, "key", path)), given, path)


def _text(given: Json, name: str, path: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise InvalidField(path, f"must have required property '{name}'")
    return value


def _agents(items: list[tuple[str, Json]]) -> Atom:
    wanted: set[tuple[str, int | None]] = set()
    for path, given in items:
        versions = _array(given.get("version") or [], f"{path}/version")
        if not all(_VALUES["number"](version) for version in versions):
            raise InvalidField(f"{path}/version", "must be an array of numbers")
        agent_id = _text(given, "agent_id", path)
        wanted.update((agent_id, version) for version in versions or [None])

    def read(record: Json) -> bool:
        pair = (record["agent_id"], record["agent_version"])
        return pair in wanted or (record["agent_id"], None) in wanted

    return Atom(read, "eq", True)


def _tool_call(given: Json, path: str) -> Atom:
    """One function call of the transcript that has this name, type, success and latency."""
    parts = {"success": _at("successful"), "latency_ms": _at("latency_ms")}
    outcome = [
        typed_atom(read, given[name], f"{path}/{name}")
        for name, read in parts.items()
        if name in given
    ]
    wanted = {name: _text(given, name, path) for name in ("name", "type") if name in given}

    def read(record: Json) -> bool:
        items = cast("list[Json]", record.get("transcript_with_tool_calls") or [])
        results = {i["tool_call_id"]: i for i in items if i["role"] == "tool_call_result"}
        for item in items:
            if item["role"] != "tool_call_invocation" or not wanted.items() <= item.items():
                continue
            result = results.get(item["tool_call_id"], {})
            took_s = result.get("time_sec", 0) - item.get("time_sec", 0)
            if fits(outcome, {**result, "latency_ms": took_s * 1000}):
                return True
        return False

    return Atom(read, "eq", True)


_OLD_LISTS = {
    "agent_id": "agent_id",
    "call_status": "call_status",
    "call_type": "call_type",
    "direction": "direction",
    "user_sentiment": "user_sentiment",
    "call_successful": "call_successful",
    "in_voicemail": "in_voicemail",
    "disconnection_reason": "disconnection_reason",
    "from_number": "from_number",
    "to_number": "to_number",
    "batch_call_id": "batch_call_id",
    "call_id": "call_id",
    "version": "agent_version",
}
_OLD_RANGES = {
    "start_timestamp": _at("start_timestamp"),
    "end_timestamp": _at("end_timestamp"),
    "duration_ms": _at("duration_ms"),
    "e2e_latency_p50": _at("latency", "e2e", "p50"),
}


def old_criteria(given: Any) -> list[Atom]:
    """``filter_criteria`` of ``/v2/list-calls``. Raises InvalidField."""
    atoms: list[Atom] = []
    for name, condition in as_object(given, "filter_criteria").items():
        path = f"filter_criteria/{name}"
        if name in _OLD_LISTS:
            read = _FIELDS.get(name) or _at(_OLD_LISTS[name])
            listed = _array(condition, path)
            if name == "call_status":
                _check_statuses(listed, path)
            atoms.append(Atom(read, "in", listed))
        elif name in _OLD_RANGES:
            atoms.extend(_thresholds(_OLD_RANGES[name], condition, path))
        elif name in ("metadata", "dynamic_variables"):
            for key, values in as_object(condition, path).items():
                among = cast("list[Any]", values) if isinstance(values, list) else [values]
                atoms.append(Atom(_at(*_KEYED[name], key), "in", among))
        else:
            raise InvalidField("filter_criteria", f"must NOT have additional properties ('{name}')")
    return atoms


def _check_statuses(values: list[Any], path: str) -> None:
    known = get_args(CallStatus)
    for at, value in enumerate(values):
        if value not in known:
            listed = ", ".join(repr(name) for name in known)
            raise InvalidField(
                f"{path}/{at}", f"must be equal to one of the allowed values: {listed}"
            )


def _thresholds(read: Read, condition: Any, path: str) -> list[Atom]:
    given = as_object(condition, path)
    atoms: list[Atom] = []
    for name, op in (("lower_threshold", "ge"), ("upper_threshold", "le")):
        value = given.get(name)
        if value is None:
            continue
        if not _VALUES["number"](value):
            raise InvalidField(f"{path}/{name}", "must be number")
        atoms.append(Atom(read, op, value))
    return atoms
