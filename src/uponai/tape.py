"""Writes the tape: what was said on a line, on disk within a second, off the event loop.

The format is ``media.tape``. One thread writes for all lines, so a slow disk delays no packet;
what it has not written is bounded, and audio beyond that is lost and counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import NamedTuple

import numpy as np

from uponai import log
from uponai.media.g711 import Pcm
from uponai.media.mix import interleave, to_bytes
from uponai.media.tape import (
    FRAME_BYTES,
    HEAD_BYTES,
    Segment,
    TapeError,
    TapeHead,
    pack_head,
    parse_head,
    segment_name,
)

FLUSH_FRAMES = 25
"""Frames of 20 ms between two writes: half a second."""

MAX_BEHIND_BYTES = 64 * 1024 * 1024

_log = log.get("uponai.tape")


class _Batch(NamedTuple):
    """Frames of one segment that go to the disk together."""

    segment: _SegmentFile
    left: list[Pcm]
    right: list[Pcm]
    last: bool
    done: Future[None]


class TapeDeck:
    """The writing thread of a line holder, and the folder ``DATA/tape`` it writes to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.behind_bytes = 0
        self.lost_bytes = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tape")
        self._waiting: list[_Batch] = []
        self._count = 0

    def record(self, call_id: str, epoch: int, head: TapeHead) -> Tape:
        """A new segment for ``call_id``; lines flush at different ticks."""
        self._count += 1
        segment = _SegmentFile(self.folder / call_id, epoch, head)
        return Tape(self, segment, self._count % FLUSH_FRAMES)

    async def aclose(self) -> None:
        """Wait until everything is written."""
        self._hand_over()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)

    def submit(
        self, segment: _SegmentFile, left: list[Pcm], right: list[Pcm], *, last: bool
    ) -> Future[None]:
        """Have the thread write the frames, and close the file after the ``last``.

        What several lines submit in one turn of the loop, in a tick say, is one errand for it.
        """
        size = len(left) * 160 * FRAME_BYTES
        if self.behind_bytes + size > MAX_BEHIND_BYTES:
            if not self.lost_bytes:
                _log.error("disk too slow, recording loses audio")
            self.lost_bytes += size
            left, right, size = [], [], 0
        self.behind_bytes += size
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._hand_over)
        batch = _Batch(segment, left, right, last, Future())
        self._waiting.append(batch)
        return batch.done

    def _hand_over(self) -> None:
        batches, self._waiting = self._waiting, []
        if not batches:
            return
        loop = asyncio.get_running_loop()
        size = sum(len(batch.left) for batch in batches) * 160 * FRAME_BYTES
        written = self._thread.submit(_write, batches)
        written.add_done_callback(lambda _: loop.call_soon_threadsafe(self._written, size))

    def _written(self, size: int) -> None:
        self.behind_bytes -= size


class Tape:
    """One line's recording: a frame of each side per tick."""

    __slots__ = ("_deck", "_due", "_left", "_right", "_segment")

    def __init__(self, deck: TapeDeck, segment: _SegmentFile, due: int) -> None:
        self._deck = deck
        self._segment = segment
        self._left: list[Pcm] = []
        self._right: list[Pcm] = []
        self._due = due or FLUSH_FRAMES

    def write(self, left: Pcm, right: Pcm) -> None:
        """Append 20 ms: agent left, caller right."""
        self._left.append(left)
        self._right.append(right)
        self._due -= 1
        if self._due <= 0:
            self._flush(last=False)

    def close(self) -> Future[None]:
        """Write the rest and close the segment; the future is done when all is on disk."""
        return self._flush(last=True)

    def _flush(self, *, last: bool) -> Future[None]:
        written = self._deck.submit(self._segment, self._left, self._right, last=last)
        self._left, self._right = [], []
        self._due = FLUSH_FRAMES
        return written


class _SegmentFile:
    """The file behind a segment; only the writing thread touches it once it exists.

    What a disk refuses (full, say) is lost, but no more: once it takes data again, a new segment
    begins, placed by its line sample, and the hole becomes silence.
    """

    def __init__(self, folder: Path, epoch: int, head: TapeHead) -> None:
        self._folder = folder
        self._epoch = epoch
        self._head = head
        self._file: FileIO | None = None
        self._samples = 0
        self._refused = False

    def write(self, left: list[Pcm], right: list[Pcm], *, last: bool) -> None:
        stereo = b""
        if left:
            stereo = to_bytes(interleave(np.concatenate(left), np.concatenate(right)))
        try:
            if self._file is None:
                self._file = self._create()
            _write_all(self._file, stereo)
            if self._refused:
                self._refused = False
                _log.warning("recording goes on", folder=self._folder.name)
        except OSError as error:
            self._close()
            if not self._refused:
                self._refused = True
                _log.error("recording interrupted", folder=self._folder.name, error=str(error))
        self._samples += len(stereo) // FRAME_BYTES
        if last:
            self._close()

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def _create(self) -> FileIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 0
        while True:
            path = self._folder / segment_name(self._epoch, number)
            try:
                # Unbuffered: what write() has taken survives the death of this process.
                file = FileIO(path, "x")
            except FileExistsError:
                number += 1
                continue
            try:
                _write_all(file, pack_head(self._head_here()))
            except OSError:
                file.close()
                path.unlink(missing_ok=True)
                raise
            return file

    def _head_here(self) -> TapeHead:
        head = self._head
        return head._replace(
            start_sample=head.start_sample + self._samples,
            at_ms=head.at_ms + self._samples * 1000 // head.rate_hz,
        )


def _write(batches: list[_Batch]) -> None:
    """What the thread does in one go; whoever waits for one of them hears of its end."""
    for batch in batches:
        try:
            batch.segment.write(batch.left, batch.right, last=batch.last)
        except Exception:  # noqa: BLE001 - one recording must not take the others with it
            _log.exception("recording not written")
        finally:
            if batch.done.set_running_or_notify_cancel():
                batch.done.set_result(None)


def _write_all(file: FileIO, data: bytes) -> None:
    """Raises OSError when the disk takes only a part."""
    if file.write(data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def recorded_samples(folder: Path, call_id: str) -> int:
    """Where the tape of ``call_id`` ends, in line samples from the answer."""
    longest = 0
    for path in (folder / call_id).glob("*-*"):
        with path.open("rb") as file, contextlib.suppress(TapeError):
            head = parse_head(file.read(HEAD_BYTES))
            size = path.stat().st_size
            longest = max(longest, Segment(path.name, head, size).end)
    return longest
