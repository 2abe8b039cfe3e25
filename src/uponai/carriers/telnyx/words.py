"""What Telnyx says: its hang-up causes, error codes and signatures. Pure.

Causes: https://developers.telnyx.com/api-reference/callbacks/call-hangup; error codes:
https://developers.telnyx.com/development/api-fundamentals/api-errors; signatures:
https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks.
"""

from __future__ import annotations

import base64
import binascii
from collections import OrderedDict
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from uponai.carriers.base import SIP_DISPOSITIONS, CarrierSpec, CpsRange
from uponai.domain.ending import Ending

TOO_FAST = "90103"
ENDED_ALREADY = "90018"
TOLERANCE_S = 300
MOST_SEEN = 10_000

SPEC = CarrierSpec(
    name="telnyx",
    number_type="retell-telnyx",
    # As ``custom_headers`` of the order: they stand in the INVITE.
    forwards_custom_headers=True,
    bought=True,
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


def was_answered(cause: str, sip_code: int | None) -> bool:
    """Whether a call that ended so had been answered, as far as its end tells."""
    return cause in TALKED and (sip_code is None or sip_code < 300)


def ending_of(cause: str, sip_code: int | None, *, answered: bool) -> Ending:
    """What a hang-up means for a call that no brain wrote the end of."""
    detail = f"hangup cause {cause}"
    if answered:
        return Ending(TALKED.get(cause, "user_hangup"), detail, sip_code)
    reason = CAUSES.get(cause, "dial_failed" if cause in TALKED else "error_unknown")
    if sip_code is not None and cause != "originator_cancel":
        fallback = "telephony_provider_unavailable" if 500 <= sip_code < 600 else reason
        reason = SIP_CODES.get(sip_code, fallback)
    return Ending(reason, detail, sip_code)


def refusal(status: int, code: str, message: str) -> Ending:
    """What a refused order means for its call."""
    reason = ERRORS.get(code) or HTTP_STATUSES.get(status, "dial_failed")
    return Ending(reason, f"refused with {code or status}: {message}")


def sip_code_of(payload: Mapping[str, object]) -> int | None:
    """``sip_hangup_cause`` of a hang-up; None where it is ``unspecified``."""
    code = str(payload.get("sip_hangup_cause") or "")
    return int(code) if code.isdigit() else None


class Signatures:
    """Checks webhooks: Ed25519 of ``timestamp|body``, fresh, and each only once."""

    def __init__(self, public_key: str) -> None:
        """``public_key`` as the portal shows it (base64 of 32 bytes). Raises ValueError."""
        try:
            raw = base64.b64decode(public_key, validate=True)
        except binascii.Error as error:
            raise ValueError("not base64") from error
        self._key = Ed25519PublicKey.from_public_bytes(raw)
        self._seen: OrderedDict[str, None] = OrderedDict()

    def wrong(self, headers: Mapping[str, str], body: bytes, now_s: float) -> str:
        """Why a request is refused; "" for one that is right. Header names in lower case."""
        given = headers.get("telnyx-signature-ed25519", "")
        stamp = headers.get("telnyx-timestamp", "")
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            return "timestamp"
        if abs(now_s - int(stamp)) > TOLERANCE_S:
            return "timestamp"
        try:
            signature = base64.b64decode(given, validate=True)
            self._key.verify(signature, stamp.encode() + b"|" + body)
        except (binascii.Error, ValueError, InvalidSignature):
            return "signature"
        return "replay" if given in self._seen else ""

    def applied(self, headers: Mapping[str, str]) -> None:
        """A request that was right has had its effect: it may not come again."""
        self._seen[headers.get("telnyx-signature-ed25519", "")] = None
        while len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
