"""A bidirectional media stream between a phone and the customer's socket.

``StreamWords`` are a carrier's own; what is common to them is here: PCMU frames of 20 ms, a buffer
of audio and marks that the customer fills and clears.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections import deque
from typing import Any, Protocol, cast

import numpy as np

from uponai.media import g711
from uponai.media.g711 import Pcm
from uponai.sim.carriers.outside import CustomerSocket
from uponai.sim.carriers.phone import QUIET, Voice
from uponai.sim.network import Road
from uponai.tasks import TaskGroup, loop_s

TICK_S = 0.02
FRAME = 160


class StreamWords(Protocol):
    """How a carrier words it."""

    def connected(self) -> dict[str, Any]:
        """The first message."""
        ...

    def start(self) -> dict[str, Any]: ...

    def media(self, chunk: int, at_ms: int, payload: str) -> dict[str, Any]: ...

    def digit(self, digit: str) -> dict[str, Any]: ...

    def stop(self) -> dict[str, Any]: ...

    def numbered(self, event: str, sequence: int, content: dict[str, Any]) -> dict[str, Any]:
        """The whole message."""
        ...

    def belongs(self, message: dict[str, Any]) -> bool:
        """Whether a message of the customer is for this stream."""
        ...

    def complaint(self) -> dict[str, Any] | None:
        """What is sent back for a message that is refused."""
        ...


class MediaStream:
    """One stream. ``run`` until the customer closes, the phone hangs up, or cancelled.

    ``road`` is the phone's network: what it loses is silence, in the stream (audio to the
    customer) or on the phone (audio of the customer). What it delays keeps its order, as on any
    connection.
    """

    def __init__(
        self, words: StreamWords, socket: CustomerSocket, voice: Voice, road: Road
    ) -> None:
        self._words = words
        self._socket = socket
        self._voice = voice
        self._road = road
        self._sequence = 0
        self._chunk = 0
        self._buffer: deque[Pcm | str] = deque()
        self._coming: deque[tuple[float, dict[str, Any]]] = deque()
        self._going: deque[tuple[float, dict[str, Any]]] = deque()
        self._last_due_s = {"coming": 0.0, "going": 0.0}
        self._closed = asyncio.Event()
        self._torn = False
        self._stopped = False
        self._keys: deque[str] = deque()
        self.refused: list[str] = []
        self.over = False

    async def run(self) -> None:
        """Raises OSError where the customer cannot be spoken to."""
        tasks = TaskGroup()
        try:
            await self._send(self._words.connected())
            await self._send(self._numbered("start", self._words.start()))
            tasks.spawn(self._read(), name="stream reader")
            await self._tick_until_over()
        finally:
            self.over = True
            if not self._torn and not self._closed.is_set():
                with contextlib.suppress(OSError):
                    await self._send(self._numbered("stop", self._words.stop()))
            await tasks.aclose()
            await self._socket.close()

    def tear(self) -> None:
        """The connection is reset."""
        self._torn = True
        self._closed.set()

    def stop(self) -> None:
        """The carrier ends the stream."""
        self._stopped = True

    def press(self, digit: str) -> None:
        """The phone's owner presses a key."""
        self._keys.append(digit)

    async def _tick_until_over(self) -> None:
        due_s = began_s = loop_s()
        while not (self._closed.is_set() or self._stopped or self._voice.hung_up):
            due_s += TICK_S
            await asyncio.sleep(max(0.0, due_s - loop_s()))
            await self._tick(round((due_s - began_s) * 1000))
            reset_s = self._road.faults.reset_after_s
            if reset_s is not None and due_s - began_s >= reset_s:
                self._road.faults.reset_after_s = None
                self.tear()

    async def _tick(self, at_ms: int) -> None:
        now = loop_s()
        while self._coming and self._coming[0][0] <= now:
            self._obey(self._coming.popleft()[1])
        heard = self._pull()
        said = self._voice.tick(QUIET if self._road.lost(from_phone=False) else heard)
        # What is lost before the carrier is silence in its stream, which has no holes.
        said = QUIET if self._road.lost(from_phone=True) else said
        self._chunk += 1
        payload = base64.b64encode(g711.encode(said, "PCMU")).decode()
        media = self._words.media(self._chunk, at_ms, payload)
        self._later(self._numbered("media", media))
        while self._keys:
            self._later(self._numbered("dtmf", self._words.digit(self._keys.popleft())))
        while self._going and self._going[0][0] <= now:
            try:
                await self._send(self._going.popleft()[1])
            except OSError:
                self._closed.set()
                return

    def _later(self, message: dict[str, Any]) -> None:
        self._going.append((self._due_s("going"), message))

    def _due_s(self, way: str) -> float:
        """When what is sent now arrives: never before what was sent before it."""
        due_s = max(self._last_due_s[way], loop_s() + self._road.late_s())
        self._last_due_s[way] = due_s
        return due_s

    def _numbered(self, event: str, content: dict[str, Any]) -> dict[str, Any]:
        self._sequence += 1
        return self._words.numbered(event, self._sequence, content)

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send(json.dumps(message))

    # What the customer sends

    async def _read(self) -> None:
        with contextlib.suppress(OSError):
            while (text := await self._socket.receive()) is not None:
                self._coming.append((self._due_s("coming"), self._checked(text)))
        self._closed.set()

    def _checked(self, text: str) -> dict[str, Any]:
        """The message, or nothing for one that the carrier would refuse."""
        try:
            message = cast(dict[str, Any], json.loads(text))
            known = self._words.belongs(message)
            match message["event"]:
                case "media":
                    base64.b64decode(message["media"]["payload"], validate=True)
                case "mark":
                    known = known and bool(message["mark"]["name"])
                case word:
                    known = known and word == "clear"
        except (ValueError, KeyError, TypeError):
            known, message = False, {}
        if not known:
            self.refused.append(text[:200])
            complaint = self._words.complaint()
            if complaint is not None:
                self._later(complaint)
            return {}
        return message

    def _obey(self, message: dict[str, Any]) -> None:
        match message.get("event"):
            case "media":
                payload = base64.b64decode(message["media"]["payload"])
                pcm = g711.decode(payload, "PCMU")
                self._buffer.extend(pcm[at : at + FRAME] for at in range(0, len(pcm), FRAME))
            case "mark":
                self._buffer.append(str(message["mark"]["name"]))
                self._give_marks()
            case "clear":
                marks = [item for item in self._buffer if isinstance(item, str)]
                self._buffer.clear()
                self._buffer.extend(marks)
                self._give_marks()
            case _:
                pass

    def _pull(self) -> Pcm:
        self._give_marks()
        frame = self._buffer.popleft() if self._buffer else QUIET
        if isinstance(frame, str):
            return QUIET
        self._give_marks()
        return np.pad(frame, (0, FRAME - len(frame))) if len(frame) < FRAME else frame

    def _give_marks(self) -> None:
        while self._buffer and isinstance(self._buffer[0], str):
            self._later(self._numbered("mark", {"name": self._buffer.popleft()}))
