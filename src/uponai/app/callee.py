"""The callee as a process: somebody to phone, with the platform's own ears and voice."""

from __future__ import annotations

from collections.abc import Callable

from uponai.app.simulation import backstage, end_after, needs_models
from uponai.config import Config
from uponai.sim.phone_line import LineSettings
from uponai.sim.trunk import Trunk

Ready = Callable[[str], None]
"""Hears the SIP address (``host:port``) once somebody listens there."""


async def run_callee(
    config: Config, line: LineSettings, voice: str, ready: Ready, *, supervised: bool
) -> None:
    """Be phoned until SIGTERM, SIGINT or the parent's death. Raises ChildDied: a port is taken."""
    warm = needs_models(line.directory.scenario)
    async with backstage(config, voice, warm=warm, supervised=supervised) as behind:
        trunk = Trunk(line, behind.people)
        try:
            await trunk.start()
            behind.tasks.spawn(end_after(behind.over, trunk.over), name="watch line")
            ready(trunk.sip_address)
            await behind.over.wait()
        finally:
            await trunk.aclose()
