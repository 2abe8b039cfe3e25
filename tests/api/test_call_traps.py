"""Compatibility traps (retell-api.md section 9) in calls, lists and all routes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.api.test_openapi import served
from tests.api.world import FROM, TO, Api, World, api, world

from uponai.api.openapi import operations


async def ended_call(w: World, a: Api, **report: Any) -> dict[str, Any]:
    """A call that was answered and ended, as get-call shows it."""
    await a.number(await a.agent())
    call_id = (await a.phone_call())["call_id"]
    await w.finish(await w.answer(call_id), **report)
    return await a.get(f"/v2/get-call/{call_id}")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/get-agent/none", None, 422),
        ("GET", "/get-conversation-flow/none", None, 404),
        ("GET", "/nothing-here", None, 404),
        ("GET", "/create-agent", None, 405),
        ("POST", "/v2/create-phone-call", {"from_number": FROM}, 400),
        ("POST", "/create-agent", ["x"], 400),
    ],
)
async def test_trap_4_every_error_holds_status_message_error_message_and_code(
    method: str, path: str, body: Any, status: int
) -> None:
    async with world() as w, api(w) as a:
        refused = await a.call(method, path, body, status)
        assert refused["status"] == "error"
        assert refused["message"] and refused["message"] == refused["error_message"]
        assert re.fullmatch(r"[a-z_]+", refused["code"])


async def test_trap_5_nothing_is_answered_with_402_which_no_sdk_has_a_class_for() -> None:
    for key, operation in operations(await served()):
        assert "402" not in operation["responses"], key


async def test_trap_14_every_call_says_its_type_wherever_it_is_shown() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number(agent_id)
        phone = await a.phone_call()
        web = await a.post("/v2/create-web-call", {"agent_id": agent_id}, 201)
        registered = await a.post("/v2/register-phone-call", {"agent_id": agent_id}, 201)
        wanted = {
            phone["call_id"]: "phone_call",
            web["call_id"]: "web_call",
            registered["call_id"]: "phone_call",
        }
        for call in (phone, web, registered):
            again = await a.get(f"/v2/get-call/{call['call_id']}")
            assert call["call_type"] == again["call_type"] == wanted[call["call_id"]]
        new = (await a.post("/v3/list-calls", {}))["items"]
        for listed in (new, await a.post("/v2/list-calls", {})):
            assert {call["call_id"]: call["call_type"] for call in listed} == wanted


async def test_trap_15_no_role_is_told_that_the_sdks_do_not_know() -> None:
    said = [
        {"role": "agent", "content": "Hello.", "words": []},
        {"role": "made_up", "content": "?"},
        {"role": "tool_call_invocation", "tool_call_id": "t", "name": "x", "arguments": "{}"},
        {"role": "tool_call_result", "tool_call_id": "t", "content": "ok"},
    ]
    async with world() as w, api(w) as a:
        call = await ended_call(w, a, transcript_with_tool_calls=said)
        assert call["transcript_with_tool_calls"] == [said[0], *said[2:]]
        assert call["transcript_object"] == said[:1]


async def test_trap_20_times_are_int_ms_word_times_seconds_latency_ms_and_costs_cents() -> None:
    said = [{"role": "user", "content": "Hi", "words": [{"word": "Hi", "start": 1.25, "end": 1.5}]}]
    latency = {"e2e": {"p50": 700.5, "num": 1, "values": [700.5]}}
    async with world() as w, api(w) as a:
        call = await ended_call(w, a, transcript_with_tool_calls=said, latency=latency)
        for name in ("start_timestamp", "end_timestamp", "duration_ms"):
            assert type(call[name]) is int
        assert call["end_timestamp"] - call["start_timestamp"] == call["duration_ms"] == 12_345
        assert call["start_timestamp"] > 10**12
        assert call["transcript_object"][0]["words"][0]["start"] == 1.25
        assert call["latency"]["e2e"]["p50"] == 700.5
        assert call["call_cost"]["total_duration_seconds"] == 12
        web = await a.post("/v3/create-web-call", {"agent_id": call["agent_id"]}, 201)
        assert type(web["expires_at"]) is int and web["expires_at"] > 10**12


async def test_trap_22_before_the_analysis_get_call_has_none() -> None:
    async with world() as w, api(w) as a:
        call = await ended_call(w, a)
        assert "call_analysis" not in call
        await w.analyse(call["call_id"])
        shown = await a.get(f"/v2/get-call/{call['call_id']}")
        assert shown["call_analysis"]["call_summary"] == "Booked."


async def test_trap_34_nothing_is_redirected_and_query_booleans_are_words() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        for method, path in (
            ("POST", "/v2/create-phone-call/"),
            ("POST", "/create-agent/"),
            ("POST", "//v2/create-phone-call"),
            ("GET", "/list-voices/"),
        ):
            answer = await a.client.request(method, path, json={})
            assert answer.status_code == 404 and "location" not in answer.headers, path
        plain = {"x-forwarded-proto": "http"}
        assert (await a.client.get("/list-voices", headers=plain)).status_code == 200
        llm_id = (await a.get(f"/get-agent/{agent_id}"))["response_engine"]["llm_id"]
        path = f"/delete-retell-llm/{llm_id}?force_delete="
        await a.delete(path + "maybe", 400)
        await a.delete(path + "false", 400)  # an agent uses it
        await a.delete(path + "true", 204)


async def test_trap_35_a_call_is_registered_before_what_it_waits_for() -> None:
    slow = {"type": "custom", "name": "look_up", "url": "https://crm.example.org/x"}
    async with world() as w, api(w) as a:
        tools = [{**slow, "timeout_ms": 120_000}]
        await a.number(await a.agent(pre_session_tools=tools))
        # Nothing here may go out (the world has no HTTP), and nothing is dialled yet.
        call = await a.phone_call()
        assert (call["call_status"], w.added) == ("registered", 1)
        stored = await w.storage.calls.get(call["call_id"])
        assert stored is not None and stored.agent["pre_session_tools"] == tools


async def test_trap_36_a_web_call_sends_no_browser_to_a_livekit_room() -> None:
    async with world() as w, api(w) as a:
        body = {"agent_id": await a.agent()}
        made = await a.post("/v3/create-web-call", body, 201)
        old = await a.post("/v2/create-web-call", body, 201)
        assert made["transport"] == "gateway"
        assert not {"url", "livekit_url", "livekit_server_url"} & (made.keys() | old.keys())


async def test_trap_38_lists_sort_ascending_or_descending_and_there_are_no_contacts_yet() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        await a.phone_call(to_number=TO)
        for word, status in (("ascending", 200), ("descending", 200), ("asc", 400), ("desc", 400)):
            for path in ("/v3/list-calls", "/v2/list-calls"):
                answer = await a.post(path, {"sort_order": word}, status)
                assert status == 200 or "'ascending', 'descending'" in answer["message"]
            await a.get(f"/v2/list-phone-numbers?sort_order={word}", status)
        # asc and desc are list-contacts' own.
        refused = await a.post("/list-contacts", {"sort_order": "asc"}, 404)
        assert refused["code"] == "not_found"
