"""The tape: recorded segments of a line, and how they join into one recording.

A segment ``{epoch}-{n}`` begins with a 32-byte head and holds 16-bit stereo, agent left and caller
right, appended as the line runs; a file torn by a crash is good up to its last whole sample. Line
samples place each segment, so that holes become silence and a later segment wins an overlap.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

HEAD_BYTES: Final = 32
CHANNELS: Final = 2
FRAME_BYTES: Final = 2 * CHANNELS
"""Bytes of one line sample: left and right."""

_HEAD = struct.Struct("<8sIHHQQ")
_MAGIC = b"UPTAPE01"


class TapeError(ValueError):
    """Not a tape segment; the text says why."""


class TapeHead(NamedTuple):
    """What a segment says of itself; ``at_ms`` is the wall time of its first sample."""

    rate_hz: int
    start_sample: int
    at_ms: int


class Segment(NamedTuple):
    """A segment on disk: its name, its head and the size of the whole file in bytes."""

    name: str
    head: TapeHead
    file_bytes: int

    @property
    def samples(self) -> int:
        """Whole line samples in it."""
        return max(0, self.file_bytes - HEAD_BYTES) // FRAME_BYTES

    @property
    def end(self) -> int:
        """The line sample after its last."""
        return self.head.start_sample + self.samples


class Piece(NamedTuple):
    """A run of the joined recording: bytes of a segment file, or silence when ``name`` is None."""

    name: str | None
    offset: int
    size: int


def pack_head(head: TapeHead) -> bytes:
    """The first 32 bytes of a segment."""
    return _HEAD.pack(_MAGIC, head.rate_hz, CHANNELS, 0, head.start_sample, head.at_ms)


def parse_head(data: bytes) -> TapeHead:
    """Read the first 32 bytes of a segment. Raises TapeError."""
    if len(data) < HEAD_BYTES:
        raise TapeError("segment shorter than its head")
    magic, rate_hz, channels, _, start_sample, at_ms = _HEAD.unpack_from(data)
    if magic != _MAGIC or channels != CHANNELS or not rate_hz:
        raise TapeError("not a tape segment")
    return TapeHead(rate_hz, start_sample, at_ms)


def segment_name(epoch: int, number: int) -> str:
    """The file name of segment ``number`` of ``epoch``."""
    return f"{epoch}-{number}"


def parse_name(name: str) -> tuple[int, int] | None:
    """Epoch and number of a segment's file name, or None when it is none."""
    epoch, dash, number = name.partition("-")
    if not dash or not (epoch.isascii() and epoch.isdigit()):
        return None
    return (int(epoch), int(number)) if number.isascii() and number.isdigit() else None


def join(segments: Sequence[Segment]) -> list[Piece]:
    """The recording from line sample 0 on, as pieces of the segments and silence.

    Segments count in the order of epoch and number; where two overlap the later one is heard.
    Names that are no segment names are left out.
    """
    named = [(parse_name(segment.name), segment) for segment in segments]
    in_order = sorted((key, segment) for key, segment in named if key is not None)
    runs: list[tuple[int, int, Segment]] = []
    for _, segment in in_order:
        if segment.samples:
            start = segment.head.start_sample
            runs = _overlay(runs, (start, segment.end, segment))
    pieces: list[Piece] = []
    at = 0
    for start, end, segment in sorted(runs):
        if start > at:
            pieces.append(Piece(None, 0, (start - at) * FRAME_BYTES))
        offset = HEAD_BYTES + (start - segment.head.start_sample) * FRAME_BYTES
        pieces.append(Piece(segment.name, offset, (end - start) * FRAME_BYTES))
        at = end
    return pieces


def _overlay(
    runs: list[tuple[int, int, Segment]], new: tuple[int, int, Segment]
) -> list[tuple[int, int, Segment]]:
    start, end, _ = new
    kept = [new]
    for run_start, run_end, segment in runs:
        if run_start < start:
            kept.append((run_start, min(run_end, start), segment))
        if run_end > end:
            kept.append((max(run_start, end), run_end, segment))
    return kept
