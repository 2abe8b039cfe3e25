"""Agents, LLMs, flows, numbers and the rest, as a client sees them."""

from __future__ import annotations

import re
from typing import Any

from tests.api.world import FROM, KEY, OTHER, READER, VOICE, api, world

EDGE = {
    "id": "bye",
    "transition_condition": {"type": "prompt", "prompt": "The caller is done"},
    "destination_node_id": "end",
}
FLOW: dict[str, Any] = {
    "start_speaker": "agent",
    "start_node_id": "hello",
    "nodes": [
        {
            "id": "hello",
            "type": "conversation",
            "instruction": {"type": "static_text", "text": "Hello."},
            "edges": [EDGE],
        },
        {"id": "end", "type": "end", "instruction": {"type": "static_text", "text": "Bye."}},
    ],
}


async def test_an_agent_from_creation_to_deletion() -> None:
    async with world() as w, api(w) as a:
        llm = await a.post("/create-retell-llm", {"general_prompt": "Be kind."}, 201)
        assert re.fullmatch(r"llm_[0-9a-f]{26}", llm["llm_id"])
        assert llm["version"] == 0 and llm["is_published"] is False
        engine = {"type": "retell-llm", "llm_id": llm["llm_id"]}
        agent = await a.post(
            "/create-agent",
            {"response_engine": engine, "voice_id": VOICE["voice_id"], "agent_name": "Ann"},
            201,
        )
        assert re.fullmatch(r"agent_[0-9a-f]{26}", agent["agent_id"])
        assert agent["version"] == 0
        assert agent["response_engine"] == engine
        assert agent["contact_memory_config"] == {"enable_read": True, "enable_update": False}
        path = f"/get-agent/{agent['agent_id']}"
        assert await a.get(path) == agent
        assert (await a.get(f"{path}?version=0"))["version"] == 0
        await a.get(f"{path}?version=7", 422)
        await a.delete(f"/delete-agent/{agent['agent_id']}")
        await a.get(path, 422)


async def test_trap_24_patch_null_clears_absent_keeps_and_flags_merge() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent(agent_name="Ann", volume=1.5)
        path = f"/update-agent/{agent_id}"
        changed = await a.patch(
            path, {"agent_name": None, "contact_memory_config": {"enable_update": True}}
        )
        assert "agent_name" not in changed
        assert changed["volume"] == 1.5
        assert changed["contact_memory_config"] == {"enable_read": True, "enable_update": True}
        refused = await a.patch(path, {"voice_id": None}, 400)
        assert refused["message"] == "request/body must have required property 'voice_id'"


async def test_what_was_read_can_be_sent_back() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent(agent_name="Ann")
        whole = await a.get(f"/get-agent/{agent_id}")
        again = await a.patch(f"/update-agent/{agent_id}", whole)
        assert {**again, "last_modification_timestamp": 0} == {
            **whole,
            "last_modification_timestamp": 0,
        }


async def test_trap_26_agents_are_validated() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        cases = [
            ({"voice_speed": 3}, "request/body/voice_speed must be <= 2"),
            ({"interruption_sensitivity": "1"}, "interruption_sensitivity must be number"),
            ({"begin_message_delay_ms": 0.5}, "begin_message_delay_ms must be integer"),
            ({"end_call_after_silence_ms": 5}, "must be >= 10000"),
            ({"max_call_duration_ms": 1}, "must be >= 60000"),
            ({"language": "xx-XX"}, "request/body/language must be a supported locale"),
            ({"timezone": "Mars"}, "request/body/timezone must be an IANA time zone"),
            ({"ambient_sound": "disco"}, "must be equal to one of the allowed values"),
            ({"webhook_events": ["call_begun"]}, "request/body/webhook_events/0 must be equal"),
            ({"webhook_url": "http://192.168.1.1/x"}, "webhook_url must not lead to a private"),
            ({"webhook_url": "ftp://example.org"}, "must be a valid http or https URL"),
            ({"webhook_url": "https://a:b@example.org"}, "webhook_url must not hold a user name"),
            ({"user_dtmf_options": {"timeout_ms": 1}}, "user_dtmf_options/timeout_ms must be >="),
            (
                {"voicemail_option": {"action": {"type": "static_text"}}},
                "request/body/voicemail_option/action must have required property 'text'",
            ),
            (
                {"voicemail_option": {"action": {"type": "sing"}}},
                "voicemail_option/action must have property 'type'",
            ),
            (
                {"post_call_analysis_data": [{"type": "enum", "name": "x", "description": "y"}]},
                "post_call_analysis_data/0 must have required property 'choices'",
            ),
            ({"stt_mode": "custom"}, "'custom_stt_config'"),
            ({"response_engine": {"type": "retell-llm"}}, "must have required property 'llm_id'"),
        ]
        for patch, text in cases:
            refused = await a.patch(f"/update-agent/{agent_id}", patch, 400)
            assert text in refused["message"], (patch, refused)
        missing = {"type": "retell-llm", "llm_id": "llm_none"}
        await a.patch(f"/update-agent/{agent_id}", {"response_engine": missing}, 422)
        await a.post("/create-agent", {"response_engine": missing}, 400)
        templated = {"webhook_url": "https://{{host}}/hook"}
        await a.patch(f"/update-agent/{agent_id}", templated)


