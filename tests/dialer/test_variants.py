"""Confidence intervals of an A/B test, against published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.dialer.variants import figures, mean, share
from uponai.domain.limits import VariantCount


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
    ],
)
def test_wilson(hits: int, count: int, low: float, high: float) -> None:
    """81/263 and 15/148: Newcombe 1998, table I, method 3."""
    made = share(hits, count)
    assert (made.low, made.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_the_mean_of_a_small_sample_uses_students_t() -> None:
    values = [10.0, 12.0, 14.0]
    made = mean(3, sum(values), sum(v * v for v in values))
    assert made.value == 12
    assert made.high == pytest.approx(12 + 4.303 * 2 / 3**0.5, abs=1e-3)
    values = [float(v) for v in range(31)]
    made = mean(31, sum(values), sum(v * v for v in values))
    assert made.high == pytest.approx(15 + 2.0423 * 9.0921 / 31**0.5, abs=2e-3)


def test_too_little_is_said_to_be_too_little() -> None:
    assert (share(0, 0).value, share(0, 0).low) == (None, None)
    one = mean(1, 5_000, 25_000_000)
    assert (one.value, one.low, one.high) == (5_000, None, None)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(pair: tuple[int, int]) -> None:
    made = share(*pair)
    assert made.value is not None and made.low is not None and made.high is not None
    assert 0 <= made.low <= made.value <= made.high <= 1


def test_figures_say_of_how_many() -> None:
    count = VariantCount("agent_a", 2, 0.5, 10, 8, 6, 4, 3, 6, 60_000, 700_000_000)
    made = figures(count)
    assert (made.pick_up.count, made.pick_up.value) == (8, 0.75)
    assert (made.success.count, made.success.value) == (4, 0.75)
    assert (made.duration_ms.count, made.duration_ms.value) == (6, 10_000)
