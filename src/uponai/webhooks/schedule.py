"""When a webhook is tried again. Pure.

One try and up to three more (retell-api.md section 4.3); their spacing is not published and grows
here so that a receiver that restarts, or is away for a minute, still gets its event.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """``pauses_ms[n]`` is waited after try n + 1 has failed; after the last one nothing is."""

    pauses_ms: tuple[int, ...] = (2_000, 15_000, 90_000)

    def next_try_ms(self, tries: int, now_ms: int) -> int | None:
        """When to try again after ``tries`` that failed; None: give up.

        >>> Schedule((10, 20)).next_try_ms(1, 100)
        110
        >>> Schedule((10, 20)).next_try_ms(3, 100) is None
        True
        """
        pause = max(1, tries) - 1
        return now_ms + self.pauses_ms[pause] if pause < len(self.pauses_ms) else None
