"""create-phone-number through a carrier's SPEC."""

from __future__ import annotations

from tests.api.world import TO, Api, World, api, world
from tests.fakes.number_shop import FakeShop
from tests.storage.worlds import ORG

from uponai.domain.carrier_account import own_account


async def test_without_a_carrier_the_answer_says_what_is_missing() -> None:
    async with world() as w, api(w) as a:
        refused = await a.post("/create-phone-number", {"area_code": 415}, 400)
        assert refused["code"] == "carrier_not_configured"
        assert "'twilio' is not" in refused["message"]


async def test_a_number_is_bought_bound_used_and_given_back() -> None:
    shop = FakeShop()
    async with world(shops={"twilio": shop}) as w, api(w) as a:
        agent_id = await a.agent()
        number = await a.post(
            "/create-phone-number",
            {
                "area_code": 212,
                "nickname": "Shop",
                "outbound_agents": [{"agent_id": agent_id, "weight": 1}],
                "toll_free": False,
            },
            201,
        )
        assert number["phone_number"] == "+12125550143"
        assert number["phone_number_type"] == "retell-twilio"
        assert number["area_code"] == 212 and number["nickname"] == "Shop"
        assert number["outbound_agents"] == [{"agent_id": agent_id, "weight": 1}]
        assert "secret" not in str(number) and "carrier_reference" not in number
        assert await a.get("/get-phone-number/+12125550143") == number
        call = await a.post(
            "/v2/create-phone-call", {"from_number": "+12125550143", "to_number": TO}, 201
        )
        stored = await w.storage.calls.get(call["call_id"])
        assert stored is not None and stored.carrier == "twilio"
        await a.delete("/delete-phone-number/+12125550143")
        assert shop.sold == {}


async def test_headers_that_the_carrier_would_swallow_are_refused() -> None:
    shop = FakeShop(forwards_headers=False)
    async with world(shops={"twilio": shop}) as w, api(w) as a:
        agents = [{"agent_id": await a.agent(), "weight": 1}]
        body = {"area_code": 212, "outbound_agents": agents}
        number = (await a.post("/create-phone-number", body, 201))["phone_number"]
        call = {"from_number": number, "to_number": TO, "custom_sip_headers": {"X-Shop": "1"}}
        refused = await a.post("/v2/create-phone-call", call, 400)
        assert refused["field"] == "custom_sip_headers" and "forwards no" in refused["rule"]
        task = {"to_number": TO, "custom_sip_headers": {"X-Shop": "1"}}
        batch = {"from_number": number, "tasks": [task]}
        refused = await a.post("/create-batch-call", batch, 400)
        assert refused["field"] == "tasks/0/custom_sip_headers"


async def test_what_cannot_be_had_costs_nothing() -> None:
    shop = FakeShop()
    async with world(shops={"telnyx": shop}) as w, api(w) as a:
        for body, code, text in [
            ({"number_provider": "telnyx", "area_code": 999}, "number_not_available", "for sale"),
            ({"number_provider": "telnyx", "area_code": 1}, "invalid_request", "area_code must be"),
            ({"number_provider": "acme"}, "invalid_request", "number_provider must be equal to"),
            ({"number_provider": "telnyx", "phone_number": "5"}, "invalid_request", "E.164"),
            ({"number_provider": "twilio"}, "carrier_not_configured", "twilio"),
        ]:
            refused = await a.post("/create-phone-number", body, 400)
            assert refused["code"] == code and text in refused["message"], refused
        unknown = [{"agent_id": "agent_none", "weight": 1}]
        body = {"number_provider": "telnyx", "inbound_agents": unknown}
        await a.post("/create-phone-number", body, 422)
        assert shop.sold == {}


async def _buy(a: Api, code: int = 201) -> dict[str, str]:
    return await a.post("/create-phone-number", {"phone_number": "+14155550142"}, code)


async def test_a_carrier_that_fails_is_told_apart_and_nothing_is_forgotten() -> None:
    shop = FakeShop(down=True)
    async with world(shops={"twilio": shop}) as w, api(w) as a:
        assert (await _buy(a, 502))["code"] == "carrier_failed"
        shop.down = False
        await _buy(a)
        shop.down = True
        await a.call("DELETE", "/delete-phone-number/+14155550142", code=502)
        await a.get("/get-phone-number/+14155550142")


async def test_a_number_that_somebody_has_imported_is_given_back() -> None:
    shop = FakeShop()
    w: World
    async with world(shops={"twilio": shop}) as w, api(w) as a:
        await a.number(phone_number="+14155550142")
        assert (await _buy(a, 400))["code"] == "already_exists"
        assert shop.sold == {}


MINE = own_account("twilio", ORG)
ADOPTED = "+14155550177"


async def _adopt(a: Api, code: int = 201, **more: object) -> dict[str, object]:
    body = {"phone_number": ADOPTED, "adopt": True, **more}
    return await a.post("/create-phone-number", body, code)


async def test_a_number_of_the_account_is_adopted_and_goes_back_to_what_it_was() -> None:
    shop = FakeShop(in_account={ADOPTED: "https://elsewhere.example"})
    async with world(shops={MINE: shop}) as w, api(w) as a:
        number = await _adopt(a, nickname="Shop")
        assert number["adopted"] is True and number["nickname"] == "Shop"
        assert "elsewhere" not in str(number)
        assert shop.in_account == {ADOPTED: "ours"} and not shop.wishes
        assert (await _adopt(a, 400))["code"] == "already_exists"
        assert shop.in_account == {ADOPTED: "ours"}
        await a.delete(f"/delete-phone-number/{ADOPTED}")
        assert shop.in_account == {ADOPTED: "https://elsewhere.example"}


async def test_what_is_released_can_be_said() -> None:
    shop = FakeShop(in_account={ADOPTED: ""})
    async with world(shops={MINE: shop}) as w, api(w) as a:
        await _adopt(a)
        await a.delete(f"/delete-phone-number/{ADOPTED}?release=true")
        assert not shop.in_account
        bought = (await _buy(a))["phone_number"]
        await a.delete(f"/delete-phone-number/{bought}?release=false")
        assert not shop.sold and shop.in_account == {bought: ""}
        again = await a.post("/create-phone-number", {"phone_number": bought, "adopt": True}, 201)
        assert again["phone_number"] == bought


async def test_a_number_that_is_not_in_the_account_is_not_bought_instead() -> None:
    shop = FakeShop()
    async with world(shops={MINE: shop}) as w, api(w) as a:
        body = {"phone_number": "+14155550142", "adopt": True}
        refused = await a.post("/create-phone-number", body, 400)
        assert refused["code"] == "number_not_available" and "account" in refused["message"]
        refused = await a.post("/create-phone-number", {"area_code": 415, "adopt": True}, 400)
        assert refused["field"] == "phone_number"
        shop.down = True
        assert (await _adopt(a, 502))["code"] == "carrier_failed"
        assert not shop.sold


async def test_the_installations_numbers_are_for_no_single_workspace_of_several() -> None:
    shop = FakeShop(in_account={ADOPTED: "x"})
    own = FakeShop(in_account={ADOPTED: "y"})
    async with world(shops={"twilio": shop}) as w, api(w) as a:
        assert len(await w.storage.accounts.workspaces()) > 1
        refused = await _adopt(a, 400)
        assert "account of the workspace's own" in refused["message"]
        assert shop.in_account == {ADOPTED: "x"}
        w.shops[MINE] = own
        await _adopt(a)
        assert own.in_account == {ADOPTED: "ours"}
        number = await w.storage.numbers.get(ADOPTED)
        assert number is not None and number.carrier == MINE
