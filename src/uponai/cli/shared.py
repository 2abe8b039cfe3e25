"""What the commands have in common: consoles and settings."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Console

from uponai import config as settings
from uponai.app import prepare_installation
from uponai.storage.base import StorageUnavailable

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def keep_files_private() -> None:
    """What this process and its children make from now on is readable by their user alone.

    Recordings, transcripts and keys are personal data wherever the data directory stands.
    """
    os.umask(0o077)


def first_key_or_exit(config: settings.Config) -> str | None:
    """Data directory, secret key, database and first API key made where missing; that key, once.

    Or one line on standard error and exit status 2.
    """
    try:
        settings.load_secret_key(config.data_dir)
        return asyncio.run(prepare_installation(config))
    except (settings.ConfigError, StorageUnavailable, OSError, ValueError) as error:
        err.print(f"uponai: cannot start in {config.data_dir}: {error}", style="red")
        raise typer.Exit(2) from None


def config_or_exit(overrides: Mapping[str, Any]) -> settings.Config:
    """The configuration, or one line on standard error and exit status 2."""
    try:
        return settings.load(overrides)
    except settings.ConfigError as error:
        err.print(f"uponai: {error}", style="red")
        raise typer.Exit(2) from None
