"""Accounts that workspaces bring: opened by every host, each with its own secret; news of lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from fastapi import FastAPI
from tests.patience import until
from tests.storage.worlds import ORG, a_call, opened

from uponai.app.carriers import CarrierRack
from uponai.app.install import CREDENTIALS_PURPOSE
from uponai.app.line_news import NewsPost
from uponai.app.stops import STOP
from uponai.carriers.base import CarrierEvent
from uponai.carriers.base_media import AnswererTold, LineNews, Ticket, TransferTold, news_json
from uponai.carriers.twilio.words import sign
from uponai.config import CarrierAccess, Config
from uponai.domain.carrier_account import carrier_of, own_account
from uponai.seal import Seal
from uponai.storage.base import CarrierAccount, Storage, StorageUnavailable
from uponai.tasks import TaskGroup

SECRET = b"s" * 32
PUBLIC = "https://agents.example.com"
SEAL = Seal(SECRET, CREDENTIALS_PURPOSE)
MINE = own_account("twilio", ORG)


def row(secret: str, modified_ms: int = 10, **more: Any) -> CarrierAccount:
    fields = {"account": "AC1"}
    account = CarrierAccount(
        MINE, ORG, "twilio", fields, secret[-4:], SEAL.seal(secret), modified_ms
    )
    return replace(account, **more)


class Quiet:
    """A brain that nobody talks to."""

    async def serve_socket(self, socket: Any) -> None: ...


class NoStops:
    """No call is to end."""

    call_ids: frozenset[str] = frozenset()

    async def stop_here(self, call_id: str) -> None:
        raise AssertionError(call_id)


STOPS: Any = NoStops()


class Host:
    """One host's rack, followed as its dialer does."""

    def __init__(self, rack: CarrierRack) -> None:
        self.rack = rack
        self.events: list[tuple[str, CarrierEvent]] = []
        self.app = FastAPI()
        self.tasks = TaskGroup()
        rack.mount(self.app)

    def follow(self, name: str) -> None:
        async def apply(event: CarrierEvent) -> None:
            self.events.append((name, event))

        self.tasks.spawn(self.rack.carriers[name].run(apply), name=name)

    async def hook(self, account: str, secret: str) -> int:
        """A status callback, signed with ``secret``."""
        ticket = self.rack._tickets.issue(Ticket("call_1", 1, 1))  # noqa: SLF001
        path = f"/hooks/{account}/status/{ticket}"
        fields = {"CallSid": "CA1", "CallStatus": "ringing"}
        headers = {"X-Twilio-Signature": sign(secret, PUBLIC + path, fields.items())}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
            return (await client.post(path, data=fields, headers=headers)).status_code


@asynccontextmanager
async def a_host(storage: Storage, data: Path, *, installed: str = "") -> AsyncIterator[Host]:
    known = {"twilio": CarrierAccess("AC0", installed)} if installed else {}
    config = Config(data_dir=data, public_url=PUBLIC, carriers=known)
    async with aiohttp.ClientSession() as session:
        rack = CarrierRack(config, session, storage, SECRET, Quiet())  # type: ignore[arg-type]
        host = Host(rack)
        for name in rack.carriers:
            host.follow(name)
        rack.start(host.follow, STOPS)
        await asyncio.sleep(0)
        try:
            yield host
        finally:
            await host.tasks.aclose()
            await rack.aclose()


def test_an_account_is_named_by_carrier_and_workspace() -> None:
    assert carrier_of(MINE) == "twilio"
    assert carrier_of("twilio") == "twilio"
    assert carrier_of("sip") == "sip"


async def test_each_account_is_checked_with_its_own_secret(tmp_path: Path) -> None:
    async with opened("sqlite://") as storage:
        await storage.carrier_accounts.put(row("mine"))
        async with a_host(storage, tmp_path, installed="theirs") as host:
            await host.rack.refresh()
            assert set(host.rack.shops) == {"twilio", MINE}
            assert await host.hook("twilio", "theirs") == 204
            assert await host.hook(MINE, "mine") == 204
            assert await host.hook(MINE, "theirs") == 403
            assert await host.hook("twilio", "mine") == 403
            assert await host.hook("nobody", "mine") == 404
            assert {name for name, _ in host.events} == {"twilio", MINE}


