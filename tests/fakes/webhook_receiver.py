"""A user's webhook endpoint on a loopback port: keeps what it gets, answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from tests.fakes.servers import serving
from tests.patience import patience


@dataclass
class Got:
    """One request as it came."""

    path: str
    body: str
    headers: dict[str, str]


@dataclass
class WebhookReceiver:
    """``answers`` are the statuses of the next requests (then 204); a path in ``stuck`` is held
    until ``release`` is set; a path in ``replies`` is answered with that JSON."""

    authority: str = ""
    answers: list[int] = field(default_factory=list)
    replies: dict[str, object] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    got: list[Got] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def url(self, path: str) -> str:
        return f"http://{self.authority}{path}"

    async def until(self, count: int) -> list[Got]:
        """Wait for ``count`` requests."""
        async with patience(), self._changed:
            await self._changed.wait_for(lambda: len(self.got) >= count)
        return self.got

    async def handle(self, request: web.Request) -> web.Response:
        got = Got(request.path, (await request.read()).decode(), dict(request.headers))
        async with self._changed:
            self.got.append(got)
            self._changed.notify_all()
        if request.path in self.stuck:
            await self.release.wait()
        if request.path in self.replies:
            return web.json_response(self.replies[request.path])
        return web.Response(status=self.answers.pop(0) if self.answers else 204)


@asynccontextmanager
async def webhook_receiver() -> AsyncIterator[WebhookReceiver]:
    receiver = WebhookReceiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.handle)
    async with serving(app) as receiver.authority:
        try:
            yield receiver
        finally:
            receiver.release.set()
