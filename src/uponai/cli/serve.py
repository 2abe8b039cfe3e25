"""``uponai serve``: the supervisor with its two children, or one role in this process."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from uponai import config as settings
from uponai import log
from uponai.cli.shared import allow_many_files, config_or_exit, err, keep_files_private, out
from uponai.cluster.data_dir import DataDirInUse, hold_data_dir
from uponai.cluster.heartbeat import HeartbeatRule, send_heartbeats
from uponai.cluster.supervisor import ChildSpec, Supervisor, parent_gone
from uponai.ports import free_port
from uponai.tasks import TaskGroup


class Role(StrEnum):
    """What this process is."""

    ALL = "all"
    EDGE = "edge"
    PLATFORM = "platform"


def serve(  # noqa: PLR0913 - one parameter per option of the command
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the API; 0 takes a free one.")] = None,
    data: Annotated[Path | None, typer.Option(help="Where everything is kept.")] = None,
    public_url: Annotated[
        str | None, typer.Option(help="How the world reaches us; in recording and webhook URLs.")
    ] = None,
    sip_port: Annotated[int | None, typer.Option(help="SIP port; 0 takes a free one.")] = None,
    role: Annotated[Role, typer.Option(help="Run one role in this process.")] = Role.ALL,
    supervised: Annotated[bool, typer.Option("--supervised", hidden=True)] = False,  # noqa: FBT002
    listen_fd: Annotated[int | None, typer.Option(hidden=True)] = None,
    heartbeat_fd: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the platform: API, dialer, brain, jobs, and the edge that holds the phone lines."""
    # Each role imports its own: an edge that restarts is up before its callers notice.
    overrides = {
        "host": host,
        "port": port,
        "data_dir": str(data) if data else None,
        "public_url": public_url,
        "edge.sip_port": sip_port,
    }
    keep_files_private()
    allow_many_files()
    config = config_or_exit(overrides)
    log.configure(
        config.log_level,
        form="json" if config.log_format == "json" else "console",
        personal_data=config.log_personal_data,
    )
    if role is Role.EDGE:
        from uponai.app.edge import run_edge

        uvloop.run(_beating(run_edge(config, supervised=supervised), config, heartbeat_fd))
    elif role is Role.PLATFORM:
        from uponai.app.platform import run_platform

        listener = socket.socket(fileno=listen_fd) if listen_fd is not None else None
        platform = run_platform(config, listener, supervised=supervised)
        uvloop.run(_beating(platform, config, heartbeat_fd))
    else:
        _supervise(config, supervised=supervised)


async def _beating(
    work: Coroutine[Any, Any, None], config: settings.Config, fd: int | None
) -> None:
    """Run one role and tell the supervisor all the while that its loop is alive."""
    tasks = TaskGroup()
    if fd is not None:
        every_s = config.timers.heartbeat_ms / 1000
        tasks.spawn(send_heartbeats(fd, every_s), name="heartbeat")
    try:
        await work
    finally:
        await tasks.aclose()


