"""What simulated lines need of this host: models for the people, and an end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from uponai.app.models import ModelRack
from uponai.cluster.supervisor import parent_gone
from uponai.config import Config
from uponai.http import OutgoingHttp, TargetGuard
from uponai.sim.people import People
from uponai.sim.scenario import Scenario
from uponai.tasks import TaskGroup


@dataclass(frozen=True, slots=True)
class Backstage:
    """``over`` is set by SIGTERM, SIGINT or the parent's death (``end_after``: by more)."""

    session: aiohttp.ClientSession
    people: People
    over: asyncio.Event
    tasks: TaskGroup


@asynccontextmanager
async def backstage(
    config: Config, voice: str, *, warm: bool, supervised: bool
) -> AsyncGenerator[Backstage]:
    """People with ``voice``; ``warm``: their models are loaded before anybody calls."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, over.set)
    tasks = TaskGroup()
    if supervised:
        tasks.spawn(end_after(over, parent_gone), name="watch parent")
    async with aiohttp.ClientSession() as session:
        rack = ModelRack(config, session)
        functions = OutgoingHttp(TargetGuard(config.allow_private_targets))
        people = People(voice, rack, functions)
        try:
            if warm:
                await rack.warm()
            yield Backstage(session, people, over, tasks)
        finally:
            await tasks.aclose()
            await people.aclose()
            await functions.aclose()
            await rack.aclose()


def needs_models(scenario: Scenario) -> bool:
    """Whether whoever answers listens and thinks."""
    return scenario is Scenario.ANSWER


async def end_after(over: asyncio.Event, gone: Callable[[], Awaitable[None]]) -> None:
    """Set ``over`` once ``gone`` returns."""
    await gone()
    over.set()
