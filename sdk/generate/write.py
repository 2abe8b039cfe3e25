"""The document of this checkout, and files on disk."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

from sdk.generate.diagram import PAGE, drawn_page
from sdk.generate.plan import make_plan
from sdk.generate.python import python_files
from sdk.generate.typescript import typescript_files

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "src" / "uponai" / "client"
TYPESCRIPT = ROOT / "sdk" / "js" / "src"
FOLDERS = ("params", "results", "resources")


def document() -> dict[str, Any]:
    """The OpenAPI document; making it needs no service."""
    from uponai.api.create import create_api

    return create_api(cast(Any, None)).openapi()


def made_files(described: dict[str, Any] | None = None) -> dict[Path, str]:
    """Every generated file's text, formatted, by its path."""
    plan = make_plan(described or document())
    made = {PYTHON / name: text for name, text in formatted(python_files(plan)).items()}
    made.update({TYPESCRIPT / name: text for name, text in typescript_files(plan).items()})
    made[PAGE] = drawn_page()
    return made


def formatted(files: dict[str, str]) -> dict[str, str]:
    """As ``ruff`` with this project's settings would have it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        ruff = [sys.executable, "-m", "ruff"]
        first_party = 'lint.isort.known-first-party = ["uponai"]'
        settings = ["--config", str(ROOT / "pyproject.toml"), "--config", first_party]
        settings += ["--no-cache", "-q", folder]
        subprocess.run([*ruff, "check", "--select", "I,F401", "--fix", *settings], check=True)
        subprocess.run([*ruff, "format", *settings], check=True)
        return {name: Path(folder, name).read_text() for name in files}


def stale(made: dict[Path, str]) -> list[Path]:
    """What differs on disk, and what should no longer be there."""
    there = {path for folder in FOLDERS for path in (PYTHON / folder).glob("*.py")}
    there |= set((TYPESCRIPT / "types").glob("*.ts"))
    gone = sorted(there - set(made))
    return [path for path, text in made.items() if _read(path) != text] + gone


def write(made: dict[Path, str]) -> list[Path]:
    changed = stale(made)
    for path in changed:
        if path in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path])
        else:
            path.unlink()
    return changed


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
