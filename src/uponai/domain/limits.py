"""Rates, slots and what a call must be given before it may exist.

A *rate* is so many calls in any window of so many ms. A *concurrency slot* is held from the
transaction that writes a call to the one that ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SECOND_MS = 1_000

Direction = Literal["outbound", "inbound"]
Over = Literal["calls_per_second", "concurrency"]


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``calls`` in any ``window_ms``."""

    calls: int
    window_ms: int = SECOND_MS

    def __post_init__(self) -> None:
        if self.calls < 1 or self.window_ms < 1:
            raise ValueError(f"a rate must allow something: {self.calls} in {self.window_ms} ms")


@dataclass(frozen=True, slots=True)
class Pace:
    """One rate that a call counts against. Calls with the same ``key`` share it."""

    key: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Turn:
    """May the call go? Then the slots it took, as (key, n); else how long to wait."""

    wait_ms: int = 0
    slots: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """Which of a number's weighted agents was drawn, for the statistics of an A/B test."""

    phone_number: str
    agent_id: str
    agent_version: int
    weight: float


@dataclass(frozen=True, slots=True)
class Admission:
    """What a new call must get, all of it or nothing.

    ``ceiling`` is how many calls the workspace may have at once, of which ``reserved`` are kept
    for calls of the other direction as far as those do not use them. None: it takes no place yet.
    ``batch_reserved`` says that it is a batch's call, and how many places are kept for calls that
    are not, as far as those do not use them.
    """

    ceiling: int | None
    reserved: int = 0
    paces: tuple[Pace, ...] = ()
    variant: Variant | None = None
    batch_reserved: int | None = None


@dataclass(frozen=True, slots=True)
class InUse:
    """Concurrency slots of a workspace that are taken."""

    outbound: int = 0
    inbound: int = 0

    @property
    def total(self) -> int:
        return self.outbound + self.inbound


class OverLimit(Exception):
    """Not admitted; nothing was written. ``wait_ms``: when a slot may be free (0: nobody knows);
    ``key``: of the rate that is used up."""

    def __init__(self, over: Over, limit: int, wait_ms: int = 0, key: str = "") -> None:
        super().__init__(f"over the limit of {limit} ({over})")
        self.over: Over = over
        self.limit = limit
        self.wait_ms = wait_ms
        self.key = key


@dataclass(frozen=True, slots=True)
class Slowdown:
    """How much slower than allowed an account is dialled: each level halves it; since when."""

    level: int = 0
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class VariantCount:
    """What came of the calls of one variant. Durations are those of picked-up calls that ended."""

    agent_id: str
    agent_version: int
    weight: float
    calls: int
    finished: int
    picked_up: int
    analysed: int
    successful: int
    timed: int
    duration_sum_ms: float
    duration_squares_ms2: float
