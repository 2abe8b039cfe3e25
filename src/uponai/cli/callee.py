"""``uponai callee``: a SIP address that rings, answers and talks; no database, no API."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from uponai import log
from uponai.app.callee import run_callee
from uponai.cli.shared import config_or_exit, err
from uponai.sim.phone_line import LineSettings
from uponai.sim.process import ChildDied
from uponai.sim.scenario import Directory, Scenario

DEFAULT_VOICE = "local-kenji"


def callee(  # noqa: PLR0913 - one parameter per option of the command
    sip_host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    sip_port: Annotated[int, typer.Option(help="SIP port (UDP and TCP); 0 takes a free one.")] = 0,
    scenario: Annotated[
        Scenario, typer.Option(help="What happens to who calls.")
    ] = Scenario.ANSWER,
    voice: Annotated[str, typer.Option(help="Voice of the person.")] = DEFAULT_VOICE,
    data: Annotated[
        Path | None, typer.Option(help="Working directory; a temporary one if not given.")
    ] = None,
    supervised: Annotated[bool, typer.Option("--supervised", hidden=True)] = False,  # noqa: FBT002
) -> None:
    """Be somebody to phone. Prints one JSON line with its SIP address once it listens."""
    if data is not None:
        _run(data, scenario, (sip_host, sip_port), voice, supervised=supervised)
        return
    with tempfile.TemporaryDirectory(prefix="uponai-callee-") as folder:
        _run(Path(folder), scenario, (sip_host, sip_port), voice, supervised=supervised)


def _run(
    data: Path, scenario: Scenario, address: tuple[str, int], voice: str, *, supervised: bool
) -> None:
    config = config_or_exit({"data_dir": str(data)})
    form = "json" if config.log_format == "json" else "console"
    log.configure(config.log_level, form=form, personal_data=config.log_personal_data)
    line = LineSettings(
        data=config.data_dir,
        directory=Directory(scenario, ring_s=0.0),
        sip_host=address[0],
        sip_port=address[1],
    )
    try:
        uvloop.run(run_callee(config, line, voice, _tell, supervised=supervised))
    except (OSError, ChildDied) as error:
        where = f"{address[0]}:{address[1]}"
        err.print(f"uponai: the callee cannot listen on {where}: {error}", markup=False)
        raise typer.Exit(2) from None


def _tell(sip_address: str) -> None:
    sys.stdout.write(json.dumps({"sip": sip_address}) + "\n")
    sys.stdout.flush()
