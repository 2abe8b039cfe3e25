"""Calls as rows: both ways, and which fields a change may set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from uponai.domain.call import Call, CallState
from uponai.domain.ending import Ending
from uponai.storage.engine import clean_text

_SAME = (
    "call_id",
    "workspace_id",
    "direction",
    "from_number",
    "to_number",
    "agent_id",
    "agent_version",
    "created_ms",
    "call_type",
    "carrier",
    "attempt",
    "fence",
    "lease_holder",
    "lease_until_ms",
    "due_ms",
    "answered_ms",
    "ended_ms",
    "duration_ms",
    "request",
    "agent",
    "engine",
    "report",
    "analysis",
    "line",
    "batch_call_id",
    "batch_task",
)

# Whose call it is, its state, its fence and its ending change only by the methods that guard them.
_GUARDED = {"call_id", "workspace_id", "direction", "created_ms", "fence"}
SETTABLE = frozenset(_SAME) - _GUARDED - {"batch_call_id", "batch_task"}


def call_of(row: RowMapping) -> Call:
    """The call of a whole row of ``calls``."""
    reason = row["ending_reason"]
    ending = reason and Ending(reason, row["ending_detail"] or "", row["ending_sip_code"])
    return Call(
        state=CallState(row["state"]),
        ending=ending or None,
        **{name: row[name] for name in _SAME},
    )


def row_of(call: Call) -> dict[str, Any]:
    """All columns of a call."""
    values = {name: getattr(call, name) for name in _SAME}
    values |= {"state": call.state.value, "status": call.status}
    return values | ending_columns(call.ending)


def ending_columns(ending: Ending | None) -> dict[str, Any]:
    if ending is None:
        return {"ending_reason": None, "ending_detail": None, "ending_sip_code": None}
    return {
        "ending_reason": ending.reason,
        "ending_detail": clean_text(ending.detail),
        "ending_sip_code": ending.sip_code,
    }


def settable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError naming a field that a change may not set."""
    refused = sorted(set(fields) - SETTABLE)
    if refused:
        raise ValueError(f"not to be set on a call: {', '.join(refused)}")
    return dict(fields)
