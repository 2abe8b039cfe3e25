"""Hours in which calls may be made, in the callee's time zone or a given one. Pure.

Minutes are counted from local midnight; windows are half-open and do not cross midnight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

DAY_MIN = 1_440
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CALLEE = "callee"
DEFAULT_ZONE = "America/Los_Angeles"
_LOOK_AHEAD_DAYS = 8
_HALF_HOUR_MS = 1_800_000


@dataclass(frozen=True, slots=True)
class Hours:
    """``windows`` are (start, end) in minutes; ``days`` of DAYS, none means every day; ``zone`` an
    IANA name, or None for the callee's own."""

    windows: tuple[tuple[int, int], ...]
    days: frozenset[str] = frozenset()
    zone: str | None = None


def hours_of(stored: Mapping[str, Any] | None, default_zone: str = CALLEE) -> Hours | None:
    """From ``{windows: [{start, end}], day: [], timezone}``; None when nothing is asked for."""
    if not stored:
        return None
    windows = cast("Sequence[Mapping[str, int]]", stored.get("windows") or ())
    zone = str(stored.get("timezone") or default_zone)
    return Hours(
        windows=tuple((int(w["start"]), int(w["end"])) for w in windows),
        days=frozenset(cast("Sequence[str]", stored.get("day") or ())),
        zone=None if zone == CALLEE else zone,
    )


def zones_of(to_number: str, hours: Hours) -> tuple[str, ...]:
    """Every zone in which the callee may be, or the one that the hours name."""
    if hours.zone is not None:
        return (hours.zone,)
    try:
        zones = time_zones_for_number(phonenumbers.parse(to_number))
    except phonenumbers.NumberParseException:
        zones = ()
    known = tuple(zone for zone in zones if zone != "Etc/Unknown")
    return known or (DEFAULT_ZONE,)


def open_at(hours: Hours, zones: Sequence[str], now_ms: int) -> bool:
    """Whether it is within the hours in every zone."""
    return all(_open_in(hours, ZoneInfo(zone), now_ms) for zone in zones)


def _open_in(hours: Hours, zone: ZoneInfo, now_ms: int) -> bool:
    here = _instant(now_ms).astimezone(zone)
    if hours.days and DAYS[here.weekday()] not in hours.days:
        return False
    minute = here.hour * 60 + here.minute
    return any(start <= minute < end for start, end in hours.windows)


def next_open_ms(hours: Hours, zones: Sequence[str], now_ms: int) -> int | None:
    """The first moment from ``now_ms`` on that is within the hours; None within a week: never."""
    if open_at(hours, zones, now_ms):
        return now_ms
    return next((at for at in _candidates(hours, zones, now_ms) if open_at(hours, zones, at)), None)


def _candidates(hours: Hours, zones: Sequence[str], now_ms: int) -> list[int]:
    """It opens where a window begins somewhere, or where a clock is set (at a half-hour)."""
    until_ms = now_ms + _LOOK_AHEAD_DAYS * DAY_MIN * 60_000
    first = -(-now_ms // _HALF_HOUR_MS) * _HALF_HOUR_MS
    found = set(range(first, until_ms, _HALF_HOUR_MS))
    for zone in zones:
        today = _instant(now_ms).astimezone(ZoneInfo(zone)).date()
        for ahead in range(_LOOK_AHEAD_DAYS):
            day = today + timedelta(days=ahead)
            for start, _ in hours.windows:
                clock = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
                opens = clock.replace(hour=start // 60, minute=start % 60)
                found.update(int(opens.replace(fold=fold).timestamp() * 1000) for fold in (0, 1))
    return sorted(at for at in found if now_ms <= at < until_ms)


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
