from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from uponai.flow.variables import Scope, duration_in_words, substitute

# Thursday, March 28, 2024, 23:46 in Los Angeles is March 29, 06:46 UTC.
NOW_MS = int(datetime(2024, 3, 29, 6, 46, tzinfo=UTC).timestamp() * 1000)


def test_names_are_trimmed_and_nested() -> None:
    values = {"name": "Anna", "tz": "Europe/Paris", "greeting_Anna": "Bonjour"}
    assert substitute("Hi {{ name }}!", values) == "Hi Anna!"
    assert substitute("{{greeting_{{name}}}}, {{name}}", values) == "Bonjour, Anna"


def test_what_is_unknown_stays_as_written() -> None:
    assert substitute("Hi {{who}} and {{ me }}", {}) == "Hi {{who}} and {{ me }}"
    assert substitute("open {{ never closed", {"never closed": "x"}) == "open {{ never closed"


def test_a_callers_words_cannot_name_a_variable() -> None:
    assert substitute("{{said}}", {"said": "{{secret}}", "secret": "1"}) == "{{secret}}"


def test_clock_variables_have_retells_forms() -> None:
    scope = Scope({"tz": "America/New_York"}, NOW_MS)
    assert scope["current_time"] == "Thursday, March 28, 2024 at 11:46 PM PDT"
    nested = substitute("{{current_time_{{tz}}}}", scope)
    assert nested == "Friday, March 29, 2024 at 2:46 AM EDT"
    assert scope["current_hour_Asia/Kolkata"] == "12.27"
    half_past_three = Scope({}, NOW_MS - 16 * 60_000 - 20 * 3_600_000)
    assert half_past_three["current_hour"] == "3.5"
    days = scope["current_calendar"].splitlines()
    assert len(days) == 14
    assert days[0] == "Thursday, March 28, 2024 PDT (Today)"
    assert days[-1] == "Wednesday, April 10, 2024 PDT"
    assert substitute("{{current_time_Mars/Base}}", scope) == "{{current_time_Mars/Base}}"
    assert set(Scope({}, NOW_MS)) == {"current_time", "current_hour", "current_calendar"}


def test_given_values_win_over_defaults_and_clock() -> None:
    scope = Scope({"a": "given"}, NOW_MS, defaults={"a": "default", "b": "default"})
    assert (scope["a"], scope["b"]) == ("given", "default")
    assert set(scope) >= {"a", "b", "current_time"}


def test_durations_in_words() -> None:
    assert duration_in_words(20 * 60_000 + 30_000) == "20 minutes 30 seconds"
    assert duration_in_words(61_000) == "1 minute 1 second"
    assert duration_in_words(0) == "0 seconds"


names = st.text(st.characters(exclude_characters="{}"), min_size=1).map(str.strip).filter(bool)


@given(st.text(alphabet="{}ab _"), st.dictionaries(names, st.text()))
def test_substitution_never_raises(text: str, values: dict[str, str]) -> None:
    assert isinstance(substitute(text, values), str)


@given(st.lists(names), st.dictionaries(names, st.text(alphabet="xyz ")))
def test_a_second_time_changes_nothing(parts: list[str], values: dict[str, str]) -> None:
    once = substitute(" and ".join("{{" + part + "}}" for part in parts), values)
    assert substitute(once, values) == once
