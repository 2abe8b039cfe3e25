"""After a call: recordings join, the analysis is written, ``call_analyzed`` is owed once."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tests.patience import until
from tests.storage.worlds import a_call, opened, told

from uponai.domain.call import Call
from uponai.domain.ending import Ending
from uponai.jobs.analysis import analyse
from uponai.jobs.recordings import Recordings
from uponai.jobs.worker import JobPorts, JobSettings, JobWorker
from uponai.media.tape import TapeHead, pack_head
from uponai.media.wav import samples
from uponai.storage.base import Storage

QUICK = JobSettings(poll_s=0.02, settle_ms=0, first_pause_ms=1, longest_pause_ms=2)


def tape(folder: Path, name: str, start: int, left: int, right: int, count: int) -> Path:
    """A segment of ``count`` line samples with a constant on each side."""
    folder.mkdir(parents=True, exist_ok=True)
    stereo = np.tile(np.array([left, right], dtype="<i2"), count)
    path = folder / name
    path.write_bytes(pack_head(TapeHead(8_000, start, 0)) + stereo.tobytes())
    return path


@dataclass
class World:
    storage: Storage
    data: Path
    recordings: Recordings
    settings: JobSettings
    finished: list[Call] = field(default_factory=list)
    analysed: int = 0
    fail: int = 0

    def tape(self, name: str, *shape: int, call_id: str = "call_1") -> Path:
        return tape(self.data / "tape" / call_id, name, *shape)

    def wav(self, name: str, call_id: str = "call_1") -> Any:
        info, pcm = samples((self.data / "recordings" / call_id / name).read_bytes())
        return info, np.frombuffer(pcm, dtype="<i2").tolist()

    def analyse(self, call: Call) -> Any:
        self.analysed += 1
        if self.analysed <= self.fail:
            raise RuntimeError("not yet")
        return analyse(call)

    async def end(self, call_id: str = "call_1", *, connected: bool = True, **fields: Any) -> None:
        await self.storage.calls.add(a_call(call_id, answered_ms=1_000 if connected else None))
        await self.storage.calls.end(call_id, None, Ending("agent_hangup"), fields)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[JobWorker]:
        ports = JobPorts(
            self.storage,
            self.recordings,
            self.analyse,
            told("call_analyzed"),
            self.finished.append,
        )
        worker = JobWorker(ports, "host", self.settings)
        worker.start()
        try:
            yield worker
        finally:
            await worker.aclose(grace_s=5.0)

    async def work(self, count: int = 1) -> None:
        """Until ``count`` calls are done; nothing is owed then."""
        async with self.working():
            await until(lambda: len(self.finished) >= count)

    async def events(self) -> list[str]:
        return [row.event for row in await self.storage.outbox.claim("w", 0, 1, 99)]


@asynccontextmanager
async def world(
    data: Path, settings: JobSettings = QUICK, url: str = "sqlite://"
) -> AsyncIterator[World]:
    recordings = Recordings(data / "tape", data / "recordings")
    async with opened(url) as storage:
        try:
            yield World(storage, data, recordings, settings)
        finally:
            await recordings.aclose()


async def test_segments_holes_and_overlaps_become_two_recordings(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.tape("1-0", 2, 100, -30, 3)
        it.tape("2-0", 4, 30_000, 30_000, 2)
        it.tape("2-1", 8, 1, 2, 1).write_bytes(
            (tmp_path / "tape/call_1/2-1").read_bytes() + b"\x07\x07\x07"
        )
        (tmp_path / "tape/call_1/3-0").write_bytes(b"torn")
        (tmp_path / "tape/call_1/notes.txt").write_bytes(b"x")
        await it.end()
        await it.work()
        info, stereo = it.wav("recording_multichannel.wav")
        assert (info.rate_hz, info.channels, info.frames) == (8_000, 2, 9)
        assert stereo[0::2] == [0, 0, 100, 100, 30_000, 30_000, 0, 0, 1]
        assert stereo[1::2] == [0, 0, -30, -30, 30_000, 30_000, 0, 0, 2]
        info, mono = it.wav("recording.wav")
        assert (info.channels, info.frames) == (1, 9)
        assert mono == [0, 0, 70, 70, 32_767, 32_767, 0, 0, 3]
        assert not (tmp_path / "tape/call_1").exists()
        assert sorted(os.listdir(tmp_path / "recordings/call_1")) == [
            "recording.wav",
            "recording_multichannel.wav",
        ]
        assert await it.events() == ["call_analyzed"]
        assert it.finished[0].analysis == analyse(it.finished[0])


async def test_a_long_recording_is_streamed_whole(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.tape("1-0", 100_000, 5, 6, 200_001)
        await it.end()
        await it.work()
        info, mono = it.wav("recording.wav")
        assert info.frames == 300_001
        assert set(mono[:100_000]) == {0} and set(mono[100_000:]) == {11}


async def test_a_call_that_did_not_connect_is_analysed_too(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.end(connected=False)
        await it.work()
        assert await it.events() == ["call_analyzed"]
        assert not (tmp_path / "recordings").exists()


async def test_a_call_without_a_tape_is_analysed(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.end()
        await it.work()
        assert await it.recordings.file("call_1", "recording.wav") is None


async def test_what_fails_is_done_again(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.fail = 3
        it.tape("1-0", 0, 1, 2, 4)
        await it.end()
        await it.work()
        assert it.analysed == 4
        assert it.wav("recording.wav")[1] == [3, 3, 3, 3]
        assert await it.events() == ["call_analyzed"]


async def test_a_disk_that_refuses_does_not_withhold_the_analysis(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.tape("1-0", 0, 1, 2, 4)
        (tmp_path / "recordings").write_text("a file where the folder should be")
        await it.end()
        await it.work()
        assert await it.events() == ["call_analyzed"]
        (tmp_path / "recordings").unlink()
        path = await it.recordings.file("call_1", "recording_multichannel.wav")
        assert path is not None and path.stat().st_size == 44 + 16


async def test_a_tape_that_still_grows_is_waited_for(tmp_path: Path) -> None:
    settings = JobSettings(poll_s=0.02, settle_ms=300)
    async with world(tmp_path, settings) as it:
        segment = it.tape("1-0", 0, 1, 2, 4)
        await it.end()
        async with it.working():
            with segment.open("ab") as file:
                file.write(b"\x01\x00\x02\x00")
            await until(lambda: it.finished)
        assert it.wav("recording.wav")[1] == [3] * 5


async def test_a_recording_can_be_had_before_the_job_ran(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        segment = it.tape("1-0", 0, 1, 2, 4)
        path = await it.recordings.file("call_1", "recording.wav")
        assert path == tmp_path / "recordings/call_1/recording.wav"
        with segment.open("ab") as file:
            file.write(b"\x01\x00\x02\x00")
        await it.end()
        await it.work()
        assert it.wav("recording.wav")[1] == [3] * 5


async def test_the_record_says_what_its_recording_lacks(tmp_path: Path) -> None:
    said = {"transcript_with_tool_calls": []}
    async with world(tmp_path) as it:
        it.tape("1-0", 0, 1, 2, 8_000)
        it.tape("1-1", 24_000, 1, 2, 8_000)
        await it.end(duration_ms=4_000, report=said)
        await it.work()
        it.tape("1-0", 0, 1, 2, 30_000, call_id="call_2")
        await it.end("call_2", duration_ms=4_000, report=said)
        await it.end("call_3", duration_ms=4_000, report=said)
        await it.work(3)
        reports = {call.call_id: call.report for call in it.finished}
    assert reports["call_1"] == said | {"recording_missing_ms": 2_000}
    assert reports["call_2"] == said
    assert reports["call_3"] == said | {"recording_missing_ms": 4_000}


async def test_a_clock_set_back_does_not_hold_up_the_work(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        segment = it.tape("1-0", 0, 1, 2, 10)
        in_an_hour = segment.stat().st_mtime + 3_600
        os.utime(segment, (in_an_hour, in_an_hour))
        await it.end()
        await it.work()
        assert it.wav("recording.wav")[0].frames == 10


async def test_no_path_leads_out_of_the_folder(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        (tmp_path / "recording.wav").write_bytes(b"secret")
        for call_id in ("..", ".", "", "a/../..", "../recordings"):
            assert await it.recordings.file(call_id, "recording.wav") is None
        assert await it.recordings.file("call_1", "../recording.wav") is None


async def test_the_tape_of_a_process_that_died_after_the_analysis_is_removed(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as it:
        it.tape("1-0", 0, 1, 2, 4)
        it.tape("1-0", 0, 1, 2, 4, call_id="call_other")
        await it.end()
        await it.recordings.finish("call_1")
        await it.storage.post_calls.finish("call_1", {"call_summary": ""}, {}, told("x"))
        async with it.working():
            await until(lambda: not (tmp_path / "tape/call_1").exists())
        assert (tmp_path / "tape/call_other").exists()


async def test_many_calls_and_two_workers_finish_each_once(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        for number in range(12):
            it.tape("1-0", 0, 1, 2, 10, call_id=f"call_{number}")
            await it.end(f"call_{number}")
        async with it.working():
            await it.work(12)
        assert len(it.finished) == 12
        assert await it.events() == ["call_analyzed"] * 12
