"""Checkpoints during an outage of the database, and after the process has died in it."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.calls import FakeCheckpoints

from uponai.domain.call import Checkpoint
from uponai.storage.base import StorageUnavailable
from uponai.storage.spool import KEPT_MS, SpooledCheckpoints
from uponai.tasks import now_ms


def turn(number: int, call_id: str = "call_1", fence: int = 1, **state: Any) -> Checkpoint:
    return Checkpoint(call_id, number, fence, now_ms(), {"said": "Jos\u00e9", **state})


async def refused(spooled: SpooledCheckpoints, checkpoint: Checkpoint) -> None:
    with pytest.raises(StorageUnavailable):
        await spooled.save(checkpoint)


async def test_what_the_database_did_not_take_is_found_by_the_next_process(tmp_path: Path) -> None:
    stored = FakeCheckpoints()
    folder = tmp_path / "spool"
    first = SpooledCheckpoints(stored, folder)
    assert await first.save(turn(1))
    stored.failures = 2
    await refused(first, turn(2))
    await refused(first, turn(3))
    again = SpooledCheckpoints(stored, folder)
    last = await again.last("call_1")
    assert last is not None and (last.turn, last.state["said"]) == (3, "Jos\u00e9")
    assert stored.rows["call_1"].turn == 1


async def test_the_database_gets_it_with_the_next_one_it_takes(tmp_path: Path) -> None:
    stored = FakeCheckpoints()
    stored.failures = 1
    await refused(SpooledCheckpoints(stored, tmp_path), turn(5))
    again = SpooledCheckpoints(stored, tmp_path)
    assert await again.save(turn(1, "call_2"))
    assert stored.rows["call_1"].turn == 5
    assert list(tmp_path.iterdir()) == []


async def test_of_two_checkpoints_the_newer_counts_and_a_later_holder_before_all(
    tmp_path: Path,
) -> None:
    stored = FakeCheckpoints()
    spooled = SpooledCheckpoints(stored, tmp_path)
    stored.failures = 2
    await refused(spooled, turn(4))
    await refused(spooled, turn(3))
    last = await spooled.last("call_1")
    assert last is not None and last.turn == 4
    stored.rows["call_1"] = turn(2, fence=2)
    last = await spooled.last("call_1")
    assert last is not None and (last.fence, last.turn) == (2, 2)


async def test_a_call_that_went_on_without_it_keeps_it_for_a_while(tmp_path: Path) -> None:
    stored = FakeCheckpoints()
    spooled = SpooledCheckpoints(stored, tmp_path)
    stored.failures = 2
    old = replace(turn(7, "call_2"), at_ms=now_ms() - KEPT_MS - 1)
    await refused(spooled, turn(7))
    await refused(spooled, old)
    stored.stale = True
    await spooled.save(turn(1, "call_3"))
    assert [path.name for path in tmp_path.iterdir()] == ["call_1.json"]
    last = await spooled.last("call_1")
    assert last is not None and last.turn == 7


async def test_nobody_else_may_read_it_and_a_strange_id_writes_nothing(tmp_path: Path) -> None:
    stored = FakeCheckpoints()
    stored.failures = 2
    folder = tmp_path / "spool"
    spooled = SpooledCheckpoints(stored, folder)
    await refused(spooled, turn(1))
    await refused(spooled, turn(1, "../escaped"))
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in tmp_path.iterdir()) == ["spool"]


async def test_a_torn_file_and_a_full_disk_hold_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "call_1.json").write_text('{"call_id": "call_')
    stored = FakeCheckpoints()
    stored.rows["call_1"] = turn(2)
    spooled = SpooledCheckpoints(stored, tmp_path)
    last = await spooled.last("call_1")
    assert last is not None and last.turn == 2
    assert await spooled.save(turn(3))
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    stored.failures = 1
    await refused(SpooledCheckpoints(stored, blocked), turn(4))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3), st.booleans()), max_size=20))
def test_the_newest_turn_is_never_lost(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, int, bool]]
) -> None:
    """Each step: whether the database is up, for which call a turn is saved, whether the process
    dies after it."""
    folder = tmp_path_factory.mktemp("spool")

    async def scene() -> None:
        stored = FakeCheckpoints()
        spooled = SpooledCheckpoints(stored, folder)
        newest: dict[str, int] = {}
        for number, (up, which, dies) in enumerate(steps):
            call_id = f"call_{which}"
            newest[call_id] = number
            if up:
                await spooled.save(turn(number, call_id))
            else:
                stored.failures = 1
                await refused(spooled, turn(number, call_id))
            spooled = SpooledCheckpoints(stored, folder) if dies else spooled
            for known, at in newest.items():
                last = await spooled.last(known)
                assert last is not None and last.turn == at

    asyncio.run(scene())
