"""Runs a demo in front of a person: signals, errors, exit status."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace

import typer

from uponai import log
from uponai.cli.shared import config_or_exit, err, out
from uponai.cli.show import Show
from uponai.client import UponAIError
from uponai.sim import listen
from uponai.sim.demo import DemoPlan, run_demo
from uponai.sim.language_model import NONE_FOUND, find_language_model
from uponai.sim.play import CallStuck, Played
from uponai.sim.stage import StageError

INTERRUPTED = 130


def perform(plan: DemoPlan, *, as_json: bool, aloud: bool) -> None:
    """Play ``plan``. Raises typer.Exit: 0 all calls went as expected, 1 not, 130 interrupted."""
    log.configure("error")
    show = Show(err if as_json else out, calls=plan.calls, as_json=as_json)
    try:
        played = asyncio.run(_perform(plan, show, aloud=aloud))
    except asyncio.CancelledError:
        raise typer.Exit(0 if plan.keep else INTERRUPTED) from None
    except (StageError, CallStuck, UponAIError) as error:
        err.print(f"uponai: {error}", style="red", markup=False)
        raise typer.Exit(1) from None
    raise typer.Exit(1 if any(one.problems for one in played) else 0)


async def _perform(plan: DemoPlan, show: Show, *, aloud: bool) -> list[Played]:
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    assert me is not None
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, me.cancel)
    if plan.prompt:
        found = await find_language_model(config_or_exit({}))
        if found is None:
            raise StageError(NONE_FOUND)
        plan = replace(plan, settings={**plan.settings, **found})
    played = await run_demo(plan, show)
    if aloud:
        for one in played:
            for file in list(one.recordings.values())[:1]:
                complaint = await listen.play(file)
                if complaint:
                    show.progress(complaint)
    return played
