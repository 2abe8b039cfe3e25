"""``uponai keys``: create, list, rotate and revoke API keys."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from uponai.app.keys import KeyProblem, KeyWish, create_key, list_keys, revoke_key, rotate_key
from uponai.cli.shared import config_or_exit, err, out
from uponai.config import Config

T = TypeVar("T")

app = typer.Typer(
    help="API keys: create, list, rotate, revoke.", no_args_is_help=True, add_completion=False
)

Data = Annotated[Path, typer.Option(help="Where everything is kept.")]
Workspace = Annotated[str | None, typer.Option(help="Which workspace, where there are several.")]
_DATA = Path("./data")


class Role(StrEnum):
    """What a key may do."""

    FULL = "full"
    READ_ONLY = "read_only"
    PUBLIC = "public"


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.FULL,
    origin: Annotated[
        list[str] | None, typer.Option(help="Web origin of a public key; may be repeated.")
    ] = None,
    signs_webhooks: Annotated[bool, typer.Option(help="Let it sign webhooks from now on.")] = False,
    workspace: Workspace = None,
    data: Data = _DATA,
) -> None:
    """Make a key and print it, once."""
    wish = KeyWish(name, role.value, tuple(origin or ()), signs_webhooks, workspace)
    _print_key(_done(create_key(_config(data), wish)))


@app.command("list")
def show(workspace: Workspace = None, data: Data = _DATA) -> None:
    """Every key, without its text, which is kept nowhere."""
    table = Table("key", "name", "role", "webhooks", "made", "revoked", "origins")
    for key in _done(list_keys(_config(data), workspace)):
        table.add_row(
            key.key_id,
            key.name,
            key.role,
            "signs" if key.webhook_badge and key.revoked_ms is None else "",
            _day(key.created_ms),
            _day(key.revoked_ms),
            " ".join(key.origins),
        )
    out.print(table)


@app.command("rotate")
def rotate(
    key_id: Annotated[str, typer.Argument(help="The key's id, as list shows it.")],
    keep_old: Annotated[bool, typer.Option(help="Leave the old one valid for now.")] = False,
    data: Data = _DATA,
) -> None:
    """Make a new key with the same rights; the old one ends. Webhooks are signed with the new."""
    _print_key(_done(rotate_key(_config(data), key_id, keep_old=keep_old)))


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as list shows it.")],
    data: Data = _DATA,
) -> None:
    """End a key at once."""
    _done(revoke_key(_config(data), key_id))
    out.print(f"{key_id} is revoked.")


def _config(data: Path) -> Config:
    return config_or_exit({"data_dir": str(data)})


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except KeyProblem as error:
        err.print(f"uponai: {error}", style="red")
        raise typer.Exit(1) from None


def _print_key(text: str) -> None:
    err.print("The new API key (it is not shown again):")
    out.print(text, soft_wrap=True)


def _day(at_ms: int | None) -> str:
    return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()
