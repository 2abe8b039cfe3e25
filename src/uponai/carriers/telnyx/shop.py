"""Buying numbers of Telnyx and giving them back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from uponai.carriers.base import (
    BoughtNumber,
    CarrierError,
    CarrierSpec,
    NotForSale,
    NotInAccount,
    NumberWish,
)
from uponai.carriers.hosted.rest import NOT_THERE, Refused
from uponai.carriers.telnyx.desk import Desk
from uponai.carriers.telnyx.rest import data_of, list_of
from uponai.carriers.telnyx.words import SPEC

TRIED = 3
PATIENCE_S = (0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 5.0, 5.0, 5.0)
"""An order is worked on for a while: so often it is asked for."""

CLIENT_FAULTS = (400, 404, 409, 422)


class TelnyxShop:
    """``carriers.base.NumberShop``. Bought numbers belong to the account's application, whose
    webhooks bring their calls."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def spec(self) -> CarrierSpec:
        return SPEC

    async def buy(self, wish: NumberWish) -> BoughtNumber:
        candidates = [wish.phone_number] if wish.phone_number else await self._search(wish)
        for number in candidates:
            if await self._ordered(number):
                return await self._bought(number)
        raise NotForSale(wish)

    async def _bought(self, number: str) -> BoughtNumber:
        try:
            return BoughtNumber(number, await self._reference(number))
        except CarrierError as error:
            raise CarrierError(f"bought, and not found: {error}", sent=True) from error

    async def _search(self, wish: NumberWish) -> list[str]:
        query = [
            ("filter[country_code]", wish.country_code),
            ("filter[phone_number_type]", "toll_free" if wish.toll_free else "local"),
            ("filter[features][]", "voice"),
            ("filter[limit]", str(TRIED)),
        ]
        if wish.area_code is not None:
            query.append(("filter[national_destination_code]", str(wish.area_code)))
        try:
            listed = list_of(await self._desk.rest.get("available_phone_numbers", query))
        except Refused as refused:
            if refused.status in CLIENT_FAULTS:
                return []
            raise
        return [str(number["phone_number"]) for number in listed if "phone_number" in number][
            :TRIED
        ]

    async def _ordered(self, number: str) -> bool:
        """Whether it is ours. Raises CarrierError: it may become ours."""
        body = {
            "phone_numbers": [{"phone_number": number}],
            "connection_id": self._desk.account.application,
        }
        try:
            order = data_of(await self._desk.rest.post("number_orders", body))
        except Refused as refused:
            if refused.status in CLIENT_FAULTS:
                return False
            raise
        for pause_s in PATIENCE_S:
            if order.get("status") != "pending":
                break
            await asyncio.sleep(pause_s)
            try:
                order = data_of(await self._desk.rest.get(f"number_orders/{order.get('id')}"))
            except CarrierError as error:
                raise CarrierError(f"order not looked at: {error}", sent=True) from error
        match order.get("status"):
            case "pending":
                raise CarrierError("the order is still being worked on", sent=True)
            case None:
                raise CarrierError("an answer without a status", sent=True)
            case status:
                return status == "success"

    async def _listed(self, number: str) -> dict[str, Any] | None:
        query = [("filter[phone_number]", number)]
        listed = list_of(await self._desk.rest.get("phone_numbers", query))
        return next((one for one in listed if one.get("phone_number") == number), None)

    async def _reference(self, number: str) -> str:
        """The id by which a number is released; "" where the account has no such number."""
        mine = await self._listed(number)
        return str(mine.get("id") or "") if mine is not None else ""

    async def adopt(self, phone_number: str) -> BoughtNumber:
        mine = await self._listed(phone_number)
        if mine is None:
            raise NotInAccount(phone_number)
        reference = str(mine.get("id") or "")
        former = {"connection_id": str(mine.get("connection_id") or "")}
        ours = {"connection_id": self._desk.account.application}
        await self._desk.rest.patch(f"phone_numbers/{reference}", ours)
        return BoughtNumber(phone_number, reference, former=former)

    async def let_go(self, phone_number: str, reference: str, former: Mapping[str, str]) -> None:
        reference = reference or await self._reference(phone_number)
        if not reference:
            return
        before = {"connection_id": former.get("connection_id", "")}
        try:
            await self._desk.rest.patch(f"phone_numbers/{reference}", before)
        except Refused as refused:
            if refused.status != NOT_THERE:
                raise

    async def release(self, phone_number: str, reference: str) -> None:
        reference = reference or await self._reference(phone_number)
        if not reference:
            return
        try:
            await self._desk.rest.delete(f"phone_numbers/{reference}")
        except Refused as refused:
            if refused.status != NOT_THERE:
                raise
