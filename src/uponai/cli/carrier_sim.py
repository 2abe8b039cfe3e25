"""``uponai carrier-sim``: carriers to try without an account; no database, no API of ours."""

from __future__ import annotations

import ipaddress
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from uponai import log
from uponai.app.carrier_sim import CarrierSimSettings, run_carrier_sim
from uponai.cli.shared import config_or_exit, err
from uponai.sim.carriers.telnyx_call import TelnyxAccount
from uponai.sim.carriers.twilio_call import TwilioAccount
from uponai.sim.network import Network
from uponai.sim.phone_line import LineSettings
from uponai.sim.process import ChildDied
from uponai.sim.scenario import Directory, Scenario

DEFAULT_VOICE = "local-kenji"


def carrier_sim(  # noqa: PLR0913 - one parameter per option of the command
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the APIs; 0 takes a free one.")] = 0,
    sip_port: Annotated[
        int, typer.Option(help="Port of the SIP trunk (UDP and TCP); 0 takes a free one.")
    ] = 0,
    scenario: Annotated[
        Scenario, typer.Option(help="Who answers where a number's last four digits do not say.")
    ] = Scenario.ANSWER,
    network: Annotated[
        Network, typer.Option(help="The network where the three digits before do not say.")
    ] = Network.GOOD,
    voice: Annotated[str, typer.Option(help="Voice of the people.")] = DEFAULT_VOICE,
    cps: Annotated[int, typer.Option(min=1, help="Calls a second; more are refused.")] = 1,
    concurrency: Annotated[
        int, typer.Option(min=0, help="Calls at once; more are refused. 0: any number.")
    ] = 0,
    queues: Annotated[  # noqa: FBT002
        bool, typer.Option("--queues", help="Twilio: keep calls that come too fast in a queue.")
    ] = False,
    telnyx_webhook_url: Annotated[
        str, typer.Option(help="Telnyx: webhook URL of the application, until a call is ordered.")
    ] = TelnyxAccount().hook_url,
    ring_ms: Annotated[int, typer.Option(min=0, help="How long people let it ring.")] = 1_000,
    env_file: Annotated[
        Path | None, typer.Option(help="Write the environment for uponai serve there.")
    ] = None,
    supervised: Annotated[bool, typer.Option("--supervised", hidden=True)] = False,  # noqa: FBT002
) -> None:
    """Simulate carriers and a SIP trunk. Prints one JSON line: their addresses, and the
    environment for ``uponai serve``."""
    if not is_loopback(host):
        err.print(
            f"uponai: {host} is not this machine alone: whoever reaches it may place simulated "
            "calls, and have them open connections to addresses of their choice",
            markup=False,
        )
    most = concurrency or None
    with tempfile.TemporaryDirectory(prefix="uponai-carrier-sim-") as folder:
        settings = CarrierSimSettings(
            LineSettings(
                data=Path(folder) / "line",
                directory=Directory(scenario, network, ring_ms / 1000),
                sip_host=host,
                sip_port=sip_port,
                cps=cps,
                concurrency=concurrency,
            ),
            host=host,
            port=port,
            voice=voice,
            twilio=TwilioAccount(cps=cps, queues=queues, concurrency=most),
            telnyx=TelnyxAccount(cps=cps, hook_url=telnyx_webhook_url, concurrency=most),
        )
        config = config_or_exit({"data_dir": folder})
        form = "json" if config.log_format == "json" else "console"
        log.configure(config.log_level, form=form, personal_data=config.log_personal_data)

        def tell(accounts: Mapping[str, str]) -> None:
            if env_file is not None:
                env_file.write_text(
                    "".join(f"{k}={v}\n" for k, v in accounts.items() if k.isupper())
                )
            sys.stdout.write(json.dumps(accounts) + "\n")
            sys.stdout.flush()

        try:
            uvloop.run(run_carrier_sim(config, settings, tell, supervised=supervised))
        except (OSError, ChildDied) as error:
            where = f"{host}:{port} (APIs), {host}:{sip_port} (SIP)"
            err.print(f"uponai: cannot listen on {where}: {error}", markup=False)
            raise typer.Exit(2) from None


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach what listens on ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
