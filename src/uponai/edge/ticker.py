"""The 20 ms tick of an edge: every line moves on at once, coded and decoded in one operation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from uponai import log
from uponai.edge.line import QUIET, QUIET_PAYLOADS, Line
from uponai.media.g711 import Codec, decode_many, encode_many
from uponai.tasks import monotonic_s

TICK_S: Final = 0.020
MAX_CATCH_UP_TICKS: Final = 10
"""A longer stall is not made up for packet by packet; the lines skip it."""

_CODECS: tuple[Codec, ...] = ("PCMU", "PCMA")

_log = log.get("uponai.edge.ticker")


def _nothing() -> None:
    """Every packet was handed over before the tick."""


def run_tick(lines: Sequence[Line], read: Callable[[], None] = _nothing) -> None:
    """Move every line on by 20 ms; ``read`` hands over the packets that came since the last tick.

    What is said leaves first: whatever else the tick has to do makes no packet late. Only a line
    that lets its far side hear another one waits for what that other one hears in this tick.
    """
    joined = [line for line in lines if line.source is not None]
    _each(_speak, [line for line in lines if line.source is None] if joined else lines)
    read()
    _each(_hear, lines)
    if joined:
        _each(_speak, joined)
    _each(_finish, lines)


def _each(work: Callable[[Sequence[Line]], None], lines: Sequence[Line]) -> None:
    """Do ``work`` for all lines together; after a fault for each alone, to end the one at fault.

    What was done before the fault is done again, once: a packet or a frame too many.
    """
    try:
        work(lines)
    except Exception:  # noqa: BLE001 - a call that fails must not take the others with it
        for line in lines:
            try:
                work((line,))
            except Exception:  # noqa: BLE001 - as above
                _log.exception("line failed", call_id=line.call_id)
                line.end("protocol", "internal error")


def _finish(lines: Sequence[Line]) -> None:
    for line in lines:
        line.finish_tick()


def _hear(lines: Sequence[Line]) -> None:
    coded: dict[Codec, list[tuple[Line, bytes]]] = {codec: [] for codec in _CODECS}
    for line in lines:
        ear = line.ear
        payload = ear.pop()
        if payload is None:
            line.heard = ear.fill(None)
        elif ear.codec != "G722":
            coded[ear.codec].append((line, payload))
        elif ear.stateful is not None:
            line.heard = ear.fill(ear.stateful.decode(payload))
    for codec, chosen in coded.items():
        frames = decode_many([payload for _, payload in chosen], codec)
        for (line, _), frame in zip(chosen, frames, strict=True):
            line.heard = line.ear.fill(frame)


def _speak(lines: Sequence[Line]) -> None:
    plain: dict[Codec, list[Line]] = {codec: [] for codec in _CODECS}
    for line in lines:
        frame, voice = line.pull(), line.voice
        line.spoken = QUIET if frame is None else frame
        if voice.codec == "G722":
            if voice.stateful is not None:
                voice.send(voice.stateful.encode(line.spoken), line.ear.latch.target)
        elif frame is None:
            voice.send(QUIET_PAYLOADS[voice.codec], line.ear.latch.target)
        else:
            plain[voice.codec].append(line)
    for codec, chosen in plain.items():
        payloads = encode_many([line.spoken for line in chosen], codec)
        for line, payload in zip(chosen, payloads, strict=True):
            line.voice.send(payload, line.ear.latch.target)


OnTicks = Callable[[float, float, int], None]
"""How late (s) the first of so many ticks came, and when (s): ``(late_s, now_s, ticks)``."""


class Flushed(Protocol):
    """Something that sends what the lines gave it once per tick."""

    def flush(self) -> None:
        """Send."""
        ...


class Ticker:
    """Calls ``run_tick`` every 20 ms of the monotonic clock, without drift, while lines exist.

    ``read`` hands over what came to the lines' ports, ``links`` send what the lines gave them.
    """

    def __init__(self, links: Iterable[Flushed], ticked: OnTicks, read: Callable[[], None]) -> None:
        self._links = links
        self._ticked = ticked
        self._read = read
        self._lines: dict[Line, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

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
            run_tick([line for line in self._lines if not line.is_over], self._read)
        except Exception:  # noqa: BLE001 - one bad tick must not silence every line for good
            _log.exception("tick failed")
        for link in self._links:
            link.flush()

    def _skip(self, ticks: int) -> None:
        _log.warning("stalled, ticks skipped", ticks=ticks)
        self._due += ticks * TICK_S
        for line in self._lines:
            line.skip(ticks)
