"""A Model Context Protocol server over Streamable HTTP that insists on the protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from tests.fakes.servers import serving

REVISION = "2025-06-18"
BOOK = {
    "name": "book",
    "description": "Books a table.",
    "inputSchema": {"type": "object", "properties": {"at": {"type": "string"}}},
}
CANCEL = {"name": "cancel", "inputSchema": {"type": "object", "properties": {}}}


class McpServer:
    """``stream``: answers are event streams that stay open; ``refuse``: a JSON-RPC error."""

    def __init__(self, *, stream: bool = False, refuse: str | None = None) -> None:
        self.stream = stream
        self.refuse = refuse
        self.heard: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.query: list[dict[str, str]] = []
        self.closed = 0
        self._ready = False
        self._over = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/mcp", self._post)
        app.router.add_delete("/mcp", self._delete)
        return app

    async def _post(self, request: web.Request) -> web.StreamResponse:
        message: dict[str, Any] = await request.json()
        self.heard.append(message["method"])
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.query.append(dict(request.query))
        accepted = request.headers.get("accept", "")
        if "application/json" not in accepted or "text/event-stream" not in accepted:
            return web.Response(status=406)
        if message["method"] == "initialize":
            return await self._answer(request, message, self._greeting(message))
        if request.headers.get("mcp-session-id") != "session-1":
            return web.Response(status=400)
        if request.headers.get("mcp-protocol-version") != REVISION:
            return web.Response(status=400)
        if message["method"] == "notifications/initialized":
            assert "id" not in message
            self._ready = True
            return web.Response(status=202)
        if not self._ready:
            return web.Response(status=400)
        if message["method"] == "tools/call":
            return await self._answer(request, message, self._run(message["params"]))
        return await self._answer(request, message, self._page(message))

    def _greeting(self, message: dict[str, Any]) -> dict[str, Any]:
        asked = message["params"]
        assert asked["clientInfo"]["name"] and "capabilities" in asked
        return {
            "protocolVersion": REVISION,
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "fake", "version": "1"},
        }

    def _run(self, params: dict[str, Any]) -> dict[str, Any]:
        """``book`` says what it was asked; there is nothing else to run."""
        if params["name"] != "book":
            text = f"Unknown tool: {params['name']}"
            return {"content": [{"type": "text", "text": text}], "isError": True}
        booked = {"type": "text", "text": json.dumps({"booked": params["arguments"]})}
        return {"content": [{"type": "image", "data": "", "mimeType": "image/png"}, booked]}

    def _page(self, message: dict[str, Any]) -> dict[str, Any]:
        if (message.get("params") or {}).get("cursor") == "second":
            return {"tools": [CANCEL]}
        return {"tools": [BOOK], "nextCursor": "second"}

    async def _answer(
        self, request: web.Request, message: dict[str, Any], result: dict[str, Any]
    ) -> web.StreamResponse:
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
        if self.refuse is not None and message["method"] != "initialize":
            body["error"] = {"code": -32603, "message": self.refuse}
        else:
            body["result"] = result
        headers = {"mcp-session-id": "session-1"} if message["method"] == "initialize" else {}
        if not self.stream:
            return web.json_response(body, headers=headers)
        response = web.StreamResponse(
            headers={**headers, "content-type": "text/event-stream; charset=utf-8"}
        )
        await response.prepare(request)
        hint = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "é"}}
        await response.write(f": hello\r\n\r\ndata: {json.dumps(hint)}\r\n\r\n".encode())
        whole = f"id: 1\r\nevent: message\r\ndata: {json.dumps(body)}\r\n\r\n".encode()
        for start in range(0, len(whole), 7):
            await response.write(whole[start : start + 7])
        await self._over.wait()
        return response

    async def _delete(self, request: web.Request) -> web.Response:
        assert request.headers["mcp-session-id"] == "session-1"
        self.closed += 1
        return web.Response(status=204)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """``127.0.0.1:port``."""
        async with serving(self.app()) as address:
            try:
                yield address
            finally:
                self._over.set()
