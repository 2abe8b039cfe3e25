"""Shared components, engines in use, and repair, as a client sees them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tests.api.world import VOICE, Api, World, api, world

ELSE = {"id": "else", "transition_condition": {"type": "prompt", "prompt": "Else"}}
PART: dict[str, Any] = {
    "name": "Identify",
    "start_node_id": "ask",
    "nodes": [
        {
            "id": "ask",
            "type": "conversation",
            "instruction": {"type": "prompt", "text": "Ask for the name."},
        }
    ],
}


def flow_with(component_id: str, kind: str = "shared") -> dict[str, Any]:
    return {
        "start_speaker": "agent",
        "start_node_id": "part",
        "nodes": [
            {
                "id": "part",
                "type": "component",
                "component_id": component_id,
                "component_type": kind,
                "else_edge": {**ELSE, "destination_node_id": "end"},
            },
            {"id": "end", "type": "end"},
        ],
    }


async def a_component(a: Api) -> str:
    made = await a.post("/create-conversation-flow-component", PART, 201)
    return made["conversation_flow_component_id"]


async def test_a_component_from_creation_to_deletion() -> None:
    async with world() as w, api(w) as a:
        made = await a.post("/create-conversation-flow-component", PART, 201)
        id = made["conversation_flow_component_id"]
        assert re.fullmatch(r"conversation_flow_component_[0-9a-f]{12}", id)
        assert made["nodes"] == PART["nodes"] and made["linked_conversation_flow_ids"] == []
        path = f"/get-conversation-flow-component/{id}"
        assert await a.get(path) == made
        changed = await a.patch(f"/update-conversation-flow-component/{id}", {"name": "Who"})
        assert changed["name"] == "Who" and changed["nodes"] == PART["nodes"]
        assert (await a.get("/v2/list-conversation-flow-components"))["items"] == [changed]
        assert await a.get("/list-conversation-flow-components") == [changed]
        await a.delete(f"/delete-conversation-flow-component/{id}")
        await a.get(path, 404)
        await a.delete(f"/delete-conversation-flow-component/{id}", 404)
        await a.patch(f"/update-conversation-flow-component/{id}", {"name": "Who"}, 404)


async def test_trap_26_components_are_validated() -> None:
    async with world() as w, api(w) as a:
        cases: list[tuple[dict[str, Any], str]] = [
            ({"name": ""}, "request/body/name must NOT have fewer than 1 characters"),
            ({"nodes": []}, "request/body/nodes must be a non-empty array"),
            ({"start_node_id": "gone"}, "request/body/start_node_id must be the id of a node"),
            ({"mcps": [{"name": "x", "url": "http://10.0.0.1/"}]}, "must not lead to a private"),
            ({"nodes": [{"id": "a", "type": "dance"}]}, "nodes/0 must have property 'type'"),
        ]
        for fields, text in cases:
            body = {**PART, **fields}
            refused = await a.post("/create-conversation-flow-component", body, 400)
            assert text in refused["message"], refused


async def test_deleting_a_shared_component_leaves_every_flow_a_copy() -> None:
    async with world() as w, api(w) as a:
        id = await a_component(a)
        flow = await a.post("/create-conversation-flow", flow_with(id), 201)
        flow_id = flow["conversation_flow_id"]
        engine = {"type": "conversation-flow", "conversation_flow_id": flow_id}
        body = {"response_engine": engine, "voice_id": VOICE["voice_id"]}
        agent_id = (await a.post("/create-agent", body, 201))["agent_id"]
        await a.post(f"/publish-agent/{agent_id}")
        shown = await a.get(f"/get-conversation-flow-component/{id}")
        assert shown["linked_conversation_flow_ids"] == [flow_id]
        await a.delete(f"/delete-conversation-flow-component/{id}")
        for version in (0, 1):
            left = await a.get(f"/get-conversation-flow/{flow_id}?version={version}")
            assert left["nodes"][0]["component_type"] == "local"
            (copy,) = left["components"]
            assert copy["nodes"] == PART["nodes"] and copy["name"] == "Identify"
            assert left["is_published"] is (version == 0)


async def test_a_flow_names_only_components_that_exist() -> None:
    async with world() as w, api(w) as a:
        refused = await a.post("/create-conversation-flow", flow_with("none"), 400)
        assert "'none'" in refused["message"]
        await a.post("/create-conversation-flow", flow_with("own", "local"), 201)


async def test_an_engine_in_use_is_deleted_only_by_force() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        llm_id = (await a.get(f"/get-agent/{agent_id}"))["response_engine"]["llm_id"]
        refused = await a.client.delete(f"/delete-retell-llm/{llm_id}")
        assert refused.status_code == 400 and agent_id in refused.json()["message"]
        await a.delete(f"/delete-retell-llm/{llm_id}?force_delete=true")
        await a.get(f"/get-retell-llm/{llm_id}", 422)
        assert (await a.get(f"/get-agent/{agent_id}"))["response_engine"]["llm_id"] == llm_id
        await a.post(f"/repair-agent/{agent_id}")


async def broken_agent(w: World, a: Api) -> tuple[str, str]:
    """An agent whose draft and engine name what is not there."""
    app = {
        "type": "integration_app",
        "name": "crm",
        "app_id": "app_gone",
        "provider": "hubspot",
        "app_tool_template_name": "find",
    }
    llm = await a.post(
        "/create-retell-llm",
        {
            "general_tools": [{"type": "end_call", "name": "bye"}, app],
            "states": [{"name": "one", "tools": [app]}],
            "starting_state": "one",
        },
        201,
    )
    engine = {"type": "retell-llm", "llm_id": llm["llm_id"]}
    body = {
        "response_engine": engine,
        "voice_id": VOICE["voice_id"],
        "pre_session_tools": [app],
        "fallback_voice_ids": ["other-voice"],
    }
    agent_id = (await a.post("/create-agent", body, 201))["agent_id"]
    stored = await w.storage.configs.get("retell_llm", "org_1", llm["llm_id"])
    assert stored is not None
    config = {**stored.config, "knowledge_base_ids": ["knowledge_base_gone"]}
    assert await w.storage.configs.update("retell_llm", replace(stored, config=config))
    return agent_id, llm["llm_id"]


async def test_repair_removes_what_is_gone_from_agent_and_engine() -> None:
    async with world() as w, api(w) as a:
        agent_id, llm_id = await broken_agent(w, a)
        repaired = await a.post(f"/repair-agent/{agent_id}")
        assert repaired["pre_session_tools"] == []
        llm = await a.get(f"/get-retell-llm/{llm_id}")
        assert [tool["name"] for tool in llm["general_tools"]] == ["bye"]
        assert llm["states"][0]["tools"] == [] and llm["knowledge_base_ids"] == []
        assert await a.post(f"/repair-agent/{agent_id}") == repaired
        await a.post("/repair-agent/agent_none", None, 422)


async def test_repair_leaves_published_versions_alone() -> None:
    async with world() as w, api(w) as a:
        agent_id, llm_id = await broken_agent(w, a)
        await a.post(f"/publish-agent-version/{agent_id}", {"version": 0})
        await a.post(f"/repair-agent/{agent_id}", None, 400)
        llm = await a.get(f"/get-retell-llm/{llm_id}?version=0")
        assert llm["knowledge_base_ids"] == ["knowledge_base_gone"]


async def test_a_flow_holds_every_type_of_node() -> None:
    async with world() as w, api(w) as a:
        edge = {**ELSE, "destination_node_id": "end"}
        failed = {**edge, "transition_condition": {"type": "prompt", "prompt": "Failed"}}
        said = {"type": "prompt", "text": "Go on."}
        swap = {"agent_id": "a", "post_call_analysis_setting": "both_agents", "edge": failed}
        call = {
            "transfer_destination": {"type": "predefined", "number": "+14155550100"},
            "transfer_option": {"type": "cold_transfer", "cold_transfer_mode": "sip_refer"},
            "edge": failed,
        }
        variable = {"type": "enum", "name": "n", "description": "d", "choices": ["x"]}
        tool = {"type": "custom", "name": "book", "url": "https://b.example.org", "tool_id": "t"}
        wanted = [
            ("conversation", {"instruction": said, "else_edge": edge}),
            ("subagent", {"instruction": said, "tools": [{"type": "end_call", "name": "bye"}]}),
            ("end", {"custom_sip_headers": {"X-A": "b"}}),
            ("function", {"tool_id": "t", "tool_type": "local", "wait_for_result": True}),
            ("code", {"code": "return 1", "wait_for_result": False}),
            ("transfer_call", call),
            ("press_digit", {"instruction": said, "delay_ms": 500}),
            ("branch", {"else_edge": edge}),
            ("sms", {"instruction": said, "success_edge": edge, "failed_edge": failed}),
            ("extract_dynamic_variables", {"variables": [variable]}),
            ("agent_swap", swap),
            ("mcp", {"mcp_id": "m", "mcp_tool_name": "x", "wait_for_result": True}),
            ("component", {"component_id": "c", "component_type": "local", "else_edge": edge}),
            ("bridge_transfer", {}),
            ("cancel_transfer", {}),
        ]
        nodes = [{"id": kind, "type": kind, **fields} for kind, fields in wanted]
        body = {"start_speaker": "agent", "nodes": nodes, "tools": [tool]}
        flow = await a.post("/create-conversation-flow", body, 201)
        assert flow["nodes"] == nodes
        lost = {**nodes[5], "edge": {**failed, "destination_node_id": "nowhere"}}
        refused = await a.post("/create-conversation-flow", {**body, "nodes": [lost]}, 400)
        assert "nodes/0/edge/destination_node_id" in refused["message"]
        for at, (kind, fields) in enumerate(wanted):
            for name in fields:
                broken = [*nodes[:at], {**nodes[at], name: -7}, *nodes[at + 1 :]]
                refused = await a.post("/create-conversation-flow", {**body, "nodes": broken}, 400)
                assert f"request/body/nodes/{at}/{name}" in refused["message"], (kind, refused)
