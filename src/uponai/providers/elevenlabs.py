"""ElevenLabs: speech synthesis, one streamed POST a text with raw PCM at 8 kHz back; voices.

elevenlabs.io/docs/api-reference/text-to-speech/stream. The whole sentence is known when we ask, so
plain HTTP on a kept connection does as well as their WebSocket.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast
from urllib.parse import quote

import aiohttp
import numpy as np

from uponai.providers.base import (
    FoundVoice,
    OwnVoice,
    Pcm,
    ProviderContext,
    ProviderError,
    ProviderSpec,
    VoiceSample,
    VoiceSettings,
    status_error,
)

NAME = "elevenlabs"
BASE_URL = "https://api.elevenlabs.io"
DEFAULT_MODEL = "eleven_flash_v2_5"
RATE_HZ = 8000
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5.0, sock_read=10.0)
_LIBRARY_TIMEOUT = aiohttp.ClientTimeout(total=60.0, sock_connect=5.0)
_ERROR_BYTES = 4096
_MOST_FOUND = 30

Json = dict[str, Any]


class ElevenLabs:
    """``TextToSpeech`` by one account."""

    def __init__(self, context: ProviderContext) -> None:
        if not context.api_key:
            raise ProviderError(NAME, "ELEVENLABS_API_KEY is not set", retriable=False)
        self._session = context.session
        self._url = f"{(context.base_url or BASE_URL).rstrip('/')}/v1/text-to-speech"
        self._headers = {"xi-api-key": context.api_key}

    @property
    def rate_hz(self) -> int:
        return RATE_HZ

    async def synthesize(self, text: str, voice: VoiceSettings) -> AsyncIterator[Pcm]:
        """Speech of ``text`` as it is made; closing the iterator closes the connection.

        Raises ProviderError: refused, unreachable, broken off, or silent for ten seconds.
        """
        if not text.strip():
            return
        url = f"{self._url}/{quote(voice.voice_id, safe='')}/stream"
        try:
            async with self._session.post(
                url,
                params={"output_format": "pcm_8000"},
                json=_payload(text, voice),
                headers=self._headers,
                timeout=_TIMEOUT,
            ) as response:
                if response.status != 200:
                    body = await response.content.read(_ERROR_BYTES)
                    raise status_error(NAME, response.status, _reason(body))
                async for pcm in _samples(response, min(max(voice.volume, 0.0), 2.0)):
                    yield pcm
        except TimeoutError as error:
            raise ProviderError(NAME, "no audio in time", retriable=True) from error
        except aiohttp.ClientError as error:
            raise ProviderError(NAME, f"connection failed: {error}", retriable=True) from error

    async def aclose(self) -> None:
        """Nothing of its own to close: the session belongs to the process."""


async def _samples(response: aiohttp.ClientResponse, volume: float) -> AsyncIterator[Pcm]:
    """Pieces of any size as whole samples; the vendor has no volume, so it is set here."""
    carry = b""
    async for piece in response.content.iter_any():
        data = carry + piece
        whole = len(data) & ~1
        carry = data[whole:]
        if not whole:
            continue
        pcm = np.frombuffer(data[:whole], "<i2").astype(np.int16)
        if volume != 1.0:
            pcm = np.clip(pcm * volume, -32768, 32767).astype(np.int16)
        yield pcm


def _payload(text: str, voice: VoiceSettings) -> Json:
    """The request; a voice keeps its stored manner where nothing else is asked for."""
    payload: Json = {"text": text, "model_id": voice.model or DEFAULT_MODEL}
    manner: Json = {}
    if voice.speed != 1.0:
        manner["speed"] = min(max(voice.speed, 0.7), 1.2)
    if voice.temperature != 1.0:
        manner["stability"] = min(max(1.0 - voice.temperature / 2.0, 0.0), 1.0)
    if manner:
        payload["voice_settings"] = manner
    return payload


def _reason(body: bytes) -> str:
    """The message of ``{"detail": {"message"}}`` or of a body of another shape."""
    text = body.decode("utf-8", "replace")
    try:
        parsed = json.loads(text)
    except ValueError:
        return text
    detail = cast(Json, parsed).get("detail", text) if isinstance(parsed, dict) else text
    if isinstance(detail, dict):
        return str(cast(Json, detail).get("message") or text)
    return str(detail)


class ElevenLabsVoices:
    """``VoiceLibrary`` of one account (elevenlabs.io/docs/api-reference/voices)."""

    def __init__(self, context: ProviderContext) -> None:
        self._session = context.session
        self._url = f"{(context.base_url or BASE_URL).rstrip('/')}/v1"
        self._headers = {"xi-api-key": context.api_key or ""}

    async def search(self, query: str) -> list[FoundVoice]:
        params = {"search": query, "page_size": str(_MOST_FOUND)}
        answer = await self._asked("GET", "/shared-voices", params=params)
        return [_found(voice) for voice in _objects(answer.get("voices"))]

    async def add(self, provider_voice_id: str, owner_id: str | None, name: str) -> OwnVoice:
        if owner_id is None:
            raise ProviderError(NAME, "public_user_id is required", retriable=False, status=400)
        path = f"/voices/add/{quote(owner_id, safe='')}/{quote(provider_voice_id, safe='')}"
        answer = await self._asked("POST", path, json={"new_name": name})
        return await self._own(str(answer.get("voice_id") or provider_voice_id), name)

    async def clone(self, name: str, samples: Sequence[VoiceSample]) -> OwnVoice:
        form = aiohttp.FormData()
        form.add_field("name", name)
        for sample in samples:
            form.add_field(
                "files", sample.data, filename=sample.name, content_type=sample.content_type
            )
        answer = await self._asked("POST", "/voices/add", data=form)
        if not isinstance(answer.get("voice_id"), str):
            raise ProviderError(NAME, "the cloned voice has no id", retriable=False)
        return await self._own(answer["voice_id"], name)

    async def _own(self, voice_id: str, name: str) -> OwnVoice:
        voice = await self._asked("GET", f"/voices/{quote(voice_id, safe='')}")
        found = voice.get("labels")
        labels = cast(Json, found) if isinstance(found, dict) else {}
        return OwnVoice(
            voice_id,
            name,
            gender="male" if labels.get("gender") == "male" else "female",
            accent=_text(labels, "accent"),
            age=_text(labels, "age"),
            preview_audio_url=_text(voice, "preview_url"),
        )

    async def _asked(self, method: str, path: str, **more: Any) -> Json:
        try:
            async with self._session.request(
                method, self._url + path, headers=self._headers, timeout=_LIBRARY_TIMEOUT, **more
            ) as response:
                body = await response.read()
        except TimeoutError as error:
            raise ProviderError(NAME, "no answer in time", retriable=True) from error
        except aiohttp.ClientError as error:
            raise ProviderError(NAME, f"connection failed: {error}", retriable=True) from error
        if response.status != 200:
            raise status_error(NAME, response.status, _reason(body))
        try:
            read = json.loads(body)
        except ValueError as error:
            raise ProviderError(NAME, "the answer is no JSON", retriable=False) from error
        return cast(Json, read) if isinstance(read, dict) else {}


def _objects(value: Any) -> list[Json]:
    listed = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast(Json, item) for item in listed if isinstance(item, dict)]


def _text(data: Json, key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def _found(voice: Json) -> FoundVoice:
    return FoundVoice(
        str(voice.get("voice_id") or ""),
        str(voice.get("name") or ""),
        _text(voice, "description"),
        _text(voice, "public_owner_id"),
    )


SPEC = ProviderSpec(
    name=NAME,
    kind="tts",
    make=ElevenLabs,
    needs_key=True,
    key_env="ELEVENLABS_API_KEY",
    base_url=BASE_URL,
    default_model=DEFAULT_MODEL,
    languages=("*",),
    library=ElevenLabsVoices,
)
