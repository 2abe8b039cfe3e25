"""The carriers of which numbers are bought, each by how an account with it is opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import aiohttp

from uponai.carriers import telnyx, twilio
from uponai.carriers.base import Carrier, CarrierSpec, NumberShop
from uponai.carriers.base_accounts import Credentials
from uponai.carriers.base_media import MediaCarrier
from uponai.carriers.hosted.desk import Site
from uponai.config import Config


@dataclass(frozen=True, slots=True)
class Opened:
    """An account with a carrier: it dials, sells numbers, and brings audio. ``use`` replaces its
    credentials by newer ones."""

    carrier: Carrier
    shop: NumberShop
    media: MediaCarrier
    use: Callable[[Credentials], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One carrier. ``needs`` are the words of ``Credentials`` that it cannot do without; ``open``
    raises ValueError for those that cannot be right; ``verify`` asks the carrier."""

    spec: CarrierSpec
    needs: tuple[str, ...]
    open: Callable[[Site, Credentials], Opened]
    verify: Callable[[Credentials], Awaitable[None]]


def kinds(config: Config, session: aiohttp.ClientSession) -> Mapping[str, Kind]:
    """By name. Where a carrier is (a simulator) is the installation's to say, for every account."""
    made = (
        _twilio(session, config.carrier(twilio.SPEC.name).base_url or twilio.API),
        _telnyx(session, config.carrier(telnyx.SPEC.name).base_url or telnyx.API),
    )
    return {kind.spec.name: kind for kind in made}


class AskedCarriers:
    """``carriers.base_accounts.OwnAccounts`` where no account is open."""

    def __init__(self, known: Mapping[str, Kind]) -> None:
        self._kinds = known

    @property
    def needs(self) -> Mapping[str, Sequence[str]]:
        return {name: kind.needs for name, kind in self._kinds.items()}

    async def verify(self, carrier: str, credentials: Credentials) -> None:
        await self._kinds[carrier].verify(credentials)

    async def refresh(self) -> None:
        """Hosts look for what has changed by themselves."""


def _twilio(session: aiohttp.ClientSession, base_url: str) -> Kind:
    def account_of(given: Credentials) -> twilio.Account:
        return twilio.Account(given.account, given.secret)

    def open_account(site: Site, given: Credentials) -> Opened:
        account = account_of(given)
        desk = twilio.Desk(account, twilio.opened(session, account, base_url), site)

        def use(newer: Credentials) -> None:
            account = account_of(newer)
            desk.use(account, twilio.opened(session, account, base_url))

        carrier, shop = twilio.TwilioCarrier(desk), twilio.TwilioShop(desk)
        return Opened(carrier, shop, twilio.TwilioMedia(desk), use)

    async def verify(given: Credentials) -> None:
        account = account_of(given)
        await twilio.verify(account, twilio.opened(session, account, base_url))

    return Kind(twilio.SPEC, ("account", "secret"), open_account, verify)


def _telnyx(session: aiohttp.ClientSession, base_url: str) -> Kind:
    def account_of(given: Credentials) -> telnyx.Account:
        return telnyx.Account(given.application, given.public_key, given.secret)

    def open_account(site: Site, given: Credentials) -> Opened:
        account = account_of(given)
        desk = telnyx.Desk(account, telnyx.opened(session, account, base_url), site)

        def use(newer: Credentials) -> None:
            account = account_of(newer)
            desk.use(account, telnyx.opened(session, account, base_url))

        carrier, shop = telnyx.TelnyxCarrier(desk), telnyx.TelnyxShop(desk)
        return Opened(carrier, shop, telnyx.TelnyxMedia(desk), use)

    async def verify(given: Credentials) -> None:
        account = account_of(given)
        await telnyx.verify(account, telnyx.opened(session, account, base_url))

    return Kind(telnyx.SPEC, ("secret", "public_key", "application"), open_account, verify)