async def test_trap_12_list_agents_takes_query_and_body() -> None:
    async with world() as w, api(w) as a:
        ids = [await a.agent(agent_name=f"Agent {n}") for n in range(3)]
        first = await a.post("/v2/list-agents?limit=2", {})
        assert [item["agent_id"] for item in first["items"]] == ids[:0:-1]
        assert first["has_more"] is True
        rest = await a.post(f"/v2/list-agents?limit=2&pagination_key={first['pagination_key']}")
        assert [item["agent_id"] for item in rest["items"]] == ids[:1]
        assert rest["has_more"] is False and "pagination_key" not in rest
        oldest = await a.post("/v2/list-agents?sort_order=ascending", {})
        assert [item["agent_id"] for item in oldest["items"]] == ids
        named = await a.post("/v2/list-agents", {"filter_criteria": {"query": "agent 1"}})
        assert [item["agent_id"] for item in named["items"]] == [ids[1]]
        chat = {"channel": {"type": "string", "op": "eq", "value": "chat"}}
        assert (await a.post("/v2/list-agents", {"filter_criteria": chat}))["items"] == []
        await a.post("/v2/list-agents?limit=0", {}, 400)
        await a.post("/v2/list-agents?pagination_key=nonsense", {}, 400)
        old = await a.get("/list-agents")
        assert [agent["agent_id"] for agent in old] == ids[::-1]
        assert "response_engine" in old[0]
        after = await a.get(f"/list-agents?pagination_key={ids[2]}&pagination_key_version=0")
        assert [agent["agent_id"] for agent in after] == ids[1::-1]
        assert [v["version"] for v in await a.get(f"/get-agent-versions/{ids[0]}")] == [0]
        versions = await a.get(f"/list-agent-versions/{ids[0]}")
        assert versions["items"][0]["version"] == 0 and versions["has_more"] is False


async def test_llms_are_validated_and_model_config_merges() -> None:
    async with world() as w, api(w) as a:
        model = {"type": "cascading", "primary": {"model": "openai/gpt-4o-mini"}}
        llm = await a.post("/create-retell-llm", {"model_config": model, "begin_message": ""}, 201)
        assert llm["begin_message"] == ""
        path = f"/update-retell-llm/{llm['llm_id']}"
        merged = await a.patch(path, {"model_config": {"temperature": 0.5}})
        assert merged["model_config"] == {**model, "temperature": 0.5}
        tool = {"type": "custom", "name": "book", "url": "https://example.org/book"}
        cases = [
            ({"general_tools": [{**tool, "name": "no good"}]}, "general_tools/0/name must match"),
            ({"general_tools": [tool, tool]}, "must have unique names ('book' stands twice)"),
            ({"general_tools": [{"type": "dance", "name": "x"}]}, "must have property 'type'"),
            (
                {"general_tools": [{**tool, "url": "http://0177.1/x"}]},
                "request/body/general_tools/0/url must not lead to a private address",
            ),
            (
                {"general_tools": [{**tool, "url": "http://10.0.0.1/x"}]},
                "request/body/general_tools/0/url must not lead to a private address",
            ),
            ({"general_tools": [{**tool, "max_retry": 6}]}, "max_retry must be <= 5"),
            ({"states": [{"name": "a"}]}, "'starting_state'"),
            ({"default_dynamic_variables": {"a": 1}}, "default_dynamic_variables/a must be string"),
            ({"model_temperature": 2}, "model_temperature must be <= 1"),
            ({"kb_config": {"top_k": 11}}, "kb_config/top_k must be <= 10"),
        ]
        for patch, text in cases:
            refused = await a.patch(path, patch, 400)
            assert text in refused["message"], (patch, refused)
        local = {**tool, "url": "http://127.0.0.1:9999/book"}
        await a.patch(path, {"general_tools": [local]})
        await a.patch("/update-retell-llm/llm_none", {}, 422)
        await a.delete(f"/delete-retell-llm/{llm['llm_id']}")
        await a.get(f"/get-retell-llm/{llm['llm_id']}", 422)


