"""What a far player has played, by its marks and by the model between them."""

from __future__ import annotations

from collections import deque

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from uponai.media.pace import FRAME_SAMPLES
from uponai.media.remote import GRAIN_SAMPLES, Grain, RemotePlayout


class FarPlayer:
    """Plays 160 samples a tick, ``lag`` ticks after they were sent; marks come back as late."""

    def __init__(self, lag: int) -> None:
        self._lag = lag
        self._coming: deque[tuple[int, Grain]] = deque()
        self._going: deque[tuple[int, str]] = deque()
        self._waits: deque[Grain] = deque()
        self._rest = 0
        self._now = 0
        self.played = 0

    def send(self, grains: list[Grain]) -> None:
        self._coming.extend((self._now + self._lag, grain) for grain in grains)

    def tick(self) -> list[str]:
        """The marks that are back."""
        self._now += 1
        while self._coming and self._coming[0][0] <= self._now:
            grain = self._coming.popleft()[1]
            self._waits.append(grain)
            self._rest = self._rest or len(self._waits[0].pcm)
        room = FRAME_SAMPLES
        while self._waits and room:
            part = min(room, self._rest)
            self._rest -= part
            room -= part
            self.played += part
            if self._rest == 0:
                self._going.append((self._now + self._lag, self._waits.popleft().mark))
                self._rest = len(self._waits[0].pcm) if self._waits else 0
        back: list[str] = []
        while self._going and self._going[0][0] <= self._now:
            back.append(self._going.popleft()[1])
        return back


def pcm(samples: int) -> np.ndarray:
    return np.arange(1, samples + 1, dtype=np.int16)


def run(line: RemotePlayout, far: FarPlayer, ticks: int) -> list[np.ndarray]:
    taped: list[np.ndarray] = []
    for _ in range(ticks):
        for mark in far.tick():
            line.confirm(mark)
        frame = line.tick()
        if frame is not None:
            taped.append(frame)
    return taped


def test_a_mark_is_reached_when_the_carrier_has_said_so() -> None:
    line, far = RemotePlayout(), FarPlayer(lag=3)
    far.send(line.push(0, pcm(1_000)))
    line.mark("begin", 0)
    line.mark("end", 1_000)
    assert line.take_marks() == ["begin"]
    run(line, far, 9)
    assert line.take_marks() == []
    run(line, far, 10)
    assert line.take_marks() == ["end"]
    assert line.played_position == 1_000
    assert line.idle


def test_a_clear_tells_what_was_played_within_the_carriers_delay() -> None:
    line, far = RemotePlayout(), FarPlayer(lag=4)
    far.send(line.push(0, pcm(20_000)))
    run(line, far, 60)
    drop = line.clear()
    assert abs(drop.played_position - far.played) <= 9 * FRAME_SAMPLES
    assert drop.dropped_until == 20_000
    assert line.idle
    line.confirm("u3")
    assert line.played_position == 20_000


def test_all_audio_is_on_the_tape_once() -> None:
    line, far = RemotePlayout(), FarPlayer(lag=5)
    sent = pcm(16_000)
    far.send(line.push(0, sent))
    taped = np.concatenate(run(line, far, 130))
    assert np.array_equal(taped[: len(sent)], sent)


def test_the_second_speech_begins_as_late_as_the_first_was_found_to() -> None:
    line, far = RemotePlayout(), FarPlayer(lag=5)
    far.send(line.push(0, pcm(3_200)))
    run(line, far, 60)
    far.send(line.push(3_200, pcm(3_200)))
    line.mark("begin", 3_200)
    assert line.take_marks() == []
    run(line, far, 12)
    assert line.take_marks() == ["begin"]


def test_a_carrier_that_gives_no_marks_back_does_not_play_for_ever() -> None:
    line = RemotePlayout()
    line.push(0, pcm(32_000))
    for _ in range(200):
        line.tick()
    assert line.played_position <= GRAIN_SAMPLES
    assert not line.idle


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 6_000), st.integers(0, 40), st.booleans()), max_size=12),
    st.integers(0, 12),
)
def test_positions_never_go_back_and_marks_come_once_and_in_order(
    steps: list[tuple[int, int, bool]], lag: int
) -> None:
    line, far = RemotePlayout(), FarPlayer(lag)
    at, marks, reached, before = 0, 0, [], 0
    for samples, ticks, clear in steps:
        far.send(line.push(at, pcm(samples)))
        at = line.next_position
        line.mark(str(marks), at)
        marks += 1
        run(line, far, ticks)
        assert before <= line.played_position <= at
        if clear:
            drop = line.clear()
            assert before <= drop.played_position <= drop.dropped_until == at
            far = FarPlayer(lag)
        before = line.played_position
        reached += line.take_marks()
    run(line, far, 700)
    reached += line.take_marks()
    assert reached == [str(number) for number in range(marks)]
