"""A voice as the line needs it: 8 kHz pieces of one text, from the vendor or from memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import numpy as np

from uponai.link.media import LINK_RATE_HZ
from uponai.media.resample import Resampler
from uponai.providers.base import Pcm, ProviderError, TextToSpeech, VoiceSettings

FIRST_AUDIO_TIMEOUT_S = 10.0
CACHE_BYTES = 16 * 1024 * 1024
CACHED_CHARS = 240
ATTEMPTS = 2
_SLICE_MS = 200


class SpeechCache:
    """Speech made before, by voice and text: greetings and canned lines need no second synthesis.

    One per process; the least recently used lines go first once ``limit_bytes`` is exceeded.
    """

    def __init__(self, limit_bytes: int = CACHE_BYTES) -> None:
        self._limit = limit_bytes
        self._held = 0
        self._lines: OrderedDict[tuple[VoiceSettings, str], Pcm] = OrderedDict()

    def get(self, voice: VoiceSettings, text: str) -> Pcm | None:
        found = self._lines.get((voice, text))
        if found is not None:
            self._lines.move_to_end((voice, text))
        return found

    def keep(self, voice: VoiceSettings, text: str, pcm: Pcm) -> None:
        """Remember a line; long ones are not worth it."""
        if len(text) > CACHED_CHARS or (voice, text) in self._lines:
            return
        self._lines[(voice, text)] = pcm
        self._held += pcm.nbytes
        while self._held > self._limit:
            _, gone = self._lines.popitem(last=False)
            self._held -= gone.nbytes


class Voice:
    """One agent's voice. ``turn`` serialises a call's speeches: the first sentence goes first.

    The volume (0-2) is applied here, so that it means the same with every vendor.
    """

    def __init__(self, tts: TextToSpeech, settings: VoiceSettings, cache: SpeechCache) -> None:
        self._tts = tts
        self._settings = settings
        self._cache = cache
        self.turn = asyncio.Lock()

    async def speak(self, text: str) -> AsyncGenerator[Pcm, None]:
        """Pieces of ``text`` at 8 kHz. Raises ProviderError; tries twice while nothing was said."""
        known = self._cache.get(self._settings, text)
        if known is not None:
            yield known
            return
        made: list[Pcm] = []
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with aclosing(self._stream(text)) as stream:
                    async for pcm in stream:
                        made.append(pcm)
                        yield pcm
                break
            except ProviderError as failure:
                if made or attempt == ATTEMPTS or not failure.retriable:
                    raise
        if made:
            self._cache.keep(self._settings, text, np.concatenate(made))

    async def _stream(self, text: str) -> AsyncGenerator[Pcm, None]:
        resampler = Resampler(self._tts.rate_hz, LINK_RATE_HZ)
        step = self._tts.rate_hz * _SLICE_MS // 1000
        flat = replace(self._settings, volume=1.0)
        source = self._tts.synthesize(text, flat)
        try:
            while True:
                chunk = await self._next(source)
                if chunk is None:
                    break
                for at in range(0, len(chunk), step):
                    # Long clips are converted in slices, so that no other call's frame waits.
                    if at:
                        await asyncio.sleep(0)
                    yield self._loud(resampler.process(chunk[at : at + step]))
        finally:
            closing = getattr(source, "aclose", None)
            if closing is not None:
                await closing()
        yield self._loud(resampler.flush())

    async def _next(self, source: AsyncIterator[Pcm]) -> Pcm | None:
        try:
            async with asyncio.timeout(FIRST_AUDIO_TIMEOUT_S):
                return await anext(source)
        except StopAsyncIteration:
            return None
        except TimeoutError:
            wait = f"no audio for {FIRST_AUDIO_TIMEOUT_S:.0f} s"
            raise ProviderError("voice", wait, retriable=True) from None

    def _loud(self, pcm: Pcm) -> Pcm:
        if self._settings.volume == 1.0 or pcm.size == 0:
            return pcm
        scaled = np.rint(pcm.astype(np.float32) * np.float32(self._settings.volume))
        return np.clip(scaled, -32_768, 32_767).astype(np.int16)
