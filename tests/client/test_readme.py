"""The Python client's README, each block a program of its own against our server."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.server import Server
from tests.fakes.seeded import client_environment, seeded_server

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "sdk" / "python" / "README.md").read_text()
BLOCKS = re.findall(r"^## (.+?)\n.*?```python\n(.+?)```", TEXT, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with seeded_server() as running:
        yield running


@pytest.mark.realtime
@pytest.mark.parametrize(("title", "code"), BLOCKS, ids=[title for title, _ in BLOCKS])
def test_each_block_runs_as_it_stands(server: Server, title: str, code: str) -> None:
    environment = {"PYTHONPATH": str(ROOT / "src"), **client_environment(server)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_section_with_code_is_tried() -> None:
    assert len(BLOCKS) == TEXT.count("```python") >= 6


def test_the_blocks_satisfy_a_strict_type_checker(tmp_path: Path) -> None:
    for number, (_, code) in enumerate(BLOCKS):
        (tmp_path / f"block{number}.py").write_text(code)
    (tmp_path / "pyrightconfig.json").write_text(
        f'{{"typeCheckingMode": "strict", "extraPaths": ["{ROOT / "src"}"]}}'
    )
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", str(tmp_path)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
