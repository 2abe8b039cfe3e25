"""Why calls end: one table from reason to call status, blame and whether a redial is allowed.

Reasons are the ``disconnection_reason`` words of the wire (retell-api.md section 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CallStatus = Literal["registered", "not_connected", "ongoing", "ended", "error"]
Blame = Literal["caller", "callee", "us", "carrier", "provider", "unknown"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a reason means: the status it projects to, whose doing, may it be dialled again."""

    status: CallStatus
    blame: Blame
    retriable: bool = False


REASONS: dict[str, Kind] = {
    "user_hangup": Kind("ended", "callee"),
    "agent_hangup": Kind("ended", "us"),
    "call_transfer": Kind("ended", "us"),
    "voicemail_reached": Kind("ended", "callee"),
    "ivr_reached": Kind("ended", "callee"),
    "inactivity": Kind("ended", "callee"),
    "max_duration_reached": Kind("ended", "us"),
    "no_concurrency_fallback": Kind("ended", "us"),
    "user_requested_dnc": Kind("ended", "callee"),
    "user_requested_callback": Kind("ended", "callee"),
    "transfer_bridged": Kind("ended", "us"),
    "transfer_cancelled": Kind("ended", "us"),
    "manual_stopped": Kind("ended", "us"),
    "call_take_over": Kind("ended", "us"),
    "dial_busy": Kind("not_connected", "callee", retriable=True),
    "dial_failed": Kind("not_connected", "carrier"),
    "dial_no_answer": Kind("not_connected", "callee", retriable=True),
    "invalid_destination": Kind("not_connected", "caller"),
    "telephony_provider_permission_denied": Kind("not_connected", "carrier"),
    "telephony_provider_unavailable": Kind("not_connected", "carrier"),
    "sip_routing_error": Kind("not_connected", "carrier"),
    "marked_as_spam": Kind("not_connected", "callee"),
    "user_declined": Kind("not_connected", "callee"),
    "network_blocked": Kind("not_connected", "carrier"),
    "concurrency_limit_reached": Kind("error", "us"),
    "no_valid_payment": Kind("error", "caller"),
    "credit_exhausted": Kind("error", "caller"),
    "budget_reached": Kind("error", "caller"),
    "scam_detected": Kind("error", "us"),
    "error_llm_websocket_open": Kind("error", "provider"),
    "error_llm_websocket_lost_connection": Kind("error", "provider"),
    "error_llm_websocket_runtime": Kind("error", "provider"),
    "error_llm_websocket_corrupt_payload": Kind("error", "provider"),
    "error_no_audio_received": Kind("error", "carrier"),
    "error_asr": Kind("error", "provider"),
    "error_retell": Kind("error", "us"),
    "error_unknown": Kind("error", "unknown"),
    "error_user_not_joined": Kind("error", "caller"),
    "registered_call_timeout": Kind("error", "caller"),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How one call ended. ``sip_code`` and ``detail`` say more where a carrier told us."""

    reason: str
    detail: str = ""
    sip_code: int | None = None

    def __post_init__(self) -> None:
        if self.reason not in REASONS:
            raise ValueError(f"unknown ending {self.reason!r}")

    @property
    def kind(self) -> Kind:
        return REASONS[self.reason]
