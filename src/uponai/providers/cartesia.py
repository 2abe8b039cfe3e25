"""Cartesia speech synthesis: one WebSocket for the process, one context for each text.

docs.cartesia.ai/api-reference/tts/websocket (version 2026-03-01) and
docs.cartesia.ai/use-the-api/tts-websocket/contexts. Audio comes back as base64 in JSON, marked with
its context; a context is cancelled by name. Asked for at 8 kHz, the rate of the telephone, so that
nothing is resampled on the way.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp
import numpy as np

from uponai.providers.base import (
    Pcm,
    ProviderContext,
    ProviderError,
    ProviderSpec,
    VoiceSettings,
    status_error,
)
from uponai.tasks import TaskGroup

NAME = "cartesia"
BASE_URL = "wss://api.cartesia.ai"
DEFAULT_MODEL = "sonic-3"
API_VERSION = "2026-03-01"
RATE_HZ = 8000
_CONNECT_S = 5.0
_SILENCE_S = 10.0

Json = dict[str, Any]
_Inbox = asyncio.Queue[Json | ProviderError]


class Cartesia:
    """``TextToSpeech`` by one account; any number of texts at once."""

    def __init__(self, context: ProviderContext, silence_s: float = _SILENCE_S) -> None:
        if not context.api_key:
            raise ProviderError(NAME, "CARTESIA_API_KEY is not set", retriable=False)
        self._session = context.session
        self._url = f"{(context.base_url or BASE_URL).rstrip('/')}/tts/websocket"
        self._headers = {
            "Authorization": f"Bearer {context.api_key}",
            "Cartesia-Version": API_VERSION,
        }
        self._silence_s = silence_s
        self._connecting = asyncio.Lock()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._inboxes: dict[str, _Inbox] = {}
        self._tasks = TaskGroup()

    @property
    def rate_hz(self) -> int:
        return RATE_HZ

    async def warm(self) -> None:
        """Connect before the first text needs it. Raises ProviderError."""
        await self._connected()

    async def synthesize(self, text: str, voice: VoiceSettings) -> AsyncIterator[Pcm]:
        """Speech of ``text`` as it is made; closing the iterator cancels the context.

        Raises ProviderError: refused, unreachable, broken off, or silent for ten seconds.
        """
        if not text.strip():
            return
        context_id = secrets.token_hex(8)
        inbox: _Inbox = asyncio.Queue()
        socket = await self._connected()
        self._inboxes[context_id] = inbox
        running = True
        try:
            await _send(socket, _request(context_id, text, voice))
            carry = b""
            while running:
                message = await self._next(inbox)
                running = not message.get("done")
                data = carry + _audio(message)
                whole = len(data) & ~1
                carry = data[whole:]
                if whole:
                    yield np.frombuffer(data[:whole], "<i2").astype(np.int16)
        except ProviderError:
            running = False
            raise
        finally:
            del self._inboxes[context_id]
            if running and not socket.closed:
                # A cancelled task may not wait: the message is sent by a task of its own.
                cancel = {"context_id": context_id, "cancel": True}
                self._tasks.spawn(_send_quietly(socket, cancel), name="cartesia cancel")

    async def aclose(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        await self._tasks.aclose()

    async def _next(self, inbox: _Inbox) -> Json:
        try:
            async with asyncio.timeout(self._silence_s):
                message = await inbox.get()
        except TimeoutError as error:
            raise ProviderError(NAME, "no audio in time", retriable=True) from error
        if isinstance(message, ProviderError):
            raise message
        if message.get("type") == "error":
            raise _refusal(message)
        return message

    async def _connected(self) -> aiohttp.ClientWebSocketResponse:
        """The shared connection, made anew when the server closed it (as it does when idle)."""
        async with self._connecting:
            if self._socket is None or self._socket.closed:
                self._socket = await self._connect()
                self._tasks.spawn(self._read(self._socket), name="cartesia reader")
            return self._socket

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        try:
            async with asyncio.timeout(_CONNECT_S):
                return await self._session.ws_connect(
                    self._url, headers=self._headers, max_msg_size=0
                )
        except aiohttp.WSServerHandshakeError as error:
            raise status_error(NAME, error.status, error.message) from error
        except TimeoutError as error:
            raise ProviderError(NAME, "no connection in time", retriable=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderError(NAME, f"connection failed: {error}", retriable=True) from error

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Hand each message to its context; tell those still waiting of the connection's end."""
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._deliver(message.data)
        failure = f"the server closed the connection ({socket.close_code})"
        for inbox in self._inboxes.values():
            inbox.put_nowait(ProviderError(NAME, failure, retriable=True))

    def _deliver(self, data: str) -> None:
        try:
            message: Json = json.loads(data)
            context_id = message.get("context_id")
        except (ValueError, AttributeError):
            return
        if context_id is None and message.get("type") == "error":
            # The server could not tell whose fault it was.
            for inbox in self._inboxes.values():
                inbox.put_nowait(_refusal(message))
        inbox = self._inboxes.get(str(context_id))
        if inbox is not None:
            inbox.put_nowait(message)


async def _send(socket: aiohttp.ClientWebSocketResponse, body: Json) -> None:
    try:
        await socket.send_str(json.dumps(body))
    except (aiohttp.ClientError, OSError) as error:
        raise ProviderError(NAME, "the connection is gone", retriable=True) from error


async def _send_quietly(socket: aiohttp.ClientWebSocketResponse, body: Json) -> None:
    try:
        await _send(socket, body)
    except ProviderError:
        return


def _request(context_id: str, text: str, voice: VoiceSettings) -> Json:
    request: Json = {
        "context_id": context_id,
        "model_id": voice.model or DEFAULT_MODEL,
        "transcript": text,
        "voice": {"mode": "id", "id": voice.voice_id},
        "language": voice.language.split("-")[0].lower(),
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": RATE_HZ},
        "continue": False,
    }
    manner: Json = {}
    if voice.speed != 1.0:
        manner["speed"] = min(max(voice.speed, 0.6), 1.5)
    if voice.volume != 1.0:
        manner["volume"] = min(max(voice.volume, 0.5), 2.0)
    if manner:
        request["generation_config"] = manner
    return request


def _audio(message: Json) -> bytes:
    if message.get("type") != "chunk":
        return b""
    try:
        return base64.b64decode(cast(str, message["data"]), validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise ProviderError(NAME, "a chunk without audio", retriable=True) from error


def _refusal(message: Json) -> ProviderError:
    reason = message.get("message") or message.get("error") or message.get("title") or "error"
    return status_error(NAME, int(message.get("status_code") or 500), str(reason))


SPEC = ProviderSpec(
    name=NAME,
    kind="tts",
    make=Cartesia,
    needs_key=True,
    key_env="CARTESIA_API_KEY",
    base_url=BASE_URL,
    default_model=DEFAULT_MODEL,
    languages=("*",),
)
