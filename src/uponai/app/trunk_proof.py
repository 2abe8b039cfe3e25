"""Digest for calls that come in: a trunk proves itself with its own user name and password.

The edge only passes both ways on; passwords stay here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from uponai.sip.digest import Credentials, DigestVerifier, Verdict
from uponai.storage.base import PhoneNumber

REALM = "uponai"


class TrunkProof:
    """``unseal`` opens a stored password, ``entropy`` gives random bytes."""

    def __init__(self, unseal: Callable[[str], str], entropy: Callable[[int], bytes]) -> None:
        self._unseal = unseal
        self._entropy = entropy
        self._verifier = DigestVerifier(REALM, entropy(32))

    def challenge(self, number: PhoneNumber, authorization: str, now_s: float) -> str | None:
        """The WWW-Authenticate to ask with, or None where ``authorization`` is proof enough.

        Whatever is no proof is asked for again: who has a wrong password gives up by itself, and
        who has a challenge of before our restart gets a new one. Raises LookupError where the
        number has nothing to compare with, SealBroken for a password that cannot be read.
        """
        trunk: Mapping[str, Any] = number.config.get("sip_outbound_trunk_config") or {}
        username = trunk.get("auth_username")
        if not username or not number.trunk_password:
            raise LookupError("inbound_auth_required, but the number has no auth_username/password")
        verdict = Verdict.WRONG
        if authorization:
            mine = Credentials(str(username), self._unseal(number.trunk_password))
            verdict = self._verifier.verify(authorization, "INVITE", mine, now_s)
        if verdict is Verdict.GOOD:
            return None
        salt = self._entropy(16).hex()
        return str(self._verifier.issue(now_s, salt, stale=verdict is Verdict.STALE))
