"""Dynamic variables: ``{{name}}`` in texts, and the variables every call has.

Forms as in Retell's page on dynamic variables: names are trimmed, braces nest
(``{{current_time_{{tz}}}}``), values are strings, an unknown name stays in the text as written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DEFAULT_TIMEZONE = "America/Los_Angeles"
CALENDAR_DAYS = 14
MAX_DEPTH = 8

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def substitute(text: str, variables: Mapping[str, str]) -> str:
    """``text`` with every known ``{{name}}`` replaced, innermost first.

    Values are not searched for further names, so a caller's words can never name a variable.
    """
    return _expand(text, variables, 0)


def _expand(text: str, variables: Mapping[str, str], depth: int) -> str:
    out: list[str] = []
    at = 0
    while True:
        opened = text.find("{{", at)
        if opened < 0 or depth >= MAX_DEPTH:
            out.append(text[at:])
            return "".join(out)
        closed = _closing(text, opened)
        if closed < 0:
            out.append(text[at : opened + 1])
            at = opened + 1
            continue
        out.append(text[at:opened])
        inner = _expand(text[opened + 2 : closed], variables, depth + 1)
        value = variables.get(inner.strip())
        out.append("{{" + inner + "}}" if value is None else value)
        at = closed + 2


def _closing(text: str, opened: int) -> int:
    """Index of the ``}}`` that closes the ``{{`` at ``opened``, or -1."""
    level = 0
    at = opened
    while at < len(text) - 1:
        pair = text[at : at + 2]
        if pair == "{{":
            level += 1
            at += 2
        elif pair == "}}":
            level -= 1
            if level == 0:
                return at
            at += 2
        else:
            at += 1
    return -1


def unresolved(text: str, variables: Mapping[str, str]) -> bool:
    """Whether ``text`` still names a variable after substitution."""
    after = substitute(text, variables)
    opened = after.find("{{")
    return opened >= 0 and _closing(after, opened) >= 0


def local_time(now_ms: int, timezone: str) -> datetime | None:
    """``now_ms`` (Unix epoch) on the wall of ``timezone`` (IANA name); None if there is no such."""
    try:
        zone = ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        return None
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone)


def date_in_words(day: datetime) -> str:
    """``Thursday, March 28, 2024``."""
    return f"{WEEKDAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}, {day.year}"


def current_time(now: datetime) -> str:
    """``Thursday, March 28, 2024 at 11:46 PM PST``."""
    hour = now.hour % 12 or 12
    half = "AM" if now.hour < 12 else "PM"
    return f"{date_in_words(now)} at {hour}:{now.minute:02d} {half} {now.tzname() or ''}".rstrip()


def current_hour(now: datetime) -> str:
    """Hours since midnight as a decimal: half past three in the night is ``3.5``."""
    return f"{now.hour + now.minute / 60:.2f}".rstrip("0").rstrip(".")


def current_calendar(now: datetime) -> str:
    """Fourteen days from today, one a line, the first marked ``(Today)``."""
    lines: list[str] = []
    for offset in range(CALENDAR_DAYS):
        day = now + timedelta(days=offset)
        mark = " (Today)" if offset == 0 else ""
        lines.append(f"{date_in_words(day)} {day.tzname() or ''}".rstrip() + mark)
    return "\n".join(lines)


def duration_in_words(elapsed_ms: int) -> str:
    """``20 minutes 30 seconds``; hours come first when there are any."""
    seconds = max(0, elapsed_ms) // 1000
    parts: list[str] = []
    for amount, unit in ((seconds // 3600, "hour"), (seconds // 60 % 60, "minute")):
        if amount:
            parts.append(f"{amount} {unit}{'' if amount == 1 else 's'}")
    rest = seconds % 60
    if rest or not parts:
        parts.append(f"{rest} second{'' if rest == 1 else 's'}")
    return " ".join(parts)


_CLOCK = {
    "current_time": current_time,
    "current_hour": current_hour,
    "current_calendar": current_calendar,
}


def system_value(name: str, now_ms: int, timezone: str = DEFAULT_TIMEZONE) -> str | None:
    """A clock variable such as ``current_time`` or ``current_hour_Europe/Paris``, or None."""
    for prefix, render in _CLOCK.items():
        if name == prefix:
            zone = timezone
        elif name.startswith(prefix + "_"):
            zone = name[len(prefix) + 1 :]
        else:
            continue
        now = local_time(now_ms, zone)
        return None if now is None else render(now)
    return None


@dataclass(frozen=True, slots=True)
class Scope(Mapping[str, str]):
    """Given and collected variables over those of the clock, read as one mapping.

    ``given`` wins. The clock's variables for any time zone are computed when asked for, so they
    are found by name but only the plain three are listed.
    """

    given: Mapping[str, str]
    now_ms: int
    timezone: str = DEFAULT_TIMEZONE
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])

    def __getitem__(self, name: str) -> str:
        for values in (self.given, self.defaults):
            if name in values:
                return values[name]
        value = system_value(name, self.now_ms, self.timezone)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter({**_CLOCK, **self.defaults, **self.given})

    def __len__(self) -> int:
        return len({**_CLOCK, **self.defaults, **self.given})
