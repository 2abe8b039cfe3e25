"""``uponai carriers``: a workspace's own accounts with carriers."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from uponai.app.keys import KeyProblem
from uponai.app.own_accounts import list_accounts, remove_account, set_account
from uponai.cli.shared import config_or_exit, err, out
from uponai.config import Config
from uponai.domain.errors import UserError
from uponai.storage.base import StorageUnavailable

T = TypeVar("T")

app = typer.Typer(
    help="A workspace's own accounts with carriers: list, set, remove.",
    no_args_is_help=True,
    add_completion=False,
)

Carrier = Annotated[str, typer.Argument(help="As list names it.")]
Data = Annotated[Path, typer.Option(help="Where everything is kept.")]
Workspace = Annotated[str | None, typer.Option(help="Which workspace, where there are several.")]
_DATA = Path("./data")


@app.command("list")
def show(workspace: Workspace = None, data: Data = _DATA) -> None:
    """Whose account each carrier is used through."""
    table = Table("carrier", "account of", "account", "application", "secret")
    for row in _done(list_accounts(_config(data), workspace)):
        tail = row.get("secret_last4")
        table.add_row(
            row["carrier"],
            row["source"],
            row.get("account", ""),
            row.get("application", ""),
            f"...{tail}" if tail else "",
        )
    out.print(table)


@app.command("set")
def set_(
    carrier: Carrier,
    account: Annotated[str | None, typer.Option(help="Its id, where the carrier has one.")] = None,
    application: Annotated[
        str | None, typer.Option(help="What calls are made through, where it wants one.")
    ] = None,
    public_key: Annotated[
        str | None, typer.Option(help="What its webhooks are checked with, where it wants one.")
    ] = None,
    workspace: Workspace = None,
    data: Data = _DATA,
) -> None:
    """Verify and keep an account; its secret is asked for, or read from standard input."""
    config = _config(data)
    words = {"account": account, "application": application, "public_key": public_key}
    given = {name: value for name, value in words.items() if value}
    given["secret"] = typer.prompt("Secret", hide_input=True, err=True)
    row = _done(set_account(config, carrier, given, workspace))
    out.print(f"{carrier}: verified and kept (secret ...{row['secret_last4']})", markup=False)


@app.command("remove")
def remove(carrier: Carrier, workspace: Workspace = None, data: Data = _DATA) -> None:
    """Forget an account through which no number calls any more."""
    _done(remove_account(_config(data), carrier, workspace))
    out.print(f"{carrier}: removed", markup=False)


def _config(data: Path) -> Config:
    return config_or_exit({"data_dir": str(data)})


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except (KeyProblem, UserError, StorageUnavailable) as error:
        text = str(error).removeprefix("request/body/")
        err.print(f"uponai: {text}", style="red", markup=False)
        raise typer.Exit(1) from None
