"""Secrets at rest: AES-256-GCM under the installation's key, and keys derived from it.

What is sealed for one purpose cannot be opened as another. Sealed text is ``v1.`` and base64url of
a 12-byte nonce with the ciphertext.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_PREFIX = "v1."


class SealBroken(Exception):
    """The text was not sealed with this key for this purpose."""


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF, RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


class Seal:
    """Seals and opens short texts (trunk passwords, the webhook signing key)."""

    def __init__(
        self, key: bytes, purpose: str, entropy: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._aead = AESGCM(derive(key, f"seal {purpose}"))
        self._purpose = purpose.encode()
        self._entropy = entropy

    def seal(self, text: str) -> str:
        nonce = self._entropy(_NONCE_BYTES)
        sealed = self._aead.encrypt(nonce, text.encode(), self._purpose)
        return _PREFIX + base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str) -> str:
        """Raises SealBroken."""
        if not sealed.startswith(_PREFIX):
            raise SealBroken("not a sealed text")
        try:
            raw = base64.urlsafe_b64decode(sealed[len(_PREFIX) :])
            return self._aead.decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], self._purpose
            ).decode()
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise SealBroken("the secret key is not the one this was sealed with") from error
