"""Signed links to recordings: they expire and need no API key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

RECORDING = "recording.wav"
MULTI_CHANNEL = "recording_multichannel.wav"
RECORDING_NAMES = (RECORDING, MULTI_CHANNEL)

SignPath = Callable[[str, int], str]
"""``(path, expires_ms) -> query string``."""


def recording_path(call_id: str, name: str) -> str:
    return f"/recordings/{call_id}/{name}"


def _signature(key: bytes, path: str, expires_ms: int) -> str:
    return hmac.new(key, f"{path}\n{expires_ms}".encode(), hashlib.sha256).hexdigest()


def path_signer(key: bytes) -> SignPath:
    """Signs paths with ``key`` (derived from the installation's secret)."""

    def sign(path: str, expires_ms: int) -> str:
        return f"expires={expires_ms}&signature={_signature(key, path, expires_ms)}"

    return sign


def is_signed(key: bytes, path: str, expires: str, signature: str, now_ms: int) -> bool:
    """Whether the link is ours and has not expired. Any text may be given."""
    if not (expires.isascii() and expires.isdigit() and signature.isascii()):
        return False
    if int(expires[:20]) < now_ms:
        return False
    return hmac.compare_digest(_signature(key, path, int(expires[:20])), signature)
