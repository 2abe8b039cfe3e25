"""Answering the digest challenges that one call meets (RFC 3261 §22)."""

from __future__ import annotations

from uponai.sip.digest import Credentials, DigestAnswerer, choose_challenge
from uponai.sip.message import Response
from uponai.sip.stack import Fields
from uponai.sip.tokens import TokenSource

_KINDS = {
    401: ("WWW-Authenticate", "Authorization"),
    407: ("Proxy-Authenticate", "Proxy-Authorization"),
}
_MAX_TRIES = 4


class Authenticator:
    """Keeps what the far side and its proxies asked for, and says whether to try again.

    A request may be challenged once by each kind of server; again only if the nonce had gone
    stale. So a wrong password ends in a 401, not in a loop. Of others than ``realms`` (None: any)
    no challenge is answered.
    """

    def __init__(
        self,
        credentials: Credentials | None,
        tokens: TokenSource,
        realms: tuple[str, ...] | None = None,
    ) -> None:
        self.asked: tuple[str, ...] = ()
        """The realms that asked so far."""
        self._credentials = credentials
        self._realms = realms
        self._tokens = tokens
        self._answerers: dict[str, DigestAnswerer] = {}
        self._answered: set[str] = set()
        self._tries = 0

    def begin(self) -> None:
        """A new request starts, that may be challenged afresh."""
        self._answered = set()
        self._tries = 0

    def learn(self, response: Response) -> bool:
        """Take the challenge of a 401 or 407; True if sending the request again makes sense."""
        asks, answers = _KINDS[response.status]
        challenge = choose_challenge(response.headers.all(asks))
        if self._credentials is None or challenge is None or self._tries >= _MAX_TRIES:
            return False
        if self._realms is not None and challenge.realm not in self._realms:
            return False
        self.asked = tuple(dict.fromkeys((*self.asked, challenge.realm)))
        if answers in self._answered and not challenge.stale:
            return False
        self._tries += 1
        self._answered.add(answers)
        self._answerers[answers] = DigestAnswerer(self._credentials, challenge)
        return True

    def fields(self, method: str, uri: str) -> Fields:
        """The authorization fields for one more request."""
        return tuple(
            (name, answerer.authorization(method, uri, self._tokens("cnonce")))
            for name, answerer in self._answerers.items()
        )
