"""Unguessable names without randomness inside: all from one injected secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import TypeAlias

# Purpose ("branch", "tag", "cnonce", "call") -> a token that was never given before.
TokenSource: TypeAlias = Callable[[str], str]


class DerivedTokens:
    """A TokenSource: keyed hash of a counter. The caller gives a fresh random secret at start."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._count = 0

    def __call__(self, purpose: str) -> str:
        self._count += 1
        text = f"{purpose}:{self._count}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:20]


def sip_call_id(call_id: str, attempt: int | str, host: str) -> str:
    """The Call-ID of one attempt at one of our calls, the same after a restart."""
    return f"{call_id}.{attempt}@{host}"
