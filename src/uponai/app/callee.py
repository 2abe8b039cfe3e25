"""The callee as a process: somebody to phone, with the platform's own ears and voice."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

import aiohttp

from uponai.app.models import ModelRack
from uponai.cluster.supervisor import parent_gone
from uponai.config import Config
from uponai.http import OutgoingHttp, TargetGuard
from uponai.sim.callee import Callee, CalleeConfig, Scenario
from uponai.tasks import TaskGroup

Ready = Callable[[str], None]
"""Hears the SIP address (``host:port``) once somebody listens there."""


async def run_callee(
    config: Config, callee_config: CalleeConfig, ready: Ready, *, supervised: bool
) -> None:
    """Be phoned until SIGTERM, SIGINT or the parent's death. Raises ChildDied: a port is taken."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, over.set)
    tasks = TaskGroup()
    if supervised:
        tasks.spawn(_watch_parent(over), name="watch parent")
    async with aiohttp.ClientSession() as session:
        rack = ModelRack(config, session)
        functions = OutgoingHttp(TargetGuard(config.allow_private_targets))
        callee = Callee(callee_config, rack, functions)
        try:
            if callee_config.scenario is Scenario.ANSWER:
                await rack.warm()
            await callee.start()
            tasks.spawn(_watch_line(callee, over), name="watch line")
            ready(callee.sip_address)
            await over.wait()
        finally:
            await tasks.aclose()
            await callee.aclose()
            await functions.aclose()
            await rack.aclose()


async def _watch_line(callee: Callee, over: asyncio.Event) -> None:
    await callee.over()
    over.set()


async def _watch_parent(over: asyncio.Event) -> None:
    await parent_gone()
    over.set()
