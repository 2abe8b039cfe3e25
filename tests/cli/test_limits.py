"""``uponai limits`` on a fresh data directory."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from uponai.cli.main import app


def _run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    assert _run(tmp_path, "init").exit_code == 0
    return tmp_path


def _row(shown: Result, provider: str) -> list[str]:
    """Limit, maximum and what is pending, if anything."""
    (line,) = [line for line in shown.output.splitlines() if provider in line]
    return [cell.strip() for cell in line.strip("│|┃ ").replace("│", "|").split("|")][1:]


def test_limits_are_shown_and_set(data: Path) -> None:
    assert _row(_run(data, "limits"), "custom")[:2] == ["1", "1"]
    words = ("--concurrency", "400", "--cps", "custom=20", "--reserved-inbound", "10", "--burst")
    shown = _run(data, "limits", *words)
    assert shown.exit_code == 0
    assert "Calls at once: 400, in bursts 700; 10 of them kept" in shown.output
    assert _row(shown, "custom")[:2] == ["20", "20"]


def test_a_rate_that_the_carriers_console_must_have_too_is_pending_until_confirmed(
    data: Path,
) -> None:
    pending = _row(_run(data, "limits", "--cps", "twilio=5"), "twilio")
    assert pending[:2] == ["1", "5"]
    assert pending[2].startswith("5 from ") and "or once" in pending[2]
    assert _row(_run(data, "limits"), "twilio") == pending
    confirmed = _run(data, "limits", "--cps", "twilio=confirmed")
    assert _row(confirmed, "twilio") == ["5", "5"]


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("--cps", "twilio=6"), 1, "cps/twilio must be <= 5"),
        (("--cps", "custom=2"), 1, "cps/custom must be <= 1 (concurrency limit / 20)"),
        (("--cps", "nobody=1"), 1, "cps/nobody must name a provider of this installation"),
        (("--cps", "twilio"), 2, "--cps must be PROVIDER=N"),
        (("--concurrency", "0"), 1, "concurrency_limit must be >= 1"),
    ],
)
def test_what_cannot_be_set_is_refused_by_name_and_rule(
    data: Path, words: tuple[str, ...], code: int, text: str
) -> None:
    refused = _run(data, "limits", *words)
    assert refused.exit_code == code
    assert text in " ".join(refused.output.split())
    assert _row(_run(data, "limits"), "twilio")[:2] == ["1", "5"]
