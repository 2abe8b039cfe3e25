"""The playout clock against a plain list of what should be heard."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from uponai.media.pace import MAX_QUEUED_SAMPLES, Pace


def ramp(start, count):
    return ((np.arange(start, start + count) % 30_000) + 1).astype(np.int16)


def test_audio_is_played_in_frames_and_its_end_is_padded():
    pace = Pace()
    pace.push(0, ramp(0, 200))
    assert np.array_equal(pace.pull(), ramp(0, 160))
    assert pace.played_position == 160
    last = pace.pull()
    assert np.array_equal(last[:40], ramp(160, 40))
    assert not last[40:].any()
    assert pace.pull() is None
    assert pace.played_position == pace.next_position == 200


def test_marks_fire_when_the_audio_before_them_was_played():
    pace = Pace()
    pace.push(0, ramp(0, 480))
    pace.mark("end", 480)
    pace.mark("middle", 160)
    pace.mark("start", 0)
    assert pace.take_marks() == ["start"]
    pace.pull()
    assert pace.take_marks() == ["middle"]
    pace.pull()
    assert pace.take_marks() == []
    pace.pull()
    assert pace.take_marks() == ["end"]


def test_clear_drops_what_waits_says_how_far_it_came_and_frees_the_marks():
    pace = Pace()
    pace.push(0, ramp(0, 1_600))
    pace.mark("end", 1_600)
    pace.mark("next", 1_760)
    pace.pull()
    assert pace.clear() == (160, 1_600)
    assert pace.pull() is None
    assert pace.take_marks() == ["end"]
    pace.push(1_600, ramp(0, 160))
    assert np.array_equal(pace.pull(), ramp(0, 160))
    assert pace.take_marks() == ["next"]


def test_what_was_already_sent_is_not_played_twice():
    pace = Pace(position=1_000)
    pace.push(900, ramp(900, 260))
    assert np.array_equal(pace.pull(), ramp(1_000, 160))
    pace.push(1_000, ramp(0, 160))
    assert pace.pull() is None


def test_a_flood_is_cut_and_positions_stay_true():
    pace = Pace()
    for n in range(100):
        pace.push(n * 8_000, ramp(0, 8_000))
    assert pace.queued_samples == MAX_QUEUED_SAMPLES
    assert pace.next_position == 800_000
    assert pace.overflowed_samples == 800_000 - MAX_QUEUED_SAMPLES
    while pace.pull() is not None:
        pass
    assert pace.played_position == 800_000


class PaceAgainstAList(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.pace = Pace()
        self.waiting = []
        self.sent = 0
        self.marks = {}
        self.told = []

    @rule(count=st.integers(0, 700))
    def push(self, count):
        samples = ramp(self.sent, count)
        room = MAX_QUEUED_SAMPLES - len(self.waiting)
        self.pace.push(self.sent, samples)
        self.waiting += samples.tolist()[:room]
        self.sent += count

    @rule()
    def pull(self):
        frame = self.pace.pull()
        expected, self.waiting = self.waiting[:160], self.waiting[160:]
        if not expected:
            assert frame is None
        else:
            assert frame.tolist() == expected + [0] * (160 - len(expected))

    @rule(behind=st.integers(0, 900))
    def mark(self, behind):
        name = f"m{len(self.marks)}"
        self.marks[name] = max(0, self.sent - behind)
        self.pace.mark(name, self.marks[name])

    @rule()
    def clear(self):
        drop = self.pace.clear()
        assert drop.dropped_until == self.sent
        assert drop.played_position <= self.sent
        self.waiting = []

    @rule()
    def take(self):
        self.told += self.pace.take_marks()
        assert len(set(self.told)) == len(self.told)
        for name, position in self.marks.items():
            assert (name in self.told) == (position <= self.pace.played_position)

    @invariant()
    def counts_agree(self):
        assert self.pace.queued_samples == len(self.waiting)
        assert self.pace.next_position == self.sent


TestPaceAgainstAList = PaceAgainstAList.TestCase
