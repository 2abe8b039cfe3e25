"""Calls that somebody joins: web calls in both forms, registered calls; analysis once more."""

from __future__ import annotations

from tests.api.world import LINK_KEY, OTHER, api, world

from uponai.dialer.waiting import never_joined
from uponai.wire.web_call import joined_call_id


async def test_a_web_call_gives_the_browser_what_it_needs() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        body = {"agent_id": agent_id, "metadata": {"a": 1}}
        made = await a.post("/v3/create-web-call", body, 201)
        assert made["transport"] == "gateway" and made["ice_servers"] == []
        assert 0 < made["expires_at"] - w.now_ms <= 30_000
        token = made["access_token"]
        assert joined_call_id(token, LINK_KEY, w.now_ms) == made["call_id"]
        assert joined_call_id(token, LINK_KEY, made["expires_at"] + 1) is None
        assert joined_call_id(token, b"x" * 32, w.now_ms) is None
        assert joined_call_id(token.replace("call_", "call_0"), LINK_KEY, w.now_ms) is None
        call = await a.get(f"/v2/get-call/{made['call_id']}")
        assert call["call_type"] == "web_call" and call["call_status"] == "registered"
        assert call["access_token"] == token and call["metadata"] == {"a": 1}
        assert "from_number" not in call and "direction" not in call
        assert w.added == 0


async def test_the_older_web_call_answers_the_whole_call() -> None:
    async with world() as w, api(w) as a:
        body = {"agent_id": await a.agent(agent_name="Ann"), "agent_version": 0}
        call = await a.post("/v2/create-web-call", body, 201)
        assert call["call_type"] == "web_call" and call["agent_name"] == "Ann"
        assert call["access_token"]


async def test_a_web_call_that_nobody_joins_says_so() -> None:
    async with world() as w, api(w) as a:
        made = await a.post("/v3/create-web-call", {"agent_id": await a.agent()}, 201)
        assert await w.storage.calls.lease_due("h", w.now_ms, 60_000, 5) == []
        (due,) = await w.storage.calls.lease_due("h", made["expires_at"], 60_000, 5)
        ending = never_joined(due)
        assert ending is not None and ending.reason == "error_user_not_joined"
        assert ending.kind.status == "error"


async def test_a_web_call_can_be_stopped_before_it_is_joined() -> None:
    async with world() as w, api(w) as a:
        made = await a.post("/v3/create-web-call", {"agent_id": await a.agent()}, 201)
        await a.post(f"/v2/stop-call/{made['call_id']}", None, 204)
        call = await a.get(f"/v2/get-call/{made['call_id']}")
        assert call["disconnection_reason"] == "manual_stopped"


async def test_a_registered_call_keeps_what_it_is_told() -> None:
    async with world() as w, api(w) as a:
        body = {
            "agent_id": await a.agent(),
            "direction": "outbound",
            "from_number": "+14155550111",
            "to_number": "334",
            "retell_llm_dynamic_variables": {"name": "Ann"},
        }
        call = await a.post("/v2/register-phone-call", body, 201)
        assert call["call_type"] == "phone_call" and call["call_status"] == "registered"
        for name in ("direction", "from_number", "to_number", "retell_llm_dynamic_variables"):
            assert call[name] == body[name]
        (due,) = await w.storage.calls.lease_due("h", w.now_ms + 300_000, 60_000, 5)
        ending = never_joined(due)
        assert ending is not None and ending.reason == "registered_call_timeout"
        bare = await a.post("/v2/register-phone-call", {"agent_id": body["agent_id"]}, 201)
        assert bare["direction"] == "inbound"


async def test_bad_requests_for_joined_calls() -> None:
    async with world(limit=1) as w, api(w) as a:
        agent_id = await a.agent()
        for path in ("/v2/create-web-call", "/v3/create-web-call", "/v2/register-phone-call"):
            await a.post(path, {}, 400)
            await a.post(path, {"agent_id": "agent_none"}, 422)
            await a.post(path, {"agent_id": agent_id, "agent_version": 7}, 422)
            bad = {"agent_id": agent_id, "retell_llm_dynamic_variables": {"n": 1}}
            assert "must be string" in (await a.post(path, bad, 400))["message"]
        bad = {"agent_id": agent_id, "direction": "sideways"}
        await a.post("/v2/register-phone-call", bad, 400)
        await a.number(agent_id)
        await w.answer((await a.phone_call())["call_id"])
        await a.post("/v3/create-web-call", {"agent_id": agent_id}, 429)


async def test_a_start_must_exist() -> None:
    async with world() as w, api(w) as a:
        states = [{"name": "hello", "state_prompt": "x"}]
        llm = await a.post("/create-retell-llm", {"states": states, "starting_state": "hello"}, 201)
        engine = {"type": "retell-llm", "llm_id": llm["llm_id"]}
        agent = await a.post(
            "/create-agent", {"response_engine": engine, "voice_id": "embedded-hibari"}, 201
        )
        body = {"agent_id": agent["agent_id"], "current_state": "nowhere", "current_node_id": "x"}
        refused = await a.post("/v3/create-web-call", body, 400)
        assert "request/body/current_state must be the name" in refused["message"]
        made = await a.post("/v3/create-web-call", {**body, "current_state": "hello"}, 201)
        stored = await w.storage.calls.get(made["call_id"])
        assert stored is not None and stored.request["current_state"] == "hello"


async def test_web_calls_are_found_by_their_type() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number(agent_id)
        await a.phone_call()
        made = await a.post("/v3/create-web-call", {"agent_id": agent_id}, 201)
        criteria = {"call_type": {"type": "enum", "op": "in", "value": ["web_call"]}}
        page = await a.post("/v3/list-calls", {"filter_criteria": criteria})
        assert [call["call_id"] for call in page["items"]] == [made["call_id"]]


async def test_an_analysis_is_made_once_more() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call())["call_id"]
        await a.call("PUT", f"/rerun-call-analysis/{call_id}", code=400)
        await w.finish(await w.answer(call_id))
        await w.analyse(call_id)
        again = await a.call("PUT", f"/rerun-call-analysis/{call_id}")
        assert again["call_analysis"]["call_summary"] == "Booked."
        (owed,) = await w.storage.post_calls.claim("w", w.now_ms, 60_000, 5)
        assert owed.call_id == call_id
        async with api(w, OTHER) as stranger:
            await stranger.call("PUT", f"/rerun-call-analysis/{call_id}", code=422)


async def test_the_older_opt_out_of_storage() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call())["call_id"]
        await w.finish(await w.answer(call_id))
        path = f"/v2/update-call/{call_id}"
        changed = await a.patch(path, {"opt_out_sensitive_data_storage": True})
        assert changed["data_storage_setting"] == "basic_attributes_only"
