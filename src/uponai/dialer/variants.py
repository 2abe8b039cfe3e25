"""Statistics of an A/B test: shares and means with 95 % confidence intervals. Pure.

Shares: Wilson's score interval. Means: Student's t. Intervals that overlap do not tell two variants
apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from uponai.domain.limits import VariantCount

Z95 = 1.959963984540054
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""Two-sided 95 % quantiles for 1 to 9 degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """``value`` from ``count`` observations; ``low`` to ``high`` holds the true one in 95 of 100
    such samples. None where there is too little to say."""

    count: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class VariantFigures:
    """One drawn (agent, version, weight). ``pick_up`` is of calls that are over, ``success`` of
    those that were judged, ``duration_ms`` of those that were answered and are over."""

    agent_id: str
    agent_version: int
    weight: float
    calls: int
    pick_up: Estimate
    success: Estimate
    duration_ms: Estimate


def figures(count: VariantCount) -> VariantFigures:
    """The figures of one variant."""
    return VariantFigures(
        agent_id=count.agent_id,
        agent_version=count.agent_version,
        weight=count.weight,
        calls=count.calls,
        pick_up=share(min(count.picked_up, count.finished), count.finished),
        success=share(count.successful, count.analysed),
        duration_ms=mean(count.timed, count.duration_sum_ms, count.duration_squares_ms2),
    )


def share(hits: int, count: int) -> Estimate:
    """Wilson's interval of ``hits`` of ``count``."""
    if count == 0:
        return Estimate(0, None, None, None)
    p, z2 = hits / count, Z95 * Z95
    middle = p + z2 / (2 * count)
    half = Z95 * math.sqrt(p * (1 - p) / count + z2 / (4 * count * count))
    low, high = ((middle - half) / (1 + z2 / count), (middle + half) / (1 + z2 / count))
    return Estimate(count, p, min(max(low, 0.0), p), max(min(high, 1.0), p))


def mean(count: int, total: float, squares: float) -> Estimate:
    """The mean of ``count`` values by their sum and their sum of squares."""
    if count == 0:
        return Estimate(0, None, None, None)
    middle = total / count
    if count == 1:
        return Estimate(1, middle, None, None)
    variance = max(squares - total * total / count, 0.0) / (count - 1)
    half = _t95(count - 1) * math.sqrt(variance / count)
    return Estimate(count, middle, middle - half, middle + half)


def _t95(freedom: int) -> float:
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = Z95  # Cornish-Fisher: within 0.001 from ten degrees on
    first = (z**3 + z) / (4 * freedom)
    return z + first + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
