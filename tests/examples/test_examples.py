"""The examples do what they say, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest
from tests.api.server import Server
from tests.api.world import FROM, KEY, TO
from tests.fakes.node import node_command, node_environment
from tests.fakes.seeded import client_environment, seeded_server
from tests.patience import PATIENCE_S
from tests.sdk_js.test_js_client import built_client

from uponai import UponAI
from uponai.wire.inbound import question, wishes
from uponai.wire.signature import sign

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
pytestmark = pytest.mark.realtime


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with seeded_server() as running:
        yield running


@pytest.fixture(scope="module")
def js(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The JavaScript examples in a folder that has the package."""
    folder = tmp_path_factory.mktemp("js")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "uponai").symlink_to(built_client(), target_is_directory=True)
    for path in (EXAMPLES / "js").glob("*.mjs"):
        (folder / path.name).write_text(path.read_text())
    return folder


def start(argv: list[str], server: Server, cwd: Path) -> subprocess.Popen[str]:
    environment = {**node_environment(), "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen(
        argv, env={**environment, **client_environment(server)}, cwd=cwd, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def command(language: str, name: str, js: Path) -> tuple[list[str], Path]:
    if language == "python":
        return [sys.executable, f"{name}.py"], EXAMPLES / "python"
    return [node_command(), f"{name.replace('_', '-')}.mjs"], js


def line(stream: IO[str] | None) -> list[str]:
    assert stream is not None
    return stream.readline().split()


@pytest.mark.parametrize("language", ["python", "js"])
def test_a_call_is_placed_and_followed_to_its_end(language: str, server: Server, js: Path) -> None:
    argv, folder = command(language, "place_call", js)
    with start([*argv, FROM, TO], server, folder) as program:
        word, call_id = line(program.stdout)
        assert word == "placed" and line(program.stdout) == ["registered"]
        with UponAI(KEY, base_url=server.base_url) as client:
            client.call.stop(call_id)
        output, _ = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 0
    assert output.splitlines()[0].endswith("manual_stopped")


def test_a_list_is_called_and_a_wrong_number_is_told(server: Server, js: Path) -> None:
    argv, folder = command("python", "call_list", js)
    with start([*argv, FROM], server, folder) as program:
        output, _ = program.communicate(
            "+14155550123\n\nnobody\n+14155550124\n", timeout=PATIENCE_S
        )
    assert program.returncode == 0
    placed, refused, last = output.splitlines()
    assert placed.startswith("+14155550123 call_") and last.startswith("+14155550124 call_")
    assert refused.startswith("nobody request/body/to_number")


@pytest.mark.parametrize("language", ["python", "js"])
def test_webhooks_are_received_when_signed(language: str, server: Server, js: Path) -> None:
    argv, folder = command(language, "webhooks", js)
    body = json.dumps({"event": "call_ended", "call": {"call_id": "call_1"}})
    with start([*argv, "0"], server, folder) as program:
        try:
            url = f"http://127.0.0.1:{line(program.stdout)[-1]}"
            signature = sign(body, KEY, int(time.time() * 1000))  # noqa: TID251
            headers = {"x-uponai-signature": signature}
            good = httpx.post(url, content=body, headers=headers)
            assert good.status_code == 204
            assert line(program.stdout) == ["call_ended", "call_1"]
            assert httpx.post(url, content=body + " ", headers=headers).status_code == 401
        finally:
            program.terminate()


def test_an_inbound_call_is_decided_on(server: Server, js: Path, tmp_path: Path) -> None:
    callers = tmp_path / "callers.json"
    callers.write_text('{"+1": {"name": "Ann"}, "+2": {"blocked": true}}')
    argv, folder = command("python", "inbound_webhook", js)

    def decided(url: str, from_number: str) -> dict[str, object]:
        body = question("call_1", from_number, FROM, None)
        signature = sign(body, KEY, int(time.time() * 1000))  # noqa: TID251
        answer = httpx.post(url, content=body, headers={"x-uponai-signature": signature})
        return wishes(answer.content)

    with start([*argv, "0", "agent_1", str(callers)], server, folder) as program:
        try:
            url = f"http://127.0.0.1:{line(program.stdout)[-1]}"
            known = decided(url, "+1")
            assert known["override_agent_id"] == "agent_1"
            assert known["dynamic_variables"] == {"name": "Ann"}
            assert decided(url, "+2") == {}
            assert httpx.post(url, content="{}").status_code == 401
        finally:
            program.terminate()
