"""Checking that a webhook comes from your server (header ``x-uponai-signature`` or Retell's)."""

from __future__ import annotations

import hashlib
import hmac
import re
import time

TOLERANCE_MS = 300_000
_FORM = re.compile(r"v=(\d+),d=([0-9a-f]{64})")


class Webhooks:
    """``client.webhooks``. The key is the API key with the webhook badge."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def verify(
        self,
        body: str | bytes,
        signature: str,
        *,
        api_key: str | None = None,
        now_ms: int | None = None,
    ) -> bool:
        """Whether ``signature`` signs ``body``, the raw request text, within five minutes.

        Give the body as it came: JSON read and written again is another text.
        """
        match = _FORM.fullmatch(signature)
        at_ms = int(time.time() * 1000) if now_ms is None else now_ms  # noqa: TID251
        if match is None or abs(at_ms - int(match[1])) > TOLERANCE_MS:
            return False
        raw = body if isinstance(body, bytes) else body.encode()
        key = (api_key or self._api_key).encode()
        digest = hmac.new(key, raw + match[1].encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(digest, match[2])
