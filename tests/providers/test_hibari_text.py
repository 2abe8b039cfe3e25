"""How numbers are read out: the part of speech synthesis that needs no model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.providers.hibari import spoken


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Call +1 (415) 555-0132.", "Call plus 1, 4 1 5, 5 5 5, 0 1 3 2."),
        ("Call +14155550132 now", "Call plus 1, 4 1 5, 5 5 5, 0 1 3 2 now"),
        ("It is 415-555-0132.", "It is 4 1 5, 5 5 5, 0 1 3 2."),
        ("(415) 555-0132?", "4 1 5, 5 5 5, 0 1 3 2?"),
        ("415 555 0132", "4 1 5, 5 5 5, 0 1 3 2"),
        ("It's 555-0132.", "It's 5 5 5, 0 1 3 2."),
        ("+49 30 9018200", "plus 4 9 3, 0 9 0, 1 8 2, 0 0"),
        ("order 123456789", "order 1 2 3, 4 5 6, 7 8 9"),
        ("order 12345678", "order 1 2 3, 4 5 6, 7 8"),
    ],
)
def test_telephone_and_long_numbers_are_spelled(written: str, read: str) -> None:
    assert spoken(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "At 3:30 pm on 2026-11-22, room 1204.",
        "It costs $42.50 or 1,234,567 yen.",
        "From 1999 to 2026, 12.5 percent.",
        "$10000000 in total",
        "Between 9-17 and 10-12.",
    ],
)
def test_times_dates_money_and_short_numbers_are_left_alone(text: str) -> None:
    assert spoken(text) == text


@given(st.text(alphabet="0123456789+-(). ,a$:", max_size=40))
def test_no_digit_is_lost_or_moved(text: str) -> None:
    digits = [char for char in text if char.isdigit()]
    assert [char for char in spoken(text) if char.isdigit()] == digits
