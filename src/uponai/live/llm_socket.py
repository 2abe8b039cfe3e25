"""The connection to a custom LLM's server: opened, kept alive, opened again (retell-api.md 6.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from uponai.domain.errors import TargetRefused
from uponai.engine.events import StopReason
from uponai.http import HttpFailure
from uponai.log import get
from uponai.tasks import TaskGroup, loop_s, now_ms
from uponai.wire.custom_llm import Configured, CorruptPayload, FromServer, Pong, decode, ping

CONNECT_MS = 5_000
PING_S = 2.0
PONG_S = 5.0
RECONNECTS = 2
PAUSE_S = 0.5
NORMAL_CLOSE = 1000

log = get("uponai.live.llm_socket")


class TextSocket(Protocol):
    """``uponai.http.OutgoingSocket``."""

    @property
    def close_code(self) -> int | None:
        """Of the far side's close frame; None while there was none."""
        ...

    async def receive(self) -> str | None:
        """None once the socket is closed or lost."""
        ...

    async def send(self, text: str) -> None:
        """Raises OSError."""
        ...

    async def close(self) -> None: ...


class OpenSocket(Protocol):
    """``uponai.http.OutgoingHttp.open_socket``."""

    def __call__(self, url: str, timeout_ms: int) -> Awaitable[TextSocket]:
        """Raises TargetRefused or HttpFailure."""
        ...


async def no_sockets(url: str, timeout_ms: int) -> TextSocket:
    """For brains that reach no custom LLM."""
    del url, timeout_ms
    raise HttpFailure("connect", "custom LLMs are not reached from here", sent=False)


@dataclass(frozen=True, slots=True)
class Listeners:
    """``opened`` is told of each connection before anything is heard on it; ``rtt_ms`` of the
    round trip of each ping.
    """

    opened: Callable[[], None]
    heard: Callable[[FromServer], None]
    rtt_ms: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Lost:
    """Why there is no connection any more, as a call's ending."""

    reason: StopReason
    detail: str


class LlmSocket:
    """One call's connection. ``run`` holds it; ``send`` never waits."""

    def __init__(self, url: str, open_socket: OpenSocket, listeners: Listeners) -> None:
        self._url = url
        self._open_socket = open_socket
        self._listeners = listeners
        self._out: asyncio.Queue[str] | None = None
        self._auto_reconnect = False
        self._ponged_s = 0.0
        self._pinged_s = 0.0

    def send(self, text: str) -> None:
        """Send ``text`` if there is a connection; what a lost one was owed is lost."""
        if self._out is not None:
            self._out.put_nowait(text)

    async def run(self) -> Lost:
        """Hold the connection until nothing more can come of it."""
        lost: Lost | None = None
        for attempt in range(RECONNECTS + 1):
            if attempt:
                await asyncio.sleep(PAUSE_S)
            try:
                socket = await self._open_socket(self._url, CONNECT_MS)
            except TargetRefused as refused:
                return Lost("error_llm_websocket_open", refused.message)
            except HttpFailure as failure:
                log.info("custom LLM not reached", error=str(failure), attempt=attempt + 1)
                lost = lost or Lost("error_llm_websocket_open", str(failure))
                continue
            lost = await self._serve(socket)
            if lost.reason != "error_llm_websocket_lost_connection" or not self._auto_reconnect:
                return lost
            log.info("custom LLM lost", why=lost.detail, attempt=attempt + 1)
        return lost or Lost("error_llm_websocket_open", "not tried")

    async def _serve(self, socket: TextSocket) -> Lost:
        self._out = asyncio.Queue()
        tasks = TaskGroup()
        tasks.spawn(self._write(socket, self._out), name="custom LLM writer")
        self._ponged_s = loop_s()
        if self._auto_reconnect:
            tasks.spawn(self._ping(), name="custom LLM pings")
        try:
            self._listeners.opened()
            return await self._read(socket, tasks)
        except CorruptPayload as corrupt:
            return Lost("error_llm_websocket_corrupt_payload", str(corrupt))
        except TimeoutError:
            return Lost("error_llm_websocket_lost_connection", f"no pong for {PONG_S:.0f} s")
        finally:
            self._out = None
            await tasks.aclose()
            await socket.close()

    async def _read(self, socket: TextSocket, tasks: TaskGroup) -> Lost:
        while True:
            patience_s = self._ponged_s + PONG_S - loop_s() if self._auto_reconnect else None
            async with asyncio.timeout(patience_s):
                text = await socket.receive()
            if text is None:
                return _closed(socket.close_code)
            message = decode(text)
            match message:
                case Configured():
                    if message.auto_reconnect and not self._auto_reconnect:
                        self._ponged_s = loop_s()
                        tasks.spawn(self._ping(), name="custom LLM pings")
                    self._auto_reconnect = message.auto_reconnect
                    self._listeners.heard(message)
                case Pong():
                    self._ponged_s = loop_s()
                    self._listeners.rtt_ms((self._ponged_s - self._pinged_s) * 1000)
                case _:
                    self._listeners.heard(message)

    async def _ping(self) -> None:
        while True:
            self._pinged_s = loop_s()
            self.send(ping(now_ms()))
            await asyncio.sleep(PING_S)

    async def _write(self, socket: TextSocket, out: asyncio.Queue[str]) -> None:
        try:
            while True:
                await socket.send(await out.get())
        except OSError as error:
            # The reader notices the same loss.
            log.info("custom LLM lost while writing", error=str(error))


def _closed(code: int | None) -> Lost:
    if code is None:
        return Lost("error_llm_websocket_lost_connection", "the connection broke")
    if code == NORMAL_CLOSE:
        return Lost("agent_hangup", "the custom LLM closed its socket")
    return Lost("error_llm_websocket_runtime", f"the custom LLM closed its socket with {code}")
