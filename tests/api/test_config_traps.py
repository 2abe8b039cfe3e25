"""Compatibility traps (retell-api.md section 9) in agents, LLMs, flows, components and voices."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.api.test_components import PART, flow_with
from tests.api.test_configs import FLOW
from tests.api.world import VOICE, api, world


async def test_trap_3_nothing_here_answers_409_for_what_exists_or_is_published() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        publish = f"/publish-agent-version/{agent_id}"
        for _ in range(2):
            assert (await a.client.post(publish, json={"version": 0})).status_code == 200
        await a.patch(f"/update-agent/{agent_id}", {"volume": 1}, 400)


async def test_trap_6_unknown_ids_are_422_in_older_and_404_in_newer_families() -> None:
    async with world() as w, api(w) as a:
        for path in ("get-agent", "get-retell-llm", "get-voice", "list-agent-versions"):
            assert (await a.get(f"/{path}/none", 422))["code"] == "not_found"
        for path in ("get-conversation-flow", "get-conversation-flow-component"):
            assert (await a.get(f"/{path}/none", 404))["code"] == "not_found"
        await a.delete("/delete-agent/none", 422)
        await a.delete("/delete-retell-llm/none", 422)
        await a.delete("/delete-agent-version/none?version=0", 422)
        await a.delete("/delete-conversation-flow/none", 404)
        await a.delete("/delete-conversation-flow-component/none", 404)


async def test_trap_7_an_empty_body_with_a_json_content_type_is_no_body() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        empty: dict[str, Any] = {"content": b"", "headers": {"Content-Type": "application/json"}}
        await a.post(f"/repair-agent/{agent_id}", None, 200, **empty)
        await a.post(f"/publish-agent/{agent_id}", None, 200, **empty)
        await a.post("/v2/list-agents", None, 200, **empty)
        await a.post("/create-retell-llm", None, 201, **empty)
        await a.call("DELETE", f"/delete-agent/{agent_id}", None, 204, **empty)


async def test_trap_8_and_trap_33_creates_are_201_deletes_204_publish_200_and_empty() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        component = await a.post("/create-conversation-flow-component", PART, 201)
        flow = await a.post("/create-conversation-flow", FLOW, 201)
        await a.post(f"/create-agent-version/{agent_id}", {"base_version": 0}, 201)
        published = await a.client.post(f"/publish-agent/{agent_id}", headers={"Accept": "*/*"})
        assert published.status_code == 200
        assert published.headers["content-length"] == "0"
        for path in (
            f"/delete-agent-version/{agent_id}?version=0",
            f"/delete-agent/{agent_id}",
            f"/delete-conversation-flow/{flow['conversation_flow_id']}",
            "/delete-conversation-flow-component/" + component["conversation_flow_component_id"],
        ):
            gone = await a.client.delete(path, headers={"Accept": "*/*"})
            assert gone.status_code == 204 and gone.content == b""


async def test_trap_16_versions_are_numbers_or_words_in_the_query() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.post(f"/publish-agent/{agent_id}")
        path = f"/get-agent/{agent_id}?version="
        for asked, version in (("0", 0), ("1", 1), ("latest", 1), ("latest_published", 0)):
            assert (await a.get(path + asked))["version"] == version
        for none in ("2", "-1", "%2B0", "+0", "1.5"):
            await a.get(path + none, 422)
        llm_id = (await a.get(f"/get-agent/{agent_id}"))["response_engine"]["llm_id"]
        assert (await a.get(f"/get-retell-llm/{llm_id}?version=0"))["version"] == 0


async def test_trap_24_model_config_merges_by_top_level_key() -> None:
    async with world() as w, api(w) as a:
        first = {
            "type": "cascading",
            "primary": {"model": "gpt-5", "tier": "fast"},
            "backup": {"model": "gpt-4.1"},
            "temperature": 0.3,
        }
        for create, update, id_field, body in (
            ("/create-retell-llm", "/update-retell-llm/", "llm_id", {}),
            (
                "/create-conversation-flow",
                "/update-conversation-flow/",
                "conversation_flow_id",
                FLOW,
            ),
        ):
            made = await a.post(create, {**body, "model_config": first}, 201)
            path = update + made[id_field]
            change = {"model_config": {"temperature": 0.5}}
            assert (await a.patch(path, change))["model_config"] == {**first, "temperature": 0.5}
            without = (await a.patch(path, {"model_config": {"backup": None}}))["model_config"]
            assert "backup" not in without and without["primary"] == first["primary"]
            refused = await a.patch(path, {"model_config": {"primary": {"model": "x"}}}, 400)
            assert "request/body/model_config" in refused["message"]


async def test_trap_24_null_clears_in_flows_and_components() -> None:
    async with world() as w, api(w) as a:
        flow = await a.post("/create-conversation-flow", {**FLOW, "global_prompt": "Hi"}, 201)
        path = f"/update-conversation-flow/{flow['conversation_flow_id']}"
        cleared = await a.patch(path, {"global_prompt": None})
        assert "global_prompt" not in cleared and cleared["nodes"] == FLOW["nodes"]
        made = await a.post("/create-conversation-flow-component", PART, 201)
        path = "/update-conversation-flow-component/" + made["conversation_flow_component_id"]
        assert "start_node_id" not in await a.patch(path, {"start_node_id": None})
        refused = await a.patch(path, {"nodes": None}, 400)
        assert "required property 'nodes'" in refused["message"]


async def test_trap_25_fields_that_are_not_known_yet_are_kept() -> None:
    async with world() as w, api(w) as a:
        agent = await a.get(f"/get-agent/{await a.agent(brand_new={'a': [1, 2.5, None]})}")
        assert agent["brand_new"] == {"a": [1, 2.5, None]}


@pytest.mark.parametrize(
    ("fields", "path", "rule", "value"),
    [
        ({"voice_speed": 3}, "voice_speed", "must be <= 2", "3"),
        ({"reminder_trigger_ms": 0}, "reminder_trigger_ms", "must be > 0", "0"),
        ({"ring_duration_ms": 4_999}, "ring_duration_ms", "must be >= 5000", "4999"),
        ({"data_storage_retention_days": 731}, "data_storage_retention_days", "<= 730", "731"),
        ({"expressive_emotion_tags": ["sad"]}, "expressive_emotion_tags/0", "allowed", "sad"),
        ({"handbook_config": {"high_empathy": 1}}, "handbook_config/high_empathy", "boolean", "1"),
        ({"boosted_keywords": ["x"] * 101}, "boosted_keywords", "more than 100", None),
        (
            {"fallback_voice_ids": [VOICE["voice_id"]]},
            "fallback_voice_ids/0",
            "Cannot have main voice and fallback voices from the same provider.",
            None,
        ),
        (
            {
                "stt_mode": "custom",
                "custom_stt_config": {"provider": "soniox", "endpointing_ms": 499},
            },
            "custom_stt_config",
            "must have endpointing_ms >= 500 for soniox",
            None,
        ),
        (
            {
                "post_session_tools": [
                    {
                        "type": "custom",
                        "name": "x",
                        "url": "https://a.example",
                        "condition": {"type": "equation", "equations": [], "operator": "&&"},
                    }
                ]
            },
            "post_session_tools/0/condition/equations",
            "fewer than 1 items",
            None,
        ),
        (
            {"pre_session_tools": [{"type": "custom", "name": "x", "url": "y", "max_retry": 6}]},
            "pre_session_tools/0/max_retry",
            "must be <= 5",
            "6",
        ),
        (
            {"guardrail_config": {"output_topics": ["x"]}},
            "guardrail_config/output_topics/0",
            "",
            "x",
        ),
        ({"is_transfer_agent": True}, "response_engine", "is_transfer_llm", None),
    ],
)
async def test_trap_26_a_refusal_says_field_rule_and_value(
    fields: dict[str, Any], path: str, rule: str, value: str | None
) -> None:
    async with world() as w, api(w) as a:
        llm = await a.post("/create-retell-llm", {}, 201)
        engine = {"type": "retell-llm", "llm_id": llm["llm_id"]}
        body = {"response_engine": engine, "voice_id": VOICE["voice_id"], **fields}
        refused = await a.post("/create-agent", body, 400)
        assert refused["field"] == path and rule in refused["rule"]
        assert refused["message"] == f"request/body/{path} {refused['rule']}"
        if value is not None:
            assert refused["value"] == value


async def test_a_refusal_never_repeats_a_secret() -> None:
    async with world() as w, api(w) as a:
        tool = {"type": "custom", "name": "x", "url": "https://a.example"}
        body = {"general_tools": [{**tool, "headers": {"Authorization": 1234567}}]}
        refused = await a.post("/create-retell-llm", body, 400)
        assert refused["field"] == "general_tools/0/headers/Authorization"
        assert "1234567" not in str(refused)


async def test_trap_37_ids_have_the_forms_that_users_match_and_versions_start_at_0() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        agent = await a.get(f"/get-agent/{agent_id}")
        flow = await a.post("/create-conversation-flow", flow_with("x", "local"), 201)
        assert re.fullmatch(r"agent_[0-9a-f]{26}", agent_id)
        assert re.fullmatch(r"llm_[0-9a-f]{26}", agent["response_engine"]["llm_id"])
        assert re.fullmatch(r"conversation_flow_[0-9a-f]{12}", flow["conversation_flow_id"])
        assert agent["version"] == 0 and flow["version"] == 0
