"""Ears on the line clock and the shared, gated, batched voice activity."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.providers import FakeVad
from tests.virtual_time import run

from uponai.engine.events import BeepHeard, Event, SpeechLikely
from uponai.live.ears import RING_SAMPLES, Ears
from uponai.live.hearing import Hearing
from uponai.media.tones import beep
from uponai.providers.base import Pcm, VadSession

FRAME = 160


def ears_that_tell(hearing: Hearing, line_sample: int = 0) -> tuple[Ears, list[Event]]:
    told: list[Event] = []
    ears = hearing.open(line_sample, beeps=True)
    ears.tell = told.append
    return ears, told


def feed(hearing: Hearing, ears: Ears, pcm: Pcm, first: int = 0) -> None:
    for at in range(0, len(pcm) - FRAME + 1, FRAME):
        ears.push(first + at, pcm[at : at + FRAME].tobytes())
        if ears.due:
            hearing.judge([ears])


class Loud(FakeVad):
    """Hears a voice in whatever is loud."""

    def judge(self, due: Sequence[tuple[VadSession, Pcm]]) -> list[float]:
        levels = [float(np.abs(window.astype(float)).mean()) for _, window in due]
        return [0.98 if level > 1_000 else 0.02 for level in levels]


def beeps_of(pcm: Pcm) -> list[int]:
    """The samples at which the beeps ended that were told."""
    hearing = Hearing(Loud())
    ears, told = ears_that_tell(hearing)
    feed(hearing, ears, pcm)
    return [event.line_sample for event in told if isinstance(event, BeepHeard)]


def noise(samples: int, rms: float, seed: int = 1) -> Pcm:
    rng = np.random.default_rng(seed)
    return np.rint(rng.normal(0, rms, samples)).astype(np.int16)


def verdicts(told: list[Event]) -> list[SpeechLikely]:
    return [event for event in told if isinstance(event, SpeechLikely)]


def test_every_window_gets_one_verdict_in_order() -> None:
    hearing = Hearing(FakeVad())
    ears, told = ears_that_tell(hearing)
    feed(hearing, ears, noise(8_000, 3_000))
    assert [v.at_sample for v in verdicts(told)] == list(range(256, 8_001, 256))
    assert all(v.p > 0.9 for v in verdicts(told))


def test_silence_costs_the_model_nothing() -> None:
    vad = FakeVad()
    hearing = Hearing(vad)
    ears, told = ears_that_tell(hearing)
    feed(hearing, ears, noise(80_000, 4))
    assert vad.batches == []
    assert len(verdicts(told)) == 312 and all(v.p == 0 for v in verdicts(told))


class Deaf(FakeVad):
    """Hears no voice in anything."""

    def judge(self, due: object) -> list[float]:
        return [0.0 for _ in super().judge(due)]  # type: ignore[arg-type]


def test_steady_line_noise_is_soon_left_alone_and_a_voice_over_it_is_not() -> None:
    vad = Deaf()
    hearing = Hearing(vad)
    ears, _ = ears_that_tell(hearing)
    feed(hearing, ears, noise(16 * 8_000, 200))
    early, vad.batches = len(vad.batches), []
    assert early < 400
    feed(hearing, ears, noise(4 * 8_000, 200, seed=2), first=16 * 8_000)
    assert len(vad.batches) < 10
    feed(hearing, ears, noise(8_000, 600), first=20 * 8_000)
    assert len(vad.batches) >= 30


def test_calls_of_one_tick_are_judged_at_once() -> None:
    vad = FakeVad()
    hearing = Hearing(vad)
    calls = [ears_that_tell(hearing)[0] for _ in range(5)]
    for at in (0, 160, 320):
        for ears in calls:
            ears.push(at, noise(FRAME, 3_000).tobytes())
        hearing.judge([ears for ears in calls if ears.due])
    assert vad.batches == [5]


def test_windows_wait_until_somebody_listens() -> None:
    hearing = Hearing(FakeVad())
    ears, told = ears_that_tell(hearing)
    ears.tell = None
    feed(hearing, ears, noise(4_000, 3_000))
    ears.tell = told.append
    feed(hearing, ears, noise(160, 3_000), first=4_000)
    assert len(verdicts(told)) == 16


@pytest.mark.parametrize("frequency_hz", [650.0, 1_000.0, 1_400.0, 2_000.0, 2_500.0])
@pytest.mark.parametrize("duration_ms", [300, 600, 1_500])
def test_beep_of_a_machine_is_told_once(frequency_hz: float, duration_ms: int) -> None:
    sound = beep(frequency_hz, duration_ms)
    heard = beeps_of(np.concatenate((noise(8_000, 3_000), sound, noise(8_000, 60))))
    assert len(heard) == 1
    assert abs(heard[0] - 8_000 - len(sound)) < 480


def test_a_tone_before_any_word_is_a_beep_only_if_nothing_follows() -> None:
    before, sound = noise(8_000, 60), beep(1_000.0, 500)
    (heard,) = beeps_of(np.concatenate((before, sound, noise(32_000, 60))))
    assert abs(heard - 12_000) < 480
    assert beeps_of(np.concatenate((before, sound, noise(16_000, 60)))) == []
    again = np.concatenate((sound, noise(24_000, 60)))
    assert beeps_of(np.concatenate((before, again, again, again))) == []


def test_tones_of_changing_pitch_are_no_beeps_of_a_machine() -> None:
    tones = [beep(hz, 330) for hz in (950.0, 1_400.0, 1_800.0)]
    words = noise(8_000, 3_000)
    assert beeps_of(np.concatenate((words, *tones, words, noise(32_000, 60)))) == []
    assert beeps_of(np.concatenate((words, *tones, noise(32_000, 60)))) == []


def test_words_before_the_answer_are_words_before_the_beep() -> None:
    hearing = Hearing(Loud())
    early, told = ears_that_tell(hearing)
    feed(hearing, early, noise(8_000, 3_000))
    ears = early.answered(0)
    ears.tell = told.append
    line = np.concatenate((noise(4_000, 60), beep(1_000.0, 500), noise(8_000, 60)))
    feed(hearing, ears, line, first=ears.heard_sample)
    assert len([event for event in told if isinstance(event, BeepHeard)]) == 1


def test_a_gap_in_the_line_is_silence_and_an_overlap_is_cut() -> None:
    ears, _ = ears_that_tell(Hearing(FakeVad()))
    ears.push(0, np.full(160, 1, np.int16).tobytes())
    ears.push(480, np.full(160, 2, np.int16).tobytes())
    ears.push(560, np.full(160, 3, np.int16).tobytes())
    first, pcm = ears.audio(0, 10_000)
    assert first == 0 and len(pcm) == 720
    assert [int(pcm[at]) for at in (0, 159, 160, 479, 480, 639, 640, 719)] == [
        1, 1, 0, 0, 2, 2, 3, 3,
    ]  # fmt: skip


@given(
    st.lists(st.integers(1, 4_000), min_size=1, max_size=400),
    st.integers(0, 1_000_000),
    st.data(),
)
def test_ring_gives_back_what_was_heard_in_the_last_minute(
    sizes: list[int], start: int, data: st.DataObject
) -> None:
    ears = Hearing(FakeVad()).open(start, beeps=False)
    whole = (np.arange(sum(sizes)) % 30_000).astype(np.int16)
    at = 0
    for size in sizes:
        ears.push(start + at, whole[at : at + size].tobytes())
        at += size
    oldest = max(0, at - RING_SAMPLES)
    first = data.draw(st.integers(0, at))
    last = data.draw(st.integers(first, at))
    found_at, pcm = ears.audio(start + first, start + last)
    if len(pcm):
        assert found_at == start + max(first, oldest)
        assert np.array_equal(pcm, whole[max(first, oldest) : last])
    else:
        assert last <= max(first, oldest)


class CountingVad(FakeVad):
    """How many windows each run of the model judged."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[int] = []

    def judge(self, due):
        self.runs.append(len(due))
        return super().judge(due)


