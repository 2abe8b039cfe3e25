"""The Deepgram adapter against a server that speaks its live protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from tests.fakes.deepgram_server import DeepgramServer
from tests.fakes.servers import provider_context, serving
from tests.patience import patience

from uponai.providers.base import (
    Partial,
    ProviderContext,
    ProviderError,
    Recognition,
    RecognitionSettings,
    Word,
)
from uponai.providers.deepgram import SPEC, Deepgram
from uponai.providers.wrap import WholeUtterance

SETTINGS = RecognitionSettings()
WORDS = [("Hello", 0.25, 0.5), ("there.", 0.5, 0.75), ("Bye.", 1.0, 1.25)]
QUARTER = np.zeros(2000, np.int16)


def with_server(
    server: DeepgramServer, script: Callable[[Deepgram], Awaitable[None]], keep_alive_s: float = 4.0
) -> None:
    async def run() -> None:
        async with serving(server.app) as address:
            async with provider_context(f"ws://{address}") as context:
                async with patience():
                    await script(Deepgram(context, keep_alive_s))

    asyncio.run(run())


def test_interim_texts_grow_and_a_pause_makes_them_final() -> None:
    async def script(deepgram: Deepgram) -> None:
        stream = await deepgram.open(SETTINGS)
        for _ in range(3):
            await stream.push(QUARTER)
        await stream.flush()
        await stream.push(QUARTER)
        await stream.push(QUARTER)
        await stream.end_input()
        heard = [partial async for partial in stream.results()]
        await stream.aclose()
        hello, there = Word("Hello", 250.0, 500.0), Word("there.", 500.0, 750.0)
        bye = Word("Bye.", 1000.0, 1250.0)
        assert heard == [
            Partial("Hello", False, (hello,)),
            Partial("Hello there.", False, (hello, there)),
            Partial("Hello there.", True, (hello, there)),
            Partial("Bye.", False, (bye,)),
            Partial("Bye.", True, (bye,)),
        ]

    with_server(DeepgramServer(WORDS), script)


def test_a_pause_without_words_still_gives_its_empty_final() -> None:
    async def script(deepgram: Deepgram) -> None:
        stream = await deepgram.open(SETTINGS)
        await stream.push(QUARTER)
        await stream.flush()
        assert await anext(stream.results()) == Partial("", True)
        await stream.aclose()

    with_server(DeepgramServer([]), script)


def test_what_was_asked_for_is_in_the_address() -> None:
    server = DeepgramServer([])

    async def script(deepgram: Deepgram) -> None:
        settings = RecognitionSettings("de", 16000, ("Tanaka", "UponAI"), "nova-3-medical")
        await (await deepgram.open(settings)).aclose()
        await (await deepgram.open(RecognitionSettings(boosted=("x",), model="nova-2"))).aclose()

    with_server(server, script)
    first, second = server.queries
    assert {("model", "nova-3-medical"), ("language", "de"), ("sample_rate", "16000")} <= set(first)
    assert {("encoding", "linear16"), ("interim_results", "true"), ("channels", "1")} <= set(first)
    assert [value for key, value in first if key == "keyterm"] == ["Tanaka", "UponAI"]
    assert ("keywords", "x") in second


def test_a_caller_on_hold_keeps_the_stream() -> None:
    server = DeepgramServer(WORDS, patience_s=1.0)

    async def script(deepgram: Deepgram) -> None:
        stream = await deepgram.open(SETTINGS)
        for _ in range(3):
            await server.keep_alives.acquire()
        await stream.push(QUARTER)
        await stream.push(QUARTER)
        assert (await anext(stream.results())).text == "Hello"
        await stream.aclose()

    with_server(server, script, keep_alive_s=0.02)


def test_a_stream_that_the_server_ends_is_an_error() -> None:
    server = DeepgramServer(WORDS)
    server.break_after_s = 0.75

    async def script(deepgram: Deepgram) -> None:
        stream = await deepgram.open(SETTINGS)
        for _ in range(3):
            await stream.push(QUARTER)
        heard: list[Partial] = []
        with pytest.raises(ProviderError) as caught:
            async for partial in stream.results():
                heard.append(partial)
        assert [partial.text for partial in heard] == ["Hello"]
        assert caught.value.retriable
        with pytest.raises(ProviderError):
            await stream.push(QUARTER)
        await stream.aclose()

    with_server(server, script)


@pytest.mark.parametrize(("status", "retriable"), [(400, False), (402, False), (429, True)])
def test_a_refusal_gives_the_vendors_reason(status: int, retriable: bool) -> None:
    server = DeepgramServer([])
    server.refuse = (status, "no such model")

    async def script(deepgram: Deepgram) -> None:
        with pytest.raises(ProviderError, match="no such model") as caught:
            await deepgram.open(SETTINGS)
        assert (caught.value.status, caught.value.retriable) == (status, retriable)

    with_server(server, script)


def test_a_wrong_key_is_final() -> None:
    async def run() -> None:
        server = DeepgramServer([])
        async with serving(server.app) as address:
            async with provider_context(f"ws://{address}", api_key="wrong") as context:
                await Deepgram(context).open(SETTINGS)

    with pytest.raises(ProviderError, match="Invalid credentials") as caught:
        asyncio.run(run())
    assert not caught.value.retriable


@pytest.mark.parametrize("text", ["[1", '{"type": "Results"}', "[]", '{"type": "Error"}'])
def test_a_message_out_of_order_is_an_error(text: str) -> None:
    server = DeepgramServer([])
    server.say = [text]

    async def script(deepgram: Deepgram) -> None:
        stream = await deepgram.open(SETTINGS)
        with pytest.raises(ProviderError):
            await anext(stream.results())
        await stream.aclose()

    with_server(server, script)


def test_nobody_listening_is_an_error_that_may_pass() -> None:
    async def run() -> None:
        async with provider_context("ws://127.0.0.1:9") as context:
            await Deepgram(context).open(SETTINGS)

    with pytest.raises(ProviderError) as caught:
        asyncio.run(run())
    assert caught.value.retriable


def test_no_key_is_said_at_once() -> None:
    with pytest.raises(ProviderError, match="DEEPGRAM_API_KEY"):
        SPEC.make(ProviderContext(None, None))  # type: ignore[arg-type]


def test_a_streaming_vendor_recognises_whole_utterances_too() -> None:
    server = DeepgramServer(WORDS)

    async def script(deepgram: Deepgram) -> None:
        heard = await WholeUtterance(deepgram).recognize(np.zeros(12000, np.int16), SETTINGS)
        assert heard == Recognition(
            "Hello there. Bye.",
            (
                Word("Hello", 250.0, 500.0),
                Word("there.", 500.0, 750.0),
                Word("Bye.", 1000.0, 1250.0),
            ),
        )

    with_server(server, script)
    assert server.heard_samples == 12000
