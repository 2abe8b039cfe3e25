"""A line whose audio a carrier brings by its own WebSocket dialect, as the brain's own ``Socket``.

The carrier holds the phone; this end speaks the media link to the brain next to it: it counts line
samples, says what was played (``media.remote``), and writes the tape. A line outlives its media
socket: when the carrier comes back with a ticket of a later turn, the conversation goes on.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, assert_never

import numpy as np

from uponai.carriers.base import CarrierError
from uponai.carriers.base_media import (
    AnswererTold,
    LineNews,
    LineOrders,
    LineOver,
    MediaAudio,
    MediaDialect,
    MediaDigit,
    MediaMarked,
    MediaStarted,
    MediaStopped,
    Ticket,
    Transfer,
    TransferTold,
)
from uponai.link.media import (
    LINK_RATE_HZ,
    TICK_MS,
    TICK_SAMPLES,
    Answerer,
    AudioEntry,
    Clear,
    Cleared,
    Dismiss,
    Dtmf,
    FromLine,
    HangUp,
    Hold,
    Join,
    Mark,
    Marked,
    Overheard,
    Refer,
    Referred,
    Refuse,
    SendDtmf,
    Start,
    Stop,
    decode_from_brain,
    encode,
    pack_audio,
    unpack_audio,
)
from uponai.log import get
from uponai.media import g711
from uponai.media.mix import to_bytes, to_pcm
from uponai.media.remote import RemotePlayout
from uponai.media.tape import TapeHead
from uponai.tape import Tape, TapeDeck
from uponai.tasks import TaskGroup, call_at, loop_s, now_ms

CHANNEL: Final = 1
DRAIN_TICKS: Final = 6
"""Ticks between the last mark and the hang-up: the far jitter buffer's depth."""

MAX_DRAIN_TICKS: Final = 300
JITTER_SAMPLES: Final = 3 * TICK_SAMPLES
"""Stamps that are off by less are the carrier's rounding, not a hole."""

MAX_HOLE_SAMPLES: Final = 30 * LINK_RATE_HZ
QUIET_AFTER_S: Final = 0.3
WATCH_S: Final = 0.1

_QUIET = np.zeros(TICK_SAMPLES, dtype=np.int16)
_QUIET.flags.writeable = False
_TICK_S = TICK_MS / 1000

log = get("uponai.live.carrier_line")


class TextSocket(Protocol):
    """A carrier's WebSocket."""

    async def receive(self) -> str | bytes | None:
        """The next frame; None when the socket is closed or lost."""
        ...

    async def send_text(self, text: str) -> None:
        """Raises OSError."""
        ...

    async def close(self) -> None:
        """Harmless when closed."""
        ...


@dataclass(frozen=True, slots=True)
class LineKeeping:
    """``answered_ms`` gives a call's answer (wall time), for a line that comes back to another
    brain; ``deck`` writes the tape, None: none. ``return_s``: how long a line whose socket was lost
    is waited for; ``silent_s``: how long it may bring no audio; ``transfer_s``: how long a caller
    who was handed over may still come back; ``most_lines``: how many this host holds.
    """

    answered_ms: Callable[[str], Awaitable[int | None]]
    deck: TapeDeck | None = None
    return_s: float = 5.0
    silent_s: float = 30.0
    transfer_s: float = 90.0
    most_lines: int = 500


