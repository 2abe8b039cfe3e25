"""A served WebSocket as the roles see one."""

from __future__ import annotations

from fastapi import WebSocket, WebSocketDisconnect


class StarletteSocket:
    """A Starlette socket as the brain and ``live.carrier_line`` want one."""

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

    async def send_bytes(self, data: bytes) -> None:
        try:
            await self._socket.send_bytes(data)
        except WebSocketDisconnect as error:
            raise ConnectionResetError from error

    async def close(self) -> None:
        try:
            await self._socket.close()
        except (RuntimeError, WebSocketDisconnect):
            return
