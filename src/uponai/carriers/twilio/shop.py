"""Buying numbers of Twilio and giving them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from uponai.carriers.base import BoughtNumber, CarrierSpec, NotForSale, NumberWish
from uponai.carriers.twilio.account import RETRIED, Desk
from uponai.carriers.twilio.rest import Refused
from uponai.carriers.twilio.words import NUMBER_TAKEN, SPEC

TRIED = 3
NOT_THERE = 404


class TwilioShop:
    """``carriers.base.NumberShop``. Bought numbers bring their calls to our hooks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def spec(self) -> CarrierSpec:
        return SPEC

    async def buy(self, wish: NumberWish) -> BoughtNumber:
        candidates = [wish.phone_number] if wish.phone_number else await self._search(wish)
        for number in candidates:
            try:
                bought = await self._desk.rest.post(
                    "IncomingPhoneNumbers.json", self._order(number)
                )
            except Refused as refused:
                if refused.code != NUMBER_TAKEN:
                    raise
                continue
            return BoughtNumber(str(bought["phone_number"]), str(bought["sid"]))
        raise NotForSale(f"The carrier has no such number for sale ({_wanted(wish)}).")

    async def _search(self, wish: NumberWish) -> list[str]:
        kind = "TollFree" if wish.toll_free else "Local"
        query = [("VoiceEnabled", "true"), ("PageSize", str(TRIED))]
        if wish.area_code is not None:
            query.append(("AreaCode", str(wish.area_code)))
        path = f"AvailablePhoneNumbers/{wish.country_code}/{kind}.json"
        try:
            listed = await self._desk.rest.get(path, query)
        except Refused as refused:
            if refused.status == NOT_THERE:
                return []
            raise
        found = cast(Sequence[Mapping[str, Any]], listed.get("available_phone_numbers") or [])
        return [str(number["phone_number"]) for number in found][:TRIED]

    def _order(self, number: str) -> list[tuple[str, str]]:
        account = self._desk.account
        return [
            ("PhoneNumber", number),
            ("VoiceUrl", account.hook_url("voice") + RETRIED),
            ("VoiceMethod", "POST"),
            ("StatusCallback", account.hook_url("ended") + RETRIED),
            ("StatusCallbackMethod", "POST"),
        ]

    async def release(self, phone_number: str, reference: str) -> None:
        del phone_number
        try:
            await self._desk.rest.delete(f"IncomingPhoneNumbers/{reference}.json")
        except Refused as refused:
            if refused.status != NOT_THERE:
                raise


def _wanted(wish: NumberWish) -> str:
    if wish.phone_number:
        return wish.phone_number
    kind = "toll-free" if wish.toll_free else "local"
    area = f", area code {wish.area_code}" if wish.area_code is not None else ""
    return f"{kind}, {wish.country_code}{area}"
