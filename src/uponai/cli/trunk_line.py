"""``uponai trunk-line`` (hidden): the SIP half of ``uponai carrier-sim`` and ``uponai callee``."""

from __future__ import annotations

from typing import Annotated

import typer
import uvloop

from uponai import log
from uponai.app.trunk_line import run_trunk_line
from uponai.cli.shared import config_or_exit, err
from uponai.sim.network import Network
from uponai.sim.scenario import Directory, Scenario
from uponai.sim.trunk_line import TrunkPlan


def trunk_line(  # noqa: PLR0913 - one parameter per option of the command
    talkers_url: Annotated[str, typer.Option()],
    scenario: Annotated[Scenario, typer.Option()],
    network: Annotated[Network, typer.Option()],
    ring_ms: Annotated[int, typer.Option()],
    cps: Annotated[int, typer.Option()],
    concurrency: Annotated[int, typer.Option()],
    supervised: Annotated[bool, typer.Option("--supervised")] = False,  # noqa: FBT002
) -> None:
    """Take calls for whoever talks at the URL; its edge is configured as any edge."""
    if not supervised:
        err.print("uponai: trunk-line is started by carrier-sim and callee", markup=False)
        raise typer.Exit(2)
    config = config_or_exit({})
    form = "json" if config.log_format == "json" else "console"
    log.configure(config.log_level, form=form, personal_data=config.log_personal_data)
    directory = Directory(scenario, network, ring_ms / 1000)
    plan = TrunkPlan(talkers_url, directory, cps, concurrency or None)
    try:
        uvloop.run(run_trunk_line(config, plan))
    except OSError as error:
        err.print(f"uponai: {error}", markup=False)
        raise typer.Exit(2) from None
