"""Makes a call's two WAV files from its tape: mono mix, and agent left with caller right.

Tape: ``DATA/tape/{call_id}/{epoch}-{n}``; recordings: ``DATA/recordings/{call_id}/*.wav``. Files
appear whole or not at all; joining again is harmless, so a crash at any point loses nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TypeVar

from uponai.disk import sync_folder
from uponai.log import get
from uponai.media.mix import mix, split, to_bytes, to_pcm
from uponai.media.tape import (
    CHANNELS,
    FRAME_BYTES,
    HEAD_BYTES,
    Piece,
    Segment,
    TapeError,
    join,
    parse_head,
    parse_name,
)
from uponai.media.wav import HEADER_BYTES, header
from uponai.tasks import now_ms
from uponai.wire.links import MULTI_CHANNEL, RECORDING, RECORDING_NAMES

T = TypeVar("T")

_CHUNK_BYTES = 65_536 * FRAME_BYTES
_RATE_HZ = 8_000

log = get("uponai.jobs.recordings")


class Recordings:
    """The recordings of all calls of this host. Files are read and written off the loop."""

    def __init__(self, tape_dir: Path, recordings_dir: Path) -> None:
        self._tape_dir = tape_dir
        self._recordings_dir = recordings_dir
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recordings")

    async def aclose(self) -> None:
        """Wait for the file under way."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)

    async def finish(self, call_id: str) -> int | None:
        """Join what is on tape, over what was joined before: the ms of audio in it.

        None: nothing was recorded. Raises OSError when the disk refuses.
        """
        return await self._off_loop(self._finish, call_id)

    async def file(self, call_id: str, name: str) -> Path | None:
        """The WAV ``name`` (see ``wire.links``) of a call, joined now if it is not there yet."""
        if name not in RECORDING_NAMES or not _is_plain(call_id):
            return None
        path = self._recordings_dir / call_id / name
        if not path.is_file() and await self._off_loop(self._finish, call_id) is None:
            return None
        return path if path.is_file() else None

    async def quiet_for_ms(self, call_id: str) -> int | None:
        """How long ago the tape was last written to; None: there is no tape."""
        return await self._off_loop(self._quiet_for_ms, call_id)

    async def discard_tape(self, call_id: str) -> None:
        """Remove the tape of a call whose recordings are there."""
        await self._off_loop(self._discard_tape, call_id)

    async def forget(self, call_id: str) -> None:
        """Remove the tape and the recordings of a call that was deleted.

        On the thread that joins, so that it never comes between a join's reading and its writing.
        """
        if _is_plain(call_id):
            await self._off_loop(self._forget, call_id)

    async def taped(self) -> list[str]:
        """The calls that have a tape."""
        return await self._off_loop(self._taped, "")

    async def _off_loop(self, work: Callable[[str], T], call_id: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, call_id)

    def _finish(self, call_id: str) -> int | None:
        folder = self._recordings_dir / call_id
        segments = _segments(self._tape_dir / call_id)
        pieces = join(segments)
        if not pieces:
            return _joined_ms(folder)
        folder.mkdir(parents=True, exist_ok=True)
        _write_recordings(self._tape_dir / call_id, pieces, folder)
        return _ms(sum(piece.size for piece in pieces if piece.name is not None))

    def _quiet_for_ms(self, call_id: str) -> int | None:
        folder = self._tape_dir / call_id
        if not folder.is_dir():
            return None
        written = [file.stat().st_mtime_ns // 1_000_000 for file in folder.iterdir()]
        # A clock that was set back leaves files of the future.
        return max(now_ms() - max(written), 0) if written else None

    def _discard_tape(self, call_id: str) -> None:
        if all((self._recordings_dir / call_id / name).is_file() for name in RECORDING_NAMES):
            shutil.rmtree(self._tape_dir / call_id, ignore_errors=True)

    def _forget(self, call_id: str) -> None:
        for folder in (self._tape_dir, self._recordings_dir):
            shutil.rmtree(folder / call_id, ignore_errors=True)

    def _taped(self, _: str) -> list[str]:
        if not self._tape_dir.is_dir():
            return []
        return [folder.name for folder in self._tape_dir.iterdir() if folder.is_dir()]


def _is_plain(call_id: str) -> bool:
    """Whether it names a folder of ours and nothing outside."""
    return call_id.replace("_", "").replace("-", "").isalnum()


def _ms(size: int) -> int:
    return size // FRAME_BYTES * 1000 // _RATE_HZ


def _joined_ms(folder: Path) -> int | None:
    """The length of what was joined before; None when it is not all there."""
    if not all((folder / name).is_file() for name in RECORDING_NAMES):
        return None
    return _ms((folder / MULTI_CHANNEL).stat().st_size - HEADER_BYTES)


def _segments(folder: Path) -> list[Segment]:
    """What is readable of a tape; a file that is no segment is left out."""
    found: list[Segment] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if parse_name(path.name) is None:
            continue
        with path.open("rb") as file:
            try:
                head = parse_head(file.read(HEAD_BYTES))
            except TapeError as error:
                log.warning("tape segment left out", segment=path.name, error=str(error))
                continue
        if head.rate_hz != _RATE_HZ:
            log.warning("tape segment left out", segment=path.name, rate_hz=head.rate_hz)
            continue
        found.append(Segment(path.name, head, path.stat().st_size))
    return found


def _write_recordings(tape: Path, pieces: Sequence[Piece], folder: Path) -> None:
    size = sum(piece.size for piece in pieces)
    with contextlib.ExitStack() as stack:
        mono = stack.enter_context(_part(folder, RECORDING).open("wb"))
        stereo = stack.enter_context(_part(folder, MULTI_CHANNEL).open("wb"))
        mono.write(header(size // CHANNELS, _RATE_HZ, 1))
        stereo.write(header(size, _RATE_HZ, CHANNELS))
        for chunk in _chunks(tape, pieces):
            stereo.write(chunk)
            mono.write(to_bytes(mix(split(to_pcm(chunk)))))
        for file in (mono, stereo):
            _to_disk(file)
    for name in (RECORDING, MULTI_CHANNEL):
        _part(folder, name).replace(folder / name)
    for directory in (folder, folder.parent):
        sync_folder(directory)


def _chunks(tape: Path, pieces: Sequence[Piece]) -> Iterator[bytes]:
    for piece in pieces:
        left = piece.size
        if piece.name is None:
            while left > 0:
                yield bytes(min(left, _CHUNK_BYTES))
                left -= _CHUNK_BYTES
            continue
        with (tape / piece.name).open("rb") as file:
            file.seek(piece.offset)
            while left > 0:
                wanted = min(left, _CHUNK_BYTES)
                yield file.read(wanted).ljust(wanted, b"\0")
                left -= wanted


def _part(folder: Path, name: str) -> Path:
    return folder / f".{name}.part"


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
