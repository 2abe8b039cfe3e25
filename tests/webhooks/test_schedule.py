"""When a webhook is tried again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from uponai.webhooks.schedule import Schedule


def test_one_try_and_three_more_with_growing_pauses() -> None:
    pauses = [Schedule().next_try_ms(tries, 0) for tries in (1, 2, 3, 4)]
    assert pauses == [2_000, 15_000, 90_000, None]


@given(st.lists(st.integers(0, 10**7)), st.integers(0, 50), st.integers(0, 2**45))
def test_it_ends_and_never_goes_back(pauses: list[int], tries: int, now_ms: int) -> None:
    again = Schedule(tuple(pauses)).next_try_ms(tries, now_ms)
    if max(1, tries) > len(pauses):
        assert again is None
    else:
        assert again == now_ms + pauses[max(1, tries) - 1]
