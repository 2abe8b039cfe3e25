"""UponAI's own dialect for calls."""

from __future__ import annotations

from typing import Any

from tests.api.world import FROM, OTHER, TO, Api, api, world


async def _initiate(a: Api, code: int = 201, **fields: Any) -> Any:
    body = {"fromNumber": FROM, "toNumber": TO, **fields}
    return await a.post("/api/v1/calls/initiate", body, code)


async def test_a_call_is_initiated() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number()
        made = await _initiate(
            a,
            agentId=agent_id,
            overrideAgentVersion=0,
            trunkName="Main Sales Trunk",
            customerName="Ann",
            customSipHeaders={"X-Case-Id": "7"},
            metadata={"case": 7},
            uponai_dynamic_variables={"name": "Ann"},
            agentOverride={
                "agent": {"voiceSpeed": 1.5, "maxCallDurationMs": 900_000},
                "llm": {"beginMessage": "Hi!"},
            },
        )
        assert made["success"] is True and made["call"]["success"] is True
        call = made["call"]["call"]
        assert made["call_sid"] == call["callId"]
        assert call["callType"] == "phone_call" and call["status"] == "registered"
        assert call["agentId"] == agent_id and call["agentVersion"] == 0
        assert call["uponai_dynamic_variables"] == {"name": "Ann"}
        assert call["optOutSensitiveDataStorage"] is False
        assert call["customerName"] == "Ann" and call["trunkName"] == "Main Sales Trunk"
        stored = await w.storage.calls.get(call["callId"])
        assert stored is not None and stored.agent["voice_speed"] == 1.5
        assert stored.agent["max_call_duration_ms"] == 900_000
        assert stored.engine["begin_message"] == "Hi!"
        assert stored.request["custom_sip_headers"] == {"X-Case-Id": "7"}
        assert w.added == 1


async def test_a_short_number_on_a_trunk_of_ones_own() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number(phone_number="334")
        body = {"fromNumber": "334", "agentId": agent_id}
        await _initiate(a, 400, **body)
        made = await _initiate(a, **body, ignoreE164Validation=True)
        assert made["call"]["call"]["fromNumber"] == "334"


async def test_errors_name_fields_as_this_dialect_does() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number()
        for fields, code, text in [
            ({}, 400, "must have required property 'agentId'"),
            ({"agentId": agent_id, "toNumber": "5"}, 400, "request/body/toNumber must be an E.164"),
            (
                {"agentId": agent_id, "uponai_dynamic_variables": {"a": 1}},
                400,
                "uponai_dynamic_variables/a must be string",
            ),
            (
                {"agentId": agent_id, "customSipHeaders": {"Via": "x"}},
                400,
                "request/body/customSipHeaders must have names",
            ),
            ({"agentId": "agent_none"}, 422, "agent agent_none"),
            ({"agentId": agent_id, "agentOverride": {"llm": 5}}, 400, "agentOverride/retell_llm"),
        ]:
            assert text in (await _initiate(a, code, **fields))["message"]
        assert w.added == 0


async def test_listed_got_and_changed() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number()
        ids = [
            (await _initiate(a, agentId=agent_id, metadata={"n": n}))["call_sid"] for n in range(3)
        ]
        await w.finish(await w.answer(ids[0]))
        await w.analyse(ids[0])
        page = await a.get("/api/v1/calls?workspaceId=1&page=2&limit=2")
        assert page["success"] is True
        assert [call["callId"] for call in page["calls"]] == ids[1:2]
        first = await a.get("/api/v1/calls?limit=2")
        assert [call["callId"] for call in first["calls"]] == [ids[0], ids[2]]
        assert page["pagination"] == {"page": 2, "limit": 2, "total": 3}
        ended = (await a.get("/api/v1/calls?status=ended"))["calls"]
        assert [call["callId"] for call in ended] == ids[:1]
        assert ended[0]["startedAt"].endswith("Z") and ended[0]["duration"] == 12
        assert ended[0]["summary"] == "Booked."
        for query, count in [
            (f"agentId={agent_id}", 3),
            ("agentId=other", 0),
            ("fromDate=2025-10-09&toDate=2025-10-09", 3),
            ("toDate=2025-10-08T23:59:59Z", 0),
            ("fromDate=2025-10-10T00:00:00%2B00:00", 0),
        ]:
            found = await a.get(f"/api/v1/calls?{query}")
            assert found["pagination"]["total"] == count, query
        one = await a.get(f"/api/v1/calls/{ids[0]}")
        assert one["success"] is True and one["call"]["callId"] == ids[0]
        body = {"workspaceId": 1, "metadata": {"b": 2}, "optOutSensitiveDataStorage": True}
        changed = await a.patch(f"/api/calls/{ids[0]}", body)
        assert changed["metadata"] == {"b": 2} and changed["optOutSensitiveDataStorage"] is True
        await a.patch(f"/api/calls/{ids[1]}", body, 400)
        for query in ("page=0", "limit=101", "limit=x", "status=odd", "fromDate=soon"):
            await a.get(f"/api/v1/calls?{query}", 400)
        async with api(w, OTHER) as stranger:
            await stranger.get(f"/api/v1/calls/{ids[0]}", 422)
            assert (await stranger.get("/api/v1/calls"))["calls"] == []
