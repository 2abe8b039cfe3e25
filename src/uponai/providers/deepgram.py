"""Deepgram live speech recognition over one WebSocket a caller.

developers.deepgram.com/reference/speech-to-text/listen-streaming, and there docs/finalize,
docs/audio-keep-alive and docs/close-stream. Audio goes out as binary frames, JSON comes back. Its
own endpointing is off: we send ``Finalize`` when we think that the caller paused.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp

from uponai.providers.base import (
    Partial,
    Pcm,
    ProviderContext,
    ProviderError,
    ProviderSpec,
    RecognitionSettings,
    Word,
    status_error,
)
from uponai.tasks import TaskGroup, monotonic_s

NAME = "deepgram"
BASE_URL = "wss://api.deepgram.com"
DEFAULT_MODEL = "nova-3"
_CONNECT_S = 5.0
_KEEP_ALIVE_S = 4.0  # the server closes after 10 s without audio or KeepAlive

Json = dict[str, Any]


class Deepgram:
    """``StreamingSpeechToText`` by one account."""

    def __init__(self, context: ProviderContext, keep_alive_s: float = _KEEP_ALIVE_S) -> None:
        if not context.api_key:
            raise ProviderError(NAME, "DEEPGRAM_API_KEY is not set", retriable=False)
        self._session = context.session
        self._url = f"{(context.base_url or BASE_URL).rstrip('/')}/v1/listen"
        self._headers = {"Authorization": f"Token {context.api_key}"}
        self._keep_alive_s = keep_alive_s

    async def open(self, settings: RecognitionSettings) -> DeepgramStream:
        """Connect. Raises ProviderError: refused (key, option), unreachable, or too slow."""
        try:
            async with asyncio.timeout(_CONNECT_S):
                socket = await self._session.ws_connect(
                    self._url, params=_query(settings), headers=self._headers, max_msg_size=0
                )
        except aiohttp.WSServerHandshakeError as error:
            reason = (error.headers or {}).get("dg-error") or error.message
            raise status_error(NAME, error.status, reason) from error
        except TimeoutError as error:
            raise ProviderError(NAME, "no connection in time", retriable=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderError(NAME, f"connection failed: {error}", retriable=True) from error
        return DeepgramStream(socket, self._keep_alive_s)

    async def aclose(self) -> None:
        """Nothing of its own to close: streams belong to their callers."""


class DeepgramStream:
    """``SttStream``: word times count from the first sample pushed."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, keep_alive_s: float) -> None:
        self._socket = socket
        self._ending = False
        self._sent_s = monotonic_s()
        self._tasks = TaskGroup()
        self._tasks.spawn(self._keep_alive(keep_alive_s), name="deepgram keep-alive")

    async def push(self, pcm: Pcm) -> None:
        """Send audio. Raises ProviderError when the connection is gone."""
        self._sent_s = monotonic_s()
        await self._send(self._socket.send_bytes, pcm.astype("<i2", copy=False).tobytes())

    async def flush(self) -> None:
        """Ask for a final of everything pushed so far; it may be empty or not come."""
        await self._send(self._socket.send_str, '{"type":"Finalize"}')

    async def end_input(self) -> None:
        """No more audio: ``results`` ends after the last final."""
        self._ending = True
        await self._send(self._socket.send_str, '{"type":"CloseStream"}')

    async def results(self) -> AsyncIterator[Partial]:
        """Interim and final texts in order, until ``end_input`` is answered or ``aclose`` called.

        Raises ProviderError when the server ends the stream by itself.
        """
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                partial = _partial(message.data)
                if partial is not None:
                    yield partial
        if not self._ending:
            code = self._socket.close_code
            raise ProviderError(NAME, f"the server ended the stream ({code})", retriable=True)

    async def aclose(self) -> None:
        self._ending = True
        await self._tasks.aclose()
        await self._socket.close()

    async def _send(self, send: Any, data: bytes | str) -> None:
        try:
            await send(data)
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderError(NAME, "the connection is gone", retriable=True) from error

    async def _keep_alive(self, every_s: float) -> None:
        """Keep a stream open while the caller is on hold; audio itself keeps it open too."""
        while not self._socket.closed:
            quiet_s = monotonic_s() - self._sent_s
            if quiet_s < every_s:
                await asyncio.sleep(every_s - quiet_s)
                continue
            self._sent_s = monotonic_s()
            try:
                await self._socket.send_str('{"type":"KeepAlive"}')
            except (aiohttp.ClientError, OSError):
                return


def _query(settings: RecognitionSettings) -> list[tuple[str, str]]:
    model = settings.model or DEFAULT_MODEL
    query = [
        ("model", model),
        ("language", settings.language),
        ("encoding", "linear16"),
        ("sample_rate", str(settings.rate_hz)),
        ("channels", "1"),
        ("interim_results", "true"),
        ("smart_format", "true"),
        ("endpointing", "false"),
    ]
    # Nova-3 takes key terms, models before it took keywords.
    boost = "keyterm" if model.startswith("nova-3") else "keywords"
    query.extend((boost, word) for word in settings.boosted)
    return query


def _partial(data: str) -> Partial | None:
    """A ``Results`` message; None for metadata and for interim results without words."""
    try:
        message = cast(Json, json.loads(data))
        kind = message.get("type")
        if kind == "Error":
            reason = message.get("description") or message.get("message") or "error"
            raise ProviderError(NAME, str(reason), retriable=False)
        if kind != "Results":
            return None
        best = cast(Json, message["channel"]["alternatives"][0])
        text = str(best.get("transcript") or "")
        final = bool(message.get("is_final"))
        words = tuple(_word(word) for word in cast(list[Json], best.get("words") or []))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ProviderError(NAME, f"unexpected message: {data[:80]!r}", retriable=True) from error
    return Partial(text, final, words) if text or final else None


def _word(word: Json) -> Word:
    text = str(word.get("punctuated_word") or word["word"])
    return Word(text, float(word["start"]) * 1000.0, float(word["end"]) * 1000.0)


SPEC = ProviderSpec(
    name=NAME,
    kind="streaming_stt",
    make=Deepgram,
    needs_key=True,
    key_env="DEEPGRAM_API_KEY",
    base_url=BASE_URL,
    default_model=DEFAULT_MODEL,
    languages=("*",),
)
