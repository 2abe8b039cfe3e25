"""The routes of carriers that bring their own audio: hooks and media sockets, by account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, WebSocket
from starlette.responses import Response

from uponai.app.sockets import StarletteSocket
from uponai.carriers.base_media import HookRequest, MediaCarrier
from uponai.live.carrier_lines import CarrierLines

MAX_HOOK_BYTES = 256 * 1024
POLICY_VIOLATION = 1008

Find = Callable[[str], Awaitable[MediaCarrier | None]]
"""The media half of an account, by the account's name."""


def mount(app: FastAPI, find: Find, lines: CarrierLines, public_url: str) -> None:
    """Hooks of account X stand at ``/hooks/X/...``, its media sockets at ``/media/X``."""

    async def hook(name: str, path: str, request: Request) -> Response:
        carrier = await find(name)
        if carrier is None:
            return Response(status_code=404)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_HOOK_BYTES:
                return Response(status_code=413)
        url = _public(public_url, request.url.path, request.url.query)
        asked = HookRequest(request.method, path, url, dict(request.headers), bytes(body))
        answer = await carrier.hook(asked)
        content_type = answer.content_type if answer.body else None
        return Response(answer.body, answer.status, media_type=content_type)

    async def media(name: str, socket: WebSocket) -> None:
        carrier = await find(name)
        url = _public(public_url, socket.url.path, socket.url.query)
        upgrade = HookRequest("GET", "", url, dict(socket.headers))
        if carrier is None or not carrier.admits(upgrade):
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        await lines.serve(carrier, StarletteSocket(socket))

    path = "/hooks/{name}/{path:path}"
    app.add_api_route(path, hook, methods=["GET", "POST"], include_in_schema=False)
    app.add_api_websocket_route("/media/{name}", media)


def _public(public_url: str, path: str, query: str) -> str:
    return f"{public_url}{path}?{query}" if query else f"{public_url}{path}"
