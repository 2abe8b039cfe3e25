"""Where the contacts of 3xx answers lead one call (RFC 3261 §8.1.3.4): pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from uponai.sip.uri import parse_uri

MAX_MOVES: Final = 5


class Moves:
    """Each place once, five in all; where a place sends the call on again, that comes first.

    ``realms``: who may go on asking for the account's password.
    """

    def __init__(self, target: str) -> None:
        self.realms: tuple[str, ...] = ()
        self._seen = {_place(target)}
        self._waiting: deque[str] = deque()
        self._made = 0

    def add(self, contacts: Iterable[str], realms: Iterable[str]) -> None:
        """Take what one answer said, the wanted contact first."""
        self.realms = tuple(dict.fromkeys((*self.realms, *realms)))
        self._waiting.extendleft(reversed(list(contacts)))

    def next(self) -> str | None:
        """The next contact to try, None once there is none or the call was sent about enough."""
        while self._waiting and self._made < MAX_MOVES:
            contact = self._waiting.popleft()
            if _place(contact) not in self._seen:
                self._seen.add(_place(contact))
                self._made += 1
                return contact
        return None


def _place(target: str) -> tuple[str, str, int | None, str]:
    uri = parse_uri(target)
    return uri.user_text, uri.host.lower(), uri.port, uri.transport
