"""A workspace's own accounts with carriers: verified, sealed, never shown, used for its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.api.world import Api, World, api, world
from tests.fakes.number_shop import FakeShop
from tests.storage.worlds import ORG

from uponai.carriers.base import CarrierError, NumberShop
from uponai.carriers.base_accounts import Credentials, WrongCredentials
from uponai.domain.carrier_account import own_account

RIGHT = {"account": "AC1", "secret": "very-secret-9876"}
URL = "/uponai/v1/carriers/acme"


@dataclass
class FakeAccounts:
    """One carrier, ``acme``, which takes one secret; opens what storage has."""

    shops: dict[str, NumberShop]
    wrong: WrongCredentials | None = None
    down: bool = False
    asked: list[Credentials] = field(default_factory=list)
    refreshed: int = 0
    needs: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: {"acme": ("account", "secret"), "zeta": ("application", "secret")}
    )

    async def verify(self, carrier: str, credentials: Credentials) -> None:
        self.asked.append(credentials)
        if self.down:
            raise CarrierError("no answer: TimeoutError", sent=True)
        if self.wrong is not None:
            raise self.wrong

    async def refresh(self) -> None:
        self.refreshed += 1


def made() -> tuple[FakeAccounts, Any]:
    shops: dict[str, NumberShop] = {"acme": FakeShop()}
    accounts = FakeAccounts(shops)
    return accounts, world(shops=shops, accounts=accounts)


async def test_an_account_is_verified_sealed_and_shown_without_its_secret() -> None:
    accounts, opened = made()
    w: World
    a: Api
    async with opened as w, api(w) as a:
        shown = await a.call("PUT", URL, RIGHT)
        assert shown["carrier"] == "acme" and shown["source"] == "workspace"
        assert shown["account"] == "AC1" and shown["secret_last4"] == "9876"
        assert "very" not in str(shown)
        (row,) = await w.storage.carrier_accounts.of(ORG)
        assert row.name == own_account("acme", ORG)
        assert row.sealed is not None and "very" not in row.sealed
        assert w.seal.unseal(row.sealed) == RIGHT["secret"]
        assert accounts.asked == [Credentials(**RIGHT)] and accounts.refreshed == 1
        listed = await a.get("/uponai/v1/carriers")
        assert listed == [shown, {"carrier": "zeta", "source": "none"}]


async def test_of_a_short_secret_nothing_is_shown() -> None:
    _, opened = made()
    async with opened as w, api(w) as a:
        shown = await a.call("PUT", URL, {**RIGHT, "secret": "short-1234"})
        assert shown["secret_last4"] == ""


async def test_the_installations_account_is_named_and_not_shown() -> None:
    _, opened = made()
    async with opened as w, api(w) as a:
        listed = await a.get("/uponai/v1/carriers")
        assert listed[0] == {"carrier": "acme", "source": "installation"}


@pytest.mark.parametrize(
    ("body", "field_name", "text"),
    [
        ({"account": "AC1"}, "secret", "must be given"),
        ({"secret": "x"}, "account", "must be given"),
        ({**RIGHT, "public_key": "k"}, "public_key", "left out"),
        ({**RIGHT, "password": "k"}, "password", "must NOT"),
        ({**RIGHT, "account": ""}, "account", "must"),
        ({**RIGHT, "account": 7}, "account", "must"),
        ({**RIGHT, "secret": "x\r\nX-Y: z"}, "secret", "printable ASCII"),
        ({**RIGHT, "secret": "s\u00e9cret"}, "secret", "printable ASCII"),
    ],
)
async def test_a_bad_body_names_its_field(body: Any, field_name: str, text: str) -> None:
    accounts, opened = made()
    async with opened as w, api(w) as a:
        refused = await a.call("PUT", URL, body, code=400)
        assert refused["field"].split("/")[-1] in (field_name, ""), refused
        assert field_name in refused["message"] and text in refused["message"]
        assert not accounts.asked


async def test_what_the_carrier_refuses_changes_nothing() -> None:
    accounts, opened = made()
    async with opened as w, api(w) as a:
        await a.call("PUT", URL, RIGHT)
        accounts.wrong = WrongCredentials("secret", "is not the token of this account")
        refused = await a.call("PUT", URL, {**RIGHT, "secret": "another-1111"}, code=400)
        assert refused["field"] == "secret" and "is not the token" in refused["rule"]
        assert "another" not in str(refused)
        accounts.wrong, accounts.down = None, True
        refused = await a.call("PUT", URL, {**RIGHT, "secret": "another-1111"}, code=502)
        assert refused["code"] == "carrier_failed"
        (row,) = await w.storage.carrier_accounts.of(ORG)
        assert row.tail == "9876"


async def test_an_unknown_carrier_is_told_apart() -> None:
    _, opened = made()
    async with opened as w, api(w) as a:
        refused = await a.call("PUT", "/uponai/v1/carriers/nobody", RIGHT, code=422)
        assert "acme, zeta" in refused["message"]
        await a.call("DELETE", "/uponai/v1/carriers/nobody", code=422)
        await a.call("DELETE", URL, code=422)


async def test_an_account_with_numbers_is_neither_removed_nor_exchanged() -> None:
    accounts, opened = made()
    async with opened as w, api(w) as a:
        await a.call("PUT", URL, RIGHT)
        name = own_account("acme", ORG)
        accounts.shops[name] = FakeShop()
        number = await a.number(phone_number="+14155550142")
        stored = await w.storage.numbers.get(number)
        assert stored is not None
        await w.storage.numbers.update(replace(stored, carrier=name))
        assert (await a.call("DELETE", URL, code=400))["code"] == "account_in_use"
        refused = await a.call("PUT", URL, {**RIGHT, "account": "AC2"}, code=400)
        assert refused["code"] == "account_in_use"
        await a.call("PUT", URL, {**RIGHT, "secret": "newer-5555"})
        await w.storage.numbers.delete(ORG, number)
        await a.call("DELETE", URL, code=204)
        assert await w.storage.carrier_accounts.of(ORG) == []
        assert [one.sealed for one in await w.storage.carrier_accounts.changed_since(0)] == [None]


async def test_a_read_only_key_sets_no_account() -> None:
    accounts, opened = made()
    async with opened as w, api(w) as a:
        body = await a.call("GET", "/uponai/v1/carriers")
        assert len(body) == 2
    assert not accounts.asked
