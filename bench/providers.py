"""What the embedded models cost: ms an item beside a fixed piece of numpy work on the same machine.

Run: python -m bench.providers. The last column divides by that baseline, so that two machines, or a
busy and an idle one, can be compared.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import numpy as np

from uponai.providers import hibari, minilm, moonshine, silero, smart_turn
from uponai.providers.base import Pcm, ProviderContext, RecognitionSettings, VoiceSettings
from uponai.providers.local import resample_clip, to_float, to_pcm

SENTENCE = "I'd like to book an appointment for Thursday at half past three."
VOICE = VoiceSettings("local-hana")
REPEATS = 15


def baseline_ms() -> float:
    """Fixed work of some 10 ms on one core: Fourier transforms, which use no threads."""
    clip = np.random.default_rng(0).random(1 << 17)
    times: list[float] = []
    for _ in range(REPEATS):
        start_s = time.perf_counter()
        for _ in range(5):
            np.fft.rfft(clip)
        times.append((time.perf_counter() - start_s) * 1000)
    return statistics.median(times)


async def timed(name: str, base_ms: float, work: Callable[[], Awaitable[object]]) -> None:
    wall: list[float] = []
    start_cpu_s = time.process_time()
    for _ in range(REPEATS):
        start_s = time.perf_counter()
        await work()
        wall.append((time.perf_counter() - start_s) * 1000)
    cpu_ms = (time.process_time() - start_cpu_s) * 1000 / REPEATS
    middle = statistics.median(wall)
    print(f"{name:44} {middle:9.2f} ms {cpu_ms:9.2f} ms cpu {middle / base_ms:8.2f} x")


async def load(name: str, work: Awaitable[None]) -> None:
    start_s = time.perf_counter()
    await work
    print(f"{name + ': load and first run':44} {(time.perf_counter() - start_s) * 1000:9.0f} ms")


async def main() -> None:
    base_ms = baseline_ms()
    print(f"{'baseline':44} {base_ms:9.2f} ms")
    with ThreadPoolExecutor(2) as pool:
        async with aiohttp.ClientSession() as session:
            await measure(ProviderContext(session, pool), base_ms)


async def measure(context: ProviderContext, base_ms: float) -> None:
    tts = hibari.Hibari(context)
    stt = moonshine.Moonshine(context)
    turn = smart_turn.SmartTurn(context)
    embedder = minilm.MiniLm(context)
    start_s = time.perf_counter()
    vad = silero.SileroActivity()
    print(f"{'silero: load':44} {(time.perf_counter() - start_s) * 1000:9.0f} ms")
    for model in (tts, stt, turn, embedder):
        await load(type(model).__name__.lower(), model.warm())

    async def say() -> Pcm:
        return np.concatenate([pcm async for pcm in tts.synthesize(SENTENCE, VOICE)])

    wide = await say()
    pcm = to_pcm(resample_clip(to_float(wide), hibari.RATE_HZ, 8000))
    seconds = f"{pcm.size / 8000:.1f} s"
    await timed(f"hibari: a sentence of {seconds}", base_ms, say)
    await timed(
        f"moonshine: an utterance of {seconds}",
        base_ms,
        lambda: stt.recognize(pcm, RecognitionSettings()),
    )
    await timed("smart-turn: one pause", base_ms, lambda: turn.probability(pcm, 8000))
    texts = iter(f"{SENTENCE} {number}" for number in range(REPEATS))
    await timed("minilm: one sentence", base_ms, lambda: embedder.embed([next(texts)]))
    for calls in (1, 8, 32, 128):
        due = [(vad.open(), pcm[8000:8256]) for _ in range(calls)]

        async def judge(due: list[tuple[object, Pcm]] = due) -> None:  # type: ignore[assignment]
            vad.judge(due)  # type: ignore[arg-type]

        await timed(f"silero: 32 ms of {calls} calls", base_ms, judge)


if __name__ == "__main__":
    asyncio.run(main())
