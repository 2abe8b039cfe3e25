"""create-phone-call and what can be done with calls, as a client sees it."""

from __future__ import annotations

import re
from typing import NoReturn

from tests.api.world import FROM, OTHER, TO, api, world

from uponai.storage.base import Storage, StorageUnavailable


async def test_a_call_is_registered_at_once_and_the_dialer_woken() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent(agent_name="Ann", ring_duration_ms=20_000))
        call = await a.phone_call(
            metadata={"crm": 7, "ratio": 1.0},
            retell_llm_dynamic_variables={"name": "José"},
            custom_sip_headers={"X-Trace": "abc"},
        )
        assert re.fullmatch(r"call_[0-9a-f]{27}", call["call_id"])
        assert call["call_status"] == "registered"
        assert call["call_type"] == "phone_call"
        assert call["direction"] == "outbound"
        assert (call["from_number"], call["to_number"]) == (FROM, TO)
        assert call["agent_version"] == 0
        assert call["metadata"] == {"crm": 7, "ratio": 1}
        assert "start_timestamp" not in call and "transcript" not in call
        assert w.added == 1
        stored = await w.storage.calls.get(call["call_id"])
        assert stored is not None
        assert stored.agent["ring_duration_ms"] == 20_000
        assert stored.agent["webhook_url"] == "https://hooks.example.org/all"
        assert stored.engine["general_prompt"] == "Be kind."


async def test_the_call_keeps_its_agent_when_the_agent_is_edited() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent(voice_speed=1.5)
        await a.number(agent_id)
        call = await a.phone_call()
        await a.patch(f"/update-agent/{agent_id}", {"voice_speed": 0.5})
        stored = await w.storage.calls.get(call["call_id"])
        assert stored is not None and stored.agent["voice_speed"] == 1.5


async def test_an_agent_on_a_custom_llm_is_called_with() -> None:
    engine = {"type": "custom-llm", "llm_websocket_url": "wss://llm.example.com/talk"}
    async with world() as w, api(w) as a:
        await a.number(await a.agent(response_engine=engine))
        call = await a.phone_call()
        stored = await w.storage.calls.get(call["call_id"])
        assert stored is not None and stored.agent["response_engine"] == engine


async def test_a_custom_llm_must_have_a_public_websocket() -> None:
    async with world() as w, api(w) as a:
        field = "request/body/response_engine/llm_websocket_url"
        for url, rule in (
            ("https://llm.example.com/talk", f"{field} must be a valid ws or wss URL"),
            ("ws://127.0.0.1:8080/talk", f"{field} must not lead to a private address"),
        ):
            engine = {"type": "custom-llm", "llm_websocket_url": url}
            body = {"voice_id": "embedded-lessac", "response_engine": engine}
            refused = await a.post("/create-agent", body, 400)
            assert rule in refused["message"]


async def test_no_agent_bound_and_none_given() -> None:
    async with world() as w, api(w) as a:
        await a.number()
        refused = await a.phone_call(400)
        assert refused == {
            "status": "error",
            "message": "No outbound agent id set up for phone number.",
            "error_message": "No outbound agent id set up for phone number.",
            "code": "no_agent",
        }
        assert w.added == 0


async def test_bad_requests_name_field_and_expectation() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number(agent_id)
        cases = [
            ({"to_number": "4155550199"}, 400, "request/body/to_number must be an E.164"),
            ({"to_number": ""}, 400, "request/body/to_number must NOT have fewer than 1"),
            (
                {"retell_llm_dynamic_variables": {"empresa": 5}},
                400,
                "request/body/retell_llm_dynamic_variables/empresa must be string",
            ),
            ({"from_number": "+14155550111"}, 422, "phone number +14155550111"),
            ({"override_agent_id": "agent_none"}, 422, "agent agent_none"),
            ({"override_agent_version": True}, 400, "must be integer or string"),
            ({"override_agent_version": 9}, 422, "version 9"),
            ({"metadata": "text"}, 400, "request/body/metadata must be object"),
            ({"ignore_e164_validation": "true"}, 400, "must be boolean"),
            ({"custom_sip_headers": {"Via": "x"}}, 400, "must have names that start with X-"),
            ({"custom_sip_headers": {"X-A": "b\r\nVia: x"}}, 400, "line breaks"),
            ({"custom_sip_headers": {"X-A": "b\x07"}}, 400, "control characters"),
            ({"custom_sip_headers": {"X-A": "b" * 1_001}}, 400, "longer than 1000 characters"),
            (
                {"custom_sip_headers": {f"X-{n}": "b" * 900 for n in range(20)}},
                400,
                "larger than 16000 bytes together",
            ),
        ]
        for fields, status, text in cases:
            refused = await a.phone_call(status, **fields)
            assert text in refused["message"], refused
        missing = await a.post("/v2/create-phone-call", {"from_number": FROM}, 400)
        assert missing["message"] == "request/body must have required property 'to_number'"
        assert w.added == 0


