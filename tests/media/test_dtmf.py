"""Telephone events: one digit per press."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.media.dtmf import DIGITS, DigitReceiver, digit_payloads


def press(receiver, digit, began, keep=lambda n: True, duration_ms=160):
    payloads = digit_payloads(digit, duration_ms)
    found = []
    for n, payload in enumerate(payloads):
        if keep(n):
            told = receiver.put(began, payload, marker=n == 0)
            found += [told] if told else []
    return found


@given(
    st.lists(
        st.tuples(st.sampled_from(DIGITS), st.sets(st.integers(0, 9)), st.integers(60, 160)),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 0xFFFF_FFFF),
)
def test_every_press_is_told_once_however_many_of_its_packets_are_lost(presses, start):
    receiver, told = DigitReceiver(), []
    at = start
    for digit, lost, duration_ms in presses:
        count = len(digit_payloads(digit, duration_ms))
        gone = {n for n in lost if n < count - 1}  # something of it arrives: its last packet
        told += press(receiver, digit, at, lambda n, gone=gone: n not in gone, duration_ms)
        at = (at + duration_ms * 8 + 800) & 0xFFFF_FFFF
    assert told == [digit for digit, _, _ in presses]


def test_the_same_key_twice_is_two_digits_even_without_any_end():
    receiver = DigitReceiver()
    no_end = {5, 6, 7, 8, 9}
    told = press(receiver, "5", 0, lambda n: n not in no_end)
    told += press(receiver, "5", 4_000, lambda n: n not in no_end)
    assert told == ["5", "5"]


def test_late_and_repeated_packets_of_an_old_press_say_nothing():
    receiver = DigitReceiver()
    assert press(receiver, "1", 0) == ["1"]
    assert press(receiver, "2", 4_000) == ["2"]
    assert press(receiver, "1", 0) == []


def test_a_sender_that_moves_its_timestamp_still_presses_once():
    receiver = DigitReceiver()
    told = [
        receiver.put(n * 160, payload, marker=n == 0)
        for n, payload in enumerate(digit_payloads("7", 400))
    ]
    assert [digit for digit in told if digit] == ["7"]


def test_events_that_are_no_keys_and_torn_packets_are_ignored():
    receiver = DigitReceiver()
    assert receiver.put(0, b"\x10\x0a\x00\xa0", marker=True) is None
    assert receiver.put(0, b"\x01\x0a", marker=True) is None


@pytest.mark.parametrize("digit", ["", "E", "12", " "])
def test_what_is_no_key_cannot_be_pressed(digit):
    with pytest.raises(ValueError, match="digit: expected one of"):
        digit_payloads(digit)