class CarrierLine:
    """One call's line, over as many media sockets as it takes. The brain's ``Socket``."""

    def __init__(
        self, carrier_ref: str, ticket: Ticket, orders: LineOrders, keeping: LineKeeping
    ) -> None:
        self.ticket = ticket
        self.line_sample = 0
        self.over = asyncio.Event()
        self._ref = carrier_ref
        self._orders = orders
        self._keeping = keeping
        self._playout = RemotePlayout()
        self._tape: Tape | None = None
        self._socket: TextSocket | None = None
        self._dialect: MediaDialect | None = None
        self._frames: deque[str | bytes] = deque()
        self._wake = asyncio.Event()
        self._tasks = TaskGroup()
        self._rest = b""
        self._stamp_base: int | None = None
        self._heard_s = self._ticked_s = loop_s()
        self._watch: asyncio.TimerHandle | None = None
        self._lost_s: float | None = None
        self._away: Literal["no", "digits", "transfer", "handed over"] = "no"
        self._away_s = 0.0
        self._ring_s = 0.0
        self._why_back = ""
        self._closing = False
        self._ending: str | None = None
        self._drained_ticks = 0
        self._draining_ticks = 0

    # The carrier's side

    def open(self, line_sample: int, *, resumed: bool) -> None:
        """The line begins, or comes back from elsewhere at ``line_sample``."""
        self.line_sample = line_sample
        deck = self._keeping.deck
        if deck is not None:
            head = TapeHead(LINK_RATE_HZ, line_sample, now_ms())
            self._tape = deck.record(self.ticket.call_id, self.ticket.turn, head)
        ticket = self.ticket
        self._tell(
            Start(CHANNEL, ticket.call_id, ticket.fence, line_sample=line_sample, resumed=resumed)
        )
        self._watch = call_at(loop_s() + WATCH_S, self._watched)

    async def carry(self, socket: TextSocket, dialect: MediaDialect, ticket: Ticket) -> None:
        """Bring the line through ``socket`` until that is closed."""
        former = self._socket
        again = self.ticket.turn != ticket.turn
        self._socket, self._dialect, self.ticket = socket, dialect, ticket
        self._stamp_base, self._rest, self._lost_s = None, b"", None
        if former is not None:
            await former.close()
        if again:
            self._returned()
        try:
            while (frame := await socket.receive()) is not None and self._socket is socket:
                self._take(frame, dialect)
        finally:
            if self._socket is socket:
                self._socket, self._dialect = None, None
                self._lost_s = loop_s()

    def _returned(self) -> None:
        """What the former socket's player held is lost: say how far it was heard."""
        away, self._away = self._away, "no"
        if away in ("transfer", "handed over"):
            self._refer("failed", self._why_back or "the transfer did not succeed")
        played = self._playout.lose()
        ticket = self.ticket
        self._playout = RemotePlayout(played)
        self._tell(
            Start(
                CHANNEL,
                ticket.call_id,
                ticket.fence,
                line_sample=self.line_sample,
                resumed=True,
                next_position=played,
                played_position=played,
            )
        )

    def _take(self, frame: str | bytes, dialect: MediaDialect) -> None:
        try:
            event = dialect.decode(frame if isinstance(frame, str) else frame.decode())
        except ValueError as error:
            # A DialectError, or text that is none.
            log.warning("bad frame on a media socket", error=type(error).__name__)
            return
        match event:
            case MediaAudio():
                self._hear(event)
            case MediaMarked():
                self._playout.confirm(event.mark)
            case MediaDigit():
                self._tell(Dtmf(CHANNEL, event.digit, self.line_sample))
            case MediaStopped(while_ringing):
                gone = self._away == "no" or (while_ringing and self._away == "transfer")
                if gone and not self._closing:
                    self.end("remote_hangup")
            case MediaStarted() | None:
                pass
            case _:
                assert_never(event)

    def _hear(self, audio: MediaAudio) -> None:
        self._heard_s = self._ticked_s = loop_s()
        payload = self._rest + audio.payload
        if audio.at_ms is not None and not self._rest and self._is_late(audio.at_ms):
            return
        whole = len(payload) // TICK_SAMPLES * TICK_SAMPLES
        self._rest = payload[whole:]
        heard = g711.decode(payload[:whole], "PCMU")
        for at in range(0, whole, TICK_SAMPLES):
            self._tick(heard[at : at + TICK_SAMPLES])

    def _is_late(self, at_ms: int) -> bool:
        """Fill the hole before a frame; whether silence has already taken its place."""
        stamp = at_ms * LINK_RATE_HZ // 1000
        if self._stamp_base is None:
            self._stamp_base = self.line_sample - stamp
        hole = self._stamp_base + stamp - self.line_sample
        if hole < -JITTER_SAMPLES:
            return True
        if hole > JITTER_SAMPLES:
            for _ in range(min(hole, MAX_HOLE_SAMPLES) // TICK_SAMPLES):
                self._tick(_QUIET)
            self._stamp_base = self.line_sample - stamp
        return False

    def _tick(self, heard: g711.Pcm) -> None:
        """20 ms of line: record, report, pass on."""
        spoken = self._playout.tick()
        if self._tape is not None:
            self._tape.write(_QUIET if spoken is None else spoken, heard)
        entry = AudioEntry(CHANNEL, self.line_sample, to_bytes(heard))
        self._put(pack_audio([entry]))
        self.line_sample += TICK_SAMPLES
        self._report_marks()
        if self._ending is not None:
            self._drain(self._ending)

    def _report_marks(self) -> None:
        for name in self._playout.take_marks():
            played = self._playout.played_position
            self._tell(Marked(CHANNEL, name, played, self.line_sample))

    def _drain(self, reason: str) -> None:
        self._draining_ticks += 1
        self._drained_ticks = self._drained_ticks + 1 if self._playout.idle else 0
        if self._drained_ticks >= DRAIN_TICKS or self._draining_ticks >= MAX_DRAIN_TICKS:
            self._ending = None
            self._hang_up(reason)

    def _watched(self) -> None:
        """The line's clock goes on where the carrier sends nothing; limits are watched."""
        if self.over.is_set():
            return
        now = loop_s()
        self._watch = call_at(now + WATCH_S, self._watched)
        if now - self._heard_s >= QUIET_AFTER_S:
            ticks = int((now - self._ticked_s) / _TICK_S)
            self._ticked_s += ticks * _TICK_S
            for _ in range(ticks):
                self._tick(_QUIET)
        if self._lost_s is not None or self._away == "handed over":
            self._wait_for_return(now)
        elif now - self._heard_s >= self._keeping.silent_s:
            log.warning("no audio from the carrier", call_id=self.ticket.call_id)
            self._hang_up("no audio", "media_timeout")

    def _wait_for_return(self, now: float) -> None:
        """Of a line nobody hears: for how long, by what it is away for."""
        lost_s, away_s = now - (self._lost_s or now), now - self._away_s
        match self._away:
            case "handed over":
                if away_s >= self._keeping.transfer_s:
                    self.end("remote_hangup")
            case "transfer":
                if away_s >= self._ring_s + self._keeping.transfer_s:
                    self._finish()
            case "no" | "digits":
                if lost_s >= self._keeping.return_s:
                    self._finish()

    # The brain's side (``Socket``)

    async def receive(self) -> str | bytes | None:
        while not self._frames:
            if self.over.is_set():
                return None
            self._wake.clear()
            await self._wake.wait()
        return self._frames.popleft()

    async def send_bytes(self, data: bytes) -> None:
        for _, position, pcm in unpack_audio(data):
            for grain in self._playout.push(position, to_pcm(pcm)):
                dialect = self._dialect
                if dialect is not None:
                    await self._send(dialect.audio(g711.encode(grain.pcm, "PCMU")))
                    await self._send(dialect.mark(grain.mark))

    async def send_text(self, text: str) -> None:
        message = decode_from_brain(text)
        match message:
            case Mark():
                self._playout.mark(message.mark, message.position)
            case Clear():
                await self._clear(message.clear)
            case HangUp():
                if message.after_playout:
                    self._ending = message.reason
                else:
                    self._hang_up(message.reason)
            case SendDtmf():
                self._tasks.spawn(self._press(message.digits), name="press digits")
            case Refer(talk=True):
                self._refer("failed", "this carrier offers no warm transfer")
            case Refer():
                self._tasks.spawn(self._transfer(message), name="transfer")
            case Refuse():
                # The carrier's own fallback asks for another brain, or ends the call.
                log.info("line refused", call_id=self.ticket.call_id, reason=message.reason)
                self._finish()
            case Hold() | Join() | Dismiss() | Overheard():
                pass
            case _:
                assert_never(message)

    async def _clear(self, name: str) -> None:
        dropped = self._playout.clear()
        self._tell(Cleared(CHANNEL, name, *dropped, self.line_sample))
        self._report_marks()
        if self._dialect is not None:
            await self._send(self._dialect.clear())

    async def _send(self, text: str) -> None:
        socket = self._socket
        if socket is None:
            return
        try:
            await socket.send_text(text)
        except (OSError, RuntimeError) as error:
            # Its reader notices the same loss.
            log.info("media socket lost while writing", error=repr(error))

    def _hang_up(self, reason: str, cause: str = "local_hangup") -> None:
        """A caller who was handed over talks to somebody else now, and is only watched."""
        if not self.over.is_set() and self._away != "handed over":
            self._tasks.spawn(self._ended_by_us(reason, cause), name="hang up")

    async def _ended_by_us(self, reason: str, cause: str) -> None:
        self._closing = True
        try:
            await self._orders.hang_up(self._ref)
        except CarrierError as error:
            log.error("not hung up", call_id=self.ticket.call_id, error=str(error))
        self.end(cause)
        log.debug("line ended by us", call_id=self.ticket.call_id, reason=reason)

    async def _press(self, digits: str) -> None:
        self._away = "digits"
        try:
            interrupted = await self._orders.press(self._ref, self.ticket.next, digits)
        except CarrierError as error:
            interrupted = False
            log.error("digits not pressed", call_id=self.ticket.call_id, error=str(error))
        if not interrupted:
            self._away = "no"

    async def _transfer(self, wanted: Refer) -> None:
        self._away, self._why_back = "transfer", ""
        self._away_s, self._ring_s = loop_s(), wanted.ring_timeout_ms / 1000
        order = Transfer(
            wanted.target,
            wanted.show_number,
            wanted.ring_timeout_ms,
            wanted.headers,
            wanted.digits,
        )
        try:
            await self._orders.transfer(self._ref, self.ticket.next, order)
        except CarrierError as error:
            self._away = "no"
            self._refer("failed", str(error))

    def told(self, news: LineNews) -> None:
        """What the carrier's webhooks say of the call."""
        match news:
            case TransferTold():
                self._transfer_told(news)
            case AnswererTold(is_machine, beep):
                self._tell(Answerer(CHANNEL, is_machine, beep, self.line_sample))
            case LineOver():
                if not self._closing:
                    self.end("remote_hangup")
            case _:
                assert_never(news)

    def _transfer_told(self, news: TransferTold) -> None:
        """One that failed is told to the brain once the caller can hear it again. A second
        ``done``: nobody will come back."""
        if self._away not in ("transfer", "handed over"):
            return
        match news.state:
            case "failed":
                self._why_back = news.text
                if self._socket is not None:
                    self._away = "no"
                    self._refer(news.state, news.text)
            case "done" if self._away == "handed over":
                self.end("remote_hangup")
            case "done":
                self._refer(news.state, news.text)
                self._away, self._away_s = "handed over", loop_s()
            case "progress":
                self._refer(news.state, news.text)

    def _refer(self, state: Literal["progress", "done", "failed"], text: str) -> None:
        self._tell(Referred(CHANNEL, state, None, text, self.line_sample))

    # The end

    def end(self, cause: str) -> None:
        """The line is gone: tell the brain, once."""
        if not self.over.is_set():
            self._tell(Stop(CHANNEL, cause, self.line_sample))
            self._finish()

    def _finish(self) -> None:
        self.over.set()
        if self._watch is not None:
            self._watch.cancel()
        if self._tape is not None:
            self._tape.close()
            self._tape = None
        self._wake.set()

    async def aclose(self) -> None:
        self._finish()
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()
        await self._tasks.aclose()

    def _tell(self, message: FromLine) -> None:
        self._put(encode(message))

    def _put(self, frame: str | bytes) -> None:
        self._frames.append(frame)
        self._wake.set()
