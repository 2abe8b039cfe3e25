"""How a simulated carrier reaches its customer: webhooks by HTTP, audio by a WebSocket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

import aiohttp

TIMEOUT_S = 15.0


class CustomerSocket(Protocol):
    """The customer's end of a media stream."""

    async def receive(self) -> str | None:
        """None when it is closed."""
        ...

    async def send(self, text: str) -> None:
        """Raises OSError."""
        ...

    async def close(self) -> None: ...


class Outside(Protocol):
    """The network between a carrier and its customer. Both raise OSError."""

    async def post(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        """A webhook; form fields, or a body as it is."""
        ...

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> CustomerSocket: ...


class HttpOutside:
    """The real network."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def post(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        data = body if isinstance(body, bytes) else aiohttp.FormData(list(body))
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self._session.post(
                url, data=data, headers=dict(headers), timeout=timeout
            ) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectionError(str(error)) from error

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> CustomerSocket:
        try:
            socket = await self._session.ws_connect(url, headers=dict(headers), compress=0)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectionError(str(error)) from error
        return _Socket(socket)


class _Socket:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def receive(self) -> str | None:
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            return None
        return cast(str, message.data)

    async def send(self, text: str) -> None:
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, RuntimeError) as error:
            raise ConnectionError(str(error)) from error

    async def close(self) -> None:
        await self._socket.close()
