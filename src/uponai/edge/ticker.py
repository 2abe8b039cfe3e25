"""The 20 ms tick of an edge: every line moves on at once, coded and decoded in one operation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from uponai import log
from uponai.edge.line import QUIET, QUIET_PAYLOADS, Line
from uponai.media.g711 import Codec, Pcm, decode_many, encode_many
from uponai.tasks import monotonic_s

TICK_S: Final = 0.020
MAX_CATCH_UP_TICKS: Final = 10
"""A longer stall is not made up for packet by packet; the lines skip it."""

_CODECS: tuple[Codec, ...] = ("PCMU", "PCMA")

_log = log.get("uponai.edge.ticker")


def run_tick(lines: Sequence[Line]) -> None:
    """Move every line on by 20 ms."""
    heard = _decode(lines)
    for line, frame in zip(lines, heard, strict=True):
        line.heard = frame
    spoken = [line.pull() for line in lines]
    payloads = _encode(lines, spoken)
    for line, right, left, payload in zip(lines, heard, spoken, payloads, strict=True):
        line.finish_tick(right, left, payload)


def _decode(lines: Sequence[Line]) -> list[Pcm]:
    payloads = [line.ear.pop() for line in lines]
    frames: list[Pcm | None] = [None] * len(lines)
    for codec in _CODECS:
        chosen = [
            n for n, line in enumerate(lines) if line.ear.codec == codec and payloads[n] is not None
        ]
        decoded = decode_many([payloads[n] or b"" for n in chosen], codec)
        for n, frame in zip(chosen, decoded, strict=True):
            frames[n] = frame
    for n, line in enumerate(lines):
        coded, decoder = payloads[n], line.ear.stateful
        if decoder is not None and coded is not None:
            frames[n] = decoder.decode(coded)
    return [line.ear.fill(frame) for line, frame in zip(lines, frames, strict=True)]


def _encode(lines: Sequence[Line], spoken: Sequence[Pcm | None]) -> list[bytes]:
    coded = [
        QUIET_PAYLOADS[line.voice.codec]
        if line.voice.codec != "G722"
        else _stateful(line, spoken[n])
        for n, line in enumerate(lines)
    ]
    for codec in _CODECS:
        chosen = [
            n for n, line in enumerate(lines) if line.voice.codec == codec and spoken[n] is not None
        ]
        frames = [frame if (frame := spoken[n]) is not None else QUIET for n in chosen]
        for n, payload in zip(chosen, encode_many(frames, codec), strict=True):
            coded[n] = payload
    return coded


def _stateful(line: Line, frame: Pcm | None) -> bytes:
    encoder = line.voice.stateful
    return encoder.encode(QUIET if frame is None else frame) if encoder is not None else b""


OnTicks = Callable[[float, float, int], None]
"""How late (s) the first of so many ticks came, and when (s): ``(late_s, now_s, ticks)``."""


class Flushed(Protocol):
    """Something that sends what the lines gave it once per tick."""

    def flush(self) -> None:
        """Send."""
        ...


class Ticker:
    """Calls ``run_tick`` every 20 ms of the monotonic clock, without drift, while lines exist."""

    def __init__(self, links: Iterable[Flushed], ticked: OnTicks) -> None:
        self._links = links
        self._ticked = ticked
        self._lines: dict[Line, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self.skipped_ticks = 0

    def add(self, line: Line) -> None:
        """``line`` begins with the next tick."""
        self._lines[line] = None
        if self._timer is None:
            self._due = monotonic_s() + TICK_S
            self._schedule()

    def remove(self, line: Line) -> None:
        """``line`` stands still from now on."""
        self._lines.pop(line, None)

    def stop(self) -> None:
        """No more ticks."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._lines.clear()

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(max(0.0, self._due - monotonic_s()), self._wake)

    def _wake(self) -> None:
        self._timer = None
        now_s = monotonic_s()
        late_s = now_s - self._due
        behind = int(late_s / TICK_S)
        self._ticked(late_s, now_s, behind + 1)
        if behind > MAX_CATCH_UP_TICKS:
            self._skip(behind)
            behind = 0
        for _ in range(behind + 1):
            self._due += TICK_S
            self._tick()
        if self._lines:
            self._schedule()

    def _tick(self) -> None:
        try:
            run_tick([line for line in self._lines if not line.is_over])
        except Exception:  # noqa: BLE001 - one bad tick must not silence every line for good
            _log.exception("tick failed")
        for link in self._links:
            link.flush()

    def _skip(self, ticks: int) -> None:
        self.skipped_ticks += ticks
        _log.warning("stalled, ticks skipped", ticks=ticks)
        self._due += ticks * TICK_S
        for line in self._lines:
            line.skip(ticks)