async def test_flows_are_checked_as_graphs_and_unknown_ones_are_404() -> None:
    async with world() as w, api(w) as a:
        flow = await a.post("/create-conversation-flow", FLOW, 201)
        flow_id = flow["conversation_flow_id"]
        assert re.fullmatch(r"conversation_flow_[0-9a-f]{12}", flow_id)
        assert flow["nodes"] == FLOW["nodes"]
        nowhere = {**FLOW, "nodes": [{**FLOW["nodes"][0], "edges": []}], "start_node_id": "none"}
        refused = await a.post("/create-conversation-flow", nowhere, 400)
        assert "start_node_id" in refused["message"]
        lost = [{**FLOW["nodes"][0], "edges": [{**EDGE, "destination_node_id": "gone"}]}]
        refused = await a.patch(f"/update-conversation-flow/{flow_id}", {"nodes": lost}, 400)
        assert "request/body/nodes/0/edges/0/destination_node_id" in refused["message"]
        changed = await a.patch(
            f"/update-conversation-flow/{flow_id}", {"global_prompt": "Be brief."}
        )
        assert changed["global_prompt"] == "Be brief."
        assert (await a.get("/v2/list-conversation-flows"))["items"] == [changed]
        assert await a.get("/list-conversation-flows") == [changed]
        await a.delete(f"/delete-conversation-flow/{flow_id}")
        await a.get(f"/get-conversation-flow/{flow_id}", 404)
        await a.delete(f"/delete-conversation-flow/{flow_id}", 404)


async def test_a_flow_agent_can_call() -> None:
    async with world() as w, api(w) as a:
        flow = await a.post("/create-conversation-flow", FLOW, 201)
        engine = {
            "type": "conversation-flow",
            "conversation_flow_id": flow["conversation_flow_id"],
        }
        agent = await a.post("/create-agent", {"response_engine": engine, "voice_id": "v"}, 201)
        await a.number(agent["agent_id"])
        call = await a.phone_call()
        stored = await w.storage.calls.get(call["call_id"])
        assert stored is not None
        assert stored.engine["conversation_flow_id"] == flow["conversation_flow_id"]
        assert stored.engine["nodes"] == FLOW["nodes"]


async def test_trap_28_a_number_from_import_to_deletion_with_its_password_hidden() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        number = await a.post(
            "/import-phone-number",
            {
                "phone_number": FROM,
                "termination_uri": "sip:carrier.example:5070;transport=udp",
                "sip_trunk_auth_username": "ann",
                "sip_trunk_auth_password": "hunter2",
                "transport": "UDP",
                "outbound_agents": [{"agent_id": agent_id, "weight": 1}],
            },
            201,
        )
        assert number["phone_number_pretty"] == "+1 (415) 555-0100"
        assert number["area_code"] == 415
        assert number["phone_number_type"] == "custom"
        assert number["sip_outbound_trunk_config"] == {
            "termination_uri": "sip:carrier.example:5070;transport=udp",
            "auth_username": "ann",
            "transport": "UDP",
        }
        assert "hunter2" not in str(number)
        stored = await w.storage.numbers.get(FROM)
        assert stored is not None and stored.trunk_password is not None
        assert w.seal.unseal(stored.trunk_password) == "hunter2"
        # trap 28: import says sip_trunk_auth_*, update says auth_*
        changed = await a.patch(
            f"/update-phone-number/{FROM}", {"auth_password": "new", "nickname": "Desk"}
        )
        assert changed["nickname"] == "Desk"
        assert changed["sip_outbound_trunk_config"]["auth_username"] == "ann"
        again = await w.storage.numbers.get(FROM)
        assert again is not None and again.trunk_password is not None
        assert w.seal.unseal(again.trunk_password) == "new"
        taken = {"phone_number": FROM, "termination_uri": "x.example"}
        assert (await a.post("/import-phone-number", taken, 400))["code"] == "already_exists"
        assert (await a.get("/v2/list-phone-numbers"))["items"] == [changed]
        assert await a.get("/list-phone-numbers") == [changed]
        unbound = await a.patch(f"/update-phone-number/{FROM}", {"outbound_agents": None})
        assert unbound["outbound_agents"] == []
        await a.delete(f"/delete-phone-number/{FROM}")
        await a.get(f"/get-phone-number/{FROM}", 422)


