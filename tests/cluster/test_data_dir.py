"""Two installations never share a data directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from uponai.cluster.data_dir import DataDirInUse, hold_data_dir


async def test_a_second_one_is_refused_until_the_first_has_gone(tmp_path: Path) -> None:
    waited: list[str] = []
    first = await hold_data_dir(tmp_path, lambda: waited.append("first"))
    inherited = os.dup(first)
    with pytest.raises(DataDirInUse, match=str(tmp_path)):
        await hold_data_dir(tmp_path, lambda: waited.append("second"), patience_s=0)
    os.close(first)
    with pytest.raises(DataDirInUse):
        await hold_data_dir(tmp_path, lambda: waited.append("third"), patience_s=0)
    os.close(inherited)
    os.close(await hold_data_dir(tmp_path, lambda: waited.append("fourth"), patience_s=0))
    assert waited == []
