"""WAV files of 16-bit PCM (RIFF/WAVE): a header that can be patched, and a tolerant reader."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

HEADER_BYTES: Final = 44
MAX_DATA_BYTES: Final = 0xFFFF_FFFF - HEADER_BYTES

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_PCM = 1
_EXTENSIBLE = 0xFFFE
_UNKNOWN_SIZES = (0, 0xFFFF_FFFF)


class WavError(ValueError):
    """Not a WAV file of 16-bit PCM; the text says what is wrong."""


class WavInfo(NamedTuple):
    """Where the samples of a WAV file are. ``data_bytes`` counts what is really there."""

    rate_hz: int
    channels: int
    data_offset: int
    data_bytes: int

    @property
    def frames(self) -> int:
        """Samples per channel."""
        return self.data_bytes // (2 * self.channels)


def header(data_bytes: int, rate_hz: int = 8_000, channels: int = 1) -> bytes:
    """The 44 bytes before ``data_bytes`` of PCM16LE. Raises ValueError beyond 4 GB."""
    if not 0 <= data_bytes <= MAX_DATA_BYTES:
        raise ValueError(f"data_bytes: expected 0 to {MAX_DATA_BYTES}, got {data_bytes}")
    block = 2 * channels
    return _HEADER.pack(
        b"RIFF", data_bytes + 36, b"WAVE", b"fmt ", 16, _PCM, channels,
        rate_hz, rate_hz * block, block, 16, b"data", data_bytes,
    )  # fmt: skip


def patches(data_bytes: int) -> tuple[tuple[int, bytes], ...]:
    """What to write where once the length is known: ``(offset, bytes)`` pairs."""
    whole = header(data_bytes)
    return ((4, whole[4:8]), (40, whole[40:44]))


def wav(pcm: bytes, rate_hz: int = 8_000, channels: int = 1) -> bytes:
    """A whole file around PCM16LE bytes."""
    return header(len(pcm), rate_hz, channels) + pcm


def parse(blob: bytes, file_bytes: int | None = None) -> WavInfo:
    """Read the head of a WAV file of ``file_bytes`` (``len(blob)`` unless told). Raises WavError.

    Chunks besides ``fmt`` and ``data`` are skipped; a data length never patched in, or longer than
    the file, means up to the end of the file.
    """
    size = len(blob) if file_bytes is None else file_bytes
    if blob[:4] != b"RIFF" or blob[8:12] != b"WAVE":
        raise WavError("not a RIFF/WAVE file")
    shape: tuple[int, int] | None = None
    at = 12
    while at + 8 <= len(blob):
        name, length = blob[at : at + 4], int.from_bytes(blob[at + 4 : at + 8], "little")
        at += 8
        if name == b"fmt ":
            shape = _shape(blob[at : at + length])
        elif name == b"data":
            if shape is None:
                raise WavError("data before fmt")
            rest = max(0, size - at)
            known = length not in _UNKNOWN_SIZES and length <= rest
            block = 2 * shape[1]
            return WavInfo(shape[0], shape[1], at, (length if known else rest) // block * block)
        at += length + (length & 1)
    raise WavError("no data chunk")


def _shape(chunk: bytes) -> tuple[int, int]:
    if len(chunk) < 16:
        raise WavError("fmt chunk too short")
    kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if kind not in (_PCM, _EXTENSIBLE) or bits != 16:
        raise WavError(f"expected 16-bit PCM, got format {kind} with {bits} bits")
    if not channels or not rate_hz:
        raise WavError("channels and rate must not be zero")
    return rate_hz, channels


def samples(blob: bytes) -> tuple[WavInfo, bytes]:
    """The head of a whole file and its PCM16LE bytes. Raises WavError."""
    info = parse(blob)
    return info, blob[info.data_offset : info.data_offset + info.data_bytes]
