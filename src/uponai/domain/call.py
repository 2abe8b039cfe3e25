"""A call: its record and its state table.

The wire's ``call_status`` is a projection of the finer state here; every change of state goes
through ``TRANSITIONS`` and is written compare-and-set by who holds the call's fencing token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

from uponai.domain.ending import CallStatus, Ending


class CallState(StrEnum):
    """Where a call is in its life."""

    QUEUED = "queued"  # written, waiting for the dialer
    LEASED = "leased"  # a host has taken it; nothing was sent
    DIALLING = "dialling"  # the request to the carrier may have left
    DIALLING_UNKNOWN = "dialling_unknown"  # it may have left and nobody knows what came of it
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class CallChange(StrEnum):
    """What may happen to a call."""

    LEASE = "lease"
    JOIN = "join"  # whoever it waited for came
    RELEASE = "release"  # the lease ran out before anything was sent
    DIAL = "dial"
    PUT_BACK = "put_back"  # nothing reached the callee: refused as too fast or full, or never sent
    LOSE = "lose"  # contact lost between sending and hearing back
    RING = "ring"
    ANSWER = "answer"
    TRANSFER = "transfer"  # its caller is being handed to somebody else, or is back
    END = "end"


TRANSITIONS: dict[tuple[CallState, CallChange], CallState] = {
    (CallState.QUEUED, CallChange.LEASE): CallState.LEASED,
    (CallState.QUEUED, CallChange.JOIN): CallState.RINGING,
    (CallState.QUEUED, CallChange.END): CallState.ENDED,
    (CallState.LEASED, CallChange.RELEASE): CallState.QUEUED,
    (CallState.LEASED, CallChange.DIAL): CallState.DIALLING,
    (CallState.LEASED, CallChange.END): CallState.ENDED,
    (CallState.DIALLING, CallChange.PUT_BACK): CallState.QUEUED,
    (CallState.DIALLING, CallChange.LOSE): CallState.DIALLING_UNKNOWN,
    (CallState.DIALLING, CallChange.RING): CallState.RINGING,
    (CallState.DIALLING, CallChange.ANSWER): CallState.ANSWERED,
    (CallState.DIALLING, CallChange.END): CallState.ENDED,
    (CallState.DIALLING_UNKNOWN, CallChange.PUT_BACK): CallState.QUEUED,
    (CallState.DIALLING_UNKNOWN, CallChange.RING): CallState.RINGING,
    (CallState.DIALLING_UNKNOWN, CallChange.ANSWER): CallState.ANSWERED,
    (CallState.DIALLING_UNKNOWN, CallChange.END): CallState.ENDED,
    (CallState.RINGING, CallChange.RING): CallState.RINGING,
    (CallState.RINGING, CallChange.ANSWER): CallState.ANSWERED,
    (CallState.RINGING, CallChange.END): CallState.ENDED,
    (CallState.ANSWERED, CallChange.TRANSFER): CallState.ANSWERED,
    (CallState.ANSWERED, CallChange.END): CallState.ENDED,
}


UNSENT = frozenset({CallState.QUEUED, CallState.LEASED})
"""No order is on its way, and none of its former attempts is known to go on."""

UNHEARD = frozenset({CallState.DIALLING, CallState.DIALLING_UNKNOWN, CallState.RINGING})
"""Its order may have left, and neither an answer nor an end is known."""


def state_after(state: CallState, change: CallChange) -> CallState:
    """Raises ValueError for a pair that is not in the table."""
    try:
        return TRANSITIONS[(state, change)]
    except KeyError:
        raise ValueError(f"a {state} call cannot {change}") from None


Direction = Literal["inbound", "outbound"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as stored.

    ``request`` holds the wire fields as given (metadata, dynamic variables, headers, override);
    ``agent`` and ``engine`` are the configurations as resolved at creation, overrides applied;
    ``report`` is what the brain wrote (see ``live/report.py``), ``analysis`` the wire's
    ``call_analysis``. ``fence`` rises with each lease; only its holder may write. ``line`` is what
    the line holder reported of the line's end, for whoever must write the ending in its stead.
    ``batch_task`` is the position of its task in its batch.
    """

    call_id: str
    workspace_id: str
    direction: Direction
    from_number: str
    to_number: str
    agent_id: str
    agent_version: int
    created_ms: int
    call_type: Literal["phone_call", "web_call"] = "phone_call"
    carrier: str = "sip"
    state: CallState = CallState.QUEUED
    attempt: int = 0
    fence: int = 0
    lease_holder: str | None = None
    lease_until_ms: int = 0
    due_ms: int = 0
    answered_ms: int | None = None
    ended_ms: int | None = None
    duration_ms: int | None = None
    ending: Ending | None = None
    request: Mapping[str, Any] = field(default_factory=dict[str, Any])
    agent: Mapping[str, Any] = field(default_factory=dict[str, Any])
    engine: Mapping[str, Any] = field(default_factory=dict[str, Any])
    report: Mapping[str, Any] = field(default_factory=dict[str, Any])
    analysis: Mapping[str, Any] | None = None
    line: Mapping[str, Any] = field(default_factory=dict[str, Any])
    batch_call_id: str | None = None
    batch_task: int | None = None

    @property
    def status(self) -> CallStatus:
        """The wire's ``call_status``."""
        if self.ending is not None:
            return self.ending.kind.status
        return "ongoing" if self.state is CallState.ANSWERED else "registered"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The conversation after a finished turn: enough to write the record or to go on."""

    call_id: str
    turn: int
    fence: int
    at_ms: int
    state: Mapping[str, Any]

    def ended(self, ending: Ending, fields: Mapping[str, Any]) -> Checkpoint:
        """The same with how the call ended, for whoever writes it in the holder's stead."""
        kept = {name: fields[name] for name in ("ended_ms", "duration_ms")}
        last = {"reason": ending.reason, "detail": ending.detail, **kept}
        return replace(self, at_ms=kept["ended_ms"], state={**self.state, "ending": last})

    @property
    def ending(self) -> tuple[Ending, dict[str, int]] | None:
        """What ``ended`` was told, with ``ended_ms`` and ``duration_ms``; None while it goes on."""
        match self.state.get("ending"):
            case {
                "reason": str(reason),
                "detail": str(detail),
                "ended_ms": int(ended_ms),
                "duration_ms": int(duration_ms),
            }:
                times = {"ended_ms": ended_ms, "duration_ms": duration_ms}
                return Ending(reason, detail), times
            case _:
                return None
