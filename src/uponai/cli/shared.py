"""What the commands have in common: consoles and settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Console

from uponai import config as settings

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def keep_files_private() -> None:
    """What this process and its children make from now on is readable by their user alone.

    Recordings, transcripts and keys are personal data wherever the data directory stands.
    """
    os.umask(0o077)


def config_or_exit(overrides: Mapping[str, Any]) -> settings.Config:
    """The configuration, or one line on standard error and exit status 2."""
    try:
        return settings.load(overrides)
    except settings.ConfigError as error:
        err.print(f"uponai: {error}", style="red")
        raise typer.Exit(2) from None
