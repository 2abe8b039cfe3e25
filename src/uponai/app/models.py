"""Which model serves what on this host: the embedded ones, and the vendors that are configured.

A name is ``provider/model`` (``openai/gpt-4.1``, ``deepgram/nova-3``); a voice id is one of the
embedded voices or ``provider-voice`` (``cartesia-<id>``). What an agent names and this host does
not have falls back to the host's default, so that an agent made elsewhere still talks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, cast

import aiohttp

from uponai import log
from uponai.config import Config
from uponai.live.assembly import ChosenVoice
from uponai.live.mind import ChosenModel
from uponai.providers import (
    cartesia,
    deepgram,
    elevenlabs,
    hibari,
    minilm,
    moonshine,
    openai_chat,
    silero,
    smart_turn,
)
from uponai.providers.base import (
    EndOfTurn,
    ProviderContext,
    ProviderSpec,
    SentenceEmbedder,
    SpeechToText,
    StreamingSpeechToText,
    TextToSpeech,
    VoiceActivity,
    VoiceLibrary,
)
from uponai.providers.wrap import WholeUtterance
from uponai.wire.voice import is_hosted

SPECS: tuple[ProviderSpec, ...] = (
    moonshine.SPEC,
    hibari.SPEC,
    silero.SPEC,
    smart_turn.SPEC,
    minilm.SPEC,
    openai_chat.SPEC,
    deepgram.SPEC,
    cartesia.SPEC,
    elevenlabs.SPEC,
)
"""A new provider is one line here."""

POOL_THREADS = 2


class _Warm(Protocol):
    async def warm(self) -> None: ...


@dataclass(frozen=True, slots=True)
class HostVoice:
    """A voice that this host can speak with, for the API's voice list."""

    voice_id: str
    voice_name: str
    provider: str
    gender: str = "female"


class ModelRack:
    """All models of this process, each made once (``live.assembly.Providers``)."""

    def __init__(self, config: Config, session: aiohttp.ClientSession) -> None:
        self._config = config
        self._session = session
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="models")
        self._made: dict[str, Any] = {}
        self._log = log.get("uponai.models")

    @property
    def voice_activity(self) -> VoiceActivity:
        return self._made_of(silero.SPEC)

    @property
    def end_of_turn(self) -> EndOfTurn | None:
        return self._made_of(smart_turn.SPEC)

    @property
    def embedder(self) -> SentenceEmbedder | None:
        return self._made_of(minilm.SPEC)

    def speech_to_text(self) -> SpeechToText:
        spec, _ = self._chosen(self._config.models.stt, ("stt", "streaming_stt"))
        made: Any = self._made_of(spec or moonshine.SPEC)
        if spec is not None and spec.kind == "streaming_stt":
            return WholeUtterance(cast(StreamingSpeechToText, made))
        return cast(SpeechToText, made)

    def text_to_speech(self, voice_id: str) -> ChosenVoice:
        for spec in SPECS:
            prefix = f"{spec.name}-"
            if spec.kind != "tts":
                continue
            if voice_id in spec.voices:
                return ChosenVoice(self._tts(spec), voice_id)
            if voice_id.startswith(prefix) and self._configured(spec):
                own = voice_id.removeprefix(prefix)
                return ChosenVoice(self._tts(spec), own, spec.default_model)
        spec, voice = self._chosen(self._config.models.tts, ("tts",))
        if spec is not None and voice:
            return ChosenVoice(self._tts(spec), voice, spec.default_model)
        return ChosenVoice(self._tts(hibari.SPEC), hibari.SPEC.voices[0])

    def language_model(self, model: str | None) -> ChosenModel | None:
        spec, named = self._chosen(self._config.models.llm, ("llm",))
        spec = spec or openai_chat.SPEC
        if not self._configured(spec):
            return None
        own = self._config.provider(spec.name)
        # A server of one's own has its own model names; the wire's names mean nothing to it.
        elsewhere = own.base_url is not None and named is not None
        name = named if model is None or elsewhere else model
        return ChosenModel(self._made_of(spec), name or spec.default_model or "")

    def voices(self) -> Sequence[HostVoice]:
        """What ``list-voices`` shows."""
        found: list[HostVoice] = []
        for spec in SPECS:
            for voice_id in spec.voices:
                name = voice_id.rpartition("-")[2].capitalize()
                provider = "platform" if spec.local else spec.name
                found.append(HostVoice(voice_id, name, provider))
        return found

    def knows_voice(self, voice_id: str) -> bool:
        """Whether an agent may name it: ours, a vendor's, or a hosted platform's."""
        if is_hosted(voice_id) or any(voice_id in spec.voices for spec in SPECS):
            return True
        vendors = tuple(f"{spec.name}-" for spec in SPECS if spec.kind == "tts" and not spec.local)
        return voice_id.startswith(vendors)

    def libraries(self) -> Mapping[str, VoiceLibrary]:
        """Where more voices may be had, by vendor."""
        return {
            spec.name: spec.library(self._context(spec))
            for spec in SPECS
            if spec.library is not None and self._configured(spec)
        }

    async def warm(self) -> None:
        """Load the embedded models before the first call needs them, unless told not to."""
        if not self._config.models.preload:
            return
        rack = (self.speech_to_text(), self.text_to_speech("").tts, self.end_of_turn, self.embedder)
        _ = self.voice_activity
        loading = [cast(_Warm, model).warm() for model in rack if hasattr(model, "warm")]
        await asyncio.gather(*loading)

    async def aclose(self) -> None:
        for made in self._made.values():
            closing = getattr(made, "aclose", None)
            if closing is not None:
                await closing()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _tts(self, spec: ProviderSpec) -> TextToSpeech:
        return cast(TextToSpeech, self._made_of(spec))

    def _made_of(self, spec: ProviderSpec) -> Any:
        if spec.name not in self._made:
            self._made[spec.name] = spec.make(self._context(spec))
        return self._made[spec.name]

    def _context(self, spec: ProviderSpec) -> ProviderContext:
        access = self._config.provider(spec.name)
        return ProviderContext(self._session, self._pool, access.api_key, access.base_url)

    def _configured(self, spec: ProviderSpec) -> bool:
        access = self._config.provider(spec.name)
        return spec.local or bool(access.api_key or access.base_url)

    def _chosen(
        self, name: str | None, kinds: tuple[str, ...]
    ) -> tuple[ProviderSpec | None, str | None]:
        """The spec and the model that ``provider/model`` means; (None, None) where unset."""
        if not name:
            return None, None
        provider, _, model = name.partition("/")
        for spec in SPECS:
            if spec.name == provider and spec.kind in kinds:
                return spec, model or spec.default_model
        self._log.warning("unknown provider in settings", provider=provider)
        return None, None
