"""When a child's silence means that it is stuck, and when it means nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from uponai.cluster.heartbeat import HeartbeatRule, Pulse

RULE = HeartbeatRule(every_s=1.0, limit_s=15.0, first_extra_s=60.0)


def stuck_after(pulse: Pulse, began: float, *, within_s: float) -> float | None:
    """Seconds of silence after which a supervisor that looks on time finds it stuck."""
    for look in range(1, int(within_s / RULE.look_s) + 1):
        if pulse.is_stuck(began + look * RULE.look_s):
            return look * RULE.look_s
    return None


def test_silence_after_a_beat_counts_to_the_limit() -> None:
    pulse = Pulse(RULE, 100.0)
    pulse.beat()
    assert stuck_after(pulse, 100.0, within_s=30) == 15.0


def test_the_first_beat_may_take_longer() -> None:
    assert stuck_after(Pulse(RULE, 0.0), 0.0, within_s=70) is None
    assert stuck_after(Pulse(RULE, 0.0), 0.0, within_s=100) == 75.0


def test_a_machine_that_slept_kills_nobody() -> None:
    pulse = Pulse(RULE, 0.0)
    pulse.beat()
    assert not pulse.is_stuck(1.0)
    assert not pulse.is_stuck(8 * 3_600.0)  # the supervisor itself did not run all night
    assert stuck_after(pulse, 8 * 3_600.0, within_s=11) is None
    pulse.beat()
    assert stuck_after(pulse, 8 * 3_600.0 + 11, within_s=14.5) is None


@given(st.lists(st.tuples(st.floats(0.1, 1_000.0), st.booleans()), max_size=200))
def test_a_child_that_beats_at_every_look_is_never_stuck(steps: list[tuple[float, bool]]) -> None:
    pulse, now, quiet = Pulse(RULE, 0.0), 0.0, 0.0
    pulse.beat()
    for passed, beats in steps:
        now += passed
        quiet += min(passed, 2 * RULE.look_s)
        assert pulse.is_stuck(now) == (quiet >= RULE.limit_s)
        if beats:
            pulse.beat()
            quiet = 0.0
