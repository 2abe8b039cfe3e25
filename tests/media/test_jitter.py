"""The jitter buffer, told by what comes out of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uponai.media.conceal import Concealer
from uponai.media.jitter import MAX_AHEAD_FRAMES, JitterBuffer


def frame(n):
    return bytes([n % 250]) * 160


def played(buffer, ticks):
    return [out for out in (buffer.pop() for _ in range(ticks)) if out is not None]


def numbers(frames):
    return [out[0] for out in frames]


def test_steady_packets_come_out_in_order_forty_milliseconds_later():
    buffer = JitterBuffer()
    out = []
    for n in range(100):
        buffer.put(n * 160, frame(n))
        out.append(buffer.pop())
    assert out[:2] == [None, None]
    assert numbers(out[2:]) == list(range(98))


@given(st.permutations(range(12)), st.integers(0, 0xFFFF_FFFF))
def test_order_and_wrap_do_not_matter_within_the_buffer(order, start):
    buffer = JitterBuffer()
    buffer.put(start, frame(0))
    for n in order:
        buffer.put((start + n * 160) & 0xFFFF_FFFF, frame(n))
    assert numbers(played(buffer, 14)) == list(range(12))


def test_duplicates_are_counted_and_not_heard():
    buffer = JitterBuffer()
    for n in (0, 0, 1, 1, 1):
        buffer.put(n * 160, frame(n))
    assert numbers(played(buffer, 10)) == [0, 1]
    assert buffer.figures.duplicate == 3


def test_a_lost_packet_is_one_hole():
    buffer = JitterBuffer()
    for n in (0, 1, 3, 4):
        buffer.put(n * 160, frame(n))
    out = [buffer.pop() for _ in range(7)]
    assert [None if o is None else o[0] for o in out] == [None, None, 0, 1, None, 3, 4]
    assert buffer.figures.concealed == 1


def test_packets_of_other_lengths_fill_the_same_timeline():
    whole = bytes(range(240)) * 4
    for size in (80, 240, 320, 480):
        buffer = JitterBuffer()
        for at in range(0, len(whole), size):
            buffer.put(at, whole[at : at + size])
        assert b"".join(played(buffer, 2 + len(whole) // 160)) == whole


def test_late_packets_make_the_delay_grow_and_calm_makes_it_shrink():
    buffer = JitterBuffer()
    out = []
    for n in range(400):
        behind = 5 if n >= 50 else 0  # the network becomes 100 ms slower
        if n - behind >= 0 and not 50 <= n < 55:
            buffer.put((n - behind) * 160, frame(n - behind))
        out.append(buffer.pop())
    tail = out[100:400]
    assert buffer.figures.late > 0
    assert sum(o is None for o in tail) <= 1
    grown = buffer.figures.grown_frames
    assert 0 < grown <= 8


def test_a_burst_after_a_stall_does_not_leave_the_line_late_for_long():
    buffer = JitterBuffer()
    for n in range(50):
        buffer.put(n * 160, frame(n))
        buffer.pop()
    for _ in range(25):
        buffer.pop()
    for n in range(50, 76):
        buffer.put(n * 160, frame(n))
    for n in range(76, 700):
        buffer.put(n * 160, frame(n))
        buffer.pop()
    assert buffer.depth_frames <= 3


def test_a_new_timeline_is_taken_up_after_two_packets_and_one_stray_is_not():
    buffer = JitterBuffer()
    for n in range(20):
        buffer.put(n * 160, frame(n))
        buffer.pop()
    buffer.put(5_000_000, frame(99))
    buffer.put(20 * 160, frame(20))
    assert numbers(played(buffer, 3)) == [18, 19, 20][:3]
    buffer.put(5_000_000, frame(100))
    buffer.put(5_000_160, frame(101))
    assert 101 in numbers(played(buffer, 6))
    assert buffer.figures.resynced == 1


def test_reset_starts_over():
    buffer = JitterBuffer()
    buffer.put(1_000, frame(1))
    buffer.reset()
    assert buffer.pop() is None
    buffer.put(9, frame(2))
    assert numbers(played(buffer, 3)) == [2]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFFF_FFFF), st.integers(0, 500), st.integers(0, 3)),
        max_size=120,
    )
)
def test_no_flood_makes_it_grow_or_raise(packets):
    buffer = JitterBuffer()
    for timestamp, size, pops in packets:
        buffer.put(timestamp, bytes(size))
        for _ in range(pops):
            out = buffer.pop()
            assert out is None or len(out) == 160
        assert buffer.depth_frames <= MAX_AHEAD_FRAMES + 4


def test_holes_fade_to_silence_and_come_back_softly():
    concealer = Concealer()
    loud = np.full(160, 8_000, dtype=np.int16)
    concealer.fill(loud)
    concealer.fill(loud)
    first, second, third, fourth = (concealer.fill(None) for _ in range(4))
    assert first[0] == 8_000
    assert first.mean() > second.mean() > third.mean() > 0
    assert not fourth.any()
    back = concealer.fill(loud)
    assert back[0] == 0
    assert back[-1] == 8_000
    assert loud[0] == 8_000


def voice(hz, seconds=4.0):
    """A buzz of many harmonics, whose pitch wanders as a voice's does."""
    at = np.arange(int(8_000 * seconds)) / 8_000
    pitch = hz * (1 + 0.03 * np.sin(2 * np.pi * 0.7 * at))
    phase = 2 * np.pi * np.cumsum(pitch) / 8_000
    return (3_000 * sum(np.sin(k * phase) / k for k in range(1, 8))).astype(np.int16)


@pytest.mark.parametrize("hz", [90, 140, 220])
def test_a_lost_packet_in_a_voice_is_hardly_heard(hz):
    """The error of five in a hundred lost lies 6 dB or more below that of silence in the holes."""
    said = voice(hz)
    draw = np.random.default_rng(5)
    concealer, heard, holes = Concealer(), [], []
    for at in range(0, len(said), 160):
        lost = at > 320 and draw.random() < 0.05
        heard.append(concealer.fill(None if lost else said[at : at + 160]))
        holes.append(lost)
    error = np.concatenate(heard).astype(float) - said
    missing = np.repeat(holes, 160)
    assert missing.any()
    ratio = np.sum(error**2) / np.sum(said[missing].astype(float) ** 2)
    assert 10 * np.log10(ratio) < -6
    jumps = np.abs(np.diff(np.concatenate(heard).astype(float)))
    assert jumps.max() < 2 * np.abs(np.diff(said.astype(float))).max()