def heard_alone(calls: int, seconds: float = 0.5) -> tuple[CountingVad, list[list[Event]]]:
    """Calls whose audio comes on a socket each, spread over the 20 ms of a frame."""
    vad = CountingVad()

    async def scene() -> list[list[Event]]:
        hearing = Hearing(vad)
        all_told: list[list[Event]] = []

        async def caller(at: int) -> None:
            ears, told = ears_that_tell(hearing)
            all_told.append(told)
            await asyncio.sleep(0.02 * at / calls)
            pcm = noise(int(seconds * 8_000), 2_000, seed=at)
            for first in range(0, len(pcm) - FRAME + 1, FRAME):
                ears.push(first, pcm[first : first + FRAME].tobytes())
                if ears.due:
                    hearing.hear([ears], calls)
                await asyncio.sleep(0.02)

        async with asyncio.TaskGroup() as group:
            for at in range(calls):
                group.create_task(caller(at))  # noqa: TID251 - the test's own
        await asyncio.sleep(0.1)
        hearing.aclose()
        return all_told

    return vad, run(scene())


def test_calls_that_come_alone_are_judged_together() -> None:
    vad, told = heard_alone(20)
    assert sum(vad.runs) / len(vad.runs) >= 10
    for events in told:
        ends = [event.at_sample for event in verdicts(events)]
        assert ends == sorted(set(ends))
        assert len(ends) == 0.5 * 8_000 // 256


def test_few_calls_wait_for_nobody() -> None:
    vad, _ = heard_alone(3)
    assert set(vad.runs) == {1}


def test_what_comes_together_is_judged_at_once() -> None:
    vad = CountingVad()
    hearing = Hearing(vad)
    both = [ears_that_tell(hearing)[0] for _ in range(2)]
    for ears in both:
        ears.push(0, noise(256, 2_000).tobytes())
    hearing.hear(both, 100)
    assert vad.runs == [2]
