"""The carriers that bring their own audio: built from the configuration, their routes mounted.

Hooks of carrier X stand at ``/hooks/X/...``, its media sockets at ``/media/X``. What a carrier is
told of them is made of the installation's public URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from starlette.responses import Response

from uponai.carriers.base import Carrier, NumberShop
from uponai.carriers.base_media import HookRequest, MediaCarrier
from uponai.live.carrier_line import CarrierLines

MAX_HOOK_BYTES = 256 * 1024
POLICY_VIOLATION = 1008


class BoughtCarrier(Carrier, NumberShop, MediaCarrier, Protocol):
    """A carrier with an account of ours: dials, sells numbers, brings audio."""


def mount(
    app: FastAPI, carriers: Mapping[str, MediaCarrier], lines: CarrierLines, public_url: str
) -> None:
    """Add the routes of every carrier that is configured."""

    async def hook(name: str, path: str, request: Request) -> Response:
        carrier = carriers.get(name)
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
        carrier = carriers.get(name)
        url = _public(public_url, socket.url.path, socket.url.query)
        upgrade = HookRequest("GET", "", url, dict(socket.headers))
        if carrier is None or not carrier.admits(upgrade):
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        await lines.serve(carrier, _MediaSocket(socket))

    if carriers:
        app.add_api_route(
            "/hooks/{name}/{path:path}", hook, methods=["GET", "POST"], include_in_schema=False
        )
        app.add_api_websocket_route("/media/{name}", media)


def _public(public_url: str, path: str, query: str) -> str:
    return f"{public_url}{path}?{query}" if query else f"{public_url}{path}"


class _MediaSocket:
    """A Starlette socket as ``live.carrier_line`` wants one."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes | None:
        try:
            message = await self._socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            return None
        if message["type"] != "websocket.receive":
            return None
        text: str | None = message.get("text")
        return text if text is not None else message.get("bytes")

    async def send_text(self, text: str) -> None:
        try:
            await self._socket.send_text(text)
        except WebSocketDisconnect as error:
            raise ConnectionResetError from error

    async def close(self) -> None:
        try:
            await self._socket.close()
        except (RuntimeError, WebSocketDisconnect):
            return
