"""Limits over HTTP: 429 that writes nothing, settings, refusals by code, A/B figures."""

from __future__ import annotations

import pytest
from tests.api.world import FROM, TO, Api, World, api, world

from uponai.storage.base import CallQuery

ORG = "org_1"
BODY = {"from_number": FROM, "to_number": TO}


async def count(w: World) -> int:
    return await w.storage.calls.count(CallQuery(ORG))


async def test_over_the_calls_per_second_nothing_is_written_and_the_answer_says_when() -> None:
    async with world(cps=2) as w, api(w) as a:
        await a.number(await a.agent())
        made = [await a.client.post("/v2/create-phone-call", json=BODY) for _ in range(3)]
        assert [one.status_code for one in made] == [201, 201, 429]
        refused = made[2].json()
        assert refused["code"] == "rate_limited"
        assert refused["status"] == "error"
        assert refused["message"] == refused["error_message"]
        assert "2 calls per second" in refused["message"]
        assert made[2].headers["retry-after"] == "1"
        assert await count(w) == w.added == 2
        w.now_ms += 1_000
        await a.phone_call()


async def test_a_key_of_a_refused_request_is_not_used_up() -> None:
    async with world(cps=1) as w, api(w) as a:
        await a.number(await a.agent())
        await a.phone_call()
        await a.phone_call(429, idempotency_key="k")
        w.now_ms += 1_000
        made = await a.phone_call(idempotency_key="k")
        w.now_ms += 10
        again = await a.phone_call(idempotency_key="k")
        assert again["call_id"] == made["call_id"]
        assert await count(w) == 2


async def test_a_call_that_is_queued_holds_its_place_until_it_ends() -> None:
    async with world(limit=1) as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call())["call_id"]
        assert (await a.get("/get-concurrency"))["current_concurrency"] == 1
        await a.phone_call(429)
        await w.finish(await w.answer(call_id))
        assert (await a.get("/get-concurrency"))["current_concurrency"] == 0
        await a.phone_call()


async def test_web_calls_take_a_place_too() -> None:
    async with world(limit=1) as w, api(w) as a:
        body = {"agent_id": await a.agent()}
        await a.post("/v3/create-web-call", body, 201)
        refused = await a.post("/v3/create-web-call", body, 429)
        assert refused["code"] == "rate_limited"


async def test_limits_are_read_and_set() -> None:
    async with world() as w, api(w) as a:
        before = await a.get("/uponai/v1/limits")
        assert before["concurrency_limit"] == 20
        assert before["cps"]["telnyx"] == {"limit": 1, "maximum": 16}
        change = {
            "concurrency_limit": 50,
            "concurrency_burst_enabled": True,
            "reserved_inbound_concurrency": 5,
            "cps": {"telnyx": 16, "twilio": 5},
        }
        after = await a.patch("/uponai/v1/limits", change)
        assert after["concurrency_burst_limit"] == 150
        assert after["cps"]["telnyx"]["limit"] == 16
        pending = after["cps"]["twilio"]
        assert (pending["limit"], pending["pending"]) == (1, 5)
        assert pending["pending_until_timestamp"] > w.now_ms + 599_000
        confirmed = await a.patch("/uponai/v1/limits", {"confirm_cps": ["twilio"]})
        assert confirmed["cps"]["twilio"] == {"limit": 5, "maximum": 5}
        told = await a.get("/get-concurrency")
        assert told["concurrency_limit"] == told["base_concurrency"] == 50
        assert (told["concurrency_burst_enabled"], told["concurrency_burst_limit"]) == (True, 150)
        assert told["reserved_inbound_concurrency"] == 5


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"cps": {"twilio": 6}}, "request/body/cps/twilio must be <= 5"),
        ({"cps": {"telnyx": "1"}}, "request/body/cps/telnyx must be integer"),
        ({"concurrency_limit": 0}, "request/body/concurrency_limit must be >= 1"),
        ({"reserved_inbound_concurrency": 21}, "must be <= the concurrency limit (20)"),
        ({"concurrency": 5}, "must NOT have additional properties"),
        ({"confirm_cps": ["x"]}, "request/body/confirm_cps must name a provider"),
        ({"calling_hours": {"windows": []}}, "calling_hours/windows must NOT have fewer"),
        (
            {"calling_hours": {"windows": [{"start": 9, "end": 5}]}},
            "windows do not cross midnight",
        ),
        (
            {"calling_hours": {"windows": [{"start": 0, "end": 5}], "timezone": "Mars/X"}},
            "must be callee or an IANA time zone",
        ),
    ],
)
async def test_a_limit_that_cannot_be_set_names_field_and_rule(change: dict, text: str) -> None:
    async with world() as w, api(w) as a:
        refused = await a.patch("/uponai/v1/limits", change, 400)
        assert text in refused["message"]
        assert (await a.get("/uponai/v1/limits"))["concurrency_limit"] == 20