async def test_an_account_that_another_host_has_opened_is_found_by_its_first_webhook(
    tmp_path: Path,
) -> None:
    async with opened("sqlite://") as storage, a_host(storage, tmp_path) as host:
        await host.rack.refresh()
        await storage.carrier_accounts.put(row("mine"))
        assert MINE not in host.rack.carriers
        assert await host.hook(MINE, "mine") in (204, 503)
        assert MINE in host.rack.carriers
        await asyncio.sleep(0)
        assert await host.hook(MINE, "mine") == 204


async def test_a_newer_secret_holds_at_once_and_a_removed_account_sells_nothing(
    tmp_path: Path,
) -> None:
    async with opened("sqlite://") as storage, a_host(storage, tmp_path) as host:
        await storage.carrier_accounts.put(row("old"))
        await host.rack.refresh()
        carrier = host.rack.carriers[MINE]
        await asyncio.sleep(0)
        assert await host.hook(MINE, "old") == 204
        await storage.carrier_accounts.put(row("new", 20))
        await host.rack.refresh()
        assert host.rack.carriers[MINE] is carrier
        assert await host.hook(MINE, "old") == 403
        assert await host.hook(MINE, "new") == 204
        await storage.carrier_accounts.put(row("new", 30, sealed=None))
        await host.rack.refresh()
        assert MINE not in host.rack.shops
        assert await host.hook(MINE, "new") == 204
        await storage.carrier_accounts.put(row("again", 40))
        await host.rack.refresh()
        assert MINE in host.rack.shops
        assert await host.hook(MINE, "again") == 204


@pytest.mark.parametrize(
    "broken",
    [
        {"sealed": "v1.broken"},
        {"carrier": "nobody"},
        {"fields": {"unknown": "x"}},
        {"carrier": "telnyx", "fields": {"application": "1", "public_key": "?"}},
    ],
)
async def test_an_account_that_cannot_be_opened_harms_no_other(
    tmp_path: Path, broken: dict[str, Any]
) -> None:
    async with opened("sqlite://") as storage, a_host(storage, tmp_path) as host:
        await storage.carrier_accounts.put(row("x", name="twilio-org_9", **broken))
        await storage.carrier_accounts.put(row("mine"))
        await host.rack.refresh()
        assert set(host.rack.carriers) == {MINE}


# News of lines


class FakeLines:
    """The lines of one host. ``looks``: how often it was asked which, once per round of news."""

    def __init__(self, *call_ids: str) -> None:
        self.held = frozenset(call_ids)
        self.looks = 0
        self.heard: list[tuple[str, LineNews]] = []

    @property
    def call_ids(self) -> Collection[str]:
        self.looks += 1
        return self.held

    async def looked_again(self) -> None:
        """Return when whole rounds have passed since."""
        rounds = self.looks + 3
        await until(lambda: self.looks >= rounds)

    def told(self, call_id: str, news: LineNews) -> bool:
        if call_id in self.held:
            self.heard.append((call_id, news))
        return call_id in self.held


async def between_two_hosts(scene: Callable[[NewsPost, FakeLines], Awaitable[None]]) -> None:
    """The first host has no line; the second holds that of ``call_1``."""
    async with opened("sqlite://") as storage:
        await storage.calls.add(a_call("call_1"))
        theirs = FakeLines("call_1")
        here = NewsPost(storage.line_news, FakeLines(), 0.01)  # type: ignore[arg-type]
        there = NewsPost(storage.line_news, theirs, 0.01)  # type: ignore[arg-type]
        here.start(STOPS)
        there.start(STOPS)
        try:
            await scene(here, theirs)
        finally:
            await here.aclose()
            await there.aclose()


async def test_news_reaches_the_host_that_holds_the_line_once_and_in_order() -> None:
    news: list[LineNews] = [
        TransferTold("done", "answered"),
        TransferTold("failed", "gone after 7 s"),
        AnswererTold(is_machine=True, beep=True),
    ]

    async def scene(here: NewsPost, theirs: FakeLines) -> None:
        for one in news:
            await here.tell("call_1", one)
        await until(lambda: len(theirs.heard) >= len(news))
        await theirs.looked_again()
        assert theirs.heard == [("call_1", one) for one in news]

    await between_two_hosts(scene)


