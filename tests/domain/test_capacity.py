"""A host learns how many calls it carries, and forgets a bad spell slowly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from uponai.domain.capacity import Breath, Capacity

TICK_S = 0.02


class Host:
    """Ticks every 20 ms with ``calls`` on it."""

    def __init__(self, most: int = 1_000, calls: int = 0) -> None:
        self.capacity = Capacity(most)
        self.calls = calls
        self.now_s = 100.0

    def run(self, seconds: float, late_s: float = 0.0, every: int = 1) -> None:
        for n in range(round(seconds / TICK_S)):
            self.now_s += TICK_S
            late = late_s if n % every == 0 else 0.0
            self.capacity.ticked(late, self.calls, self.now_s)


def test_a_host_in_good_breath_takes_what_it_is_configured_for() -> None:
    host = Host(most=300, calls=299)
    host.run(60)
    assert host.capacity.room(299) == 1
    assert host.capacity.room(300) == 0
    assert host.capacity.room(301) == 0


def test_late_ticks_lower_what_it_takes_below_what_it_holds() -> None:
    host = Host(calls=400)
    host.run(1.9, late_s=0.015)
    assert host.capacity.ceiling == 1_000
    host.run(0.3, late_s=0.015)
    assert host.capacity.ceiling == 360
    assert host.capacity.room(400) == 0


def test_a_single_stall_and_rare_late_ticks_are_borne() -> None:
    host = Host(calls=400)
    host.run(10, late_s=0.015, every=25)
    host.capacity.ticked(0.4, 400, host.now_s)
    host.run(10)
    assert host.capacity.ceiling == 1_000


def test_it_comes_back_a_little_at_a_time() -> None:
    host = Host(calls=400)
    host.run(2.2, late_s=0.015)
    host.calls = 300
    host.run(7)
    assert host.capacity.ceiling == 367
    host.run(600)
    assert host.capacity.ceiling == 1_000


def test_a_handful_of_calls_is_taken_on_a_machine_that_others_load() -> None:
    host = Host(calls=5)
    host.run(60, late_s=0.05)
    assert host.capacity.room(5) == Breath().floor - 5


def test_a_pause_without_calls_is_no_bad_second() -> None:
    host = Host(calls=400)
    for _ in range(10):
        host.run(0.5, late_s=0.015)
        host.now_s += 60
    assert host.capacity.ceiling == 1_000


spells = st.lists(
    st.tuples(st.floats(0.1, 5), st.floats(0, 0.1), st.integers(0, 1_500)), max_size=12
)


@given(spells=spells, most=st.integers(1, 1_000))
def test_room_is_never_more_than_configured_and_always_comes_back(
    spells: list[tuple[float, float, int]], most: int
) -> None:
    host = Host(most)
    for seconds, late_s, calls in spells:
        host.calls = calls
        host.run(seconds, late_s)
        assert min(most, Breath().floor) <= host.capacity.ceiling <= most
    host.calls = 0
    for _ in range(2_000):
        for _ in range(3):
            host.now_s += 0.5
            host.capacity.ticked(0.0, 0, host.now_s)
    assert host.capacity.ceiling == most
