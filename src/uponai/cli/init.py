"""``uponai init``: makes the data directory and prints the first API key, once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uponai.cli.first_key import first_key_or_exit
from uponai.cli.shared import config_or_exit, keep_files_private, out


def init(
    data: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path("./data"),
) -> None:
    """Make the data directory, the database and the first API key."""
    keep_files_private()
    config = config_or_exit({"data_dir": str(data)})
    key = first_key_or_exit(config)
    if key is None:
        out.print(f"{config.data_dir} is already set up; its keys are only shown when made.")
        return
    out.print("Your API key (it bears the webhook badge and is not shown again):")
    out.print(f"[bold]{key}[/bold]", soft_wrap=True)
