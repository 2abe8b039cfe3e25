"""Digest for calls that come in: a trunk proves itself with its own user name and password.

The edge only passes both ways on; passwords stay here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from uponai.sip.digest import Credentials, DigestVerifier, Verdict
from uponai.storage.base import PhoneNumber

REALM = "uponai"
MOST_GUESSES = 20
GUESSES_S = 60.0
_MOST_REMEMBERED = 10_000


class TooManyGuesses(Exception):
    """This address has sent so many wrong passwords for the number that it is not heard for now."""


class Guesses:
    """Wrong answers by number and source, over ``GUESSES_S`` from the first."""

    def __init__(self) -> None:
        self._wrong: dict[tuple[str, str], tuple[float, int]] = {}

    def are_spent(self, number: str, source: str, now_s: float) -> bool:
        """Whether the next answer would not be looked at."""
        since_s, count = self._wrong.get((number, source), (now_s, 0))
        return count >= MOST_GUESSES and now_s - since_s < GUESSES_S

    def note(self, number: str, source: str, now_s: float) -> None:
        """One more was wrong."""
        since_s, count = self._wrong.pop((number, source), (now_s, 0))
        if now_s - since_s >= GUESSES_S:
            since_s, count = now_s, 0
        while len(self._wrong) >= _MOST_REMEMBERED:
            del self._wrong[next(iter(self._wrong))]
        self._wrong[number, source] = since_s, count + 1


class TrunkProof:
    """``unseal`` opens a stored password, ``entropy`` gives random bytes."""

    def __init__(self, unseal: Callable[[str], str], entropy: Callable[[int], bytes]) -> None:
        self._unseal = unseal
        self._entropy = entropy
        self._verifier = DigestVerifier(REALM, entropy(32))
        self._guesses = Guesses()

    def challenge(
        self, number: PhoneNumber, source: str, authorization: str, now_s: float
    ) -> str | None:
        """The WWW-Authenticate to ask with, or None where ``authorization`` is proof enough.

        Whatever is no proof is asked for again: who has a wrong password gives up by itself, and
        who has a challenge of before our restart gets a new one. Raises LookupError where the
        number has nothing to compare with, SealBroken for a password that cannot be read,
        TooManyGuesses for a ``source`` that tries one password after the other.
        """
        trunk: Mapping[str, Any] = number.config.get("sip_outbound_trunk_config") or {}
        username = trunk.get("auth_username")
        if not username or not number.trunk_password:
            raise LookupError("inbound_auth_required, but the number has no auth_username/password")
        verdict = Verdict.WRONG
        if authorization:
            if self._guesses.are_spent(number.phone_number, source, now_s):
                raise TooManyGuesses
            mine = Credentials(str(username), self._unseal(number.trunk_password))
            verdict = self._verifier.verify(authorization, "INVITE", mine, now_s)
            if verdict is Verdict.WRONG:
                self._guesses.note(number.phone_number, source, now_s)
        if verdict is Verdict.GOOD:
            return None
        salt = self._entropy(16).hex()
        return str(self._verifier.issue(now_s, salt, stale=verdict is Verdict.STALE))
