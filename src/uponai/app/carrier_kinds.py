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


class KnownCarriers:
    """``carriers.base_accounts.OwnAccounts`` where no account is open: the carriers are asked."""

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
    def access(given: Credentials) -> tuple[twilio.Account, twilio.TwilioApi]:
        account = twilio.Account(given.account, given.secret)
        return account, twilio.opened(session, account, base_url)

    def opened(site: Site, given: Credentials) -> Opened:
        desk = twilio.Desk(*access(given), site)
        carrier, shop = twilio.TwilioCarrier(desk), twilio.TwilioShop(desk)
        return Opened(carrier, shop, twilio.TwilioMedia(desk), lambda new: desk.use(*access(new)))

    needs = ("account", "secret")
    return Kind(twilio.SPEC, needs, opened, lambda given: twilio.verify(*access(given)))


def _telnyx(session: aiohttp.ClientSession, base_url: str) -> Kind:
    def access(given: Credentials) -> tuple[telnyx.Account, telnyx.TelnyxApi]:
        account = telnyx.Account(given.application, given.public_key, given.secret)
        return account, telnyx.opened(session, account, base_url)

    def opened(site: Site, given: Credentials) -> Opened:
        desk = telnyx.Desk(*access(given), site)
        carrier, shop = telnyx.TelnyxCarrier(desk), telnyx.TelnyxShop(desk)
        return Opened(carrier, shop, telnyx.TelnyxMedia(desk), lambda new: desk.use(*access(new)))

    needs = ("secret", "public_key", "application")
    return Kind(telnyx.SPEC, needs, opened, lambda given: telnyx.verify(*access(given)))