async def test_news_of_a_line_that_is_here_is_left_nowhere() -> None:
    async with opened("sqlite://") as storage:
        await storage.calls.add(a_call("call_1"))
        lines = FakeLines("call_1")
        post = NewsPost(storage.line_news, lines)  # type: ignore[arg-type]
        await post.tell("call_1", TransferTold("progress"))
        assert lines.heard == [("call_1", TransferTold("progress"))]
        assert await storage.line_news.left_for(["call_1"]) == []


async def test_what_another_release_wrote_is_passed_over() -> None:
    async with opened("sqlite://") as storage:
        await storage.calls.add(a_call("call_1"))
        lines = FakeLines("call_1")
        for fields in ({"news": "Weather"}, {"news": "TransferTold"}, {}):
            await storage.line_news.leave("call_1", fields, 10)
        post = NewsPost(storage.line_news, lines, 0.01)  # type: ignore[arg-type]
        post.start(STOPS)
        await storage.line_news.leave(
            "call_1", {"news": "TransferTold", "state": "done", "text": ""}, 10
        )
        await until(lambda: bool(lines.heard))
        await post.aclose()
        assert lines.heard == [("call_1", TransferTold("done"))]


class Away:
    """Stored news while the database is away."""

    async def leave(self, call_id: str, news: Any, now_ms: int) -> bool:
        raise StorageUnavailable("away")

    async def left_for(self, call_ids: Collection[str]) -> list[Any]:
        raise StorageUnavailable("away")


async def test_news_that_cannot_be_left_is_asked_for_again() -> None:
    """The carrier hears 503 and sends its webhook once more."""
    post = NewsPost(Away(), FakeLines())  # type: ignore[arg-type]
    with pytest.raises(ConnectionError):
        await post.tell("call_1", TransferTold("done"))


class FailingStops:
    """The database goes away as call_1 is stopped, and comes back."""

    call_ids = ("call_1",)

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def stop_here(self, call_id: str) -> None:
        self.asked.append(call_id)
        if len(self.asked) == 1:
            raise StorageUnavailable("away")


async def test_an_outage_while_news_is_passed_on_loses_none_of_it() -> None:
    async with opened("sqlite://") as storage:
        for call_id in ("call_1", "call_2"):
            await storage.calls.add(a_call(call_id))
        news: list[LineNews] = [TransferTold("progress"), TransferTold("done")]
        await storage.line_news.leave("call_2", news_json(news[0]), 10)
        await storage.line_news.leave("call_1", STOP, 11)
        await storage.line_news.leave("call_2", news_json(news[1]), 12)
        lines, stops = FakeLines("call_2"), FailingStops()
        post = NewsPost(storage.line_news, lines, 0.01)  # type: ignore[arg-type]
        post.start(stops)  # type: ignore[arg-type]
        await until(lambda: len(lines.heard) == len(news))
        await lines.looked_again()
        await post.aclose()
        assert lines.heard == [("call_2", one) for one in news]
        assert stops.asked == ["call_1", "call_1"]
        assert await storage.line_news.left_for(["call_1", "call_2"]) == []


class DropsLate:
    """Stored news of which nothing can be dropped at first."""

    def __init__(self, storage: Storage) -> None:
        self.left_for = storage.line_news.left_for
        self.drops = 0
        self._drop = storage.line_news.drop

    async def drop(self, news_ids: Collection[int]) -> None:
        self.drops += 1
        if self.drops < 3:
            raise StorageUnavailable("away")
        await self._drop(news_ids)


async def test_news_that_was_passed_on_and_cannot_be_dropped_is_not_told_twice() -> None:
    async with opened("sqlite://") as storage:
        await storage.calls.add(a_call("call_1"))
        await storage.line_news.leave("call_1", news_json(TransferTold("done")), 10)
        stored, lines = DropsLate(storage), FakeLines("call_1")
        post = NewsPost(stored, lines, 0.01)  # type: ignore[arg-type]
        post.start(STOPS)
        await until(lambda: stored.drops == 3)
        await lines.looked_again()
        await post.aclose()
        assert lines.heard == [("call_1", TransferTold("done"))]
        assert await storage.line_news.left_for(["call_1"]) == []
