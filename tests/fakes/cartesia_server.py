"""Cartesia's TTS WebSocket: contexts side by side on one connection, chunks in base64."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import numpy as np
from aiohttp import WSMsgType, web

from uponai.tasks import TaskGroup


class CartesiaServer:
    """Speaks one chunk a word: 80 samples of the word's length. A word ``...`` waits for ``go``."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.waiting = asyncio.Event()
        self.cancelled = asyncio.Queue[str]()
        self.requests: list[dict[str, Any]] = []
        self.connections = 0
        self.odd_cuts = False
        self.app = web.Application()
        self.app.router.add_get("/tts/websocket", self._talk)

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != "Bearer key-1":
            return web.Response(status=401, text="Invalid API key")
        if "Cartesia-Version" not in request.headers:
            return web.Response(status=400, text="no version")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        contexts: dict[str, asyncio.Task[None]] = {}
        tasks = TaskGroup()
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            body = json.loads(message.data)
            context_id = body["context_id"]
            if body.get("cancel"):
                contexts[context_id].cancel()
                self.cancelled.put_nowait(context_id)
            else:
                self.requests.append(body)
                speaking = self._speak(socket, body)
                contexts[context_id] = tasks.spawn(speaking, name="context")
        await tasks.aclose()
        return socket

    async def _speak(self, socket: web.WebSocketResponse, body: dict[str, Any]) -> None:
        head = {"context_id": body["context_id"], "status_code": 206, "done": False}
        if body["voice"]["id"] == "nobody":
            failure = {"type": "error", "title": "Invalid voice", "message": "no such voice"}
            await socket.send_json(head | failure | {"status_code": 404, "done": True})
            return
        for word in body["transcript"].split():
            if word == "...":
                self.waiting.set()
                await self.go.wait()
            elif word == "BREAK":
                await socket.close(code=1011)
                return
            elif word == "GARBAGE":
                await socket.send_json(head | {"type": "chunk", "data": "%%%"})
            else:
                for data in self._cut(np.full(80, len(word), "<i2").tobytes()):
                    chunk = base64.b64encode(data).decode()
                    await socket.send_json(head | {"type": "chunk", "data": chunk, "step_time": 1})
        await socket.send_json(head | {"type": "done", "done": True})

    def _cut(self, data: bytes) -> list[bytes]:
        return [data[:33], data[33:]] if self.odd_cuts else [data]