def _supervise(config: settings.Config, *, supervised: bool) -> None:
    for name in settings.unknown_variables():
        err.print(f"uponai: {name} is no setting, and is ignored", style="yellow")
    from uponai.cli.first_key import first_key_or_exit

    key = first_key_or_exit(config)
    lock_fd = asyncio.run(_hold(config.data_dir))
    if key is not None and config.api_key is None:
        out.print("Your API key (it bears the webhook badge and is not shown again):")
        out.print(f"[bold]{key}[/bold]", soft_wrap=True)
    listener = _listen(config)
    _look_for_ports_of_the_edge(config.edge)
    port = listener.getsockname()[1]
    edge = config.edge
    env = settings.child_environment(
        {
            "data_dir": str(config.data_dir),
            "host": config.host,
            "port": port,
            "public_url": _public_url(config, port),
            "edge.sip_port": edge.sip_port or free_port(edge.sip_host),
            "edge.control_port": edge.control_port or free_port(edge.control_host),
            "edge.control_token": edge.control_token or secrets.token_urlsafe(32),
        }
    )
    # Linear algebra threads of numpy spin while they wait and take the cores from the models.
    env = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **env}
    own = [sys.executable, "-m", "uponai", "serve"]
    fd = listener.fileno()
    supervisor = Supervisor(
        [
            ChildSpec(
                "edge",
                [*own, "--role", "edge", "--supervised"],
                env,
                fds=(lock_fd,),
                heartbeat=_heartbeat(config.timers),
            ),
            ChildSpec(
                "platform",
                [*own, "--role", "platform", "--supervised", "--listen-fd", str(fd)],
                env,
                fds=(fd, lock_fd),
                heartbeat=_heartbeat(config.timers),
            ),
        ],
        config.data_dir / "run",
    )
    _write_address(config, _public_url(config, port), f"http://{_reached(config)}:{port}")
    err.print(f"uponai: serving {_public_url(config, port)}, data in {config.data_dir}")
    uvloop.run(_watched(supervisor) if supervised else supervisor.run())


def _heartbeat(timers: settings.Timers) -> HeartbeatRule | None:
    if timers.stuck_ms == 0:
        return None
    return HeartbeatRule(timers.heartbeat_ms / 1000, timers.stuck_ms / 1000)


async def _hold(data_dir: Path) -> int:
    def waits() -> None:
        err.print(f"uponai: waiting for another uponai in {data_dir} to end")

    try:
        return await hold_data_dir(data_dir, waits)
    except DataDirInUse as error:
        err.print(f"uponai: {error}", style="red")
        raise typer.Exit(2) from None


async def _watched(supervisor: Supervisor) -> None:
    """Run until whoever started us is gone, too."""
    tasks = TaskGroup()
    tasks.spawn(parent_gone(), name="watch parent").add_done_callback(lambda _: supervisor.stop())
    try:
        await supervisor.run()
    finally:
        await tasks.aclose()


def _write_address(config: settings.Config, public_url: str, url: str) -> None:
    """``DATA/run/address.json``: where whoever started us finds the API."""
    folder = config.data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "address.json.partial"
    partial.write_text(json.dumps({"url": url, "public_url": public_url, "pid": os.getpid()}))
    partial.replace(folder / "address.json")


def _reached(config: settings.Config) -> str:
    """The host by which this machine reaches the API."""
    if config.host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{config.host}]" if ":" in config.host else config.host


def _public_url(config: settings.Config, port: int) -> str:
    """``--port 0`` is known only now."""
    if config.port == 0 and config.public_url.endswith(":0"):
        return f"{config.public_url.removesuffix(':0')}:{port}"
    return config.public_url


def _look_for_ports_of_the_edge(edge: settings.EdgeSettings) -> None:
    """The edge would try for ever: say it here, once, where somebody reads it."""
    wanted = [
        ("SIP (UDP)", edge.sip_host, edge.sip_port, socket.SOCK_DGRAM),
        ("SIP (TCP)", edge.sip_host, edge.sip_port, socket.SOCK_STREAM),
        ("edge control", edge.control_host, edge.control_port, socket.SOCK_STREAM),
    ]
    for what, host, port, kind in wanted:
        try:
            _try_port(host, kind, port)
        except OSError as error:
            err.print(f"uponai: cannot listen for {what} on {host}:{port}: {error}", style="red")
            raise typer.Exit(2) from None


def _listen(config: settings.Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError as error:
        err.print(f"uponai: cannot listen on {config.host}:{config.port}: {error}", style="red")
        raise typer.Exit(2) from None
    listener.listen(1024)
    listener.set_inheritable(True)
    return listener


def _try_port(host: str, kind: socket.SocketKind, port: int) -> None:
    """Raises OSError where it cannot be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
