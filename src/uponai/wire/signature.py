"""The signature on webhooks, function calls and the inbound webhook (retell-api.md section 4.4).

``v=<unix ms>,d=<64 lower-case hex>`` where d is HMAC-SHA256(api key, raw body + ms as decimal).
"""

from __future__ import annotations

import hashlib
import hmac
import re

HEADERS = ("x-retell-signature", "x-uponai-signature")
TOLERANCE_MS = 300_000
_FORM = re.compile(r"v=(\d+),d=([0-9a-f]{64})")


def _digest(body: str, api_key: str, at_ms: str) -> str:
    return hmac.new(api_key.encode(), (body + at_ms).encode(), hashlib.sha256).hexdigest()


def sign(body: str, api_key: str, at_ms: int) -> str:
    """The header's value. ``body`` is the exact text that is sent (empty for GET and DELETE)."""
    return f"v={at_ms},d={_digest(body, api_key, str(at_ms))}"


def signature_headers(body: str, api_key: str, at_ms: int) -> dict[str, str]:
    """Both header names with one value. Sign each attempt anew: old signatures expire."""
    value = sign(body, api_key, at_ms)
    return dict.fromkeys(HEADERS, value)


def verify(body: str, api_key: str, header: str, now_ms: int) -> bool:
    """Whether ``header`` signs ``body``, not older or newer than five minutes."""
    match = _FORM.fullmatch(header)
    if match is None or abs(now_ms - int(match[1])) > TOLERANCE_MS:
        return False
    return hmac.compare_digest(_digest(body, api_key, match[1]), match[2])
