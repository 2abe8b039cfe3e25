"""The habits of the house that no linter holds: sizes, names, vendor words, docstrings."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "uponai"
HARD_LIMIT = 600
VENDORS = ("deepgram", "cartesia", "elevenlabs", "moonshine", "hibari", "silero")
VENDOR_HOMES = ("providers/", "app/", "wire/", "client/")
# The wire's own enums of voice vendors stand in the examples of the API document.
VENDOR_WORDS_OF_THE_WIRE = ("api/examples.py",)


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def generated(path: Path) -> bool:
    """Files made from the OpenAPI document say so in their first lines."""
    return path.is_relative_to(PACKAGE / "client") and "generate" in path.read_text()[:400]


def test_no_file_is_over_the_hard_limit() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in [*sources(), *sorted((ROOT / "tests").rglob("*.py"))]
        if (count := len(path.read_text().splitlines())) > HARD_LIMIT and not generated(path)
    }
    assert not long


def test_each_folder_says_what_it_owns() -> None:
    silent = [
        str(folder.relative_to(ROOT))
        for folder in {path.parent for path in sources()}
        if "migrations" not in folder.parts
        and not ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    ]
    assert not silent


def test_each_public_module_has_a_docstring() -> None:
    silent = [str(path) for path in sources() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert not silent


def test_every_top_level_module_stands_in_the_layer_contract() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contract["contracts"][0]
    named = {word.strip() for layer in layers["layers"] for word in layer.split("|")}
    named |= set(layers["exhaustive_ignores"])
    present = {
        path.stem
        for path in PACKAGE.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    assert present <= named


def test_a_vendor_is_named_in_one_place_only() -> None:
    strays: list[str] = []
    for path in sources():
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith(VENDOR_HOMES) or place in ("config.py", *VENDOR_WORDS_OF_THE_WIRE):
            continue
        text = path.read_text().lower()
        strays += [f"{place}: {vendor}" for vendor in VENDORS if vendor in text]
    assert not strays


def test_no_machine_path_or_registry_host_is_committed() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    bad = re.compile(r"/work/(main|shared)|pypi\.org|pythonhosted|registry\.npmjs|/root/")
    strays: list[str] = []
    for name in filter(None, listing.split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        strays += [f"{name}: {found.group()}" for found in bad.finditer(text)][:1]
    assert not strays
