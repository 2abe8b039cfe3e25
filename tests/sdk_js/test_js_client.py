"""The JavaScript client: built, type-checked and run by Node, by itself and against our server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.server import Server
from tests.api.world import FROM, TO
from tests.fakes.node import node_command, node_environment, node_packages, npm_command
from tests.fakes.seeded import client_environment, seeded_server

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "sdk" / "js"
TSC = "node_modules/typescript/lib/tsc.js"


def run(*argv: str, cwd: Path = FOLDER, **environment: str) -> str:
    """A program's output; it must end well."""
    done = subprocess.run(
        argv, cwd=cwd, env={**node_environment(), **environment}, capture_output=True, text=True,
        timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    return done.stdout


def built_client() -> Path:
    """The package's folder, built from its sources."""
    node_packages(FOLDER)
    sources = [*FOLDER.glob("src/**/*.ts"), *FOLDER.glob("tsconfig*.json"), FOLDER / "build.mjs"]
    built = FOLDER / "dist" / "cjs" / "package.json"
    if not built.exists() or built.stat().st_mtime < max(one.stat().st_mtime for one in sources):
        run(node_command(), "build.mjs")
    return FOLDER


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with the client built."""
    built_client()
    return node_command()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with seeded_server() as running:
        yield running


@pytest.mark.realtime
def test_its_own_tests_pass(node: str) -> None:
    tests = sorted(str(path) for path in (FOLDER / "test").glob("*.test.*js"))
    assert len(tests) == 2
    run(node, "--test", *tests)


@pytest.mark.realtime
def test_type_checkers_see_what_is_right_and_wrong(node: str) -> None:
    run(node, TSC, "-p", "test/tsconfig.json")


@pytest.mark.realtime
def test_the_guides_snippet_against_our_server(node: str, server: Server) -> None:
    environment = client_environment(server)
    result: Any = json.loads(run(node, "test/guide.mjs", FROM, TO, **environment))
    assert result["placed"]["call_status"] == "registered"
    assert result["read"]["metadata"] == {"order": 7}
    assert result["read"]["custom_sip_headers"] == {"X-Order": "7"}
    assert result["waits"] == [1, 2, 4]
    assert result["listed"] == result["created"]
    assert result["refused"] == {"code": "rate_limited", "status": 429, "waits": True}
    assert result["unknown"] == ["NotFound", 422]


@pytest.mark.realtime
def test_the_readme_from_the_package_as_a_new_user(
    node: str, server: Server, tmp_path: Path
) -> None:
    """The package as npm would publish it, in a project of its own, running the README's code."""
    environment = client_environment(server)
    run(*npm_command(), "pack", "--ignore-scripts", "--pack-destination", str(tmp_path))
    run(*npm_command(), "init", "-y", cwd=tmp_path)
    package = str(next(tmp_path.glob("*.tgz")))
    run(*npm_command(), "install", "--offline", "--no-audit", "--no-fund", package, cwd=tmp_path)
    blocks = (FOLDER / "README.md").read_text().split("```js\n")[1:]
    assert len(blocks) >= 3
    for number, block in enumerate(blocks):
        script = tmp_path / f"block{number}.mjs"
        script.write_text(block.split("```")[0])
        run(node, script.name, cwd=tmp_path, **environment)


def test_the_versions_agree() -> None:
    version = json.loads((FOLDER / "package.json").read_text())["version"]
    assert f"'{version}'" in (FOLDER / "src" / "version.ts").read_text()
    assert json.loads((FOLDER / "package-lock.json").read_text())["version"] == version


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in (FOLDER / "package-lock.json").read_text()
