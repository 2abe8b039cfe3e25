"""A transcript read again and again is shown once, as it comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from uponai.sim.unfold import Line, Unfolding


def said(who, text):
    return {"role": who, "content": text, "words": []}


def test_an_utterance_is_shown_once_it_has_stood_through_two_readings():
    unfolding = Unfolding()
    hello = [said("user", "Hello.")]
    assert unfolding.feed(hello, over=False) == []
    assert unfolding.feed(hello, over=False) == [Line("user", "Hello.")]
    assert unfolding.feed(hello, over=True) == []


def test_what_is_followed_by_something_is_shown_at_once():
    unfolding = Unfolding()
    call = {"role": "tool_call_invocation", "name": "book", "arguments": '{"day": "Monday"}'}
    result = {"role": "tool_call_result", "content": "booked"}
    shown = unfolding.feed([said("agent", "One moment."), call, result], over=False)
    assert shown == [
        Line("agent", "One moment."),
        Line("function", 'book({"day": "Monday"})'),
        Line("result", "booked"),
    ]


def test_the_end_shows_everything_and_node_changes_are_not_shown():
    items = [said("agent", "Hi."), {"role": "node_transition"}, said("user", "Bye.")]
    assert Unfolding().feed(items, over=True) == [Line("agent", "Hi."), Line("user", "Bye.")]


def test_words_that_are_added_or_changed_later_are_shown_as_such():
    unfolding = Unfolding()
    unfolding.feed([said("user", "Tomorrow"), said("agent", "Yes?")], over=True)
    longer = [said("user", "Tomorrow at three."), said("agent", "At three?")]
    assert unfolding.feed(longer, over=True) == [
        Line("user", "… at three."),
        Line("agent", "At three?", corrected=True),
    ]


@given(
    st.lists(st.sampled_from(("agent", "user", "tool_call_result")), max_size=8),
    st.lists(st.integers(0, 8), max_size=10),
)
def test_in_the_end_each_line_of_a_growing_transcript_was_shown_once_and_in_order(roles, readings):
    items = [said(role, f"line {at}") for at, role in enumerate(roles)]
    unfolding = Unfolding()
    shown = []
    for upto in sorted(readings):
        shown += unfolding.feed(items[:upto], over=False)
    shown += unfolding.feed(items, over=True)
    assert [line.text for line in shown] == [f"line {at}" for at in range(len(roles))]
