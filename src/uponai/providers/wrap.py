"""Interfaces made of other interfaces: wrap, not inherit. Knows no vendor."""

from __future__ import annotations

from uponai.providers.base import (
    Pcm,
    Recognition,
    RecognitionSettings,
    StreamingSpeechToText,
    SttStream,
    Word,
)

_PIECE_S = 0.1


class WholeUtterance:
    """``SpeechToText`` by a vendor that only streams: one short stream an utterance."""

    def __init__(self, streaming: StreamingSpeechToText) -> None:
        self._streaming = streaming

    async def recognize(self, pcm: Pcm, settings: RecognitionSettings) -> Recognition:
        """The finals of ``pcm`` joined. Raises ProviderError."""
        stream = await self._streaming.open(settings)
        try:
            return await _read_all(stream, pcm, round(settings.rate_hz * _PIECE_S))
        finally:
            await stream.aclose()

    async def aclose(self) -> None:
        await self._streaming.aclose()


async def _read_all(stream: SttStream, pcm: Pcm, piece_samples: int) -> Recognition:
    for start in range(0, pcm.size, piece_samples):
        await stream.push(pcm[start : start + piece_samples])
    await stream.end_input()
    texts: list[str] = []
    words: list[Word] = []
    async for partial in stream.results():
        if partial.final and partial.text:
            texts.append(partial.text)
            words.extend(partial.words)
    return Recognition(" ".join(texts), tuple(words))
