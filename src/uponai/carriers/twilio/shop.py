"""Buying numbers of Twilio and giving them back."""

from __future__ import annotations

from collections.abc import Mapping

from uponai.carriers.base import (
    BoughtNumber,
    CarrierError,
    CarrierSpec,
    NotForSale,
    NotInAccount,
    NumberWish,
)
from uponai.carriers.hosted.rest import NOT_THERE, Refused, list_in
from uponai.carriers.twilio.desk import Desk
from uponai.carriers.twilio.words import NUMBER_TAKEN, SPEC

TRIED = 3
ROUTES = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "VoiceApplicationSid": "voice_application_sid",
    "TrunkSid": "trunk_sid",
}
"""What says where a number's calls go: as it is set, and as it is read. An application or a trunk
would win over the URL."""


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
            sid = str(bought.get("sid") or "")
            if not sid:
                raise CarrierError("an answer without a sid", sent=True)
            return BoughtNumber(str(bought.get("phone_number") or number), sid)
        raise NotForSale(wish)

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
        found = list_in(listed, "available_phone_numbers")
        return [str(number["phone_number"]) for number in found][:TRIED]

    def _order(self, number: str) -> list[tuple[str, str]]:
        return [("PhoneNumber", number), *self._ours()]

    def _ours(self) -> list[tuple[str, str]]:
        return [
            ("VoiceUrl", self._desk.told_url("voice")),
            ("VoiceMethod", "POST"),
            ("StatusCallback", self._desk.told_url("ended")),
            ("StatusCallbackMethod", "POST"),
        ]

    async def release(self, phone_number: str, reference: str) -> None:
        del phone_number
        try:
            await self._desk.rest.delete(f"IncomingPhoneNumbers/{reference}.json")
        except Refused as refused:
            if refused.status != NOT_THERE:
                raise

    async def adopt(self, phone_number: str) -> BoughtNumber:
        query = [("PhoneNumber", phone_number), ("PageSize", "50")]
        listed = await self._desk.rest.get("IncomingPhoneNumbers.json", query)
        found = list_in(listed, "incoming_phone_numbers")
        mine = next((one for one in found if one.get("phone_number") == phone_number), None)
        if mine is None:
            raise NotInAccount(phone_number)
        reference = str(mine["sid"])
        former = {word: str(mine.get(name) or "") for word, name in ROUTES.items()}
        ours = [*self._ours(), ("VoiceApplicationSid", ""), ("TrunkSid", "")]
        await self._desk.rest.post(f"IncomingPhoneNumbers/{reference}.json", ours)
        return BoughtNumber(phone_number, reference, former=former)

    async def let_go(self, phone_number: str, reference: str, former: Mapping[str, str]) -> None:
        del phone_number
        # A method cannot be empty.
        routes = [
            (word, former.get(word) or ("POST" if word.endswith("Method") else ""))
            for word in ROUTES
        ]
        try:
            await self._desk.rest.post(f"IncomingPhoneNumbers/{reference}.json", routes)
        except Refused as refused:
            if refused.status != NOT_THERE:
                raise
