"""The installation as a command finds it, or makes it."""

from __future__ import annotations

import asyncio

import typer

from uponai.app.install import prepare_installation
from uponai.cli.shared import err
from uponai.config import Config, ConfigError, load_secret_key
from uponai.storage.base import StorageUnavailable


def first_key_or_exit(config: Config) -> str | None:
    """Data directory, secret key, database and first API key made where missing; that key, once.

    Or one line on standard error and exit status 2.
    """
    try:
        load_secret_key(config.data_dir)
        return asyncio.run(prepare_installation(config))
    except (ConfigError, StorageUnavailable, OSError, ValueError) as error:
        err.print(f"uponai: cannot start in {config.data_dir}: {error}", style="red")
        raise typer.Exit(2) from None
