"""What the commands have in common: consoles and settings."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Console

from uponai import config as settings

MOST_FILES = 65_536

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def keep_files_private() -> None:
    """What this process and its children make from now on is readable by their user alone.

    Recordings, transcripts and keys are personal data wherever the data directory stands.
    """
    os.umask(0o077)


def allow_many_files() -> None:
    """This process and its children may open as many files as the system grants, within reason.

    Each line has two sockets, and many systems begin with 1,024 files for all.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def config_or_exit(overrides: Mapping[str, Any]) -> settings.Config:
    """The configuration, or one line on standard error and exit status 2."""
    try:
        return settings.load(overrides)
    except settings.ConfigError as error:
        err.print(f"uponai: {error}", style="red")
        raise typer.Exit(2) from None
