"""What opens an account with a carrier that numbers are bought of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Credentials:
    """What each word means is the carrier's: ``account`` and ``secret`` open its REST API,
    ``public_key`` checks its webhooks where the secret does not, ``application`` is what calls are
    made through."""

    account: str = ""
    public_key: str = ""
    application: str = ""
    secret: str = field(default="", repr=False)


class WrongCredentials(Exception):
    """``field`` is the word of ``Credentials`` that is wrong; the text is for the user."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(rule)
        self.field = field


class OwnAccounts(Protocol):
    """The carriers of which a workspace may bring an account of its own."""

    @property
    def needs(self) -> Mapping[str, Sequence[str]]:
        """By carrier the words of ``Credentials`` that it cannot do without."""
        ...

    async def verify(self, carrier: str, credentials: Credentials) -> None:
        """Ask the carrier whether it takes them. Raises WrongCredentials, CarrierError."""
        ...

    async def refresh(self) -> None:
        """Open, replace and close accounts as storage has them now."""
        ...


class NoOwnAccounts:
    """``OwnAccounts`` without any carrier."""

    @property
    def needs(self) -> Mapping[str, Sequence[str]]:
        return {}

    async def verify(self, carrier: str, credentials: Credentials) -> None:
        raise KeyError(carrier)

    async def refresh(self) -> None:
        """Nothing is open."""
