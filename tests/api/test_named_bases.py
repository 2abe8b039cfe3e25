"""What engines and agents name must be there when they name it."""

from __future__ import annotations

from tests.api.test_configs import FLOW
from tests.api.world import VOICE, api, world

GONE = "knowledge_base_gone"


async def test_an_engine_may_not_name_a_knowledge_base_that_is_not_there() -> None:
    node = {**FLOW["nodes"][0], "knowledge_base_ids": [GONE]}
    flow = {**FLOW, "nodes": [node, FLOW["nodes"][1]]}
    async with world() as w, api(w) as a:
        base = await a.client.post(
            "/create-knowledge-base",
            data={"knowledge_base_name": "Prices"},
            files={"knowledge_base_texts": (None, '[{"title": "A", "text": "One is 2."}]')},
        )
        known = base.json()["knowledge_base_id"]
        refused = await a.post("/create-retell-llm", {"knowledge_base_ids": [known, GONE]}, 400)
        assert refused["field"] == "knowledge_base_ids/1" and refused["value"] == GONE
        refused = await a.post("/create-conversation-flow", flow, 400)
        assert refused["field"] == "nodes/0/knowledge_base_ids/0"
        llm = await a.post("/create-retell-llm", {"knowledge_base_ids": [known]}, 201)
        path = f"/update-retell-llm/{llm['llm_id']}"
        await a.patch(path, {"knowledge_base_ids": [GONE]}, 400)
        assert (await a.patch(path, {"general_prompt": "Hi."}))["knowledge_base_ids"] == [known]


async def test_a_base_that_was_deleted_stands_in_the_way_of_no_other_change() -> None:
    async with world() as w, api(w) as a:
        made = await a.client.post(
            "/create-knowledge-base", files={"knowledge_base_name": (None, "Prices")}
        )
        known = made.json()["knowledge_base_id"]
        llm = await a.post("/create-retell-llm", {"knowledge_base_ids": [known]}, 201)
        await a.delete(f"/delete-knowledge-base/{known}")
        path = f"/update-retell-llm/{llm['llm_id']}"
        assert (await a.patch(path, {"general_prompt": "Hi."}))["general_prompt"] == "Hi."
        await a.post("/create-retell-llm", {"knowledge_base_ids": [known]}, 400)


async def test_an_agent_may_not_name_a_voice_that_nobody_has() -> None:
    async with world(voice_known=lambda voice: voice.startswith("openai-")) as w, api(w) as a:
        llm = await a.post("/create-retell-llm", {}, 201)
        engine = {"type": "retell-llm", "llm_id": llm["llm_id"]}
        body = {"response_engine": engine, "voice_id": VOICE["voice_id"]}
        agent = await a.post("/create-agent", body, 201)
        await a.post("/create-agent", {**body, "voice_id": "nobody"}, 422)
        await a.post("/create-agent", {**body, "fallback_voice_ids": ["nobody"]}, 422)
        path = f"/update-agent/{agent['agent_id']}"
        assert "nobody" in (await a.patch(path, {"voice_id": "nobody"}, 422))["message"]
        await a.patch(path, {"fallback_voice_ids": ["openai-Nova"]})
