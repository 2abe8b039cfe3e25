"""Numbers of an account: adopted, let go as they were, verified with the credentials."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.hosted import HostedStage
from tests.fakes.telnyx import TelnyxStage
from tests.fakes.twilio import TwilioStage
from tests.live.house import House, play
from tests.live.test_brain import shop_call

from uponai.carriers import telnyx, twilio
from uponai.carriers.base import CarrierError, NotInAccount, NumberWish
from uponai.carriers.base_accounts import WrongCredentials
from uponai.carriers.hosted.rest import Refused

NUMBER = "+14155550171"
each = pytest.mark.parametrize("make", [TwilioStage, TelnyxStage], ids=["twilio", "telnyx"])


def staged(make: Callable[..., HostedStage], scene: Callable[[Any], Awaitable[None]]) -> None:
    async def whole(house: House) -> None:
        built = make(house, {})
        await asyncio.sleep(0)
        await scene(built)
        await built.aclose()

    play(whole, shop_call())


def route_of(built: Any, reference: str) -> str:
    """Where the number's calls go by the simulator."""
    if isinstance(built, TwilioStage):
        return built.sim.numbers[reference]["voice_url"]
    return built.sim.bound.get(reference, built.account.application)


async def elsewhere(built: Any, reference: str) -> None:
    """Its owner uses it for something else."""
    if isinstance(built, TwilioStage):
        fields = [("VoiceUrl", "https://elsewhere.example/x"), ("StatusCallback", "")]
        await built.rest.post(f"IncomingPhoneNumbers/{reference}.json", fields)
    else:
        await built.rest.patch(f"phone_numbers/{reference}", {"connection_id": "4711"})


@each
def test_an_adopted_number_brings_its_calls_here_and_goes_back_as_it_was(
    make: Callable[..., HostedStage],
) -> None:
    async def scene(built: Any) -> None:
        bought = await built.shop.buy(NumberWish(phone_number=NUMBER))
        ours = route_of(built, bought.reference)
        await elsewhere(built, bought.reference)
        before = route_of(built, bought.reference)
        assert before != ours
        taken = await built.shop.adopt(NUMBER)
        assert (taken.phone_number, taken.reference) == (NUMBER, bought.reference)
        assert route_of(built, taken.reference) == ours
        await built.shop.let_go(NUMBER, taken.reference, taken.former)
        assert route_of(built, taken.reference) == before
        await built.shop.let_go(NUMBER, "gone", taken.former)

    staged(make, scene)


class WithoutList:
    """An account's API whose list of numbers fails."""

    def __init__(self, rest: Any) -> None:
        self._rest = rest

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        return await self._rest.post(path, body)

    async def get(self, path: str, query: Any = ()) -> dict[str, Any]:
        if path == "phone_numbers":
            raise Refused(429, "10011", "Too Many Requests")
        return await self._rest.get(path, query)


def test_a_number_whose_id_cannot_be_looked_up_is_said_to_be_bought_only_when_it_is() -> None:
    async def scene(built: Any) -> None:
        built.desk.use(built.account, WithoutList(built.rest))
        with pytest.raises(CarrierError, match="bought, and not found") as bought:
            await built.shop.buy(NumberWish(phone_number=NUMBER))
        assert bought.value.sent
        with pytest.raises(CarrierError) as kept:
            await built.shop.release(NUMBER, "")
        assert "bought" not in str(kept.value)

    staged(TelnyxStage, scene)


class Mumbling:
    """An account's API that does what it is told, and whose answers to that cannot be read."""

    def __init__(self, rest: Any) -> None:
        self._rest = rest
        self.orders = 0

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        await self._rest.post(path, body)
        self.orders += 1
        return {}

    async def get(self, path: str, query: Any = ()) -> dict[str, Any]:
        return await self._rest.get(path, query)


@each
def test_an_order_that_was_answered_with_nothing_readable_is_given_once(
    make: Callable[..., HostedStage],
) -> None:
    async def scene(built: Any) -> None:
        mumbling = Mumbling(built.rest)
        built.desk.use(built.desk.account, mumbling)
        with pytest.raises(CarrierError) as unsure:
            await built.shop.buy(NumberWish(area_code=415))
        assert unsure.value.sent
        assert mumbling.orders == 1

    staged(make, scene)


@each
def test_only_what_is_in_the_account_is_adopted(make: Callable[..., HostedStage]) -> None:
    async def scene(built: Any) -> None:
        with pytest.raises(NotInAccount, match="5550171"):
            await built.shop.adopt(NUMBER)
        built.rest.down = True
        with pytest.raises(CarrierError):
            await built.shop.adopt(NUMBER)

    staged(make, scene)


class RefusingApi:
    """Answers every question with one refusal, or with nothing."""

    def __init__(self, refused: Refused | None) -> None:
        self._refused = refused
        self.asked: list[str] = []

    async def get(self, path: str, query: Any = ()) -> dict[str, Any]:
        self.asked.append(path)
        if self._refused is not None:
            raise self._refused
        return {}

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        raise AssertionError(path)

    async def patch(self, path: str, body: Any) -> dict[str, Any]:
        raise AssertionError(path)

    async def delete(self, path: str) -> None:
        raise AssertionError(path)


KEY = "q" * 43 + "="
TWILIO = twilio.Account("AC0123456789", "secret")
TELNYX = telnyx.Account("1293384261075731499", KEY, "secret")


@pytest.mark.parametrize(
    ("verify", "account", "refused", "field"),
    [
        (twilio.verify, TWILIO, Refused(401, "20003", "Authenticate"), "secret"),
        (twilio.verify, TWILIO, Refused(403, "20003", "Forbidden"), "secret"),
        (twilio.verify, TWILIO, Refused(404, "20404", "Not found"), "account"),
        (twilio.verify, replace(TWILIO, sid="../Calls"), None, "account"),
        (telnyx.verify, TELNYX, Refused(401, "10009", "Authentication failed"), "secret"),
        (telnyx.verify, TELNYX, Refused(404, "10005", "Not found"), "application"),
        (telnyx.verify, replace(TELNYX, public_key="?"), None, "public_key"),
        (telnyx.verify, replace(TELNYX, application="1/../2"), None, "application"),
    ],
)
async def test_wrong_credentials_are_named(
    verify: Any, account: Any, refused: Refused | None, field: str
) -> None:
    api = RefusingApi(refused)
    with pytest.raises(WrongCredentials) as wrong:
        await verify(account, api)
    assert wrong.value.field == field
    assert "secret" not in str(wrong.value)
    assert bool(api.asked) is (refused is not None)


@pytest.mark.parametrize(("verify", "account"), [(twilio.verify, TWILIO), (telnyx.verify, TELNYX)])
async def test_right_credentials_pass_and_a_failing_carrier_is_told_apart(
    verify: Any, account: Any
) -> None:
    await verify(account, RefusingApi(None))
    with pytest.raises(Refused):
        await verify(account, RefusingApi(Refused(429, "", "Too Many Requests")))
