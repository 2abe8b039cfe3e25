"""An OpenAI-compatible chat server that answers from a script, one entry a request."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


def chunk(
    content: str | None = None,
    *,
    calls: list[dict[str, Any]] | None = None,
    finish: str | None = None,
) -> bytes:
    """One streamed chunk as the server writes it."""
    delta: dict[str, Any] = {}
    if content is not None:
        delta["content"] = content
    if calls is not None:
        delta["tool_calls"] = calls
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return event({"id": "c1", "object": "chat.completion.chunk", "choices": [choice]})


def usage(prompt: int, completion: int) -> bytes:
    counts = {"prompt_tokens": prompt, "completion_tokens": completion}
    return event({"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": counts})


def event(body: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


@dataclass
class Answer:
    """``pieces`` are written one by one; an Event among them is waited for first."""

    pieces: list[bytes | asyncio.Event] = field(default_factory=list)
    status: int = 200
    break_off: bool = False


class ChatServer:
    """Keeps the requests it got; ``gone`` is set when a client left in the middle of an answer."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.peers: list[Any] = []
        self.gone = asyncio.Event()
        self.app = web.Application()
        self.app.router.add_post("/v1/chat/completions", self._complete)

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        self.headers.append(dict(request.headers))
        assert request.transport is not None
        self.peers.append(request.transport.get_extra_info("peername"))
        answer = self.answers.pop(0)
        if answer.status != 200:
            body = b"".join(piece for piece in answer.pieces if isinstance(piece, bytes))
            return web.Response(status=answer.status, body=body, content_type="application/json")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for piece in answer.pieces:
                if isinstance(piece, asyncio.Event):
                    await self._wait(request, piece)
                else:
                    await response.write(piece)
        except ConnectionResetError:
            self.gone.set()
            return response
        if answer.break_off:
            request.transport.abort()
            return response
        await response.write_eof()
        return response

    async def _wait(self, request: web.Request, event: asyncio.Event) -> None:
        while not event.is_set():
            if request.transport is None or request.transport.is_closing():
                raise ConnectionResetError
            try:
                async with asyncio.timeout(0.01):
                    await event.wait()
            except TimeoutError:
                continue
