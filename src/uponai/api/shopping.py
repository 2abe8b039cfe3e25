"""Buying numbers from a carrier and giving them back. What is bought and not kept is given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uponai import log
from uponai.api.services import ApiServices
from uponai.carriers.base import BoughtNumber, CarrierError, NotForSale, NumberShop, NumberWish
from uponai.domain.errors import UserError
from uponai.storage.base import PhoneNumber
from uponai.wire.validate import Json

DEFAULT_PROVIDER = "twilio"
REFERENCE = "carrier_reference"

_log = log.get("uponai.api")


class CarrierFailed(UserError):
    """The carrier answered with an error, or not at all."""

    status = 502
    code = "carrier_failed"


def shop_for(services: ApiServices, wish: Mapping[str, Any]) -> NumberShop:
    """Raises UserError when this installation has no account with the carrier."""
    provider = str(wish.get("number_provider", DEFAULT_PROVIDER))
    shop = services.shops.get(provider)
    if shop is None:
        raise UserError(
            f"request/body/number_provider must be a carrier that this installation has an account"
            f" with ('{provider}' is not); use import-phone-number for a SIP trunk of your own.",
            code="carrier_not_configured",
        )
    return shop


async def buy(
    services: ApiServices, workspace_id: str, shop: NumberShop, wish: Json, config: Json
) -> PhoneNumber:
    """The number, bought and stored. Raises UserError when nothing was bought."""
    asked = {name: value for name, value in wish.items() if name != "number_provider"}
    try:
        bought = await shop.buy(NumberWish(**asked))
    except NotForSale as error:
        raise UserError(str(error), code="number_not_available") from None
    except CarrierError as error:
        _log.error("number not bought", carrier=shop.spec.name, error=str(error), sent=error.sent)
        unsure = "; it may have been bought, look into your account" if error.sent else ""
        raise CarrierFailed(f"The carrier did not sell the number: {error}{unsure}.") from None
    try:
        return await _store(services, workspace_id, shop, bought, config)
    except BaseException:
        await _release(shop, bought.phone_number, bought.reference)
        raise


async def _store(
    services: ApiServices, workspace_id: str, shop: NumberShop, bought: BoughtNumber, config: Json
) -> PhoneNumber:
    number = PhoneNumber(
        bought.phone_number,
        workspace_id,
        shop.spec.name,
        {
            "phone_number": bought.phone_number,
            **config,
            "phone_number_type": shop.spec.number_type,
            "sip_outbound_trunk_config": dict(bought.trunk),
            REFERENCE: bought.reference,
        },
        services.seal(bought.password) if bought.password else None,
        services.now_ms(),
    )
    if not await services.storage.numbers.add(number):
        raise UserError(
            f"Phone number {number.phone_number} is already imported.", code="already_exists"
        )
    return number


async def give_back(services: ApiServices, number: PhoneNumber) -> None:
    """Harmless for imported numbers. Raises CarrierFailed, so that the number is not forgotten."""
    reference = number.config.get(REFERENCE)
    if reference is None:
        return
    named = [shop for shop in services.shops.values() if shop.spec.name == number.carrier]
    if not named:
        _log.warning("number not given back: its carrier is not configured", carrier=number.carrier)
        return
    try:
        await named[0].release(number.phone_number, str(reference))
    except CarrierError as error:
        raise CarrierFailed(f"The carrier did not take the number back: {error}.") from None


async def _release(shop: NumberShop, phone_number: str, reference: str) -> None:
    try:
        await shop.release(phone_number, reference)
    except CarrierError as error:
        _log.error("bought number not given back", carrier=shop.spec.name, error=str(error))
