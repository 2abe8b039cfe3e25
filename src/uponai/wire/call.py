"""The call object: what get-call returns and webhooks carry (retell-api.md section 2.3).

Unknown fields are absent, never null. Times are ms since the epoch, word times seconds, costs
cents (trap 20).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from uponai.domain.call import Call
from uponai.domain.carrier_account import carrier_of
from uponai.wire.links import MULTI_CHANNEL, RECORDING, SignPath, recording_path
from uponai.wire.validate import Json
from uponai.wire.web_call import access_token

ROLES = frozenset(
    "agent user transfer_target tool_call_invocation tool_call_result node_transition dtmf sms"
    " injected".split()
)
"""Roles that the SDKs know; others would be read as utterances without words (trap 15)."""
SPOKEN = ("agent", "user", "transfer_target")
TRANSCRIPTS = (
    "transcript",
    "transcript_object",
    "transcript_with_tool_calls",
    "scrubbed_transcript_with_tool_calls",
    "pre_session_transcript_with_tool_calls",
    "post_session_transcript_with_tool_calls",
)
"""Left out of the items of ``/v3/list-calls`` (trap 23)."""
CARRIER_REFERENCES = {"twilio": "twilio_call_sid"}
"""Where ``telephony_identifier`` has a field for the carrier's own id of a call."""
LINK_EXPIRY_MS = 86_400_000
_SPEAKERS = {"agent": "Agent", "user": "User", "transfer_target": "Transfer Target"}
_FROM_REPORT = ("latency", "llm_token_usage", "audio_quality", "collected_dynamic_variables")


@dataclass(frozen=True, slots=True)
class CallView:
    """What a call's JSON needs from outside: the address it is read at, a signer, the clock."""

    public_url: str
    sign: SignPath
    now_ms: Callable[[], int]

    def link(self, path: str, expiry_ms: int) -> str:
        """An absolute, signed, expiring URL."""
        return f"{self.public_url}{path}?{self.sign(path, self.now_ms() + expiry_ms)}"


def call_json(call: Call, view: CallView, *, with_analysis: bool = True) -> Json:
    """The Get Call object."""
    record: Json = {
        "call_id": call.call_id,
        "call_type": call.call_type,
        "agent_id": call.agent_id,
        "agent_version": call.agent_version,
    }
    _put(record, "agent_name", call.agent.get("agent_name"))
    _put(record, "agent_tag", call.agent.get("agent_tag"))
    record["call_status"] = call.status
    for name in ("metadata", "retell_llm_dynamic_variables", "custom_sip_headers"):
        _put(record, name, call.request.get(name) or None)
    _put(record, "custom_attributes", call.request.get("custom_attributes") or None)
    if call.call_type == "phone_call":
        record["direction"] = call.direction
        record["from_number"] = call.from_number
        record["to_number"] = call.to_number
    else:
        record["access_token"] = access_token(call, view.sign)
    _put(record, "inbound_webhook_error", call.request.get("inbound_webhook_error"))
    _put(record, "batch_call_id", call.batch_call_id)
    reference = call.line.get("carrier_ref")
    reference_name = CARRIER_REFERENCES.get(carrier_of(call.carrier))
    if reference and reference_name is not None:
        record["telephony_identifier"] = {reference_name: reference}
    setting = storage_setting(call)
    record["data_storage_setting"] = setting
    _put(record, "opt_in_signed_url", call.agent.get("opt_in_signed_url"))
    _put_times(record, call)
    if setting != "basic_attributes_only":
        _put_conversation(record, call)
        _put_recordings(record, call, view)
    _put_ending(record, call)
    if with_analysis and call.analysis is not None:
        record["call_analysis"] = dict(call.analysis)
    return record


def slim(record: Mapping[str, Any]) -> Json:
    """An item of ``/v3/list-calls``."""
    return {name: value for name, value in record.items() if name not in TRANSCRIPTS}


def storage_setting(call: Call) -> str:
    """What may be kept of the call: its own setting, else its agent's."""
    own = call.request.get("data_storage_setting")
    return str(own or call.agent.get("data_storage_setting") or "everything")


def _put(record: Json, name: str, value: Any) -> None:
    if value is not None:
        record[name] = value


def _put_times(record: Json, call: Call) -> None:
    _put(record, "start_timestamp", call.answered_ms)
    if call.ending is None:
        return
    ended_ms = call.ended_ms
    if ended_ms is not None:
        # A clock that was set back during the call must not end it before it began.
        ended_ms = max(ended_ms, (call.answered_ms or 0) + (call.duration_ms or 0))
    _put(record, "end_timestamp", ended_ms)
    duration_ms = call.duration_ms
    if duration_ms is None and call.answered_ms is not None and ended_ms is not None:
        duration_ms = ended_ms - call.answered_ms
    _put(record, "duration_ms", duration_ms)


def _put_conversation(record: Json, call: Call) -> None:
    report = call.report
    items = cast("list[Mapping[str, Any]]", report.get("transcript_with_tool_calls") or [])
    known = [dict(item) for item in items if item.get("role") in ROLES]
    spoken = [item for item in known if item["role"] in SPOKEN]
    if known or call.answered_ms is not None:
        record["transcript"] = transcript_text(spoken)
        record["transcript_object"] = spoken
        record["transcript_with_tool_calls"] = known
    for name in _FROM_REPORT:
        _put(record, name, report.get(name) or None)


def transcript_text(spoken: list[Json]) -> str:
    """``Agent: ...`` and ``User: ...`` lines."""
    return "".join(f"{_SPEAKERS[item['role']]}: {item.get('content', '')}\n" for item in spoken)


def _put_recordings(record: Json, call: Call, view: CallView) -> None:
    """A call that was answered has a recording as soon as it has ended."""
    if call.answered_ms is None or call.ending is None:
        return
    expiry_ms = int(call.agent.get("signed_url_expiration_ms") or LINK_EXPIRY_MS)
    for field, name in (
        ("recording_url", RECORDING),
        ("recording_multi_channel_url", MULTI_CHANNEL),
    ):
        record[field] = view.link(recording_path(call.call_id, name), expiry_ms)
    _put(record, "recording_missing_ms", call.report.get("recording_missing_ms"))


def _put_ending(record: Json, call: Call) -> None:
    ending = call.ending
    if ending is None:
        return
    record["disconnection_reason"] = ending.reason
    if ending.reason == "call_transfer":
        _put(record, "transfer_end_timestamp", call.report.get("transfer_end_timestamp"))
        _put(record, "transfer_destination", call.report.get("transfer_destination"))
    _put(record, "disconnection_detail", ending.detail or None)
    _put(record, "sip_status_code", ending.sip_code)
    seconds = round((record.get("duration_ms") or 0) / 1000)
    record["call_cost"] = {
        "product_costs": [],
        "total_duration_seconds": seconds,
        "total_duration_unit_price": 0,
        "combined_cost": 0,
    }
