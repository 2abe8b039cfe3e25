"""The ElevenLabs adapter against a server that speaks its streaming endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.fakes.elevenlabs_server import ElevenLabsServer
from tests.fakes.servers import provider_context, serving
from tests.patience import patience

from uponai.providers.base import ProviderContext, ProviderError, VoiceSettings
from uponai.providers.elevenlabs import SPEC, ElevenLabs

VOICE = VoiceSettings("voice 1")


def with_server(
    server: ElevenLabsServer,
    script: Callable[[ElevenLabs], Awaitable[None]],
    api_key: str = "key-1",
) -> None:
    async def run() -> None:
        async with serving(server.app) as address:
            async with provider_context(f"http://{address}", api_key) as context:
                async with patience():
                    await script(ElevenLabs(context))

    asyncio.run(run())


async def spoken(vendor: ElevenLabs, text: str, voice: VoiceSettings = VOICE) -> list[int]:
    samples: list[int] = []
    async for pcm in vendor.synthesize(text, voice):
        samples.extend(pcm.tolist())
    return samples[::80]


def test_audio_comes_whole_and_in_order_in_the_manner_asked_for() -> None:
    server = ElevenLabsServer()

    async def script(vendor: ElevenLabs) -> None:
        assert vendor.rate_hz == 8000
        assert await spoken(vendor, "Good morning to you") == [400, 700, 200, 300]
        manner = VoiceSettings("v", "m2", speed=2.0, volume=0.5, temperature=0.4)
        assert await spoken(vendor, "Good", manner) == [200]
        assert await spoken(vendor, " ") == []

    with_server(server, script)
    assert server.formats == ["pcm_8000", "pcm_8000"]
    assert server.requests[0] == {
        "text": "Good morning to you",
        "model_id": "eleven_flash_v2_5",
    }
    assert server.requests[1]["model_id"] == "m2"
    assert server.requests[1]["voice_settings"] == {"speed": 1.2, "stability": 0.8}


def test_the_first_word_does_not_wait_for_the_last() -> None:
    server = ElevenLabsServer()

    async def script(vendor: ElevenLabs) -> None:
        audio = vendor.synthesize("Good ... day", VOICE)
        assert (await anext(audio))[0] == 400
        server.go.set()
        assert sum([pcm.size async for pcm in audio]) >= 80

    with_server(server, script)


def test_a_broken_connection_may_be_tried_again() -> None:
    async def script(vendor: ElevenLabs) -> None:
        with pytest.raises(ProviderError) as caught:
            await spoken(vendor, "Good BREAK")
        assert caught.value.retriable

    with_server(ElevenLabsServer(), script)


@pytest.mark.parametrize(
    ("api_key", "voice_id", "status", "reason"),
    [("wrong", "v", 401, "Invalid API key"), ("key-1", "no/body", 404, "voice not found")],
)
def test_a_refusal_gives_the_vendors_reason(
    api_key: str, voice_id: str, status: int, reason: str
) -> None:
    async def script(vendor: ElevenLabs) -> None:
        with pytest.raises(ProviderError, match=reason) as caught:
            await spoken(vendor, "Hi", VoiceSettings(voice_id))
        assert (caught.value.status, caught.value.retriable) == (status, False)

    with_server(ElevenLabsServer(), script, api_key)


def test_no_key_is_said_at_once() -> None:
    with pytest.raises(ProviderError, match="ELEVENLABS_API_KEY"):
        SPEC.make(ProviderContext(None, None))  # type: ignore[arg-type]
