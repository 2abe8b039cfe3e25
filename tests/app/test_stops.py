"""A stop reaches the host that holds the call, whichever host was asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.fakes.dialling import ORG, NotingCarrier, a_dialer, a_number, installation
from tests.patience import until
from tests.storage.worlds import a_call, opened

from uponai.app.line_news import NewsPost
from uponai.app.stops import Stops
from uponai.carriers.base_media import LineNews
from uponai.cluster.worker import LeaseKeeper
from uponai.domain.call import CallState
from uponai.storage.base import CallQuery, Storage


class Brain:
    """Talks in ``call_ids``."""

    def __init__(self, *call_ids: str) -> None:
        self.call_ids = set(call_ids)
        self.asked: list[str] = []

    def request_stop(self, call_id: str) -> bool:
        if call_id in self.call_ids:
            self.asked.append(call_id)
        return call_id in self.call_ids


class Lines:
    """``live.carrier_lines.CarrierLines`` with the lines of ``call_ids``."""

    def __init__(self, *call_ids: str) -> None:
        self.call_ids = frozenset(call_ids)
        self.heard: list[tuple[str, LineNews]] = []

    def told(self, call_id: str, news: LineNews) -> bool:
        if call_id in self.call_ids:
            self.heard.append((call_id, news))
        return call_id in self.call_ids


class Host:
    """As much of a platform process as stops and dials."""

    def __init__(self, storage: Storage, name: str, brain: Brain, lines: Lines) -> None:
        self.carrier = NotingCarrier()
        self.dialer = a_dialer(storage, self.carrier, installation(1_000), name=f"{name}:dialer")
        self.leases = LeaseKeeper(storage.calls)
        self.brain = brain
        self.lines = lines
        stored = (storage.calls, storage.line_news)
        self.stops = Stops(name, stored, brain, self.dialer, self.leases)
        self.post = NewsPost(storage.line_news, lines, poll_s=0.01)  # type: ignore[arg-type]


@asynccontextmanager
async def two_hosts(
    storage: Storage, brain: Brain | None = None, lines: Lines | None = None
) -> AsyncGenerator[tuple[Host, Host]]:
    """The second is asked; ``brain`` and ``lines`` are the first one's."""
    await a_number(storage)
    first = Host(storage, "a", brain or Brain(), lines or Lines())
    second = Host(storage, "b", Brain(), Lines())
    for host in (first, second):
        host.post.start(host.stops)
    try:
        yield first, second
    finally:
        for host in (first, second):
            await host.post.aclose()
            await host.dialer.aclose()


async def test_a_call_that_another_host_dials_is_hung_up_there() -> None:
    async with opened("sqlite://") as storage, two_hosts(storage) as (first, second):
        await storage.calls.add(a_call("call_1"))
        first.dialer.start()
        await until(lambda: first.carrier.dialled)
        first.leases.hold("call_1", "a:dialer")
        assert await second.stops.stop("call_1")
        await until(lambda: first.carrier.answers)
        assert first.carrier.answers == [("end", "call_1")]
        assert second.carrier.answers == []


async def test_a_call_that_another_host_talks_in_is_stopped_there() -> None:
    brain = Brain("call_1")
    async with opened("sqlite://") as storage, two_hosts(storage, brain) as (_, second):
        await storage.calls.add(
            a_call(
                "call_1", state=CallState.ANSWERED, lease_holder="a:brain", lease_until_ms=10**15
            )
        )
        assert await second.stops.stop("call_1")
        await until(lambda: brain.asked)
        assert brain.asked == ["call_1"]


async def test_a_call_that_waits_is_ended_at_once_by_any_host() -> None:
    async with opened("sqlite://") as storage, two_hosts(storage) as (_, second):
        await storage.calls.add(a_call("call_1"))
        assert await second.stops.stop("call_1")
        (call,) = await storage.calls.find(CallQuery(ORG))
        assert call.ending is not None and call.ending.reason == "manual_stopped"
        assert not await second.stops.stop("call_1")


@pytest.mark.parametrize("holder", [None, "gone:dialer"])
async def test_a_call_that_nobody_holds_is_asked_for_here(holder: str | None) -> None:
    async with opened("sqlite://") as storage, two_hosts(storage) as (_, second):
        await storage.calls.add(
            a_call("call_1", state=CallState.RINGING, lease_holder=holder, lease_until_ms=1)
        )
        assert await second.stops.stop("call_1")
        assert second.carrier.answers == [("end", "call_1")]


async def test_news_for_a_line_are_not_swallowed_by_the_host_that_dialled() -> None:
    news: Mapping[str, Any] = {"news": "AnswererTold", "is_machine": True, "beep": False}
    lines = Lines("call_1")
    async with opened("sqlite://") as storage, two_hosts(storage, lines=lines) as (_, second):
        await storage.calls.add(a_call("call_1"))
        second.leases.hold("call_1", "b:dialer")
        await storage.line_news.leave("call_1", news, 1)
        await until(lambda: lines.heard)
        assert len(lines.heard) == 1
