"""The edge as a process: configuration in, line holder out."""

from __future__ import annotations

import asyncio
import signal
from importlib import resources
from pathlib import Path

from uponai.cluster.supervisor import parent_gone
from uponai.config import Config, ConfigError, EdgeSettings
from uponai.edge.main import run_edge as hold_lines
from uponai.edge.probes import parse_trunk
from uponai.edge.registrar import parse_account
from uponai.edge.settings import EdgeConfig
from uponai.edge.tls import TlsSettings
from uponai.http import TargetGuard
from uponai.media.wav import samples
from uponai.sip.gate import LOOPBACK, GateRule, parse_networks
from uponai.tasks import spawn


def edge_config(config: Config) -> EdgeConfig:
    """What the edge is told of the installation's settings."""
    edge, timers = config.edge, config.timers
    return EdgeConfig(
        data=config.data_dir,
        token=edge.control_token,
        control_host=edge.control_host,
        control_port=edge.control_port,
        sip_host=edge.sip_host,
        sip_port=edge.sip_port,
        public_host=edge.public_host,
        rtp_first=edge.rtp_first,
        rtp_last=edge.rtp_last,
        company=_company(),
        company_limit_ms=timers.company_limit_ms,
        media_timeout_ms=timers.media_timeout_ms,
        accept_timeout_ms=timers.accept_timeout_ms,
        max_lines=edge.max_lines,
        record=edge.record,
        tls_port=edge.tls_port,
        tls=TlsSettings(_path(edge.tls_cert), _path(edge.tls_key), _path(edge.tls_ca)),
        dns_servers=edge.dns_servers,
        gate=_gate(edge),
        registrations=_accounts(edge),
        options_trunks=_trunks(edge),
        options_interval_s=edge.options_interval_s,
        allow_target=TargetGuard(config.allow_private_targets).allows,
    )


def _accounts(edge: EdgeSettings) -> tuple[str, ...]:
    for number, account in enumerate(edge.registrations, start=1):
        try:
            parse_account(account)
        except ValueError as error:
            raise ConfigError(f"edge.registrations: entry {number}: {error}") from error
    return edge.registrations


def _trunks(edge: EdgeSettings) -> tuple[str, ...]:
    for trunk in edge.options_trunks:
        try:
            parse_trunk(trunk)
        except ValueError as error:
            raise ConfigError(f"edge.options_trunks: {trunk}: {error}") from error
    return edge.options_trunks


def _gate(edge: EdgeSettings) -> GateRule:
    try:
        known = parse_networks(edge.trusted_sources)
        return GateRule((*LOOPBACK, *known), edge.only_trusted)
    except ValueError as error:
        raise ConfigError(f"edge.trusted_sources: {error}") from error


def _path(name: str | None) -> Path | None:
    return Path(name).expanduser() if name else None


def _company() -> bytes:
    """The stored line that keeps the caller company while no brain answers."""
    stored = resources.files("uponai.edge").joinpath("data/company.wav").read_bytes()
    return samples(stored)[1]


async def run_edge(config: Config, *, supervised: bool) -> None:
    """Hold lines until SIGTERM, SIGINT, or the supervisor's death."""
    holding = spawn(hold_lines(edge_config(config)), name="edge")
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, holding.cancel)
    if supervised:
        watching = spawn(parent_gone(), name="watch supervisor")
        watching.add_done_callback(lambda _: holding.cancel())
    try:
        await holding
    except asyncio.CancelledError:
        return
