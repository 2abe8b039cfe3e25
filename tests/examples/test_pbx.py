"""The pages on PBXs quote the files under examples/pbx, and each such file is told of."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(folder for folder in (ROOT / "examples" / "pbx").iterdir() if folder.is_dir())
_BLOCK = re.compile(r"^```(?:ini|xml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(folder: Path) -> str:
    return (ROOT / "docs" / "howto" / f"{folder.name}.md").read_text()


def files(folder: Path) -> dict[str, str]:
    """What is in each file, by its path in the folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in found}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_the_page_shows_is_what_can_be_copied(folder: Path) -> None:
    blocks = _BLOCK.findall(page(folder))
    assert blocks
    for block in blocks:
        assert any(block in text for text in files(folder).values()), block


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_page_names_every_file(folder: Path) -> None:
    told = page(folder)
    assert [name for name in files(folder) if f"`{name}`" not in told] == []


def test_what_is_to_be_copied_as_xml_is_xml() -> None:
    found = [path for folder in FOLDERS for path in folder.rglob("*.xml")]
    assert found
    for path in found:
        assert ElementTree.parse(path).getroot().tag == "include"
