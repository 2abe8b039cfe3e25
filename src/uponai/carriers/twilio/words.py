"""What Twilio says: its statuses, error codes and signatures. Pure.

Statuses: https://www.twilio.com/docs/voice/api/call-resource#call-status-values; error codes:
https://www.twilio.com/docs/api/errors; signatures: https://www.twilio.com/docs/usage/security.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit, urlunsplit

from uponai.carriers.base import SIP_DISPOSITIONS, CarrierSpec, CpsRange, HungUp
from uponai.carriers.base_media import AnswererTold
from uponai.carriers.hosted.words import Dispositions
from uponai.domain.ending import Ending

TOO_FAST = "20429"
NOT_IN_PROGRESS = "21220"
NUMBER_TAKEN = "21422"

SPEC = CarrierSpec(
    name="twilio",
    number_type="retell-twilio",
    # To sip: destinations, as parameters of their URI; to a phone number there is no way.
    forwards_custom_headers=False,
    # Set by the account's owner in the Console; the API cannot read it.
    cps=CpsRange(maximum=5, settles_ms=600_000),
    window_ms=1_000,
    congestion_codes=frozenset({TOO_FAST}),
    tells_calls_apart=False,
    names_calls=True,
)

FINAL = ("completed", "busy", "failed", "no-answer", "canceled")
"""``CallStatus`` of a call that is over."""

STATUSES: dict[str, str] = {
    "busy": "dial_busy",
    "no-answer": "dial_no_answer",
    "canceled": "manual_stopped",
    "failed": "dial_failed",
}
"""Final ``CallStatus`` of an unanswered call -> disconnection_reason."""

SIP_CODES = SIP_DISPOSITIONS
"""``SipResponseCode`` of a busy or failed call -> disconnection_reason; 5xx: unavailable."""

ERRORS: dict[str, str] = {
    "10001": "telephony_provider_permission_denied",  # account not active
    "13223": "invalid_destination",
    "13224": "invalid_destination",
    "13225": "telephony_provider_permission_denied",  # forbidden number
    "13227": "telephony_provider_permission_denied",  # no international permission
    "20003": "telephony_provider_permission_denied",  # credentials
    "20005": "telephony_provider_permission_denied",  # account not active
    TOO_FAST: "telephony_provider_unavailable",
    "21201": "invalid_destination",
    "21210": "telephony_provider_permission_denied",  # From is not a verified number
    "21211": "invalid_destination",
    "21212": "telephony_provider_permission_denied",  # From is not a number of the account
    "21214": "invalid_destination",
    "21215": "telephony_provider_permission_denied",  # geographic permission
    "21216": "telephony_provider_permission_denied",  # account may not call this number
    "21217": "invalid_destination",
    "21219": "telephony_provider_permission_denied",  # trial: To is not verified
    "32203": "telephony_provider_permission_denied",  # prefix blocked
    "32205": "telephony_provider_permission_denied",  # geographic permission
}
"""Error code of a refused order -> disconnection_reason."""

HTTP_STATUSES: dict[int, str] = {
    401: "telephony_provider_permission_denied",
    403: "telephony_provider_permission_denied",
    429: "telephony_provider_unavailable",
}
"""HTTP status of a refused order whose code is not known; any other: ``dial_failed``."""

ANSWERERS: dict[str, AnswererTold] = {
    "human": AnswererTold(is_machine=False),
    "machine_start": AnswererTold(is_machine=True),
    "machine_end_beep": AnswererTold(is_machine=True, beep=True),
    "machine_end_silence": AnswererTold(is_machine=True),
    "machine_end_other": AnswererTold(is_machine=True),
}
"""``AnsweredBy`` of its answering-machine detection; ``fax`` and ``unknown`` tell us nothing.
https://www.twilio.com/docs/voice/answering-machine-detection"""

QUEUED = Ending("telephony_provider_unavailable", "the carrier kept the call in its queue")


DISPOSITIONS = Dispositions(SPEC.name, STATUSES, ERRORS, HTTP_STATUSES, SIP_CODES)


def ending_of(status: str, sip_code: int | None) -> Ending:
    """What a final status means for a call that no brain wrote the end of."""
    if status == "completed":
        return Ending("user_hangup", "", sip_code)
    reason = DISPOSITIONS.of_outcome(status)
    if status in ("busy", "failed"):
        reason = DISPOSITIONS.of_sip_code(sip_code, reason)
    return Ending(reason, f"status {status}", sip_code)


def kept_waiting(call_id: str, attempt: int, at_ms: int) -> HungUp:
    """The end of a call that Twilio kept in its queue, until it was taken back."""
    line = {"cause": "code", "code": TOO_FAST, "text": "queued"}
    answered = False
    return HungUp(call_id, attempt, answered, at_ms, QUEUED, line)


def sign(secret: str, url: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """``X-Twilio-Signature`` of a request: base64 HMAC-SHA1 of the URL and its sorted fields."""
    text = url + "".join(name + value for name, value in sorted(set(params)))
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def signed(secret: str, urls: Sequence[str], params: Iterable[tuple[str, str]], given: str) -> bool:
    """Whether the signature is right for one of the ways to write the URL.

    It depends on the product whether the port of the URL is signed.
    """
    fields = list(params)
    ways = [way for url in urls for way in _with_and_without_port(url)]
    right = [sign(secret, way, fields) for way in ways]
    # Each is compared, so that the time tells nothing.
    return any([hmac.compare_digest(one.encode(), given.encode()) for one in right])


def _with_and_without_port(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    port = parts.port or (443 if parts.scheme in ("https", "wss") else 80)
    bare = urlunsplit(parts._replace(netloc=host))
    return bare, urlunsplit(parts._replace(netloc=f"{host}:{port}"))
