"""Keys of secured audio in SDP: the ``a=crypto`` lines of RFC 4568 (SDES)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

SUITES: Final = ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")
"""What we speak, the better one first."""

KEY_BYTES: Final = 30
"""Sixteen bytes of master key and fourteen of master salt."""

_MAX_MKI_BYTES = 128


@dataclass(frozen=True, slots=True)
class Crypto:
    """One line: ``key`` encrypts what its writer sends, with ``mki_bytes`` in each packet."""

    tag: int
    suite: str
    key: bytes = field(repr=False)
    mki_bytes: int = 0

    @property
    def attribute(self) -> str:
        """The line without ``a=``."""
        key = base64.b64encode(self.key).decode()
        return f"crypto:{self.tag} {self.suite} inline:{key}"


@dataclass(frozen=True, slots=True)
class Secured:
    """What secures a stream: our key for what we send, theirs for what we receive."""

    send: Crypto
    receive: Crypto


def offered(keys: Iterable[bytes]) -> tuple[Crypto, ...]:
    """A line for each suite, each with a key of its own."""
    pairs = zip(SUITES, keys, strict=False)
    return tuple(Crypto(tag, suite, key) for tag, (suite, key) in enumerate(pairs, start=1))


def read(attributes: Iterable[str]) -> list[Crypto]:
    """The lines that we can go by, in order; others count as not there (RFC 4568 §7.1.2)."""
    found = [_line(text) for text in attributes if text.startswith("crypto:")]
    return [crypto for crypto in found if crypto is not None]


def _line(text: str) -> Crypto | None:
    parts = text.removeprefix("crypto:").split()
    if len(parts) < 3 or not (parts[0].isascii() and parts[0].isdigit() and len(parts[0]) <= 9):
        return None
    tag, suite, params, *session = parts
    # A window size is a hint; every other session parameter changes what the packets look like.
    if suite not in SUITES or any(not text.startswith("WSH=") for text in session):
        return None
    method, _, info = params.partition(":")
    key = _key(info.split("|")[0]) if method.lower() == "inline" else None
    mki_bytes = _mki_bytes(info.split("|")[1:])
    if key is None or mki_bytes is None:
        return None
    return Crypto(int(tag), suite, key, mki_bytes)


def _key(text: str) -> bytes | None:
    try:
        # Some leave out the padding.
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None
    return key if len(key) == KEY_BYTES else None


def _mki_bytes(rest: list[str]) -> int | None:
    """The length of the key identifier, 0 without one; None when it cannot be read."""
    for text in rest:
        _, colon, size = text.partition(":")
        if colon:
            ok = size.isascii() and size.isdigit() and 0 < int(size[:4]) <= _MAX_MKI_BYTES
            return int(size) if ok else None
    return 0
