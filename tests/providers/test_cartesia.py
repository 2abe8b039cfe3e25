"""The Cartesia adapter against a server that speaks its WebSocket protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest
from tests.fakes.cartesia_server import CartesiaServer
from tests.fakes.servers import provider_context, serving
from tests.patience import patience

from uponai.providers.base import ProviderContext, ProviderError, VoiceSettings
from uponai.providers.cartesia import SPEC, Cartesia
from uponai.tasks import TaskGroup

VOICE = VoiceSettings("voice-1")


def with_server(
    server: CartesiaServer, script: Callable[[Cartesia], Awaitable[None]], silence_s: float = 10.0
) -> None:
    async def run() -> None:
        async with serving(server.app) as address:
            async with provider_context(f"ws://{address}") as context:
                cartesia = Cartesia(context, silence_s)
                async with patience():
                    await script(cartesia)
                await cartesia.aclose()

    asyncio.run(run())


async def spoken(cartesia: Cartesia, text: str, voice: VoiceSettings = VOICE) -> list[int]:
    """The length of each word that was spoken, in order."""
    samples: list[int] = []
    async for pcm in cartesia.synthesize(text, voice):
        samples.extend(pcm.tolist())
    assert len(samples) % 80 == 0
    words = [samples[start : start + 80] for start in range(0, len(samples), 80)]
    assert all(len(set(word)) == 1 for word in words)
    return [word[0] for word in words]


@pytest.mark.parametrize("odd_cuts", [False, True])
def test_audio_comes_in_order_and_ends(odd_cuts: bool) -> None:
    server = CartesiaServer()
    server.odd_cuts = odd_cuts

    async def script(cartesia: Cartesia) -> None:
        assert await spoken(cartesia, "Good morning to you") == [4, 7, 2, 3]

    with_server(server, script)


def test_texts_side_by_side_share_one_connection() -> None:
    server = CartesiaServer()

    async def script(cartesia: Cartesia) -> None:
        tasks = TaskGroup()
        first = tasks.spawn(spoken(cartesia, "a ... abc"), name="first")
        second = tasks.spawn(spoken(cartesia, "ab ... abcd"), name="second")
        await server.waiting.wait()
        assert await spoken(cartesia, "abcde") == [5]
        server.go.set()
        assert await first == [1, 3]
        assert await second == [2, 4]

    with_server(server, script)
    assert server.connections == 1


def test_the_request_names_voice_model_manner_and_format() -> None:
    server = CartesiaServer()

    async def script(cartesia: Cartesia) -> None:
        assert await spoken(cartesia, "Hi", VoiceSettings("v", speed=3.0, volume=0.1)) == [2]
        assert await spoken(cartesia, "Hi", VoiceSettings("v", model="sonic-2")) == [2]
        assert await spoken(cartesia, "  ") == []
        assert cartesia.rate_hz == 8000

    with_server(server, script)
    first, second = server.requests
    assert first["voice"] == {"mode": "id", "id": "v"}
    assert first["generation_config"] == {"speed": 1.5, "volume": 0.5}
    assert first["language"] == "en"
    expected = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 8000}
    assert first["output_format"] == expected
    assert second["model_id"] == "sonic-2"
    assert "generation_config" not in second


def test_stopping_early_cancels_the_context() -> None:
    server = CartesiaServer()

    async def script(cartesia: Cartesia) -> None:
        async with aclosing(cartesia.synthesize("Good ... day", VOICE)) as audio:
            await anext(audio)
        assert await server.cancelled.get() == server.requests[0]["context_id"]
        assert await spoken(cartesia, "fine") == [4]

    with_server(server, script)


def test_a_cancelled_task_cancels_the_context() -> None:
    server = CartesiaServer()

    async def script(cartesia: Cartesia) -> None:
        tasks = TaskGroup()
        tasks.spawn(spoken(cartesia, "Good ... day"), name="speech")
        await server.waiting.wait()
        await tasks.aclose()
        assert await server.cancelled.get() == server.requests[0]["context_id"]

    with_server(server, script)


def test_an_unknown_voice_is_final() -> None:
    async def script(cartesia: Cartesia) -> None:
        with pytest.raises(ProviderError, match="no such voice") as caught:
            await spoken(cartesia, "Hi", VoiceSettings("nobody"))
        assert (caught.value.status, caught.value.retriable) == (404, False)

    with_server(CartesiaServer(), script)


def test_a_broken_connection_is_told_to_all_and_made_anew() -> None:
    server = CartesiaServer()

    async def script(cartesia: Cartesia) -> None:
        tasks = TaskGroup()
        waiting = tasks.spawn(_failure(cartesia, "Good ... day"), name="waiting")
        await server.waiting.wait()
        assert (await _failure(cartesia, "Oh BREAK")).retriable
        assert (await waiting).retriable
        assert await spoken(cartesia, "again") == [5]

    with_server(server, script)
    assert server.connections == 2


async def _failure(cartesia: Cartesia, text: str) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await spoken(cartesia, text)
    return caught.value


def test_a_server_that_falls_silent_is_given_up() -> None:
    server = CartesiaServer()

    async def script(cartesia: Cartesia) -> None:
        assert (await _failure(cartesia, "Good ... day")).retriable

    with_server(server, script, silence_s=0.05)


def test_a_chunk_that_is_not_base64_is_an_error() -> None:
    async def script(cartesia: Cartesia) -> None:
        assert (await _failure(cartesia, "GARBAGE")).retriable

    with_server(CartesiaServer(), script)


def test_a_wrong_key_is_final() -> None:
    async def run() -> None:
        server = CartesiaServer()
        async with serving(server.app) as address:
            async with provider_context(f"ws://{address}", api_key="wrong") as context:
                await Cartesia(context).warm()

    with pytest.raises(ProviderError) as caught:
        asyncio.run(run())
    assert (caught.value.status, caught.value.retriable) == (401, False)


def test_no_key_is_said_at_once() -> None:
    with pytest.raises(ProviderError, match="CARTESIA_API_KEY"):
        SPEC.make(ProviderContext(None, None))  # type: ignore[arg-type]
