"""A carrier's media player in memory: plays what it was sent, ``lag_s`` late, and gives marks back.

Its dialect is JSON of our own making; carriers' true ones are tested with their simulators.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tests.fakes.providers import read

from uponai.carriers.base import CarrierError
from uponai.carriers.base_media import (
    DialectError,
    HookAnswer,
    HookRequest,
    LineOrders,
    MediaAudio,
    MediaDialect,
    MediaDigit,
    MediaEvent,
    MediaMarked,
    MediaStarted,
    MediaStopped,
    Ticket,
    Tickets,
    Transfer,
)
from uponai.media import g711
from uponai.providers.base import Pcm
from uponai.tasks import loop_s

FRAME = 160
_SILENCE = np.zeros(FRAME, dtype=np.int16)


class PlainDialect:
    """``{"word": value}``."""

    def decode(self, text: str) -> MediaEvent | None:
        try:
            ((word, value),) = json.loads(text).items()
        except (ValueError, AttributeError) as error:
            raise DialectError("frame") from error
        match word:
            case "start":
                return MediaStarted(value["ref"], value["ticket"])
            case "audio":
                return MediaAudio(base64.b64decode(value["payload"]), value["at_ms"])
            case "mark":
                return MediaMarked(value)
            case "digit":
                return MediaDigit(value)
            case "stop":
                return MediaStopped()
        return None

    def audio(self, payload: bytes) -> str:
        return json.dumps({"audio": base64.b64encode(payload).decode()})

    def mark(self, name: str) -> str:
        return json.dumps({"mark": name})

    def clear(self) -> str:
        return json.dumps({"clear": True})


@dataclass
class NotingOrders:
    """What the brain asked of the carrier. ``down`` makes it fail; ``far`` is hung up."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)
    down: bool = False
    far: FarEnd | None = None

    async def hang_up(self, carrier_ref: str) -> None:
        self._ask("hang_up", carrier_ref)
        if self.far is not None:
            self.far.stop()

    async def press(self, carrier_ref: str, ticket: Ticket, digits: str) -> bool:
        self._ask("press", carrier_ref, ticket, digits)
        return True

    async def transfer(self, carrier_ref: str, ticket: Ticket, transfer: Transfer) -> None:
        self._ask("transfer", carrier_ref, ticket, transfer.target)

    def _ask(self, *what: Any) -> None:
        self.asked.append(what)
        if self.down:
            raise CarrierError("503 Service Unavailable", sent=False)


class PlainCarrier:
    """A ``MediaCarrier`` whose tickets are JSON in clear."""

    def __init__(self) -> None:
        self.noted = NotingOrders()
        self.tickets = Tickets(str, str)

    @property
    def orders(self) -> LineOrders:
        return self.noted

    async def hook(self, request: HookRequest) -> HookAnswer:
        return HookAnswer()

    def admits(self, upgrade: HookRequest) -> bool:
        return True

    def dialect(self) -> MediaDialect:
        return PlainDialect()


class FarEnd:
    """The carrier's end of one media socket, and the phone behind it."""

    def __init__(self, lag_s: float = 0.06) -> None:
        self.played: list[Pcm] = []
        self.closed = False
        self._lag_s = lag_s
        self._to_brain: asyncio.Queue[tuple[float, str | None]] = asyncio.Queue()
        self._from_brain: deque[tuple[float, str]] = deque()
        self._buffer: deque[Pcm | str] = deque()
        self._speech: deque[Pcm] = deque()
        self._clock_ms = 0
        self._read: tuple[int, str] = (0, "")

    # ``TextSocket``

    async def receive(self) -> str | None:
        due_s, text = await self._to_brain.get()
        await asyncio.sleep(max(0.0, due_s - loop_s()))
        return text

    async def send_text(self, text: str) -> None:
        if self.closed:
            raise ConnectionResetError
        self._from_brain.append((loop_s() + self._lag_s, text))

    async def close(self) -> None:
        self.cut()

    # The carrier

    def start(self, ref: str, ticket: Ticket) -> None:
        self._send({"start": {"ref": ref, "ticket": Tickets(str, str).issue(ticket)}})

    def stop(self) -> None:
        self._send({"stop": True})
        self.cut()

    def cut(self) -> None:
        """The socket is gone without a word."""
        if not self.closed:
            self.closed = True
            self._to_brain.put_nowait((loop_s() + self._lag_s, None))

    def press(self, digit: str) -> None:
        self._send({"digit": digit})

    def say(self, pcm: Pcm) -> None:
        for at in range(0, len(pcm), FRAME):
            frame = pcm[at : at + FRAME]
            self._speech.append(np.pad(frame, (0, FRAME - len(frame))))

    async def run(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if self.closed:
                return
            self._tick()

    def _tick(self) -> None:
        while self._from_brain and self._from_brain[0][0] <= loop_s():
            self._obey(json.loads(self._from_brain.popleft()[1]))
        frame = self._speech.popleft() if self._speech else _SILENCE
        payload = base64.b64encode(g711.encode(frame, "PCMU")).decode()
        self._send({"audio": {"payload": payload, "at_ms": self._clock_ms}})
        self._clock_ms += 20
        self.played.append(self._pull())

    def _obey(self, said: dict[str, Any]) -> None:
        if "audio" in said:
            pcm = g711.decode(base64.b64decode(said["audio"]), "PCMU")
            self._buffer.extend(pcm[at : at + FRAME] for at in range(0, len(pcm), FRAME))
        elif "mark" in said:
            self._buffer.append(said["mark"])
        elif "clear" in said:
            marks = [item for item in self._buffer if isinstance(item, str)]
            self._buffer.clear()
            for mark in marks:
                self._send({"mark": mark})
        self._give_marks()

    def _pull(self) -> Pcm:
        self._give_marks()
        frame = self._buffer.popleft() if self._buffer else _SILENCE
        assert not isinstance(frame, str)
        self._give_marks()
        return np.pad(frame, (0, FRAME - len(frame)))

    def _give_marks(self) -> None:
        while self._buffer and isinstance(self._buffer[0], str):
            self._send({"mark": self._buffer.popleft()})

    @property
    def heard(self) -> str:
        """What the phone has heard of the agent."""
        if len(self.played) != self._read[0]:
            self._read = (len(self.played), read(np.concatenate(self.played)))
        return self._read[1]

    def _send(self, message: dict[str, Any]) -> None:
        self._to_brain.put_nowait((loop_s() + self._lag_s, json.dumps(message)))
