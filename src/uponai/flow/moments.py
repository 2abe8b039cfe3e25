"""Dates and times of day in what a caller says.

Readings of what is ambiguous, fixed here: a weekday is the next one after today; "next Tuesday" is
the Tuesday of the following week (weeks begin on Monday); a date without a year is the next such
day; "3/5" is March 5th; an hour without am or pm is taken as between 7 in the morning and 6:59 in
the evening, as in appointments.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from uponai.flow.variables import MONTHS, WEEKDAYS
from uponai.flow.words import closest, latest_claims, numerals

_WEEKDAYS = tuple(name.lower() for name in WEEKDAYS)
_MONTHS = tuple(name.lower() for name in MONTHS)
_SHORT = {
    **{name[:3]: name for name in (*_WEEKDAYS, *_MONTHS)},
    "tues": "tuesday",
    "weds": "wednesday",
    "thur": "thursday",
    "thurs": "thursday",
    "sept": "september",
}
_AMBIGUOUS_SHORT = ("sat", "sun", "mon", "mar", "may", "wed", "sep", "dec", "jan")
_SPELLED = (*_WEEKDAYS, *_MONTHS, "tomorrow", "today", "tonight", "yesterday", "afternoon")
_NOT_MISSPELT = ("match", "monthly", "maybe", "money", "monitor", "sundae", "marched", "august's")
_PARTS = {
    "morning": time(9),
    "afternoon": time(14),
    "evening": time(18),
    "noon": time(12),
    "midday": time(12),
    "lunchtime": time(12),
    "midnight": time(0),
}
_MONTH = "(" + "|".join(_MONTHS) + ")"
_HOUR = r"(\d{1,2})"
_HALF = r"(?: (am|pm))?"


def respell(text: str) -> str:
    """``numerals`` text with weekdays, months and "tomorrow" spelled right."""
    out: list[str] = []
    for word in numerals(text).split():
        bare = word.removesuffix("'s")
        if bare in _SHORT and bare not in _AMBIGUOUS_SHORT:
            out.append(_SHORT[bare])
        elif bare in _NOT_MISSPELT or not bare.isalpha():
            out.append(bare)
        else:
            out.append(closest(bare, _SPELLED) or bare)
    return " ".join(out)


def find_date(text: str, today: date, *, past: bool = False) -> date | None:
    """The day that ``text`` names, None if none. ``past`` reads a birth date (with its year)."""
    for claim in latest_claims(text):
        words = re.sub(r"\bnot (?:on |this )?(?:\w+day|tomorrow)\b", " ", respell(claim))
        found = _written(words) or _monthly(words, today, past=past)
        if not past:
            found = _relative(words, today) or found
            found = found or _weekday(words, today) or _day_of_month(words, today)
        if found is not None:
            return found
    return None


def _relative(words: str, today: date) -> date | None:
    if re.search(r"\bday after tomorrow\b", words):
        return today + timedelta(days=2)
    if re.search(r"\btomorrow\b", words):
        return today + timedelta(days=1)
    counted = re.search(r"\bin (?:a|an|(\d{1,3})|a couple of) (day|week)s?\b", words)
    counted = counted or re.search(r"\b(\d{1,3}) (day|week)s? from (?:now|today)\b", words)
    if counted:
        default = 2 if "couple" in counted.group(0) else 1
        count = int(counted.group(1) or default) * (7 if counted.group(2) == "week" else 1)
        return _after(today, count)
    if re.search(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", words):
        return today
    if re.search(r"\bnext week\b", words) and not re.search(_any(_WEEKDAYS), words):
        return today + timedelta(days=7 - today.weekday())
    return None


def _any(names: tuple[str, ...]) -> str:
    return r"\b(?:" + "|".join(names) + r")\b"


def _after(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _weekday(words: str, today: date) -> date | None:
    found = re.search(
        r"\b(?:(next|this) (?:week )?(?:on )?)?(" + "|".join(_WEEKDAYS) + r")\b", words
    )
    if found is None:
        return None
    weekday = _WEEKDAYS.index(found.group(2))
    if found.group(1) == "next" or re.search(r"\b(?:next week|week after)\b", words):
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _written(words: str) -> date | None:
    found = re.search(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", words)
    if found:
        return _day(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    found = re.search(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", words)
    return _day(int(found.group(3)), int(found.group(1)), int(found.group(2))) if found else None


def _monthly(words: str, today: date, *, past: bool) -> date | None:
    day = r"(\d{1,2})(?:st|nd|rd|th)?"
    year = r"(?:,? (?:of )?((?:19|20)\d\d|19 \d\d))?\b"
    found = re.search(rf"\b{_MONTH} (?:the )?{day}{year}(?!:)(?! [ap]m)", words)
    if found:
        month, number, spoken = found.groups()
        return _dated(_MONTHS.index(month) + 1, int(number), spoken, today, past=past)
    found = re.search(rf"\b{day} (?:of )?{_MONTH}{year}", words)
    if found:
        number, month, spoken = found.groups()
        return _dated(_MONTHS.index(month) + 1, int(number), spoken, today, past=past)
    found = re.search(r"\b(\d{1,2})/(\d{1,2})\b", words)
    if found:
        return _dated(int(found.group(1)), int(found.group(2)), None, today, past=past)
    return None


def _dated(month: int, day: int, year: str | None, today: date, *, past: bool) -> date | None:
    if year:
        return _day(int(year.replace(" ", "")), month, day)
    if past:
        return None
    # February 29th may be up to eight years ahead.
    candidates = (_day(today.year + ahead, month, day) for ahead in range(9))
    return next((found for found in candidates if found is not None and found >= today), None)


def _day_of_month(words: str, today: date) -> date | None:
    found = re.search(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b(?! (?:thing|of|floor|street|time))", words)
    found = found or re.search(r"^(?:on )?(\d{1,2})(?:st|nd|rd|th)$", words)
    if found is None:
        return None
    for ahead in range(3):
        month = today.month - 1 + ahead
        candidate = _day(today.year + month // 12, month % 12 + 1, int(found.group(1)))
        if candidate is not None and candidate >= today:
            return candidate
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def find_time(text: str, now: datetime, *, asked: bool = False) -> time | None:
    """The time of day that ``text`` names. ``asked``: a bare "three" is an answer, so it counts."""
    for claim in latest_claims(text):
        words = respell(claim)
        found = _past_or_to(words) or _in_hours(words, now) or _clock(words)
        found = found or _at_hour(words, asked=asked) or _part_of_day(words)
        if found is not None:
            return found
    return None


def _past_or_to(words: str) -> time | None:
    amount = r"(half|(?:a )?quarter|\d{1,2})(?: minutes?)?"
    found = re.search(rf"\b{amount} (past|after|to|before|till) {_HOUR}{_HALF}\b", words)
    if found is None:
        return _half_hour(words)
    spoken, side, hour, half = found.groups()
    minutes = 30 if spoken == "half" else 15 if spoken.endswith("quarter") else int(spoken)
    base = _time(int(hour), 0, half, words)
    if base is None or minutes > 59:
        return None
    total = base.hour * 60 + (minutes if side in ("past", "after") else -minutes)
    return time(total // 60 % 24, total % 60)


def _half_hour(words: str) -> time | None:
    """British "half two" is half past two."""
    found = re.search(rf"\bhalf {_HOUR}{_HALF}\b", words)
    return _time(int(found.group(1)), 30, found.group(2), words) if found else None


def _in_hours(words: str, now: datetime) -> time | None:
    found = re.search(r"\bin (?:(\d{1,2})|an?|half an) (hour|minute)s?\b", words)
    if found is None:
        return None
    unit = 60 if found.group(2) == "hour" else 1
    minutes = 30 if "half an" in found.group(0) else int(found.group(1) or 1) * unit
    then = now + timedelta(minutes=minutes)
    return time(then.hour, then.minute)


def _clock(words: str) -> time | None:
    """ "3:30", "3 30 pm", "3 pm", "3 oclock", "15:00"."""
    found = re.search(rf"(?<![\d.:]){_HOUR}[:.](\d\d){_HALF}\b", words)
    found = found or re.search(rf"(?<![\d.:]){_HOUR} (\d\d) (am|pm)\b", words)
    if found:
        return _time(int(found.group(1)), int(found.group(2)), found.group(3), words)
    found = re.search(rf"(?<![\d.:]){_HOUR} (?:oclock )?(am|pm)\b", words)
    if found:
        return _time(int(found.group(1)), 0, found.group(2), words)
    found = re.search(rf"(?<![\d.:]){_HOUR} oclock\b", words)
    return _time(int(found.group(1)), 0, None, words) if found else None


def _at_hour(words: str, *, asked: bool) -> time | None:
    """ "at three", "around 3 30", "three in the afternoon"; a bare "three thirty" when asked."""
    minutes = r"(?: (\d\d|oh \d))?"
    end = r"(?! ?(?:/|days?|weeks?|people|persons?|\d))\b(?![:.]\d)"
    found = re.search(
        rf"\b(?:at|around|about|by|for|maybe|say|like|after|before) {_HOUR}{minutes}{end}", words
    )
    found = found or re.search(rf"\b{_HOUR}{minutes} in the (?:morning|afternoon|evening)\b", words)
    found = found or re.search(rf"\b(?:tomorrow|\w+day) {_HOUR}{minutes}$", words)
    if found is None and asked:
        found = re.search(rf"(?<![\w:./])(?<!\d ){_HOUR}{minutes}{end}(?!st|nd|rd|th)", words)
    if found is None:
        return None
    spoken = (found.group(2) or "0").removeprefix("oh ")
    return _time(int(found.group(1)), int(spoken), None, words)


def _part_of_day(words: str) -> time | None:
    if re.search(r"\bgood (?:morning|afternoon|evening)\b", words):
        return None
    found = re.search(_any(tuple(_PARTS)), words)
    return _PARTS[found.group(0)] if found else None


def _time(hour: int, minute: int, half: str | None, words: str) -> time | None:
    if hour > 24 or minute > 59:
        return None
    if half is None and hour <= 12:
        half = _half_of_day(hour, words)
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    return time(hour % 24, minute)


def _half_of_day(hour: int, words: str) -> str:
    if re.search(r"\bmorning\b|\d am\b", words):
        return "am"
    if re.search(r"\b(?:afternoon|evening|tonight)\b|\d pm\b", words):
        return "pm"
    return "am" if 7 <= hour < 12 else "pm"


def spoken_date(day: date) -> str:
    """``Tuesday, March 5``."""
    return f"{WEEKDAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}"


def spoken_time(at: time) -> str:
    """``3 PM`` or ``3:30 PM``."""
    half = "AM" if at.hour < 12 else "PM"
    hour = at.hour % 12 or 12
    return f"{hour} {half}" if at.minute == 0 else f"{hour}:{at.minute:02d} {half}"
