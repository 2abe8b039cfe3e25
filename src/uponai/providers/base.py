"""What the brain asks of a speech or language vendor: three small interfaces and their specs.

Audio is always signed 16-bit little-endian mono PCM. Every stream is closed by ``aclose``; a vendor
failure is a ``ProviderError`` that says whether trying again (or elsewhere) can help. Capabilities
are data in a spec; nobody outside ``app`` asks for a vendor by name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import aiohttp
import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]


class ProviderError(Exception):
    """A vendor failed. ``retriable`` tells whether the same request may succeed later."""

    def __init__(self, provider: str, message: str, *, retriable: bool, status: int | None = None):
        super().__init__(f"{provider}: {message}")
        self.provider = provider
        self.retriable = retriable
        self.status = status


def status_error(provider: str, status: int, message: str) -> ProviderError:
    """The error of an HTTP answer: time-outs, conflicts, rate limits and server faults may pass."""
    retriable = status in (408, 409, 425, 429) or status >= 500
    return ProviderError(
        provider, f"HTTP {status}: {message.strip()[:300]}", retriable=retriable, status=status
    )


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised or spoken word; times in ms from the start of its own audio."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """The text of one stretch of audio. ``words`` may be empty where a vendor gives no times."""

    text: str
    words: tuple[Word, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Partial:
    """A streaming recogniser's view so far. ``final`` text never changes again."""

    text: str
    final: bool
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """How to listen. ``boosted`` are words the vendor should expect, where it can."""

    language: str = "en-US"
    rate_hz: int = 8000
    boosted: tuple[str, ...] = ()
    model: str | None = None


class SpeechToText(Protocol):
    """Whole-utterance recognition: called at a pause and again at the real end of the utterance."""

    async def recognize(self, pcm: Pcm, settings: RecognitionSettings) -> Recognition:
        """Text of ``pcm`` (at ``settings.rate_hz``). Raises ProviderError."""
        ...

    async def aclose(self) -> None: ...


class SttStream(Protocol):
    """One caller's live recognition."""

    async def push(self, pcm: Pcm) -> None: ...

    async def flush(self) -> None:
        """Ask for what is known now as a final (sent when the caller pauses)."""
        ...

    async def end_input(self) -> None: ...

    def results(self) -> AsyncIterator[Partial]: ...

    async def aclose(self) -> None: ...


class StreamingSpeechToText(Protocol):
    """A vendor that listens while the caller speaks."""

    async def open(self, settings: RecognitionSettings) -> SttStream:
        """Raises ProviderError when the vendor refuses or cannot be reached."""
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """Which voice and how. ``speed`` 0.5-2 (1 = as recorded), ``volume`` 0-2."""

    voice_id: str
    model: str | None = None
    speed: float = 1.0
    volume: float = 1.0
    temperature: float = 1.0
    language: str = "en-US"


class TextToSpeech(Protocol):
    """Speech of one sentence or clause, streamed as it is made."""

    @property
    def rate_hz(self) -> int:
        """Sample rate of what ``synthesize`` yields."""
        ...

    def synthesize(self, text: str, voice: VoiceSettings) -> AsyncIterator[Pcm]:
        """Audio of ``text`` in order. Raises ProviderError. Closing the iterator cancels."""
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class FoundVoice:
    """A voice of a vendor's public library; ``owner_id`` where adding it needs its owner."""

    provider_voice_id: str
    name: str
    description: str | None = None
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class VoiceSample:
    """One audio file of a voice to clone."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnVoice:
    """A voice of the account; ``provider_voice_id`` is what the vendor's synthesis takes."""

    provider_voice_id: str
    name: str
    gender: Literal["male", "female"] = "female"
    accent: str | None = None
    age: str | None = None
    preview_audio_url: str | None = None


class VoiceLibrary(Protocol):
    """Voices of a vendor beyond those it serves by itself. All raise ProviderError."""

    async def search(self, query: str) -> list[FoundVoice]:
        """By name, description or id."""
        ...

    async def add(self, provider_voice_id: str, owner_id: str | None, name: str) -> OwnVoice: ...

    async def clone(self, name: str, samples: Sequence[VoiceSample]) -> OwnVoice: ...


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function the model may call; ``parameters`` is a JSON schema object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """One function call asked for by the model; ``arguments`` is JSON text."""

    tool_call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the conversation as the model sees it."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    tool_calls: tuple[ToolRequest, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What to answer. ``temperature`` 0-1."""

    model: str
    messages: Sequence[ChatMessage]
    tools: Sequence[ToolSpec] = ()
    temperature: float = 0.0
    tool_choice: Literal["auto", "none", "required"] = "auto"
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Some more of the spoken answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A complete function call (arguments fully streamed)."""

    request: ToolRequest


@dataclass(frozen=True, slots=True)
class ChatFinished:
    """End of the answer, with token counts where the vendor gives them."""

    reason: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


ChatEvent = TextDelta | ToolCalled | ChatFinished


class LanguageModel(Protocol):
    """A chat model. One request is one stream."""

    def reply(self, request: ChatRequest) -> AsyncIterator[ChatEvent]:
        """Events in order, ``ChatFinished`` last. Raises ProviderError. Closing cancels."""
        ...

    async def aclose(self) -> None: ...


class VadSession(Protocol):
    """One caller's voice-activity state (an LSTM state and context), held by the caller of it."""

    window_samples: int
    rate_hz: int


class VoiceActivity(Protocol):
    """Voice activity over many calls at once: one model, batched."""

    window_samples: int
    rate_hz: int

    def open(self) -> VadSession: ...

    def judge(self, due: Sequence[tuple[VadSession, Pcm]]) -> list[float]:
        """Speech probability of one window for each (session, window); pure CPU, no await."""
        ...


class EndOfTurn(Protocol):
    """A guess whether an utterance is complete, from its audio (last 8 s used)."""

    async def probability(self, pcm: Pcm, rate_hz: int) -> float: ...


class SentenceEmbedder(Protocol):
    """Unit-length sentence vectors, shape (n, dim), float32."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


Kind = Literal["stt", "streaming_stt", "tts", "llm", "vad", "end_of_turn", "embedder"]


@dataclass(frozen=True, slots=True)
class ProviderContext:
    """What a provider is built from. ``pool`` runs its CPU work off the loop."""

    session: aiohttp.ClientSession
    pool: Executor
    api_key: str | None = None
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderSpec:
    """One vendor as data: what it offers and how to make it.

    ``make`` receives a ``ProviderContext`` and returns the interface named by ``kind``.
    ``voices`` lists the voice ids a TTS serves without asking the vendor; ``library`` makes the
    interface to more of them, where the vendor has one.
    """

    name: str
    kind: Kind
    make: Callable[[ProviderContext], Any]
    needs_key: bool = False
    key_env: str | None = None
    base_url: str | None = None
    default_model: str | None = None
    voices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    local: bool = False
    library: Callable[[ProviderContext], VoiceLibrary] | None = None
