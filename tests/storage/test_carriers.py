"""Accounts of workspaces with carriers, and news for lines of other hosts, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.storage.worlds import ORG, a_call, opened

from uponai.storage.base import PhoneNumber, Storage
from uponai.storage.base_carriers import CarrierAccount

ACCOUNT = CarrierAccount(f"acme-{ORG}", ORG, "acme", {"account": "AC1"}, "cret", "v1.sealed", 10)


async def test_an_account_is_kept_replaced_and_removed(url: str) -> None:
    async with opened(url) as storage:
        accounts = storage.carrier_accounts
        assert await accounts.of(ORG) == []
        await accounts.put(ACCOUNT)
        await accounts.put(replace(ACCOUNT, name="acme-org_2", workspace_id="org_2"))
        assert await accounts.of(ORG) == [ACCOUNT]
        newer = replace(ACCOUNT, sealed="v1.newer", tail="ewer", modified_ms=20)
        await accounts.put(newer)
        assert await accounts.of(ORG) == [newer]
        gone = replace(newer, sealed=None, modified_ms=30)
        await accounts.put(gone)
        assert await accounts.of(ORG) == []
        assert [one.name for one in await accounts.changed_since(0)] == ["acme-org_2", ACCOUNT.name]
        assert await accounts.changed_since(30) == [gone]
        assert await accounts.changed_since(31) == []


async def test_the_numbers_of_an_account_are_counted(url: str) -> None:
    async with opened(url) as storage:
        assert await storage.carrier_accounts.numbers_on(ACCOUNT.name) == 0
        await storage.numbers.add(PhoneNumber("+12025550111", ORG, ACCOUNT.name, {}))
        await storage.numbers.add(PhoneNumber("+12025550112", ORG, "acme", {}))
        assert await storage.carrier_accounts.numbers_on(ACCOUNT.name) == 1


def test_an_account_shows_no_secret() -> None:
    assert "sealed" not in repr(ACCOUNT)


async def left(storage: Storage, *call_ids: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(one.call_id, one.news) for one in await storage.line_news.left_for(call_ids)]


async def test_news_stays_in_order_until_it_is_dropped(url: str) -> None:
    async with opened(url) as storage:
        news = storage.line_news
        for call_id in ("call_1", "call_2", "call_3"):
            await storage.calls.add(a_call(call_id))
        for at, call_id in enumerate(("call_1", "call_2", "call_1", "call_3")):
            assert await news.leave(call_id, {"n": at}, 1_000 + at)
        found = await news.left_for({"call_1", "call_2", "call_9"})
        told = [("call_1", {"n": 0}), ("call_2", {"n": 1}), ("call_1", {"n": 2})]
        assert [(one.call_id, one.news) for one in found] == told
        await news.drop([found[0].news_id, found[1].news_id])
        await news.drop([found[0].news_id])
        assert await news.left_for({"call_1", "call_2"}) == found[2:]
        assert await news.left_for(()) == []
        assert await left(storage, "call_3") == [("call_3", {"n": 3})]


async def test_news_of_no_call_or_long_ago_is_not_kept(url: str) -> None:
    async with opened(url) as storage:
        assert not await storage.line_news.leave("call_none", {}, 1_000)
        await storage.calls.add(a_call("call_1"))
        await storage.calls.add(a_call("call_2"))
        assert await storage.line_news.leave("call_1", {"old": True}, 1_000)
        assert await storage.line_news.leave("call_2", {}, 1_000_000)
        assert await left(storage, "call_1") == []


@pytest.mark.parametrize("calls", [1, 1_201])
async def test_many_lines_are_asked_for_at_once(url: str, calls: int) -> None:
    async with opened(url) as storage:
        await storage.calls.add(a_call("call_0"))
        assert await storage.line_news.leave("call_0", {"a": 1}, 1_000)
        wanted = [f"call_{at}" for at in range(calls)]
        assert await left(storage, *wanted) == [("call_0", {"a": 1})]
        await storage.line_news.drop(range(1, 1 + calls))
        assert await left(storage, *wanted) == []
