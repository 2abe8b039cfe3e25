"""The accounts with carriers that bring their own audio: the installation's and the workspaces'.

The installation's come from the configuration and are named like the carrier; those of workspaces
are rows (``storage.base.CarrierAccounts``), which any host may add, replace or remove.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import aiohttp
from fastapi import FastAPI

from uponai import log
from uponai.app.carrier_kinds import KnownCarriers, Opened, kinds
from uponai.app.carrier_routes import mount
from uponai.app.install import CREDENTIALS_PURPOSE, TICKETS_PURPOSE
from uponai.app.line_news import NewsPost
from uponai.app.stops import Stops
from uponai.carriers.base import Carrier, NumberShop
from uponai.carriers.base_accounts import Credentials
from uponai.carriers.base_media import LineNews, MediaCarrier, Tickets
from uponai.carriers.hosted.desk import Site
from uponai.config import CarrierAccess, Config
from uponai.domain.call import CallState
from uponai.live.brain import Brain
from uponai.live.carrier_line import LineKeeping
from uponai.live.carrier_lines import CarrierLines
from uponai.seal import Seal, SealBroken
from uponai.storage.base import CarrierAccount, Storage, StorageUnavailable
from uponai.tape import TapeDeck
from uponai.tasks import TaskGroup, monotonic_s

POLL_S: Final = 5.0
CLOCKS_MS: Final = 60_000
"""Hosts' clocks may differ by so much."""

_log = log.get("uponai.carriers")


class CarrierRack(KnownCarriers):
    """Every account that is open, by name, and the lines that they bring to this host's brain.

    ``carriers`` and ``shops`` change as accounts come and go; ``carriers`` may hold others too.
    """

    def __init__(
        self,
        config: Config,
        session: aiohttp.ClientSession,
        storage: Storage,
        secret: bytes,
        brain: Brain,
    ) -> None:
        super().__init__(kinds(config, session))
        self.carriers: dict[str, Carrier] = {}
        self.shops: dict[str, NumberShop] = {}
        self._config = config
        self._storage = storage
        self._seal = Seal(secret, CREDENTIALS_PURPOSE)
        tickets = Seal(secret, TICKETS_PURPOSE)
        self._tickets = Tickets(tickets.seal, tickets.unseal)
        self._open: dict[str, Opened] = {}
        self._known: dict[str, int] = {}
        self._seen_ms = 0
        self._looked_s = 0.0
        self._lock = asyncio.Lock()
        self._tasks = TaskGroup()
        self._on_opened: Callable[[str], None] | None = None
        self._lines = CarrierLines(brain, self._keeping())
        self._news = NewsPost(storage.line_news, self._lines)
        for name in self._kinds:
            access = config.carrier(name)
            if access.secret:
                self._use(name, name, _configured(access))

    def _keeping(self) -> LineKeeping:
        config = self._config
        deck = TapeDeck(config.tape_dir) if config.edge.record else None
        return_s = config.timers.brain_grace_ms / 1000
        silent_s = config.timers.media_timeout_ms / 1000
        most = config.edge.max_lines
        return LineKeeping(self._answered_ms, deck, return_s, silent_s, most_lines=most)

    def start(self, on_opened: Callable[[str], None], stops: Stops) -> None:
        """Follow what workspaces change; ``on_opened`` hears of carriers that were added, and
        ``stops`` of calls that are to end."""
        self._on_opened = on_opened
        self._news.start(stops)
        self._tasks.spawn(self._follow(), name="carrier accounts")

    def mount(self, app: FastAPI) -> None:
        """Add the routes of every account."""
        mount(app, self._media, self._lines, self._config.public_url)

    async def aclose(self) -> None:
        """Let go of the lines, after the brain has."""
        await self._tasks.aclose()
        await self._news.aclose()
        await self._lines.aclose()

    # Accounts of workspaces

    async def refresh(self) -> None:
        """Open them as storage has them now. Raises StorageUnavailable."""
        async with self._lock:
            accounts = self._storage.carrier_accounts
            for row in await accounts.changed_since(self._seen_ms - CLOCKS_MS):
                self._seen_ms = max(self._seen_ms, row.modified_ms)
                if self._known.get(row.name) != row.modified_ms:
                    self._known[row.name] = row.modified_ms
                    self._change(row)

    async def _follow(self) -> None:
        while True:
            try:
                await self.refresh()
            except StorageUnavailable as error:
                _log.warning("carrier accounts not read", error=str(error))
            await asyncio.sleep(POLL_S)

    def _change(self, row: CarrierAccount) -> None:
        if row.sealed is None:
            # Calls in progress still need it; no number calls through it any more.
            self.shops.pop(row.name, None)
            return
        try:
            secret = self._seal.unseal(row.sealed)
            self._use(row.name, row.carrier, Credentials(**row.fields, secret=secret))
        except (SealBroken, ValueError, KeyError, TypeError) as error:
            _log.error("account cannot be opened", account=row.name, error=type(error).__name__)

    def _use(self, name: str, carrier: str, credentials: Credentials) -> None:
        """Open the account, or go on with newer credentials. Raises ValueError, KeyError."""
        opened = self._open.get(name)
        if opened is not None:
            opened.use(credentials)
            self.shops[name] = opened.shop
            return
        site = Site(
            name,
            self._config.public_url,
            self._tickets,
            self._goes_on,
            self._tell_line,
            self._lines.has_room,
            self._config.carrier(carrier).machine_detection != "off",
        )
        opened = self._kinds[carrier].open(site, credentials)
        self._open[name] = opened
        self.carriers[name], self.shops[name] = opened.carrier, opened.shop
        if self._on_opened is not None:
            self._on_opened(name)

    async def _media(self, name: str) -> MediaCarrier | None:
        """The media half of an account, which another host may have opened just now."""
        if name not in self._open and monotonic_s() - self._looked_s >= 1.0:
            self._looked_s = monotonic_s()
            try:
                await self.refresh()
            except StorageUnavailable:
                return None
        opened = self._open.get(name)
        return opened.media if opened is not None else None

    # What the accounts need of the platform

    async def _tell_line(self, call_id: str, news: LineNews) -> None:
        await self._news.tell(call_id, news)

    async def _goes_on(self, call_id: str, fence: int) -> bool:
        try:
            call = await self._storage.calls.get(call_id)
        except StorageUnavailable:
            # An outage of the database ends no call in progress.
            return True
        return call is not None and call.fence == fence and call.state is not CallState.ENDED

    async def _answered_ms(self, call_id: str) -> int | None:
        call = await self._storage.calls.get(call_id)
        return call.answered_ms if call is not None else None


def _configured(access: CarrierAccess) -> Credentials:
    return Credentials(
        access.account or "",
        access.public_key or "",
        access.application or "",
        access.secret or "",
    )
