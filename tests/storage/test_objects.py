"""Versioned configurations, phone numbers, workspaces and keys."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.storage.worlds import ORG, opened

from uponai.storage.base import ApiKey, PhoneNumber, Versioned, Workspace


def an_agent(id: str = "agent_1", version: int = 0, **fields: object) -> Versioned:
    return Versioned(id, ORG, version, {"agent_name": id, "voice_id": "v"}, **fields)


async def test_the_highest_version_answers_unless_one_is_named(url: str) -> None:
    async with opened(url) as storage:
        first = an_agent(is_published=True, created_ms=5, extra={"tags": ["prod"]})
        second = an_agent(version=1, base_version=0, modified_ms=9)
        for item in (first, second):
            await storage.configs.add("agent", item)
        get = storage.configs.get
        assert await get("agent", ORG, "agent_1") == second
        assert await get("agent", ORG, "agent_1", 0) == first
        assert await get("agent", ORG, "agent_1", 2) is None
        assert await get("agent", "org_2", "agent_1") is None
        assert await get("retell_llm", ORG, "agent_1") is None
        assert await storage.configs.versions("agent", ORG, "agent_1") == [second, first]


async def test_a_version_is_added_once(url: str) -> None:
    async with opened(url) as storage:
        await storage.configs.add("agent", an_agent())
        with pytest.raises(ValueError, match="agent_1 has a version 0 already"):
            await storage.configs.add("agent", an_agent())


async def test_objects_page_by_their_highest_version(url: str) -> None:
    async with opened(url) as storage:
        for number in range(5):
            await storage.configs.add("agent", an_agent(f"agent_{number}", modified_ms=number))
        await storage.configs.add("agent", an_agent("agent_0", 1, modified_ms=3))
        await storage.configs.add("retell_llm", an_agent("llm_1", modified_ms=99))
        page = await storage.configs.latest("agent", ORG, 3)
        assert [(item.id, item.version) for item in page] == [
            ("agent_4", 0),
            ("agent_3", 0),
            ("agent_0", 1),
        ]
        rest = await storage.configs.latest("agent", ORG, 3, after=(3, "agent_0"))
        assert [item.id for item in rest] == ["agent_2", "agent_1"]
        upward = await storage.configs.latest("agent", ORG, 2, ascending=True, after=(1, "agent_1"))
        assert [item.id for item in upward] == ["agent_2", "agent_0"]
        assert await storage.configs.latest("agent", "org_2", 3) == []


async def test_a_version_is_replaced_and_its_birth_kept(url: str) -> None:
    async with opened(url) as storage:
        await storage.configs.add("agent", an_agent(created_ms=5))
        changed = replace(an_agent(), config={"agent_name": "new"}, is_published=True)
        assert await storage.configs.update("agent", replace(changed, modified_ms=9))
        read = await storage.configs.get("agent", ORG, "agent_1")
        assert read == replace(changed, modified_ms=9, created_ms=5)
        assert not await storage.configs.update("agent", replace(changed, version=7))
        assert not await storage.configs.update("agent", replace(changed, workspace_id="org_2"))


async def test_a_published_version_stays_what_it_is(url: str) -> None:
    async with opened(url) as storage:
        await storage.configs.add("agent", an_agent(is_published=True))
        changed = replace(an_agent(is_published=True), config={"agent_name": "new"})
        assert not await storage.configs.update("agent", changed)
        assert await storage.configs.update("agent", changed, even_published=True)


async def test_a_change_of_what_somebody_else_changed_is_refused(url: str) -> None:
    async with opened(url) as storage:
        await storage.configs.add("agent", an_agent(modified_ms=5))
        changed = an_agent(modified_ms=6)
        assert await storage.configs.update("agent", changed, seen_ms=5)
        assert not await storage.configs.update("agent", changed, seen_ms=5)


async def test_many_objects_and_those_that_mention_a_text(url: str) -> None:
    async with opened(url) as storage:
        for item in (an_agent(), an_agent(version=1), an_agent("agent_2")):
            await storage.configs.add("agent", item)
        found = await storage.configs.many("agent", ORG, ["agent_1", "agent_2", "agent_3"])
        assert {id: item.version for id, item in found.items()} == {"agent_1": 1, "agent_2": 0}
        assert await storage.configs.many("agent", "org_2", ["agent_1"]) == {}
        named = await storage.configs.mentioning("agent", ORG, "agent_1")
        assert [(item.id, item.version) for item in named] == [("agent_1", 0), ("agent_1", 1)]
        assert await storage.configs.mentioning("agent", ORG, "agent%") == []


async def test_one_version_is_deleted(url: str) -> None:
    async with opened(url) as storage:
        await storage.configs.add("agent", an_agent())
        await storage.configs.add("agent", an_agent(version=1))
        assert not await storage.configs.delete_version("agent", "org_2", "agent_1", 1)
        assert await storage.configs.delete_version("agent", ORG, "agent_1", 1)
        assert not await storage.configs.delete_version("agent", ORG, "agent_1", 1)
        assert await storage.configs.versions("agent", ORG, "agent_1") == [an_agent()]


async def test_an_object_goes_with_all_its_versions(url: str) -> None:
    async with opened(url) as storage:
        await storage.configs.add("agent", an_agent())
        await storage.configs.add("agent", an_agent(version=1))
        assert not await storage.configs.delete("agent", "org_2", "agent_1")
        assert await storage.configs.delete("agent", ORG, "agent_1")
        assert await storage.configs.versions("agent", ORG, "agent_1") == []
        assert not await storage.configs.delete("agent", ORG, "agent_1")


async def test_a_number_belongs_to_one_workspace(url: str) -> None:
    number = PhoneNumber("+12025550100", ORG, "sip", {"nickname": "n"}, "sealed", 5)
    async with opened(url) as storage:
        added = await asyncio.gather(*(storage.numbers.add(number) for _ in range(4)))
        assert sorted(added) == [False, False, False, True]
        assert not await storage.numbers.add(replace(number, workspace_id="org_2"))
        assert await storage.numbers.get("+12025550100") == number
        assert await storage.numbers.get("+12025550100", "org_2") is None
        changed = replace(number, config={"nickname": "m"}, trunk_password=None, modified_ms=6)
        assert await storage.numbers.update(changed)
        assert await storage.numbers.get("+12025550100", ORG) == changed
        assert not await storage.numbers.update(replace(changed, workspace_id="org_2"))
        assert not await storage.numbers.delete("org_2", "+12025550100")
        assert await storage.numbers.delete(ORG, "+12025550100")
        assert await storage.numbers.get("+12025550100") is None


async def test_numbers_page_newest_first(url: str) -> None:
    async with opened(url) as storage:
        for number in range(5):
            await storage.numbers.add(PhoneNumber(f"+1{number}", ORG, "sip", {}, None, number // 2))
        page = await storage.numbers.page(ORG, 2)
        assert [number.phone_number for number in page] == ["+14", "+13"]
        rest = await storage.numbers.page(ORG, 9, after=(1, "+13"))
        assert [number.phone_number for number in rest] == ["+12", "+11", "+10"]
        upward = await storage.numbers.page(ORG, 1, ascending=True)
        assert [number.phone_number for number in upward] == ["+10"]


async def test_workspaces_keep_their_settings(url: str) -> None:
    workspace = Workspace(ORG, "Acme", None, {"concurrency": 20})
    async with opened(url) as storage:
        await storage.accounts.add_workspace(workspace)
        with pytest.raises(ValueError, match="org_1 exists"):
            await storage.accounts.add_workspace(workspace)
        assert await storage.accounts.workspace(ORG) == workspace
        assert await storage.accounts.workspace("org_2") is None
        changed = replace(workspace, webhook_url="https://x")
        assert await storage.accounts.update_workspace(changed)
        assert await storage.accounts.workspaces() == [changed]


async def test_a_revoked_key_opens_and_signs_nothing(url: str) -> None:
    async with opened(url) as storage:
        accounts = storage.accounts
        await accounts.add_workspace(Workspace(ORG, "Acme"))
        key = ApiKey("k1", ORG, "hash1", webhook_badge=True, sealed="s", created_ms=1)
        await accounts.add_key(key)
        assert await accounts.key_by_hash("hash1") == key
        assert await accounts.key_by_hash("hash2") is None
        assert await accounts.signing_key(ORG) == key
        assert not await accounts.revoke_key("org_2", "k1", 9)
        assert await accounts.revoke_key(ORG, "k1", 9)
        assert not await accounts.revoke_key(ORG, "k1", 10)
        assert await accounts.key_by_hash("hash1") is None
        assert await accounts.signing_key(ORG) is None
        assert await accounts.keys(ORG) == [replace(key, revoked_ms=9)]


async def test_one_key_bears_the_webhook_badge(url: str) -> None:
    async with opened(url) as storage:
        accounts = storage.accounts
        await accounts.add_workspace(Workspace(ORG, "Acme"))
        await accounts.add_key(ApiKey("k1", ORG, "h1", webhook_badge=True, created_ms=1))
        await accounts.add_key(ApiKey("k2", ORG, "h2", created_ms=2))
        await accounts.add_key(ApiKey("k3", ORG, "h3", webhook_badge=True, created_ms=3))
        assert [(key.key_id, key.webhook_badge) for key in await accounts.keys(ORG)] == [
            ("k1", False),
            ("k2", False),
            ("k3", True),
        ]
        assert (await accounts.signing_key(ORG)).key_id == "k3"
        with pytest.raises(ValueError, match="k4 exists already"):
            await accounts.add_key(ApiKey("k4", ORG, "h1", webhook_badge=True))
        assert (await accounts.signing_key(ORG)).key_id == "k3"


async def test_a_database_answers_a_ping(url: str) -> None:
    async with opened(url) as storage:
        await storage.ping()
