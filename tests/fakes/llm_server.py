"""A user's own server behind the custom-LLM protocol, in memory: answers by a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

from uponai.http import HttpFailure

Json = dict[str, Any]
Answer = Callable[[Json], Sequence[Json]]


class FakeLlmServer:
    """``open_socket`` is what a brain is given. ``heard`` is all frames, ``urls`` all connections.

    ``refuses`` first connections fail; ``pongs``: pings are answered; ``fails``: what it sends
    instead of an answer.
    """

    def __init__(self, answer: Answer, *, config: Json | None = None) -> None:
        self.answer = answer
        self.config = config
        self.refuses = 0
        self.pongs = True
        self.urls: list[str] = []
        self.heard: list[Json] = []
        self.sockets: list[FakeLlmSocket] = []

    async def open_socket(self, url: str, timeout_ms: int) -> FakeLlmSocket:
        del timeout_ms
        self.urls.append(url)
        if self.refuses:
            self.refuses -= 1
            raise HttpFailure("connect", "connection refused", sent=False)
        socket = FakeLlmSocket(self)
        self.sockets.append(socket)
        if self.config is not None:
            socket.tell({"response_type": "config", "config": self.config})
        for frame in self.answer(
            {"interaction_type": "connected", "first": len(self.sockets) == 1}
        ):
            socket.tell(frame)
        return socket

    def of(self, kind: str) -> list[Json]:
        return [frame for frame in self.heard if frame["interaction_type"] == kind]


class FakeLlmSocket:
    """The platform's end of one connection."""

    def __init__(self, server: FakeLlmServer) -> None:
        self._server = server
        self._frames: asyncio.Queue[str | None] = asyncio.Queue()
        self.close_code: int | None = None
        self.closed = False

    def tell(self, frame: Json | str) -> None:
        """Send one frame to the platform."""
        self._frames.put_nowait(frame if isinstance(frame, str) else json.dumps(frame))

    def drop(self, code: int | None) -> None:
        """End the connection: with a close frame, or (None) without a word."""
        self.close_code = code
        self._frames.put_nowait(None)

    async def receive(self) -> str | None:
        return await self._frames.get()

    async def send(self, text: str) -> None:
        frame = json.loads(text)
        self._server.heard.append(frame)
        if frame["interaction_type"] == "ping_pong":
            if self._server.pongs:
                self.tell({"response_type": "ping_pong", "timestamp": frame["timestamp"]})
            return
        for answer in self._server.answer(frame):
            self.tell(answer)

    async def close(self) -> None:
        self.closed = True
