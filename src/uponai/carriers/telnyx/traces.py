"""What Telnyx's log of call events tells of a dial that nobody here followed. Pure.

https://developers.telnyx.com/api-reference/debugging/list-call-events: each event has ``name``,
``call_leg_id``, ``event_timestamp`` and ``metadata``, which holds the raw event somewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from uponai.carriers.base import Found, HungUp, Over, Sighting
from uponai.carriers.hosted.words import sip_code_in
from uponai.carriers.telnyx.state import State
from uponai.carriers.telnyx.words import ending_of, was_answered

_MAX_DEPTH = 8


def is_of(state_text: Any, call_id: str, attempt: int) -> bool:
    """Whether a ``client_state`` is that of this call's attempt (and not of a leg beside it)."""
    state = State.read(state_text)
    if state is None or state.kind == "leg":
        return False
    return (state.call_id, state.attempt) == (call_id, attempt)


def ms_of(stamp: Any) -> int | None:
    """An ISO 8601 time of the API as wall time in ms."""
    if not isinstance(stamp, str):
        return None
    try:
        told = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() * 1000)


def sighting_of(
    events: Sequence[Mapping[str, Any]], call_id: str, attempt: int, now_ms: int
) -> Sighting | None:
    """What became of an attempt by the events of some calls; None where none is of it."""
    legs = {
        str(event.get("call_leg_id"))
        for event in events
        if any(is_of(text, call_id, attempt) for text in _values(event, "client_state"))
    }
    mine = [event for event in events if str(event.get("call_leg_id")) in legs]
    if not mine:
        return None
    by_name = {str(event.get("name")): event for event in mine}
    hung_up, answered = by_name.get("call.hangup"), by_name.get("call.answered")
    if hung_up is not None:
        return Over(_report(hung_up, call_id, attempt, now_ms, answered=answered is not None))
    ref = next((text for event in mine for text in _values(event, "call_control_id")), None)
    if answered is not None:
        return Found("answered", ms_of(answered.get("event_timestamp")), ref)
    return Found("dialling", None, ref)


def _report(
    event: Mapping[str, Any], call_id: str, attempt: int, now_ms: int, *, answered: bool
) -> HungUp:
    cause = next(_values(event, "hangup_cause"), "unspecified")
    sip_code = sip_code_in(next(_values(event, "sip_hangup_cause"), ""))
    talked = answered or was_answered(cause, sip_code)
    ending = ending_of(cause, sip_code, answered=talked)
    at_ms = ms_of(event.get("event_timestamp")) or now_ms
    line = {"cause": "remote_hangup" if talked else "code", "sip_code": sip_code, "text": cause}
    return HungUp(call_id, attempt, talked, at_ms, ending, line)


def _values(found: Any, name: str, depth: int = 0) -> Iterator[str]:
    """Every text under ``name``, however deep it lies."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(found, dict):
        for key, value in cast(dict[str, Any], found).items():
            if key == name and isinstance(value, str):
                yield value
            else:
                yield from _values(value, name, depth + 1)
    elif isinstance(found, list):
        for value in cast(list[Any], found):
            yield from _values(value, name, depth + 1)
