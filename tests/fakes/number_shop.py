"""A carrier that sells numbers out of a list."""

from __future__ import annotations

from dataclasses import dataclass, field

from uponai.carriers.base import (
    BoughtNumber,
    CarrierError,
    CarrierSpec,
    NotForSale,
    NumberWish,
)


@dataclass
class FakeShop:
    """``down`` makes every order fail; ``stock`` is what is for sale."""

    name: str = "fake"
    number_type: str = "retell-twilio"
    stock: list[str] = field(default_factory=lambda: ["+14155550142", "+12125550143"])
    sold: dict[str, str] = field(default_factory=dict)
    wishes: list[NumberWish] = field(default_factory=list)
    down: bool = False
    forwards_headers: bool = True

    @property
    def spec(self) -> CarrierSpec:
        return CarrierSpec(
            self.name, self.number_type, forwards_custom_headers=self.forwards_headers, bought=True
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
