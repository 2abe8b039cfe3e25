"""The WebSocket protocol of a custom LLM: JSON text frames (retell-api.md section 6.4).

``interaction_type`` goes to the user's server, ``response_type`` comes from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlsplit, urlunsplit

Turns = Sequence[Mapping[str, Any]]
"""``transcript`` items as in the call object."""


class CorruptPayload(Exception):
    """A frame that is not of this protocol; says which field and why."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What the server wants: pings and reconnection, the call, functions in transcripts."""

    auto_reconnect: bool = False
    call_details: bool = False
    transcript_with_tool_calls: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """Some more of a response, or of an interruption (``unasked``; ``id`` is ``interrupt_id``)."""

    id: int
    content: str = ""
    complete: bool = False
    unasked: bool = False
    firm: bool = False
    ends_call: bool = False
    transfer_number: str = ""
    shows_caller: bool = False
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Pong:
    """The server is there. ``timestamp`` as it gave it, ms."""

    timestamp: float


@dataclass(frozen=True, slots=True)
class FunctionCalled:
    """The server called a function of its own."""

    tool_call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class FunctionReturned:
    """What that function gave back."""

    tool_call_id: str
    content: str


@dataclass(frozen=True, slots=True)
class Tuned:
    """How turns are taken from now on: fields of an agent."""

    change: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passed:
    """A message that changes nothing here (``metadata``, unknown ones)."""

    response_type: str


FromServer = Configured | Said | Pong | FunctionCalled | FunctionReturned | Tuned | Passed


def socket_url(base: str, call_id: str) -> str:
    """The address of one call: its id behind the path."""
    parts = urlsplit(base)
    path = f"{parts.path.rstrip('/')}/{quote(call_id, safe='')}"
    return urlunsplit(parts._replace(path=path))


# From the server


def decode(text: str) -> FromServer:
    """One frame of the server. Raises CorruptPayload."""
    try:
        read: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise CorruptPayload("a frame must be JSON") from None
    if not isinstance(read, dict):
        raise CorruptPayload("a frame must be a JSON object")
    body = cast("dict[str, Any]", read)
    kind = _text(body, "response_type", needed=True)
    match kind:
        case "config":
            return _configured(_object(body, "config"))
        case "update_agent":
            return Tuned(_object(body, "agent_config"))
        case "response" | "agent_interrupt":
            return _said(body, unasked=kind == "agent_interrupt")
        case "ping_pong":
            return Pong(_number(body, "timestamp"))
        case "tool_call_invocation" | "tool_call_result":
            return _function(body)
        case _:
            return Passed(kind)


def _configured(given: Mapping[str, Any]) -> Configured:
    return Configured(
        _flag(given, "auto_reconnect"),
        _flag(given, "call_details"),
        _flag(given, "transcript_with_tool_calls"),
    )


def _said(body: Mapping[str, Any], *, unasked: bool) -> Said:
    return Said(
        id=int(_number(body, "interrupt_id" if unasked else "response_id")),
        content=_text(body, "content"),
        complete=_flag(body, "content_complete"),
        unasked=unasked,
        firm=_flag(body, "no_interruption_allowed"),
        ends_call=_flag(body, "end_call"),
        transfer_number=_text(body, "transfer_number"),
        shows_caller=_flag(body, "show_transferee_as_caller"),
        digits=_text(body, "digit_to_press"),
    )


def _function(body: Mapping[str, Any]) -> FunctionCalled | FunctionReturned:
    id = _text(body, "tool_call_id", needed=True)
    if body["response_type"] == "tool_call_result":
        return FunctionReturned(id, _as_text(body.get("content")))
    return FunctionCalled(id, _text(body, "name", needed=True), _as_text(body.get("arguments")))


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    if not isinstance(value, Mapping):
        raise CorruptPayload(f"{name} must be an object")
    return cast("Mapping[str, Any]", value)


def _text(body: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    value = body.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise CorruptPayload(f"{name} must be a string")
    return value


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise CorruptPayload(f"{name} must be true or false")
    return value is True


def _number(body: Mapping[str, Any], name: str) -> float:
    value = body.get(name)
    # A number of JSON may be too great for a float, and then is infinite.
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 2**53:
        raise CorruptPayload(f"{name} must be a number")
    if value != value:
        raise CorruptPayload(f"{name} must be a number")
    return value


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# To the server


def ping(timestamp_ms: int) -> str:
    return _frame("ping_pong", {"timestamp": timestamp_ms})


def call_details(call: Mapping[str, Any]) -> str:
    return _frame("call_details", {"call": call})


def update_only(transcript: Turns, with_functions: Turns | None, turntaking: str) -> str:
    """``with_functions`` where the server asked for it; ``turntaking`` says whose turn begins."""
    return _frame(
        "update_only", {**_transcripts(transcript, with_functions), "turntaking": turntaking}
    )


def response_required(
    response_id: int, transcript: Turns, with_functions: Turns | None, *, reminder: bool = False
) -> str:
    """Asks for an answer, or for words to a caller who is silent (``reminder``)."""
    kind = "reminder_required" if reminder else "response_required"
    return _frame(kind, {"response_id": response_id, **_transcripts(transcript, with_functions)})


def _transcripts(transcript: Turns, with_functions: Turns | None) -> dict[str, Any]:
    more = {} if with_functions is None else {"transcript_with_tool_calls": with_functions}
    return {"transcript": transcript, **more}


def _frame(kind: str, body: Mapping[str, Any]) -> str:
    whole = {"interaction_type": kind, **body}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
