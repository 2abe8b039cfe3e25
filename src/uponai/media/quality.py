"""How a call sounds as one figure: a mean opinion score by the E-model (ITU-T G.107)."""

from __future__ import annotations

from typing import Final

DEFAULT_R: Final = 93.2
BEST_MOS: Final = 4.41

# G.113 appendix I: G.711 with concealment bears more loss than without.
_ROBUSTNESS: Final = 25.1
_DELAY_KNEE_MS: Final = 177.3


def rating(loss: float, delay_ms: float) -> float:
    """R from 0 to 93.2. ``loss`` is a share of 0 to 1, random; ``delay_ms`` from mouth to ear."""
    percent = 100 * min(max(loss, 0.0), 1.0)
    impairment = 95 * percent / (percent + _ROBUSTNESS)
    delay = 0.024 * delay_ms + 0.11 * max(0.0, delay_ms - _DELAY_KNEE_MS)
    return min(DEFAULT_R, max(0.0, DEFAULT_R - delay - impairment))


def mos(loss: float, delay_ms: float) -> float:
    """The score from 1 to 4.41 that the rating means (G.107 annex B)."""
    r = rating(loss, delay_ms)
    if r <= 6.5:
        return 1.0
    score = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6
    return min(BEST_MOS, max(1.0, score))
