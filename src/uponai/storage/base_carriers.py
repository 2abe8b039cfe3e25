"""What the rest of the platform asks of storage about carriers (part of ``storage.base``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    """A workspace's own account with a carrier; one per carrier.

    ``name`` is what calls and numbers of it name as their carrier. ``fields`` may be shown,
    ``tail`` is the end of the secret, ``sealed`` all of it; None: the account was removed.
    """

    name: str
    workspace_id: str
    carrier: str
    fields: Mapping[str, str]
    tail: str
    sealed: str | None = field(repr=False)
    modified_ms: int


class CarrierAccounts(Protocol):
    """Accounts that workspaces bring."""

    async def put(self, account: CarrierAccount) -> None:
        """Add it, or replace the workspace's former one with this carrier."""
        ...

    async def of(self, workspace_id: str) -> list[CarrierAccount]:
        """Those that were not removed, by name."""
        ...

    async def changed_since(self, ms: int) -> list[CarrierAccount]:
        """Added, replaced or removed at ``ms`` or later, oldest change first."""
        ...

    async def numbers_on(self, name: str) -> int:
        """How many phone numbers call through it."""
        ...


@dataclass(frozen=True, slots=True)
class LeftNews:
    """``news`` of a call, as it was left; ``news_id`` is by when."""

    news_id: int
    call_id: str
    news: Mapping[str, Any]


class LineNews(Protocol):
    """What a carrier told one host of a call whose line another one holds."""

    async def leave(self, call_id: str, news: Mapping[str, Any], now_ms: int) -> bool:
        """False: there is no such call."""
        ...

    async def left_for(self, call_ids: Collection[str]) -> list[LeftNews]:
        """What was left for these calls, in order. It stays until it is dropped."""
        ...

    async def drop(self, news_ids: Collection[int]) -> None:
        """These were passed on; one that is gone already is passed over."""
        ...
