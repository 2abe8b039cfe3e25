"""Deepgram's live endpoint: knows beforehand which words the audio holds, and when."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

Timed = tuple[str, float, float]


class DeepgramServer:
    """Interim results as audio arrives, finals on Finalize, the rest and Metadata on CloseStream.

    Like the real one it closes with 1011 (NET-0001) when neither audio nor KeepAlive comes for
    ``patience_s``.
    """

    def __init__(self, words: list[Timed], *, patience_s: float = 10.0) -> None:
        self.words = words
        self.patience_s = patience_s
        self.refuse: tuple[int, str] | None = None
        self.say: list[str] = []
        self.break_after_s: float | None = None
        self.queries: list[list[tuple[str, str]]] = []
        self.keep_alives = asyncio.Semaphore(0)
        self.heard_samples = 0
        self.app = web.Application()
        self.app.router.add_get("/v1/listen", self._listen)

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != "Token key-1":
            return web.Response(status=401, headers={"dg-error": "Invalid credentials."})
        if self.refuse is not None:
            status, reason = self.refuse
            return web.Response(status=status, headers={"dg-error": reason})
        self.queries.append(list(request.query.items()))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for text in self.say:
            await socket.send_str(text)
        await _Listener(self, socket, int(request.query["sample_rate"])).run()
        return socket


class _Listener:
    def __init__(self, server: DeepgramServer, socket: web.WebSocketResponse, rate: int) -> None:
        self.server = server
        self.socket = socket
        self.rate_hz = rate
        self.final_words = 0
        self.shown_words = 0

    async def run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self.server.patience_s):
                    message = await self.socket.receive()
            except TimeoutError:
                await self.socket.close(code=1011, message=b"NET-0001")
                return
            if message.type is WSMsgType.BINARY:
                if not await self._hear(message.data):
                    return
            elif message.type is WSMsgType.TEXT:
                if not await self._obey(json.loads(message.data)):
                    return
            else:
                return

    async def _hear(self, data: bytes) -> bool:
        self.server.heard_samples += len(data) // 2
        limit_s = self.server.break_after_s
        if limit_s is not None and self._now_s() >= limit_s:
            await self.socket.close(code=1011, message=b"NET-0000")
            return False
        known = self._known()
        if known > self.shown_words:
            self.shown_words = known
            await self._send(final=False)
        return True

    async def _obey(self, message: dict[str, Any]) -> bool:
        match message["type"]:
            case "Finalize":
                await self._send(final=True, from_finalize=True)
            case "KeepAlive":
                self.server.keep_alives.release()
            case "CloseStream":
                await self._send(final=True)
                await self.socket.send_json({"type": "Metadata", "duration": self._now_s()})
                await self.socket.close()
                return False
            case other:
                raise AssertionError(other)
        return True

    def _now_s(self) -> float:
        return self.server.heard_samples / self.rate_hz

    def _known(self) -> int:
        return sum(end <= self._now_s() for _, _, end in self.server.words)

    async def _send(self, *, final: bool, from_finalize: bool = False) -> None:
        known = self._known()
        words = [
            {
                "word": word.strip(".,?").lower(),
                "punctuated_word": word,
                "start": start,
                "end": end,
                "confidence": 0.99,
            }
            for word, start, end in self.server.words[self.final_words : known]
        ]
        transcript = " ".join(str(word["punctuated_word"]) for word in words)
        if final:
            self.final_words = known
        result: dict[str, Any] = {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": self._now_s(),
            "start": 0.0,
            "is_final": final,
            "speech_final": False,
            "channel": {"alternatives": [{"transcript": transcript, "words": words}]},
        }
        if from_finalize:
            result["from_finalize"] = True
        await self.socket.send_json(result)
