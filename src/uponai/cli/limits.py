"""``uponai limits``: shows and sets what a workspace may do at once and per second."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from uponai.app.keys import KeyProblem
from uponai.app.limits import change_limits
from uponai.cli.shared import config_or_exit, err, out
from uponai.dialer.admit import CpsLimit, WorkspaceLimits
from uponai.domain.errors import UserError
from uponai.domain.limits import InUse
from uponai.storage.base import StorageUnavailable

_DATA = Path("./data")
CONFIRMED = "confirmed"
"""The pending limit is set at the carrier now."""


def limits(
    concurrency: Annotated[int | None, typer.Option(help="Calls at once.")] = None,
    burst: Annotated[bool | None, typer.Option(help="Up to three times that, +300.")] = None,
    reserved_inbound: Annotated[int | None, typer.Option(help="Kept for inbound calls.")] = None,
    cps: Annotated[
        list[str] | None, typer.Option(help="Calls per second: PROVIDER=N, or PROVIDER=confirmed.")
    ] = None,
    workspace: Annotated[str | None, typer.Option(help="Where there are several.")] = None,
    data: Annotated[Path, typer.Option(help="Where everything is kept.")] = _DATA,
) -> None:
    """Show a workspace's limits, after changing those that are given."""
    change: dict[str, Any] = {
        "concurrency_limit": concurrency,
        "concurrency_burst_enabled": burst,
        "reserved_inbound_concurrency": reserved_inbound,
        **_rates(cps or []),
    }
    given = {name: value for name, value in change.items() if value is not None}
    config = config_or_exit({"data_dir": str(data)})
    try:
        now, used = asyncio.run(change_limits(config, given, workspace))
    except (KeyProblem, UserError, StorageUnavailable) as error:
        text = str(error).removeprefix("request/body/")
        err.print(f"uponai: {text}", style="red", markup=False)
        raise typer.Exit(1) from None
    _show(now, used)


def _rates(given: list[str]) -> dict[str, Any]:
    rates: dict[str, int] = {}
    confirmed: list[str] = []
    for text in given:
        provider, _, rate = text.partition("=")
        if provider and rate == CONFIRMED:
            confirmed.append(provider)
            continue
        if not provider or not rate.isdecimal():
            err.print(
                f"uponai: --cps must be PROVIDER=N, such as custom=5, not {text}", style="red"
            )
            raise typer.Exit(2)
        rates[provider] = int(rate)
    return {"cps": rates or None, "confirm_cps": confirmed or None}


def _show(limits: WorkspaceLimits, used: InUse) -> None:
    burst = f", in bursts {limits.burst_limit}" if limits.burst_enabled else ""
    out.print(f"Calls at once: {limits.concurrency}{burst}; {limits.reserved_inbound} of them kept")
    out.print(f"for inbound. Now: {used.outbound} outbound, {used.inbound} inbound.")
    table = Table("numbers of", "calls per second", "at most", "pending")
    for provider, cps in limits.cps.items():
        table.add_row(provider, str(cps.limit), str(cps.maximum), _pending(cps))
    out.print(table)


def _pending(cps: CpsLimit) -> str:
    if cps.pending is None or cps.pending_until_ms is None:
        return ""
    at = datetime.fromtimestamp(cps.pending_until_ms / 1000, UTC)
    return f"{cps.pending} from {at:%H:%M:%S} UTC, or once confirmed"