async def test_trap_16_version_zero_is_a_version() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number()
        for version in (0, "0", "latest", "prod"):
            call = await a.phone_call(override_agent_id=agent_id, override_agent_version=version)
            assert call["agent_version"] == 0


async def test_an_idempotency_key_dials_once_and_never_for_something_else() -> None:
    async with world() as w:
        async with api(w) as a:
            await a.number(await a.agent())
            first = await a.phone_call(idempotency_key="order-7")
        async with api(w) as elsewhere:
            again = await elsewhere.phone_call(idempotency_key="order-7")
            refused = await elsewhere.phone_call(
                422, idempotency_key="order-7", metadata={"other": True}
            )
        assert again["call_id"] == first["call_id"]
        assert refused["code"] == "idempotency_key_reused"
        assert w.added == 1


async def test_an_idempotency_key_outlives_the_deletion_of_its_call() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call(idempotency_key="order-7"))["call_id"]
        await a.post(f"/v2/stop-call/{call_id}", None, 204)
        await a.delete(f"/v2/delete-call/{call_id}")
        refused = await a.phone_call(422, idempotency_key="order-7")
        assert refused["code"] == "idempotency_key_reused"
        assert "deleted" in refused["message"]
        assert w.added == 1
        w.now_ms += 3_600_000
        await a.phone_call(idempotency_key="order-7")
        assert w.added == 2


async def test_trap_2_over_concurrency_is_429_with_a_short_retry_after() -> None:
    async with world(limit=1) as w, api(w) as a:
        await a.number(await a.agent())
        await w.answer((await a.phone_call())["call_id"])
        body = {"from_number": FROM, "to_number": TO}
        response = await a.client.post("/v2/create-phone-call", json=body)
        assert response.status_code == 429
        assert 1 <= int(response.headers["retry-after"]) <= 60
        assert response.json()["code"] == "rate_limited"
        assert w.added == 1


class _Away:
    """A database that does not answer."""

    async def settings(self, workspace_id: str) -> NoReturn:
        raise StorageUnavailable("gone")


class _HalfAway:
    """Everything answers but the limits."""

    def __init__(self, storage: Storage) -> None:
        self.accounts, self.numbers = storage.accounts, storage.numbers
        self.configs, self.calls, self.limits = storage.configs, storage.calls, _Away()


async def test_trap_1_a_failure_of_ours_is_never_repeated_blindly() -> None:
    async with world() as w:
        async with api(w) as a:
            await a.number(await a.agent())
        w.storage = _HalfAway(w.storage)  # type: ignore[assignment]
        async with api(w) as a:
            body = {"from_number": FROM, "to_number": TO}
            response = await a.client.post("/v2/create-phone-call", json=body)
            assert response.status_code == 503
            assert response.headers["x-should-retry"] == "false"
            assert response.json()["code"] == "unavailable"
            elsewhere = await a.client.get("/get-concurrency")
            assert elsewhere.status_code == 503 and "x-should-retry" not in elsewhere.headers


async def test_trap_30_an_override_changes_this_call_only_and_never_the_prompt() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent(voice_speed=1)
        await a.number(agent_id)
        override = {
            "agent": {"voice_speed": 1.8, "webhook_url": "https://mine.example.org/x"},
            "retell_llm": {"begin_message": "Hi!", "model_temperature": 0.4},
        }
        call = await a.phone_call(agent_override=override)
        stored = await w.storage.calls.get(call["call_id"])
        assert stored is not None
        assert stored.agent["voice_speed"] == 1.8
        assert stored.agent["webhook_url"] == "https://mine.example.org/x"
        assert stored.engine["begin_message"] == "Hi!"
        assert (await a.get(f"/get-agent/{agent_id}"))["voice_speed"] == 1
        for bad, text in [
            ({"retell_llm": {"general_prompt": "x"}}, "must NOT have additional properties"),
            ({"agent": {"voice_speed": 9}}, "agent_override/agent/voice_speed must be <= 2"),
            ({"conversation_flow": {"start_speaker": "user"}}, "must fit the agent's"),
            ({"retell_llm": {"model_config": {"primary": {"model": "m"}}}}, "'type'"),
            ({"agent": {"webhook_url": "http://127.0.0.1/x"}}, "private address"),
        ]:
            refused = await a.phone_call(400, agent_override=bad)
            assert text in refused["message"], refused
        assert w.added == 1


async def test_a_custom_trunk_may_take_any_destination() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        refused = await a.phone_call(400, to_number="sip:me@192.0.2.7")
        assert "E.164" in refused["message"]
        call = await a.phone_call(to_number="sip:me@192.0.2.7", ignore_e164_validation=True)
        assert call["to_number"] == "sip:me@192.0.2.7"


async def test_countries_that_are_not_allowed() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent(), allowed_outbound_country_list=["DE"])
        refused = await a.phone_call(400)
        assert "allowed country (DE)" in refused["message"]
        await a.phone_call(to_number="+4930123456")


