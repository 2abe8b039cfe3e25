from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.flow.render import render_without_llm


@pytest.mark.parametrize(
    ("task", "speech"),
    [
        ("Ask the user for their name.", "May I ask for your name?"),
        ("Ask the caller what their name is", "May I ask what your name is?"),
        ("Ask for the order number", "May I ask for your order number?"),
        ('Greet them, then say: "Welcome to Maple Dental!"', "Welcome to Maple Dental!"),
        ("Greet the user.", "Hello."),
        ("Greet the user and ask for their name.", "Hello. May I ask for your name?"),
        ("Tell the user that their table is ready.", "Your table is ready."),
        ("Thank the user for their time.", "Thank you for your time."),
        ("How are you today?", "How are you today?"),
        ("", ""),
    ],
)
def test_tasks_become_speech(task: str, speech: str) -> None:
    assert render_without_llm(task) == speech


@given(st.text())
def test_rendering_never_raises(task: str) -> None:
    assert isinstance(render_without_llm(task), str)
