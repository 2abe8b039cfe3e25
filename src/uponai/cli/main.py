"""The command line: ``uponai init | keys | limits | carriers | batch | serve | demo | ...``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command


class _Command(NamedTuple):
    """Where a command is: a function, or a group of commands (``app``)."""

    module: str
    name: str
    hidden: bool = False


_COMMANDS: Mapping[str, _Command] = {
    "init": _Command("init", "init"),
    "serve": _Command("serve", "serve"),
    "demo": _Command("demo", "demo"),
    "call": _Command("call", "call"),
    "callee": _Command("callee", "callee"),
    "carrier-sim": _Command("carrier_sim", "carrier_sim"),
    "trunk-line": _Command("trunk_line", "trunk_line", hidden=True),
    "keys": _Command("keys", "app"),
    "batch": _Command("batch", "app"),
    "limits": _Command("limits", "limits"),
    "carriers": _Command("carriers", "app"),
}


class _Commands(TyperGroup):
    """Imports a command when it is asked for: an edge is not to wait for what a demo needs."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        wanted = _COMMANDS.get(cmd_name)
        if wanted is None:
            return None
        found = getattr(importlib.import_module(f"uponai.cli.{wanted.module}"), wanted.name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name, hidden=wanted.hidden)(found)
            found = alone
        command = get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="uponai",
    cls=_Commands,
    help="Self-hosted AI phone agents behind Retell AI's wire API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def uponai() -> None:
    """Self-hosted AI phone agents behind Retell AI's wire API."""
