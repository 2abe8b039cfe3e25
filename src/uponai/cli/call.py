"""``uponai call``: the demo's agent phones a SIP URI, or a number through a trunk."""

from __future__ import annotations

import json
import socket
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer

from uponai.cli.perform import perform
from uponai.cli.shared import err
from uponai.sim.cast import FROM_NUMBER
from uponai.sim.demo import DemoPlan, Guest
from uponai.wire.number import trunk_target


class Transport(StrEnum):
    """How the SIP request travels."""

    UDP = "UDP"
    TCP = "TCP"


def call(  # noqa: PLR0913 - one parameter per option of the command
    to: Annotated[
        str, typer.Argument(help="sip:somebody@host[:port], or a number to call through --trunk.")
    ],
    trunk: Annotated[
        str | None, typer.Option(help="Termination URI of a SIP trunk: host[:port].")
    ] = None,
    username: Annotated[str | None, typer.Option(help="User name at the trunk.")] = None,
    password: Annotated[
        str | None, typer.Option(help="Password at the trunk.", envvar="UPONAI_TRUNK_PASSWORD")
    ] = None,
    from_number: Annotated[str, typer.Option("--from", help="Who calls.")] = FROM_NUMBER,
    transport: Annotated[Transport, typer.Option(case_sensitive=False)] = Transport.UDP,
    agent: Annotated[
        Path | None, typer.Option(help="A conversation flow (JSON) in place of the demo's.")
    ] = None,
    prompt: Annotated[
        bool, typer.Option("--prompt", help="A prompt agent; needs a language model.")
    ] = False,  # noqa: FBT002
    listen: Annotated[
        bool, typer.Option("--listen", help="Play the recording afterwards.")
    ] = False,  # noqa: FBT002
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of standard output: the Get Call object.")
    ] = False,  # noqa: FBT002
    output: Annotated[Path, typer.Option(help="Where the recordings go.")] = Path("./recordings"),
) -> None:
    """Have the demo's agent call a softphone, or any number through a SIP trunk."""
    uri = trunk or to
    found = trunk_target(uri)
    if found is None or (trunk is None and not to.lower().startswith("sip:")):
        _refuse(f"{uri!r} is not a SIP address; give sip:somebody@host, or a number and --trunk")
    host, port = found
    guest = Guest(
        to=to,
        termination_uri=uri,
        target=f"{host}:{port}",
        our_host=_our_host(host, port),
        transport=transport.value,
        from_number=from_number,
        username=username,
        password=password,
    )
    plan = DemoPlan(output=output.resolve(), guest=guest, prompt=prompt, flow=_flow(agent))
    perform(plan, as_json=as_json, aloud=listen)


def _refuse(message: str) -> NoReturn:
    err.print(f"uponai: {message}", style="red", markup=False)
    raise typer.Exit(2)


def _our_host(host: str, port: int) -> str:
    """The address of ours from which packets to ``host`` leave; nothing is sent to learn it."""
    bare = host.strip("[]")
    try:
        family, _, _, _, address = socket.getaddrinfo(bare, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    except OSError as error:
        _refuse(f"{host} cannot be reached: {error}")


def _flow(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        flow = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _refuse(f"{file} cannot be read as a conversation flow: {error}")
    if not isinstance(flow, dict):
        _refuse(f"{file} must hold a JSON object")
    return cast(dict[str, Any], flow)
