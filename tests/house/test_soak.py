"""Every soak that ``./dev soak`` names can be started by that name."""

from __future__ import annotations

import importlib

import pytest
from tests.soak.__main__ import SOAKS


@pytest.mark.parametrize("name", SOAKS)
def test_a_soak_has_the_entry_that_dev_calls(name, capsys):
    soak = importlib.import_module(f"tests.soak.{name}")
    with pytest.raises(SystemExit) as left:
        soak.run(["--help"])
    assert left.value.code == 0
    assert f"./dev soak {name}" in capsys.readouterr().out
