"""A start that cannot succeed says why in one line and leaves no secret on the screen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from uponai.cli.main import app


@pytest.fixture(autouse=True)
def _same_umask() -> Iterator[None]:
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.mark.parametrize("command", ["init", "serve"])
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://u:hunter2@db/x", "must begin sqlite or postgresql"),
        ("sqlite:////nowhere/at/all.db", "does not exist"),
        ("postgresql://u:hunter2@127.0.0.1:1/x", "refused"),
    ],
)
def test_a_database_that_cannot_be_opened(command: str, url: str, why: str, tmp_path: Path) -> None:
    told = CliRunner().invoke(
        app, [command, "--data", str(tmp_path)], env={"DATABASE_URL": url, "COLUMNS": "500"}
    )
    assert told.exit_code == 2
    assert why in told.stderr and "Traceback" not in told.stderr
    assert "hunter2" not in told.output
