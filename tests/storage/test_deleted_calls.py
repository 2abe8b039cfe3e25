"""A call deleted while the work after it is under way leaves neither a row nor a file behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.jobs.test_worker import QUICK, World, tape, world
from tests.patience import patience
from tests.storage.worlds import ORG

from uponai.jobs.recordings import Recordings


class DeletedInBetween(Recordings):
    """As the job is about to join the tape, its call is deleted through the API, and the line
    holder flushes the rest of its tape only then."""

    def __init__(self, it: World, *, refuse: bool) -> None:
        super().__init__(it.data / "tape", it.data / "recordings")
        self._it = it
        self._refuse = refuse
        self.joined = asyncio.Event()

    async def finish(self, call_id: str) -> bool:
        assert await self._it.storage.calls.delete(ORG, call_id)
        await self.forget(call_id)
        tape(self._it.data / "tape" / call_id, "1-1", 0, 1, 2, 4)
        done = await super().finish(call_id)
        self.joined.set()
        if self._refuse:
            raise OSError("the disk refuses")
        return done


async def deleted_under_way(it: World, *, refuse: bool) -> None:
    it.tape("1-0", 0, 1, 2, 4)
    await it.end()
    recordings = it.recordings = DeletedInBetween(it, refuse=refuse)
    try:
        async with it.working(), patience():
            await recordings.joined.wait()
    finally:
        await recordings.aclose()
    left = [path.name for path in it.data.rglob("*") if "call_1" in str(path.relative_to(it.data))]
    assert left == []
    assert it.finished == []
    assert await it.events() == []
    assert await it.storage.post_calls.claim("w", 1 << 60, 1, 9) == []


async def test_nothing_is_made_again(url: str, tmp_path: Path) -> None:
    async with world(tmp_path, QUICK, url) as it:
        await deleted_under_way(it, refuse=False)


async def test_nothing_is_left_of_what_the_disk_refused(url: str, tmp_path: Path) -> None:
    async with world(tmp_path, QUICK, url) as it:
        await deleted_under_way(it, refuse=True)
