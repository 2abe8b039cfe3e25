"""UponAI's own REST dialect for calls: camelCase, wrapped, ISO times and seconds.

Facts: uponai-docs.md section 2.1. ``workspaceId`` is taken and not needed: the key names the
workspace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from pydantic import Field

from uponai.domain.errors import InvalidField
from uponai.wire.common import Texts, Version
from uponai.wire.create_call import phone_call, updated_request
from uponai.wire.validate import Json, Wire, as_object, check, without_nulls

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
VARIABLES = "uponai_dynamic_variables"
_SENT = {
    "agentId": "override_agent_id",
    "overrideAgentVersion": "override_agent_version",
    "fromNumber": "from_number",
    "toNumber": "to_number",
    "ignoreE164Validation": "ignore_e164_validation",
    "customSipHeaders": "custom_sip_headers",
    "metadata": "metadata",
    "trunkName": "trunk_name",
    "customerName": "customer_name",
    "idempotencyKey": "idempotency_key",
    "agentOverride": "agent_override",
    VARIABLES: "retell_llm_dynamic_variables",
}
_NAMES = {ours: theirs for theirs, ours in _SENT.items()}
_OVERRIDES = {"agent": "agent", "llm": "retell_llm", "conversationFlow": "conversation_flow"}
_PLAIN = {
    "call_id": "callId",
    "call_type": "callType",
    "call_status": "status",
    "agent_id": "agentId",
    "agent_version": "agentVersion",
    "agent_name": "agentName",
    "direction": "direction",
    "from_number": "fromNumber",
    "to_number": "toNumber",
    "metadata": "metadata",
    "access_token": "accessToken",
    "retell_llm_dynamic_variables": VARIABLES,
    "disconnection_reason": "disconnectionReason",
    "transcript": "transcript",
    "recording_url": "recordingUrl",
}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Initiation(Wire):
    """Body of ``POST /api/v1/calls/initiate``."""

    agentId: Annotated[str, Field(min_length=1)]
    fromNumber: Annotated[str, Field(min_length=1)]
    toNumber: Annotated[str, Field(min_length=1)]
    trunkName: str | None = None
    customerName: str | None = None
    ignoreE164Validation: bool | None = None
    overrideAgentVersion: Version = None
    customSipHeaders: Texts | None = None
    metadata: dict[str, Any] | None = None
    uponai_dynamic_variables: Texts | None = None
    agentOverride: dict[str, Any] | None = None
    idempotencyKey: str | None = None


class DialectPatch(Wire):
    """Body of ``PATCH /api/calls/{callId}``."""

    metadata: dict[str, Any] | None = None
    optOutSensitiveDataStorage: bool | None = None


def initiation(body: Any) -> Json:
    """The request of create-phone-call that an initiation means. Raises InvalidField."""
    given = check(Initiation, without_nulls(as_object(body)))
    meant = {ours: given[theirs] for theirs, ours in _SENT.items() if theirs in given}
    if "agent_override" in meant:
        meant["agent_override"] = _override(meant["agent_override"])
    try:
        return phone_call(meant)
    except InvalidField as error:
        raise renamed(error) from None


def renamed(error: InvalidField) -> InvalidField:
    """The same complaint about the field as this dialect calls it."""
    first, slash, rest = error.path.partition("/")
    return InvalidField(f"{_NAMES.get(first, first)}{slash}{rest}", error.rule)


def _override(given: Mapping[str, Any]) -> Json:
    found: Json = {}
    for name, part in given.items():
        found[_OVERRIDES.get(name, name)] = _snaked(part)
    return found


def _snaked(part: Any) -> Any:
    if not isinstance(part, Mapping):
        return part
    fields = cast("Mapping[str, Any]", part)
    return {_HUMP.sub("_", key).lower(): value for key, value in fields.items()}


def patched_request(stored: Mapping[str, Any], body: Any) -> Json:
    """The call's request fields after a PATCH. Raises InvalidField."""
    given = check(DialectPatch, without_nulls(as_object(body)))
    change: Json = {}
    if "metadata" in given:
        change["metadata"] = given["metadata"]
    if "optOutSensitiveDataStorage" in given:
        change["opt_out_sensitive_data_storage"] = given["optOutSensitiveDataStorage"]
    return updated_request(stored, change)


def dialect_call(record: Mapping[str, Any], extra: Mapping[str, Any]) -> Json:
    """A call of this dialect from the Get Call object; ``extra``: the call's request."""
    found = {theirs: record[ours] for ours, theirs in _PLAIN.items() if ours in record}
    setting = record.get("data_storage_setting", "everything")
    found["optOutSensitiveDataStorage"] = setting != "everything"
    for ours, theirs in (("start_timestamp", "startedAt"), ("end_timestamp", "endedAt")):
        if ours in record:
            found[theirs] = iso(record[ours])
    if "duration_ms" in record:
        found["duration"] = round(record["duration_ms"] / 1000)
    for ours, theirs in (("customer_name", "customerName"), ("trunk_name", "trunkName")):
        if ours in extra:
            found[theirs] = extra[ours]
    analysis = cast("Mapping[str, Any]", record.get("call_analysis") or {})
    for ours, theirs in (("call_summary", "summary"), ("user_sentiment", "sentiment")):
        if ours in analysis:
            found[theirs] = analysis[ours]
    return found


def iso(at_ms: int) -> str:
    """UTC, to the millisecond."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dates(query: Mapping[str, str]) -> tuple[int | None, int | None]:
    """``fromDate`` and ``toDate`` in ms, both included. Raises InvalidField."""
    first, last = _date_ms(query, "fromDate"), _date_ms(query, "toDate")
    if last is not None and len(query["toDate"]) == len("2026-01-31"):
        last += 86_399_999
    return first, last


def _date_ms(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+"))
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise InvalidField(name, "must be an ISO 8601 date or date-time", where="query") from None


def page_of(query: Mapping[str, str]) -> tuple[int, int]:
    """``page`` (from 1) and ``limit`` (1 to 100). Raises InvalidField."""
    return _count(query, "page", 1, 1_000_000), _count(query, "limit", DEFAULT_LIMIT, MAX_LIMIT)


def _count(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= number <= most:
        raise InvalidField(name, f"must be an integer >= 1 and <= {most}", where="query")
    return number