async def test_trap_10_numbers_in_paths() -> None:
    async with world() as w, api(w) as a:
        await a.number()
        await a.number(phone_number="sip/334 #a")
        for spelled in (FROM, FROM.replace("+", "%2B")):
            assert (await a.get(f"/get-phone-number/{spelled}"))["phone_number"] == FROM
        found = await a.get("/get-phone-number/sip%2F334%20%23a")
        assert found["phone_number"] == "sip/334 #a"


async def test_trap_27_import_waives_e164_unless_told_and_wants_a_boolean() -> None:
    async with world() as w, api(w) as a:
        await a.number(phone_number="334")
        body = {"phone_number": "335", "termination_uri": "x.example"}
        strict = await a.post(
            "/import-phone-number", {**body, "ignore_e164_validation": False}, 400
        )
        assert "request/body/phone_number must be an E.164" in strict["message"]
        text = {**body, "ignore_e164_validation": "true"}
        refused = await a.post("/import-phone-number", text, 400)
        assert refused["message"] == "request/body/ignore_e164_validation must be boolean"


async def test_numbers_are_validated() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        half = {"agent_id": agent_id, "weight": 0.5}
        body = {"phone_number": FROM, "termination_uri": "x.example"}
        cases = [
            ({"outbound_agents": [half]}, 400, "outbound_agents must have weights that add up"),
            ({"outbound_agents": [{**half, "agent_id": "agent_x", "weight": 1}]}, 422, "agent_x"),
            ({"termination_uri": "sip:10.1.2.3"}, 400, "termination_uri must not lead to a priv"),
            (
                {"termination_uri": "2130706433"},
                400,
                "body/termination_uri must not lead to a priv",
            ),
            ({"termination_uri": "sip:0x7f000001:5070"}, 400, "termination_uri must not lead to a"),
            ({"inbound_webhook_url": "http://127.1/x"}, 400, "inbound_webhook_url must not lead"),
            ({"termination_uri": "not a host"}, 400, "termination_uri must be a SIP host"),
            ({"termination_uri": "sip:u:word@x.example"}, 400, "must NOT hold a password"),
            ({"transport": "SCTP"}, 400, "transport must be equal to one of"),
            ({"codecs": ["MP3"]}, 400, "codecs/0 must be equal to one of"),
            ({"allowed_outbound_country_list": ["XX"]}, 400, "ISO 3166-1"),
            ({"inbound_webhook_url": "http://[::1]/"}, 400, "inbound_webhook_url must not lead"),
        ]
        for fields, status, text in cases:
            refused = await a.post("/import-phone-number", {**body, **fields}, status)
            assert text in refused["message"], (fields, refused)
        whole = await a.number(None, outbound_agents=[half, half])
        assert whole == FROM
        percent = [{**half, "weight": 70}, {**half, "weight": 30}]
        changed = await a.patch(f"/update-phone-number/{FROM}", {"outbound_agents": percent})
        assert [agent["weight"] for agent in changed["outbound_agents"]] == [0.7, 0.3]
        one = [{**half, "weight": 100}]
        changed = await a.patch(f"/update-phone-number/{FROM}", {"inbound_agents": one})
        assert [agent["weight"] for agent in changed["inbound_agents"]] == [1]


async def test_a_password_under_a_wrong_name_is_refused_and_never_shown() -> None:
    async with world() as w, api(w) as a:
        body = {"phone_number": FROM, "termination_uri": "x.example", "auth_password": "hunter2"}
        refused = await a.post("/import-phone-number", body, 400)
        assert "auth_password must NOT be here" in refused["message"]
        await a.number()
        for wrong in ({"sip_trunk_auth_password": "x1"}, {"sip": {"auth_password": "x1"}}):
            refused = await a.patch(f"/update-phone-number/{FROM}", wrong, 400)
            assert "x1" not in str(refused)
        assert "password" not in str(await a.get(f"/get-phone-number/{FROM}"))


