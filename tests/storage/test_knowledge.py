"""Knowledge bases, origins of keys, and answers that nobody heard."""

from __future__ import annotations

import pytest
from tests.storage.worlds import ORG, a_call, answered, opened, told

from uponai.domain.ending import Ending
from uponai.storage.base import ApiKey, KnowledgeBase, KnowledgeSource, Workspace

LIMITS = {"document": 2, "url": 500}


async def test_knowledge_bases_and_their_sources(url: str) -> None:
    text = KnowledgeSource("source_1", "text", {"title": "T"})
    files = [KnowledgeSource(f"source_{n}", "document", {"filename": str(n)}) for n in (2, 3, 4)]
    base = KnowledgeBase("knowledge_base_1", ORG, "Docs", sources=(text,), created_ms=1)
    async with opened(url) as storage:
        known = storage.knowledge
        await known.add(base)
        assert await known.get("knowledge_base_1", ORG) == base
        assert await known.get("knowledge_base_1", "org_2") is None
        grown = await known.add_sources(base, files[:2], 7, LIMITS)
        assert grown is not None and list(grown.sources) == [text, *files[:2]]
        assert grown.modified_ms == 7
        with pytest.raises(ValueError, match="document"):
            await known.add_sources(base, files[2:], 8, LIMITS)
        assert await known.all(ORG) == [grown]
        less = await known.delete_source(base, "source_2", 9)
        assert less is not None and list(less.sources) == [text, files[1]]
        assert await known.delete_source(base, "source_2", 9) is None
        assert not await known.delete("knowledge_base_1", "org_2")
        assert await known.delete("knowledge_base_1", ORG)
        assert await known.add_sources(base, files, 9, LIMITS) is None
        assert await known.all(ORG) == []


async def test_origins_of_public_keys(url: str) -> None:
    async with opened(url) as storage:
        accounts = storage.accounts
        await accounts.add_workspace(Workspace(ORG, "w"))
        key = ApiKey("k", ORG, "h", role="public", origins=("https://shop.example.com",))
        await accounts.add_key(key)
        assert await accounts.key_by_hash("h") == key
        assert await accounts.allows_origin("https://shop.example.com")
        assert not await accounts.allows_origin("https://example.com")
        await accounts.revoke_key(ORG, "k", 5)
        assert not await accounts.allows_origin("https://shop.example.com")


async def test_what_was_not_heard_is_given_out_once(url: str) -> None:
    async with opened(url) as storage:
        repeats = storage.repeats
        for at_ms, made in enumerate(("call_1", "call_2")):
            await repeats.note_unheard(ORG, "print", made, 1000 + at_ms)
        assert await repeats.take_unheard("org_2", "print", 1010) is None
        assert await repeats.take_unheard(ORG, "other", 1010) is None
        assert await repeats.take_unheard(ORG, "print", 1010) == "call_1"
        assert await repeats.take_unheard(ORG, "print", 1010) == "call_2"
        assert await repeats.take_unheard(ORG, "print", 1010) is None
        await repeats.note_unheard(ORG, "print", "call_3", 1000)
        assert await repeats.take_unheard(ORG, "print", 1_000_000) is None


async def test_a_key_finds_its_call_for_an_hour(url: str) -> None:
    async with opened(url) as storage:
        call = await storage.calls.add(a_call(), idempotency_key="order-7")
        keyed = storage.repeats.keyed
        assert await keyed(ORG, "order-7", call.created_ms + 1) == call
        assert await keyed("org_2", "order-7", call.created_ms + 1) is None
        assert await keyed(ORG, "order-7", call.created_ms + 3_600_000) is None


async def test_an_analysis_can_be_owed_again(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
        await storage.calls.end(call.call_id, call.fence, Ending("user_hangup"), {})
        queue = storage.post_calls
        await queue.ask_again(call.call_id)
        assert len(await queue.claim("w", 10, 10, 10)) == 1
        await queue.finish(call.call_id, {"call_summary": "a"}, {}, told("call_analyzed"))
        assert await queue.claim("w", 99, 10, 10) == []
        await queue.ask_again(call.call_id)
        (owed,) = await queue.claim("w", 99, 10, 10)
        done = await queue.finish(owed.call_id, {"call_summary": "b"}, {}, told("call_analyzed"))
        assert done is not None and done.analysis == {"call_summary": "b"}
