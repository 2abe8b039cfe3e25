"""``uponai batch`` against a server that is not there, or wrongly asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from uponai.cli.main import app


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["batch", *words])
    return result.exit_code, result.output


def test_every_command_is_there() -> None:
    code, text = run("--help")
    assert code == 0
    assert all(word in text for word in ("create", "list", "show", "pause", "resume", "cancel"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--window", "[]"], "--window must be a JSON object"),
        (["--key", "k", "--url", "http://127.0.0.1:9"], "uponai: "),
    ],
)
def test_what_cannot_work_is_said_in_a_line(tmp_path: Path, words: list[str], told: str) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("phone number\n+14155550142\n")
    code, text = run("create", str(file), "--from", "+14155550100", *words)
    assert code in (1, 2) and told in text and "Traceback" not in text
