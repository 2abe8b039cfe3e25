"""Hours in the callee's time zone: minute by minute, across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from uponai.dialer.window import DAYS, Hours, hours_of, next_open_ms, open_at, zones_of

NINE_TO_FIVE = Hours(((540, 1_020),), frozenset(DAYS[:5]))
MINUTE_MS = 60_000


def at(zone: str, *when: int) -> int:
    return int(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def test_the_end_is_excluded_and_the_weekend_is_shut() -> None:
    zone = ("America/New_York",)
    assert open_at(NINE_TO_FIVE, zone, at(zone[0], 2026, 11, 20, 9, 0))
    assert open_at(NINE_TO_FIVE, zone, at(zone[0], 2026, 11, 20, 16, 59))
    assert not open_at(NINE_TO_FIVE, zone, at(zone[0], 2026, 11, 20, 17, 0))
    assert not open_at(NINE_TO_FIVE, zone, at(zone[0], 2026, 11, 21, 12, 0))
    friday_evening = at(zone[0], 2026, 11, 20, 17, 0)
    assert next_open_ms(NINE_TO_FIVE, zone, friday_evening) == at(zone[0], 2026, 11, 23, 9, 0)


def test_a_day_that_ends_at_midnight() -> None:
    whole = Hours(((0, 1_440),))
    assert open_at(whole, ("UTC",), at("UTC", 2026, 1, 1, 23, 59))
    assert next_open_ms(Hours(((0, 1),), frozenset({"Monday"}), None), ("UTC",), 0) == at(
        "UTC", 1970, 1, 5, 0, 0
    )


def test_zones_come_from_the_number() -> None:
    hours = hours_of({"windows": [{"start": 540, "end": 1_020}]})
    assert hours is not None and hours.zone is None
    assert zones_of("+14155550199", hours) == ("America/Los_Angeles",)
    assert zones_of("+4930123456", hours) == ("Europe/Berlin",)
    assert zones_of("334", hours) == ("America/Los_Angeles",)
    fixed = hours_of({"windows": [], "timezone": "Asia/Tokyo", "day": ["Monday"]})
    assert fixed is not None and zones_of("+14155550199", fixed) == ("Asia/Tokyo",)
    assert hours_of(None) is None


def test_where_the_callee_may_be_in_several_zones_all_must_be_open() -> None:
    zones = ("America/New_York", "America/Los_Angeles")
    morning = at("America/New_York", 2026, 11, 20, 9, 0)
    assert not open_at(NINE_TO_FIVE, zones, morning)
    assert next_open_ms(NINE_TO_FIVE, zones, morning) == at("America/Los_Angeles", 2026, 11, 20, 9)


def test_a_window_that_begins_in_the_hour_that_is_skipped_opens_after_it() -> None:
    zone = "America/New_York"
    spring = Hours(((150, 300),))  # 02:30, on 2026-03-08 the clock goes from 02:00 to 03:00
    night = at(zone, 2026, 3, 8, 0, 30)
    opens = datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    assert next_open_ms(spring, (zone,), night) == int(opens.timestamp() * 1000)


def test_hours_that_no_moment_has_are_never_open() -> None:
    apart = Hours(((540, 600),))
    assert next_open_ms(apart, ("Asia/Tokyo", "America/New_York"), 0) is None


windows = st.tuples(st.integers(0, 1_439), st.integers(1, 1_440)).filter(lambda w: w[0] < w[1])
zones = st.lists(
    st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]),
    min_size=1,
    max_size=2,
    unique=True,
)
days = st.frozensets(st.sampled_from(DAYS), max_size=7)
moments = st.integers(at("UTC", 2026, 1, 1), at("UTC", 2026, 12, 31)).map(
    lambda ms: ms - ms % MINUTE_MS
)


@settings(max_examples=40)
@given(windows=st.lists(windows, min_size=1, max_size=2), days=days, zones=zones, now=moments)
def test_the_next_opening_is_the_first_open_minute(
    windows: list[tuple[int, int]], days: frozenset[str], zones: list[str], now: int
) -> None:
    hours = Hours(tuple(windows), days)
    opens = next_open_ms(hours, zones, now)
    assert opens is None or open_at(hours, zones, opens)
    until = opens if opens is not None else now + 3 * 1_440 * MINUTE_MS
    for minute in range(now, until, 7 * MINUTE_MS):
        assert not open_at(hours, zones, minute)
    if opens is not None and opens > now:
        assert not open_at(hours, zones, opens - MINUTE_MS)
