"""Signatures of Telnyx's webhooks.

https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from uponai.carriers.hosted.desk import make_room

TOLERANCE_S = 300


class Signatures:
    """Checks webhooks: Ed25519 of ``timestamp|body``, fresh, and each only once."""

    def __init__(self, public_key: str) -> None:
        """``public_key`` as the portal shows it (base64 of 32 bytes). Raises ValueError."""
        try:
            raw = base64.b64decode(public_key, validate=True)
        except binascii.Error as error:
            raise ValueError("not base64") from error
        self._key = Ed25519PublicKey.from_public_bytes(raw)
        self._seen: dict[str, None] = {}

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
        make_room(self._seen)
        self._seen[headers.get("telnyx-signature-ed25519", "")] = None
