"""Buying numbers from a carrier, adopting those that are in the account, and giving them back.

What is bought and not kept is given back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any

from uponai import log
from uponai.api.services import ApiServices
from uponai.carriers.base import (
    BoughtNumber,
    CarrierError,
    NotForSale,
    NotInAccount,
    NumberShop,
    NumberWish,
)
from uponai.domain.carrier_account import own_account
from uponai.domain.errors import UserError
from uponai.storage.base import PhoneNumber
from uponai.wire.validate import Json

DEFAULT_PROVIDER = "twilio"
REFERENCE = "carrier_reference"
FORMER = "carrier_former"
"""Where calls of an adopted number went before."""

_NOT_ASKED = ("number_provider", "adopt")

_log = log.get("uponai.api")


class CarrierFailed(UserError):
    """The carrier answered with an error, or not at all."""

    status = 502
    code = "carrier_failed"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a workspace buys: ``account`` is what numbers of it name as their carrier."""

    account: str
    shop: NumberShop
    is_own: bool


def counter_for(services: ApiServices, workspace_id: str, wish: Mapping[str, Any]) -> Counter:
    """The workspace's own account, else the installation's. Raises UserError: there is neither."""
    provider = str(wish.get("number_provider", DEFAULT_PROVIDER))
    own = own_account(provider, workspace_id)
    for account in (own, provider):
        shop = services.shops.get(account)
        if shop is not None:
            return Counter(account, shop, account == own)
    raise UserError(
        f"request/body/number_provider must be a carrier that you or this installation have an"
        f" account with ('{provider}' is not); use import-phone-number for your own SIP trunk.",
        code="carrier_not_configured",
    )


async def buy(
    services: ApiServices, workspace_id: str, counter: Counter, wish: Json, config: Json
) -> PhoneNumber:
    """The number, bought and stored. Raises UserError when nothing was bought."""
    asked = {name: value for name, value in wish.items() if name not in _NOT_ASKED}
    shop = counter.shop
    try:
        bought = await shop.buy(NumberWish(**asked))
    except NotForSale as error:
        raise UserError(str(error), code="number_not_available") from None
    except CarrierError as error:
        _log.error("number not bought", carrier=counter.account, error=str(error), sent=error.sent)
        unsure = "; it may have been bought, look into your account" if error.sent else ""
        raise CarrierFailed(f"The carrier did not sell the number: {error}{unsure}.") from None
    try:
        return await _store(services, workspace_id, counter, bought, config)
    except BaseException:
        await _undone(shop.release(bought.phone_number, bought.reference))
        raise


async def adopt(
    services: ApiServices, workspace_id: str, counter: Counter, phone_number: str, config: Json
) -> PhoneNumber:
    """A number that is in the account already, stored. Raises UserError; then it is untouched."""
    await _check_may_adopt(services, counter)
    if await services.storage.numbers.get(phone_number) is not None:
        raise _exists(phone_number)
    shop = counter.shop
    try:
        taken = await shop.adopt(phone_number)
    except NotInAccount as error:
        raise UserError(str(error), code="number_not_available") from None
    except CarrierError as error:
        raise CarrierFailed(f"The carrier did not hand over the number: {error}.") from None
    try:
        kept = {**config, "adopted": True, FORMER: dict(taken.former)}
        return await _store(services, workspace_id, counter, taken, kept)
    except BaseException:
        await _undone(shop.let_go(taken.phone_number, taken.reference, taken.former))
        raise


async def _check_may_adopt(services: ApiServices, counter: Counter) -> None:
    """What lies in the installation's account is for all workspaces, or another use of its."""
    if not counter.is_own and len(await services.storage.accounts.workspaces()) > 1:
        raise UserError(
            "request/body/adopt must NOT be set without an account of the workspace's own.",
            code="invalid_request",
        )


async def _store(
    services: ApiServices, workspace_id: str, counter: Counter, bought: BoughtNumber, config: Json
) -> PhoneNumber:
    number = PhoneNumber(
        bought.phone_number,
        workspace_id,
        counter.account,
        {
            "phone_number": bought.phone_number,
            **config,
            "phone_number_type": counter.shop.spec.number_type,
            "sip_outbound_trunk_config": dict(bought.trunk),
            REFERENCE: bought.reference,
        },
        services.seal(bought.password) if bought.password else None,
        services.now_ms(),
    )
    if not await services.storage.numbers.add(number):
        raise _exists(number.phone_number)
    return number


def _exists(phone_number: str) -> UserError:
    return UserError(f"Phone number {phone_number} is already imported.", code="already_exists")


async def give_back(
    services: ApiServices, number: PhoneNumber, *, release: bool | None = None
) -> None:
    """``release`` None: what was bought here is released, what was adopted stays in the account.

    Harmless for imported numbers. Raises CarrierFailed, so that the number is not forgotten.
    """
    reference = number.config.get(REFERENCE)
    if reference is None:
        return
    shop = services.shops.get(number.carrier)
    if shop is None:
        _log.warning("number not given back: its carrier is not configured", carrier=number.carrier)
        return
    former: Mapping[str, str] | None = number.config.get(FORMER)
    released = former is None if release is None else release
    try:
        if released:
            await shop.release(number.phone_number, str(reference))
        else:
            await shop.let_go(number.phone_number, str(reference), former or {})
    except CarrierError as error:
        raise CarrierFailed(f"The carrier did not take the number back: {error}.") from None


async def _undone(giving_back: Awaitable[None]) -> None:
    try:
        await giving_back
    except CarrierError as error:
        _log.error("number not given back", error=str(error))
