"""A carrier that sells numbers out of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from uponai.carriers.base import (
    BoughtNumber,
    CarrierError,
    CarrierSpec,
    NotForSale,
    NotInAccount,
    NumberWish,
)


@dataclass
class FakeShop:
    """``down`` makes every order fail; ``stock`` is what is for sale."""

    name: str = "fake"
    number_type: str = "retell-twilio"
    stock: list[str] = field(default_factory=lambda: ["+14155550142", "+12125550143"])
    sold: dict[str, str] = field(default_factory=dict)
    in_account: dict[str, str] = field(default_factory=dict)
    """Numbers that were in the account before, to where their calls go."""
    wishes: list[NumberWish] = field(default_factory=list)
    down: bool = False
    forwards_headers: bool = True

    @property
    def spec(self) -> CarrierSpec:
        return CarrierSpec(
            self.name, self.number_type, forwards_custom_headers=self.forwards_headers
        )

    async def buy(self, wish: NumberWish) -> BoughtNumber:
        self.wishes.append(wish)
        if self.down:
            raise CarrierError("503 Service Unavailable", sent=False)
        for number in self.stock:
            if wish.phone_number not in (None, number):
                continue
            if wish.area_code is not None and number[2:5] != str(wish.area_code):
                continue
            self.stock.remove(number)
            self.sold[number] = f"PN{number[1:]}"
            trunk = {"termination_uri": "fake.example.com", "transport": wish.transport}
            return BoughtNumber(number, self.sold[number], trunk, "secret")
        raise NotForSale(wish)

    async def release(self, phone_number: str, reference: str) -> None:
        if self.down:
            raise CarrierError("503 Service Unavailable", sent=False)
        assert self.sold.pop(phone_number, reference) == reference
        self.in_account.pop(phone_number, None)

    async def adopt(self, phone_number: str) -> BoughtNumber:
        if self.down:
            raise CarrierError("503 Service Unavailable", sent=False)
        if phone_number not in self.in_account:
            raise NotInAccount(phone_number)
        former = {"url": self.in_account[phone_number]}
        self.in_account[phone_number] = "ours"
        return BoughtNumber(phone_number, f"PN{phone_number[1:]}", former=former)

    async def let_go(self, phone_number: str, reference: str, former: Mapping[str, str]) -> None:
        if self.down:
            raise CarrierError("503 Service Unavailable", sent=False)
        assert reference == f"PN{phone_number[1:]}"
        self.in_account[phone_number] = former.get("url", "")
        self.sold.pop(phone_number, None)
