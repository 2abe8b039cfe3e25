"""What Telnyx says: its hang-up causes and error codes. Pure.

Causes: https://developers.telnyx.com/api-reference/callbacks/call-hangup; error codes:
https://developers.telnyx.com/development/api-fundamentals/api-errors.
"""

from __future__ import annotations

from uponai.carriers.base import SIP_DISPOSITIONS, CarrierSpec, CpsRange
from uponai.carriers.base_media import AnswererTold
from uponai.carriers.hosted.words import Dispositions
from uponai.domain.ending import Ending

TOO_FAST = "90103"
ENDED_ALREADY = "90018"

SPEC = CarrierSpec(
    name="telnyx",
    number_type="retell-telnyx",
    # As ``custom_headers`` of the order: they stand in the INVITE.
    forwards_custom_headers=True,
    cps=CpsRange(maximum=16),
    window_ms=5_000,
    congestion_codes=frozenset({TOO_FAST}),
    tells_calls_apart=True,
    names_calls=True,
)

CAUSES: dict[str, str] = {
    "call_rejected": "user_declined",
    "no_answer": "dial_no_answer",
    "not_found": "invalid_destination",
    "originator_cancel": "manual_stopped",
    "timeout": "dial_no_answer",
    "unspecified": "dial_failed",
    "user_busy": "dial_busy",
}
"""``hangup_cause`` of an unanswered call -> disconnection_reason."""

TALKED: dict[str, str] = {
    "normal_clearing": "user_hangup",
    "time_limit": "max_duration_reached",
}
"""``hangup_cause`` of a call that was answered -> disconnection_reason."""

SIP_CODES = {code: reason for code, reason in SIP_DISPOSITIONS.items() if code != 487}
"""``sip_hangup_cause`` of an unanswered call -> disconnection_reason; 5xx: unavailable. 487 is what
our own cancelling and the ring time-out bring: then the cause decides."""

ERRORS: dict[str, str] = {
    "10001": "telephony_provider_permission_denied",  # inactive phone number
    "10002": "invalid_destination",
    "10009": "telephony_provider_permission_denied",  # credentials
    "10010": "telephony_provider_permission_denied",
    "10011": "telephony_provider_unavailable",  # too many requests
    "10016": "invalid_destination",  # not E.164
    "10039": "telephony_provider_permission_denied",  # feature limited on this account
    TOO_FAST: "telephony_provider_unavailable",
}
"""Error code of a refused order -> disconnection_reason."""

HTTP_STATUSES: dict[int, str] = {
    401: "telephony_provider_permission_denied",
    402: "telephony_provider_permission_denied",
    403: "telephony_provider_permission_denied",
    429: "telephony_provider_unavailable",
}
"""HTTP status of a refused order whose code is not known; any other: ``dial_failed``."""


_PERSON, _MACHINE = AnswererTold(is_machine=False), AnswererTold(is_machine=True)

ANSWERERS: dict[str, AnswererTold] = {
    "human": _PERSON,
    "human_residence": _PERSON,
    "human_business": _PERSON,
    "machine": _MACHINE,
    "beep_detected": AnswererTold(is_machine=True, beep=True),
    "ended": _MACHINE,
    "no_beep_detected": _MACHINE,
}
"""``result`` of ``call.machine.*`` webhooks; ``silence``, ``fax_detected`` and ``not_sure`` tell us
nothing. https://developers.telnyx.com/docs/voice/programmable-voice/answering-machine-detection"""

DISPOSITIONS = Dispositions(SPEC.name, CAUSES, ERRORS, HTTP_STATUSES, SIP_CODES)


def was_answered(cause: str, sip_code: int | None) -> bool:
    """Whether a call that ended so had been answered, as far as its end tells."""
    return cause in TALKED and (sip_code is None or sip_code < 300)


def ending_of(cause: str, sip_code: int | None, *, answered: bool) -> Ending:
    """What a hang-up means for a call that no brain wrote the end of."""
    detail = f"hangup cause {cause}"
    if answered:
        return Ending(TALKED.get(cause, "user_hangup"), detail, sip_code)
    reason = "dial_failed" if cause in TALKED else DISPOSITIONS.of_outcome(cause)
    if cause != "originator_cancel":
        reason = DISPOSITIONS.of_sip_code(sip_code, reason)
    return Ending(reason, detail, sip_code)