async def test_reserved_places_are_not_for_outbound_calls() -> None:
    async with world(limit=3) as w, api(w) as a:
        await a.number(await a.agent())
        await a.patch("/uponai/v1/limits", {"reserved_inbound_concurrency": 2})
        await a.phone_call()
        await a.phone_call(429)


async def test_each_refusal_of_a_destination_has_its_code() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        assert (await a.phone_call(400, to_number="+79123456789"))["code"] == "country_blocked"
        assert (await a.phone_call(400, to_number="+999123456789"))["code"] == "invalid_number"
        assert (await a.call("PUT", f"/uponai/v1/do-not-call/{TO}", None, 204)) is None
        refused = await a.phone_call(400, honor_internal_dnc=True)
        assert refused["code"] == "do_not_call"
        await a.phone_call()
        await a.delete(f"/uponai/v1/do-not-call/{TO}")
        await a.phone_call(honor_internal_dnc=True)
        hours = {"windows": [{"start": 0, "end": 1}], "day": ["Monday"], "timezone": "UTC"}
        await a.patch("/uponai/v1/limits", {"calling_hours": hours})
        assert (await a.phone_call(400))["code"] == "outside_calling_hours"
        await a.patch("/uponai/v1/limits", {"calling_hours": None})
        await a.phone_call()


async def test_a_number_may_have_a_tighter_limit() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent(), cps_limit=1)
        await a.phone_call()
        await a.phone_call(429)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"cps_limit": 0}, "request/body/cps_limit must be >= 1"),
        ({"cps_limit": "2"}, "request/body/cps_limit must be integer"),
        ({"cps_limit": 1_001}, "request/body/cps_limit must be <= 1000, the most for custom"),
        ({"fallback_number": "911"}, "request/body/fallback_number must be an E.164"),
        ({"fallback_number": FROM}, "request/body/fallback_number must NOT be the number itself"),
    ],
)
async def test_a_numbers_own_limits_are_checked_where_they_are_set(fields: dict, text: str) -> None:
    async with world() as w, api(w) as a:
        wanted = {"phone_number": FROM, "termination_uri": "sip.carrier.example"}
        refused = await a.post("/import-phone-number", wanted | fields, 400)
        assert text in refused["message"]
        await a.number(await a.agent())
        refused = await a.patch(f"/update-phone-number/{FROM}", fields, 400)
        assert text in refused["message"]
        assert not set(fields) & set(await a.get(f"/get-phone-number/{FROM}"))


async def test_a_fallback_has_no_fallback_of_its_own() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent(), fallback_number="+14155550111")
        other = {"phone_number": "+14155550122", "termination_uri": "sip.carrier.example"}
        refused = await a.post("/import-phone-number", other | {"fallback_number": FROM}, 400)
        assert "must NOT be a number that has a fallback of its own" in refused["message"]


async def two_agents(a: Api) -> tuple[str, str]:
    one, two = await a.agent(), await a.agent()
    await a.number(one)
    bound = [{"agent_id": one, "weight": 0.7}, {"agent_id": two, "weight": 0.3}]
    await a.patch(f"/update-phone-number/{FROM}", {"outbound_agents": bound})
    return one, two


async def test_what_came_of_each_variant() -> None:
    async with world(limit=500) as w, api(w) as a:
        one, two = await two_agents(a)
        calls = [await a.phone_call() for _ in range(30)]
        await a.phone_call(override_agent_id=two)  # not drawn, so not counted
        drawn = {agent: [c for c in calls if c["agent_id"] == agent] for agent in (one, two)}
        first = drawn[one][0]["call_id"]
        await w.finish(await w.answer(first))
        await w.analyse(first)
        told = await a.get(f"/uponai/v1/numbers/{FROM}/variants")
        rows = {row["agent_id"]: row for row in told["variants"]}
        for agent in (one, two):
            if drawn[agent]:
                assert rows[agent]["calls"] == len(drawn[agent])
        assert rows[one]["weight"] == 0.7
        assert rows[one]["pick_up_rate"]["value"] == 1
        success = rows[one]["success_rate"]
        assert (success["count"], success["value"], success["high"]) == (1, 1, 1)
        assert success["low"] == pytest.approx(0.2065, abs=1e-4)
        assert rows[one]["duration_ms"]["value"] == 12_345
        assert (await a.get("/uponai/v1/numbers/+14155550999/variants", 422))["code"] == "not_found"
