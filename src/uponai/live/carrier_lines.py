"""Every line that carriers bring to this brain: media sockets in, one ``CarrierLine`` per call."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from uponai.carriers.base_media import LineNews, MediaCarrier, MediaDialect, MediaStarted, Ticket
from uponai.domain.capacity import Breath, Capacity
from uponai.link.media import TICK_MS, TICK_SAMPLES
from uponai.live.carrier_line import CarrierLine, LineKeeping, TextSocket
from uponai.live.line import Socket
from uponai.log import get
from uponai.tasks import TaskGroup, loop_s, now_ms

BREATH_S: Final = 0.02
BREATH: Final = Breath(late_s=0.05, bad_share=0.1, floor=10)
"""Carriers buffer what they play: audio that comes a little late harms nothing."""

OPENING_S: Final = 10.0
"""So long a media socket may take to say whose line it is."""

log = get("uponai.live.carrier_lines")


class Talker(Protocol):
    """The brain, as far as a line needs one."""

    async def serve_socket(self, socket: Socket) -> None: ...


class CarrierLines:
    """Every line of this brain that a carrier brings."""

    def __init__(self, brain: Talker, keeping: LineKeeping) -> None:
        self._brain = brain
        self._keeping = keeping
        self._lines: dict[str, CarrierLine] = {}
        self._capacity = Capacity(keeping.most_lines, BREATH)
        self._breathing: asyncio.Task[None] | None = None
        self._tasks = TaskGroup()

    async def serve(self, carrier: MediaCarrier, socket: TextSocket) -> None:
        """Serve one media socket until it is closed."""
        dialect = carrier.dialect()
        try:
            async with asyncio.timeout(OPENING_S):
                started = await _opening(socket, dialect)
        except (TimeoutError, ValueError):
            started = None
        ticket = carrier.tickets.read(started.ticket) if started is not None else None
        if started is None or ticket is None:
            log.warning("media socket without a ticket refused")
            await socket.close()
            return
        line = self._lines.get(ticket.call_id)
        if line is not None and ticket.turn <= line.ticket.turn:
            log.warning("second media socket refused", call_id=ticket.call_id, turn=ticket.turn)
            await socket.close()
            return
        if line is None or line.over.is_set():
            line = await self._open(carrier, started.carrier_ref, ticket)
        await line.carry(socket, dialect, ticket)

    async def _open(self, carrier: MediaCarrier, ref: str, ticket: Ticket) -> CarrierLine:
        line = CarrierLine(ref, ticket, carrier.orders, self._keeping)
        self._lines[ticket.call_id] = line
        if self._breathing is None:
            self._breathing = self._tasks.spawn(self._breathe(), name="carrier lines breathe")
        resumed = ticket.turn > 0
        line.open(await self._samples(ticket.call_id) if resumed else 0, resumed=resumed)
        self._tasks.spawn(self._talk(line), name=f"line {ticket.call_id}")
        return line

    async def _samples(self, call_id: str) -> int:
        """How long a line has been up that another brain held."""
        try:
            answered_ms = await self._keeping.answered_ms(call_id)
        except OSError:
            answered_ms = None
        if answered_ms is None:
            return 0
        return max(0, now_ms() - answered_ms) // TICK_MS * TICK_SAMPLES

    async def _talk(self, line: CarrierLine) -> None:
        try:
            await self._brain.serve_socket(line)
        finally:
            await line.aclose()
            if self._lines.get(line.ticket.call_id) is line:
                del self._lines[line.ticket.call_id]

    def has_room(self, waiting: int) -> bool:
        """Whether one more line may come beside those that are here and ``waiting`` others."""
        return self._capacity.room(len(self._lines) + waiting) > 0

    async def _breathe(self) -> None:
        """Measure how late this process comes to its work while it holds lines."""
        due_s = loop_s()
        while self._lines:
            due_s += BREATH_S
            await asyncio.sleep(max(due_s - loop_s(), 0.0))
            now_s = loop_s()
            self._capacity.ticked(now_s - due_s, len(self._lines), now_s)
            due_s = max(due_s, now_s - BREATH_S)
        self._breathing = None

    @property
    def call_ids(self) -> frozenset[str]:
        """The calls whose lines are here."""
        return frozenset(self._lines)

    def told(self, call_id: str, news: LineNews) -> bool:
        """A webhook says something of a call. Whether its line is here."""
        line = self._lines.get(call_id)
        if line is not None:
            line.told(news)
        return line is not None

    async def aclose(self) -> None:
        """Let go of every line; the carrier brings it back to another brain, or ends it."""
        await self._tasks.aclose()
        if self._keeping.deck is not None:
            await self._keeping.deck.aclose()


async def _opening(socket: TextSocket, dialect: MediaDialect) -> MediaStarted | None:
    """The first message that says whose line it is."""
    while (frame := await socket.receive()) is not None:
        event = dialect.decode(frame if isinstance(frame, str) else frame.decode())
        if isinstance(event, MediaStarted):
            return event
        if event is not None:
            return None
    return None
