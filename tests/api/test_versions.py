"""Versions, drafts and tags of agents, as a client sees them (retell-api.md 1.4 and 6.1)."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.api.world import VOICE, Api, api, world


async def engine_of(a: Api, agent: dict[str, Any]) -> dict[str, Any]:
    engine = agent["response_engine"]
    version = f"?version={engine['version']}" if "version" in engine else ""
    return await a.get(f"/get-retell-llm/{engine['llm_id']}{version}")


async def numbers(a: Api, agent_id: str, query: str = "") -> list[int]:
    page = await a.get(f"/list-agent-versions/{agent_id}{query}")
    return [item["version"] for item in page["items"]]


async def test_trap_29_publishing_in_place_freezes_agent_and_engine() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent(agent_name="Ann")
        path = f"/publish-agent-version/{agent_id}"
        response = await a.client.post(path, json={"version": 0, "version_title": "First"})
        assert response.status_code == 200 and response.content == b""
        agent = await a.get(f"/get-agent/{agent_id}")
        assert agent["is_published"] is True and agent["version_title"] == "First"
        assert await numbers(a, agent_id) == [0]
        refused = await a.patch(f"/update-agent/{agent_id}", {"volume": 1}, 400)
        assert refused["code"] == "version_published"
        await a.patch(f"/update-agent/{agent_id}?version=0", {"volume": 1}, 400)
        engine = await engine_of(a, agent)
        assert engine["is_published"] is True and agent["response_engine"]["version"] == 0
        llm = f"/update-retell-llm/{engine['llm_id']}"
        refused = await a.patch(llm, {"general_prompt": "Be rude."}, 400)
        assert "create-agent-version" in refused["message"]
        await a.post(path, {"version": 0})
        await a.post(path, {"version": 0, "version_title": "Other"}, 400)
        await a.post(path, {"version": 4}, 422)
        await a.post(path, {"version": "0"}, 400)
        await a.post(path, {}, 400)


async def test_trap_29_the_older_publish_makes_a_new_draft() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        response = await a.client.post(f"/publish-agent/{agent_id}")
        assert response.status_code == 200 and response.content == b""
        assert await numbers(a, agent_id) == [1, 0]
        draft = await a.patch(f"/update-agent/{agent_id}", {"agent_name": "Newer"})
        assert draft["version"] == 1 and draft["base_version"] == 0
        assert "agent_name" not in await a.get(f"/get-agent/{agent_id}?version=0")
        llm_id = draft["response_engine"]["llm_id"]
        changed = await a.patch(f"/update-retell-llm/{llm_id}", {"general_prompt": "Be brief."})
        assert changed["version"] == draft["response_engine"]["version"] == 1
        published = await a.get(f"/get-agent/{agent_id}?version=latest_published")
        assert (await engine_of(a, published))["general_prompt"] == "Be kind."
        assert (await engine_of(a, draft))["general_prompt"] == "Be brief."
        await a.post("/publish-agent/agent_none", None, 422)


async def test_several_drafts_do_not_change_each_other() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent(agent_name="Base")
        await a.post(f"/publish-agent-version/{agent_id}", {"version": 0})
        create = f"/create-agent-version/{agent_id}"
        one = await a.post(create, {"base_version": 0}, 201)
        two = await a.post(create, {"base_version": 0}, 201)
        assert (one["version"], two["version"]) == (1, 2)
        assert one["base_version"] == two["base_version"] == 0
        assert one["is_published"] is False and one["agent_name"] == "Base"
        changed = await a.patch(f"/update-agent/{agent_id}?version=1", {"agent_name": "One"})
        assert changed["version"] == 1
        assert (await a.patch(f"/update-agent/{agent_id}", {"volume": 2}))["version"] == 2
        llm = f"/update-retell-llm/{one['response_engine']['llm_id']}"
        own = one["response_engine"]["version"]
        await a.patch(f"{llm}?version={own}", {"general_prompt": "One."})
        assert (await engine_of(a, two))["general_prompt"] == "Be kind."
        assert (await engine_of(a, one))["general_prompt"] == "One."
        await a.post(create, {"base_version": 9}, 422)
        await a.post(create, {"base_version": "0"}, 400)
        await a.post("/create-agent-version/agent_none", {"base_version": 0}, 422)
        assert await numbers(a, agent_id, "?sort_order=ascending&limit=2") == [0, 1]


async def test_versions_made_at_once_have_numbers_of_their_own() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        create = f"/create-agent-version/{agent_id}"
        made = await asyncio.gather(*(a.post(create, {"base_version": 0}, 201) for _ in range(3)))
        assert sorted(item["version"] for item in made) == [1, 2, 3]


async def test_two_patches_at_once_are_both_kept() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        path = f"/update-agent/{agent_id}"
        await asyncio.gather(a.patch(path, {"volume": 0.5}), a.patch(path, {"agent_name": "Ann"}))
        agent = await a.get(f"/get-agent/{agent_id}")
        assert agent["volume"] == 0.5 and agent["agent_name"] == "Ann"


async def test_a_deleted_version_is_gone_and_its_number_never_given_again() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        path = f"/delete-agent-version/{agent_id}"
        refused = await a.client.delete(f"{path}?version=0")
        assert refused.status_code == 400 and "only version" in refused.json()["message"]
        await a.post(f"/create-agent-version/{agent_id}", {"base_version": 0}, 201)
        await a.delete(f"{path}?version=1")
        assert await numbers(a, agent_id) == [0]
        await a.delete(f"{path}?version=1", 422)
        await a.delete(f"{path}?version=x", 400)
        await a.delete(path, 400)
        again = await a.post(f"/create-agent-version/{agent_id}", {"base_version": 0}, 201)
        assert again["version"] == 2


async def test_pages_of_versions_go_on_after_a_deletion() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        for _ in range(4):
            await a.post(f"/create-agent-version/{agent_id}", {"base_version": 0}, 201)
        first = await a.get(f"/list-agent-versions/{agent_id}?limit=2")
        assert [item["version"] for item in first["items"]] == [4, 3] and first["has_more"]
        await a.delete(f"/delete-agent-version/{agent_id}?version=3")
        key = first["pagination_key"]
        assert await numbers(a, agent_id, f"?limit=5&pagination_key={key}") == [2, 1, 0]


async def test_trap_16_tags_choose_versions_and_bring_their_variables() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent(agent_name="Zero")
        await a.post(f"/publish-agent-version/{agent_id}", {"version": 0})
        await a.post(f"/create-agent-version/{agent_id}", {"base_version": 0}, 201)
        path = f"/update-agent/{agent_id}"
        prod = {"version": 0, "dynamic_variables": {"shop": "Main Street"}}
        await a.patch(path, {"tags": {"prod": prod, "eu": {"version": 0}}})
        await a.patch(path, {"tags": {"staging": {"version": 1}}})
        assert (await a.get(f"/get-agent/{agent_id}?version=prod"))["version"] == 0
        assert (await a.get(f"/get-agent/{agent_id}?version=staging"))["version"] == 1
        assert (await a.get(f"/get-agent/{agent_id}?version=other"))["version"] == 1
        tagged = await a.get(f"/get-agent/{agent_id}?version=0")
        assert sorted(tagged["assigned_tags"]) == ["eu", "prod"]
        (item,) = (await a.post("/v2/list-agents", {}))["items"]
        assert item["tags"]["prod"] == prod
        assert item["tags"]["staging"] == {"version": 1, "dynamic_variables": {}}
        await a.number()
        call = await a.phone_call(override_agent_id=agent_id, override_agent_version="prod")
        assert call["agent_version"] == 0 and call["agent_tag"] == "prod"
        stored = await w.storage.calls.get(call["call_id"])
        assert stored is not None
        assert stored.engine["default_dynamic_variables"] == {"shop": "Main Street"}
        latest = await a.phone_call(override_agent_id=agent_id, to_number="+14155550198")
        assert latest["agent_version"] == 1 and latest["agent_tag"] == "staging"
        zero = await a.phone_call(
            override_agent_id=agent_id, override_agent_version=0, to_number="+14155550197"
        )
        assert zero["agent_version"] == 0
        await a.patch(path, {"tags": {"prod": {"version": 1}}})
        assert (await a.get(f"/v2/get-call/{call['call_id']}"))["agent_tag"] == "prod"
        moved = await a.get(f"/get-agent/{agent_id}?version=1")
        assert moved["assigned_tags"] == ["prod", "staging"]
        refused = await a.client.delete(f"/delete-agent-version/{agent_id}?version=1")
        assert refused.status_code == 400 and "tags point to it" in refused.json()["message"]
        cleared = await a.patch(path, {"tags": {"prod": None, "staging": None, "eu": None}})
        assert cleared["assigned_tags"] == []


async def test_reading_an_agent_and_sending_it_back_moves_no_tag() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.patch(f"/update-agent/{agent_id}", {"tags": {"prod": {"version": 0}}})
        live = await a.get(f"/get-agent/{agent_id}")
        await a.post(f"/create-agent-version/{agent_id}", {"base_version": 0}, 201)
        sent = await a.patch(f"/update-agent/{agent_id}", live)
        assert sent["version"] == 1 and sent["assigned_tags"] == []
        assert (await a.get(f"/get-agent/{agent_id}?version=prod"))["version"] == 0


async def test_trap_26_tags_are_validated_and_a_bad_one_changes_nothing() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        path = f"/update-agent/{agent_id}"
        for name in ("Prod", "latest", "latest_published", "v2", "1st", "x" * 21, ""):
            refused = await a.patch(path, {"tags": {name: {"version": 0}}}, 400)
            assert "must have a name" in refused["message"], name
        cases: list[tuple[Any, str]] = [
            ({"prod": {"version": 3}}, "request/body/tags/prod/version must be a version"),
            ({"prod": {"version": "0"}}, "request/body/tags/prod/version must be integer"),
            ({"prod": {"version": 0, "dynamic_variables": {"a": 1}}}, "a must be string"),
            ({"prod": 0}, "request/body/tags/prod must be object"),
            ([], "request/body/tags must be object"),
            ({f"t{n}": {"version": 0} for n in range(11)}, "must NOT have more than 10 items"),
        ]
        for tags, text in cases:
            refused = await a.patch(path, {"agent_name": "Changed", "tags": tags}, 400)
            assert text in refused["message"], (tags, refused)
        assert "agent_name" not in await a.get(f"/get-agent/{agent_id}")


async def test_a_published_agent_is_what_it_was_when_its_engine_followed_the_newest() -> None:
    async with world() as w, api(w) as a:
        llm = await a.post("/create-retell-llm", {"general_prompt": "Old."}, 201)
        body = {
            "response_engine": {"type": "retell-llm", "llm_id": llm["llm_id"]},
            "voice_id": VOICE["voice_id"],
        }
        first = (await a.post("/create-agent", body, 201))["agent_id"]
        second = (await a.post("/create-agent", body, 201))["agent_id"]
        await a.post(f"/publish-agent/{first}")
        await a.patch(f"/update-retell-llm/{llm['llm_id']}", {"general_prompt": "New."})
        published = await a.get(f"/get-agent/{first}?version=0")
        assert (await engine_of(a, published))["general_prompt"] == "Old."
        follower = await a.get(f"/get-agent/{second}")
        assert (await engine_of(a, follower))["general_prompt"] == "New."