async def test_a_clock_set_back_ends_no_call_before_it_began() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call())["call_id"]
        answered = await w.answer(call_id)
        w.now_ms -= 3_600_000
        await w.finish(answered)
        w.now_ms += 3_600_000
        ended = await a.get(f"/v2/get-call/{call_id}")
        assert ended["end_timestamp"] == ended["start_timestamp"] + 12_345
        assert ended["duration_ms"] == 12_345


async def test_get_call_through_its_life() -> None:
    said = [
        {"role": "agent", "content": "Hello.", "words": []},
        {"role": "user", "content": "Hi there.", "words": [{"word": "Hi", "start": 1.5, "end": 2}]},
        {
            "role": "tool_call_invocation",
            "tool_call_id": "t",
            "name": "end_call",
            "arguments": "{}",
        },
        {"role": "made_up", "content": "?"},
    ]
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call())["call_id"]
        answered = await w.answer(call_id)
        ongoing = await a.get(f"/v2/get-call/{call_id}")
        assert ongoing["call_status"] == "ongoing"
        assert ongoing["start_timestamp"] == answered.answered_ms
        assert "recording_url" not in ongoing
        latency = {"e2e": {"p50": 700.0, "num": 2, "values": [700.0, 800.5]}}
        await w.finish(answered, transcript_with_tool_calls=said, latency=latency)
        ended = await a.get(f"/v2/get-call/{call_id}")
        assert ended["call_status"] == "ended"
        assert ended["disconnection_reason"] == "user_hangup"
        assert ended["duration_ms"] == 12_345
        assert ended["transcript"] == "Agent: Hello.\nUser: Hi there.\n"
        assert [item["role"] for item in ended["transcript_object"]] == ["agent", "user"]
        # trap 15: an unknown role would be read as an utterance without words
        assert [i["role"] for i in ended["transcript_with_tool_calls"]][
            -1
        ] == "tool_call_invocation"
        assert ended["latency"]["e2e"]["p50"] == 700
        # trap 22: no analysis before it is there
        assert "call_analysis" not in ended
        assert ended["recording_url"].startswith("https://phone.example.org/recordings/")
        await w.analyse(call_id)
        analysed = await a.get(f"/v2/get-call/{call_id}")
        assert analysed["call_analysis"]["call_summary"] == "Booked."


async def test_trap_24_nothing_unknown_is_null() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call = await a.phone_call(metadata=None)
        assert None not in call.values()


async def test_trap_6_unknown_and_foreign_calls_are_422() -> None:
    async with world() as w, api(w) as a:
        await a.get("/v2/get-call/call_none", 422)
        await a.number(await a.agent())
        call_id = (await a.phone_call())["call_id"]
        async with api(w, OTHER) as stranger:
            await stranger.get(f"/v2/get-call/{call_id}", 422)
            await stranger.delete(f"/v2/delete-call/{call_id}", 422)
            assert (await stranger.post("/v3/list-calls", {}))["items"] == []


async def test_trap_7_stopping_with_an_empty_json_body() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        empty = {"content-type": "application/json", "accept": "*/*"}
        waiting = (await a.phone_call())["call_id"]
        await a.post(f"/v2/stop-call/{waiting}", None, 204, headers=empty, content=b"")
        record = await a.get(f"/v2/get-call/{waiting}")
        assert record["disconnection_reason"] == "manual_stopped"
        assert (w.stopped, w.ended) == ([], 1)
        live = (await a.phone_call())["call_id"]
        await w.answer(live)
        w.held.add(live)
        await a.post(f"/v2/stop-call/{live}", None, 204, headers=empty, content=b"")
        assert w.stopped == [live]


async def test_trap_3_stopping_twice_is_400_not_409() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call())["call_id"]
        await a.post(f"/v2/stop-call/{call_id}", None, 204)
        refused = await a.post(f"/v2/stop-call/{call_id}", None, 400)
        assert refused["code"] == "call_ended"


async def test_update_and_delete_only_after_the_end() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call(metadata={"a": 1}))["call_id"]
        await a.patch(f"/v2/update-call/{call_id}", {"metadata": {"b": 2}}, 400)
        await a.delete(f"/v2/delete-call/{call_id}", 400)
        await w.finish(await w.answer(call_id))
        changed = await a.patch(
            f"/v2/update-call/{call_id}",
            {"metadata": {"b": 2}, "custom_attributes": {"vip": True}},
        )
        assert changed["metadata"] == {"b": 2}
        bad = await a.patch(f"/v2/update-call/{call_id}", {"data_storage_setting": "none"}, 400)
        assert "data_storage_setting must be equal to one of" in bad["message"]
        hidden = await a.patch(
            f"/v2/update-call/{call_id}", {"data_storage_setting": "basic_attributes_only"}
        )
        assert "transcript" not in hidden and "recording_url" not in hidden
        await a.delete(f"/v2/delete-call/{call_id}")
        assert w.forgotten == [call_id]
        await a.get(f"/v2/get-call/{call_id}", 422)
