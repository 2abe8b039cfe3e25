"""A client of Model Context Protocol servers that users name: one session per use, guarded."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import uponai
from uponai.domain.errors import TargetRefused
from uponai.http import HttpAnswer, HttpFailure, OutgoingHttp
from uponai.wire import mcp as codec
from uponai.wire.mcp import McpError, McpServer
from uponai.wire.validate import Json

MAX_PAGES = 50
_CLOSING_MS = 2_000


class McpSession:
    """An initialized session; made by ``open_session``."""

    def __init__(self, http: OutgoingHttp, server: McpServer) -> None:
        self._http = http
        self._server = server
        self._headers: dict[str, str] = {}
        self._last = 0

    async def start(self) -> None:
        """Raises McpError, HttpFailure or TargetRefused, as every request does."""
        self._last += 1
        result, heard = await self._ask(codec.initialize(self._last, uponai.__version__))
        if codec.SESSION in heard.headers:
            self._headers[codec.SESSION] = heard.headers[codec.SESSION]
        self._headers[codec.VERSION] = str(result.get("protocolVersion") or codec.REVISION)
        await self._send(codec.notification("notifications/initialized"))

    async def request(self, method: str, params: Mapping[str, Any] | None = None) -> Json:
        self._last += 1
        return (await self._ask(codec.request(self._last, method, params)))[0]

    async def tools(self) -> list[Json]:
        """All tools, over all pages."""
        found: list[Json] = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await self.request("tools/list", {"cursor": cursor} if cursor else None)
            found += codec.tools_of(page)
            cursor = codec.next_cursor(page)
            if cursor is None:
                break
        return found

    async def call(self, name: str, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        """Run a tool: its text, and whether it succeeded."""
        params = {"name": name, "arguments": dict(arguments)}
        return codec.outcome_of(await self.request("tools/call", params))

    async def close(self) -> None:
        """Say that the session is over, where the server keeps one."""
        if codec.SESSION in self._headers:
            with contextlib.suppress(HttpFailure, TargetRefused):
                await self._http.request(
                    "DELETE", self._server.url, headers=self._all(), timeout_ms=_CLOSING_MS
                )

    async def _ask(self, body: bytes) -> tuple[Json, HttpAnswer]:
        heard = await self._send(body)
        kind = heard.headers.get("content-type", "")
        result = codec.answer(kind, heard.body, self._last)
        if result is None:
            raise McpError("the server did not answer the request with a JSON-RPC response")
        return result, heard

    async def _send(self, body: bytes) -> HttpAnswer:
        """An event stream is read until the answer to the last request is in it."""
        number = self._last

        def answered(read: bytes) -> bool:
            return codec.answer(codec.EVENTS, read, number) is not None

        heard = await self._http.stream(
            self._server.url,
            body=body,
            headers=self._all(),
            timeout_ms=self._server.timeout_ms,
            enough=answered,
        )
        if not heard.ok:
            raise McpError(f"the server answered HTTP {heard.status}")
        return heard

    def _all(self) -> dict[str, str]:
        own = {"content-type": "application/json", "accept": codec.ACCEPT, **self._headers}
        return {**self._server.headers, **own}


@asynccontextmanager
async def open_session(http: OutgoingHttp, server: McpServer) -> AsyncGenerator[McpSession]:
    """Raises McpError, HttpFailure or TargetRefused."""
    session = McpSession(http, server)
    try:
        await session.start()
        yield session
    finally:
        await session.close()


class McpClient:
    """Runs tools of servers that agents name: a session per run."""

    def __init__(self, http: OutgoingHttp) -> None:
        self._http = http

    async def call_tool(
        self, server: Mapping[str, Any], name: str, arguments: Mapping[str, Any]
    ) -> tuple[str, bool]:
        """``server`` is an entry of an engine's ``mcps``. A failure is an answer too."""
        try:
            async with open_session(self._http, codec.server_of(server)) as session:
                return await session.call(name, arguments)
        except (McpError, HttpFailure) as failure:
            return f"Error: {failure}", False
        except TargetRefused as refused:
            return f"Error: {refused.message}", False
