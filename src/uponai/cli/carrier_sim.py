"""``uponai carrier-sim``: carriers to try without an account; no database, no API of ours."""

from __future__ import annotations

import json
import sys
import tempfile
from typing import Annotated, Any

import typer
import uvloop

from uponai import log
from uponai.app.carrier_sim import CarrierSimSettings, run_carrier_sim
from uponai.cli.shared import config_or_exit, err
from uponai.sim.carriers.phonebook import Household, Scenario
from uponai.sim.carriers.telnyx import TelnyxAccount
from uponai.sim.carriers.twilio import TwilioAccount

DEFAULT_VOICE = "local-kenji"


def carrier_sim(  # noqa: PLR0913 - one parameter per option of the command
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 0,
    scenario: Annotated[
        Scenario, typer.Option(help="Who answers where a number's last digits do not say.")
    ] = Scenario.ANSWER,
    voice: Annotated[str, typer.Option(help="Voice of the people.")] = DEFAULT_VOICE,
    cps: Annotated[int, typer.Option(help="Calls a second; more are refused.")] = 1,
    queues: Annotated[  # noqa: FBT002
        bool, typer.Option("--queues", help="Twilio: keep calls above the limit in a queue.")
    ] = False,
    telnyx_webhook_url: Annotated[
        str, typer.Option(help="Telnyx: webhook URL of the application, until a call is ordered.")
    ] = TelnyxAccount().hook_url,
    ring_ms: Annotated[int, typer.Option(help="How long people let it ring.")] = 1_000,
    supervised: Annotated[bool, typer.Option("--supervised", hidden=True)] = False,  # noqa: FBT002
) -> None:
    """Simulate carriers. Prints one JSON line: their address, and the environment for
    ``uponai serve``."""
    settings = CarrierSimSettings(
        host=host,
        port=port,
        household=Household(voice, scenario, ring_ms / 1000),
        twilio=TwilioAccount(cps=cps, queues=queues),
        telnyx=TelnyxAccount(cps=cps, hook_url=telnyx_webhook_url),
    )
    with tempfile.TemporaryDirectory(prefix="uponai-carrier-sim-") as folder:
        config = config_or_exit({"data_dir": folder})
        form = "json" if config.log_format == "json" else "console"
        log.configure(config.log_level, form=form, personal_data=config.log_personal_data)
        try:
            uvloop.run(run_carrier_sim(config, settings, _tell, supervised=supervised))
        except OSError as error:
            err.print(f"uponai: cannot listen on {host}:{port}: {error}", markup=False)
            raise typer.Exit(2) from None


def _tell(accounts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(accounts) + "\n")
    sys.stdout.flush()
