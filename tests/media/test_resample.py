"""Sample rates: pitch, length and level stay, aliases go, chunk borders leave no trace."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uponai.media.resample import Resampler, resample

RATES = [(24_000, 8_000), (16_000, 8_000), (8_000, 16_000), (22_050, 8_000), (8_000, 24_000)]


def sine(hz, rate, seconds=0.5, peak=10_000):
    return (peak * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.int16)


@pytest.mark.parametrize(("source", "target"), RATES)
@pytest.mark.parametrize("hz", [200, 1_000, 3_000])
def test_a_tone_stays_the_same_tone_at_the_same_time(source, target, hz):
    out = resample(sine(hz, source), source, target)
    expected = sine(hz, target)
    assert abs(len(out) - len(expected)) <= 1
    middle = slice(target // 10, target * 4 // 10)
    assert np.max(np.abs(out[middle].astype(int) - expected[middle])) < 150


@pytest.mark.parametrize("hz", [4_800, 6_000, 7_500, 11_000])
def test_what_the_target_rate_cannot_hold_is_gone(hz):
    out = resample(sine(hz, 24_000), 24_000, 8_000)
    assert np.sqrt(np.mean(out[400:-400].astype(float) ** 2)) < 10


@settings(max_examples=40)
@given(
    st.sampled_from(RATES),
    st.lists(st.integers(0, 700), min_size=1, max_size=12),
    st.integers(0, 1_000),
)
def test_chunks_give_the_same_samples_as_the_whole(rates, sizes, seed):
    whole = np.random.default_rng(seed).integers(-20_000, 20_000, sum(sizes)).astype(np.int16)
    streaming = Resampler(*rates)
    parts, at = [], 0
    for size in sizes:
        parts.append(streaming.process(whole[at : at + size]))
        at += size
    parts.append(streaming.flush())
    joined = np.concatenate(parts)
    expected = resample(whole, *rates)
    assert len(joined) == -(-len(whole) * rates[1] // rates[0])
    assert np.max(np.abs(joined.astype(int) - expected), initial=0) <= 1


def test_equal_rates_pass_through():
    pcm = sine(440, 8_000)
    assert np.array_equal(resample(pcm, 8_000, 8_000), pcm)


@pytest.mark.parametrize("rates", [(0, 8_000), (8_000, -1), (8_000, 1_000_000)])
def test_senseless_rates_are_refused(rates):
    with pytest.raises(ValueError, match="rate: expected"):
        Resampler(*rates)