async def test_the_older_single_agent_fields() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number(outbound_agent_id=agent_id, outbound_agent_version=0)
        number = await a.get(f"/get-phone-number/{FROM}")
        assert number["outbound_agents"] == [
            {"agent_id": agent_id, "weight": 1, "agent_version": 0}
        ]
        assert number["outbound_agent_id"] == agent_id
        assert (await a.phone_call())["agent_id"] == agent_id
        cleared = await a.patch(f"/update-phone-number/{FROM}", {"outbound_agent_id": None})
        assert cleared["outbound_agents"] == [] and "outbound_agent_id" not in cleared


async def test_trap_40_without_a_key_it_is_401_json() -> None:
    async with world() as w:
        for key in (None, "key_wrong"):
            async with api(w, key) as a:
                refused = await a.get("/list-voices", 401)
                assert refused["code"] == "unauthorized" and refused["status"] == "error"
        async with api(w, READER) as reader:
            await reader.get("/list-voices")
            await reader.post("/v2/list-agents", {})
            await reader.post("/create-retell-llm", {}, 403)
        async with api(w, KEY) as a:
            basic = await a.client.get("/list-voices", headers={"Authorization": "Basic eA=="})
            assert basic.status_code == 401


async def test_errors_are_json_whatever_goes_wrong() -> None:
    async with world() as w, api(w) as a:
        broken = await a.post("/create-agent", None, 400, content=b"{oops")
        assert broken["code"] == "invalid_json" and "valid JSON" in broken["error_message"]
        assert (await a.post("/create-agent", ["x"], 400))[
            "message"
        ] == "request/body must be object"
        missing = await a.get("/nothing-here", 404)
        assert missing["code"] == "not_found" and "/nothing-here" in missing["message"]
        assert (await a.get("/create-agent", 405))["code"] == "method_not_allowed"
        await a.post("/create-retell-llm", None, 400, content=b'{"model_temperature": NaN}')
        await a.get("/get-agent/a%00b", 400)
        await a.get(f"/get-agent/{await a.agent()}?version={10**30}", 422)
        deep = b"[" * 200_000
        assert (await a.post("/create-retell-llm", None, 400, content=deep))["status"] == "error"


async def test_trap_9_voices_are_a_bare_json_array() -> None:
    async with world() as w, api(w) as a:
        response = await a.client.get("/list-voices")
        assert response.headers["content-type"].startswith("application/json")
        assert response.json() == [VOICE]
        assert await a.get(f"/get-voice/{VOICE['voice_id']}") == VOICE
        await a.get("/get-voice/none", 422)


async def test_account() -> None:
    async with world() as w, api(w) as a:
        assert await a.get("/get-api-key-info") == {
            "api_key_name": "main",
            "org_id": "org_1",
            "org_name": "First",
        }
        concurrency = await a.get("/get-concurrency")
        assert concurrency["concurrency_limit"] == 20
        assert concurrency["current_concurrency"] == 0
        async with api(w, None) as anybody:
            assert await anybody.get("/healthz") == {"status": "ok"}


async def test_workspaces_do_not_see_each_other() -> None:
    async with world() as w, api(w) as a, api(w, OTHER) as stranger:
        agent_id = await a.agent()
        await a.number(agent_id)
        await stranger.get(f"/get-agent/{agent_id}", 422)
        await stranger.patch(f"/update-agent/{agent_id}", {"volume": 0}, 422)
        await stranger.delete(f"/delete-agent/{agent_id}", 422)
        await stranger.get(f"/get-phone-number/{FROM}", 422)
        assert (await stranger.post("/v2/list-agents", {}))["items"] == []


async def test_the_openapi_document_names_every_body() -> None:
    async with world() as w, api(w) as a:
        document = await a.get("/openapi.json")
        schemas = document["components"]["schemas"]
        assert "voice_id" in schemas["Agent"]["required"]
        assert "required" not in schemas["AgentPatch"]
        text = str(document)
        for name in re.findall(r"#/components/schemas/(\w+)", text):
            assert name in schemas
