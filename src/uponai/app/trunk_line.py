"""The line of a simulated SIP trunk as a process."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace

from uponai.app.edge import edge_config
from uponai.cluster.supervisor import parent_gone
from uponai.config import Config
from uponai.edge.settings import allow_any_target
from uponai.sim.trunk_line import TrunkLine, TrunkPlan
from uponai.tasks import spawn


async def run_trunk_line(config: Config, plan: TrunkPlan) -> None:
    """Take calls until SIGTERM, SIGINT or the parent's death. Raises OSError: a port is taken."""
    # Who may make it call is who has the token: the process that started it.
    line = TrunkLine(replace(edge_config(config), allow_target=allow_any_target), plan)
    waiting = spawn(parent_gone(), name="watch parent")
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, waiting.cancel)
    try:
        await line.start()
        await asyncio.wait({waiting})
    finally:
        await line.aclose()
