from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.flow.contacts import find_digits, find_email, find_name, find_phone
from uponai.flow.graph import Variable
from uponai.flow.moments import find_date, find_time, spoken_date, spoken_time
from uponai.flow.slots import (
    Exchange,
    extract,
    find_choice,
    find_number,
    is_question,
    yes_or_no,
)
from uponai.flow.words import numerals

# A Sunday.
NOW = datetime(2026, 11, 22, 16, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("tomorrow at three pm", date(2026, 11, 23)),
        ("Tomorow, please", date(2026, 11, 23)),
        ("the day after tomorrow", date(2026, 11, 24)),
        ("today", date(2026, 11, 22)),
        ("in two weeks", date(2026, 12, 6)),
        ("in a couple of days", date(2026, 11, 24)),
        ("on Tuesday", date(2026, 11, 24)),
        ("Wensday would be good", date(2026, 11, 25)),
        ("Sunday", date(2026, 11, 29)),
        ("next Friday", date(2026, 11, 27)),
        ("the fifth of march", date(2027, 3, 5)),
        ("March 5th", date(2027, 3, 5)),
        ("december twenty first", date(2026, 12, 21)),
        ("June 21st, 2027", date(2027, 6, 21)),
        ("on the 3rd", date(2026, 12, 3)),
        ("12/24", date(2026, 12, 24)),
        ("2027-01-02", date(2027, 1, 2)),
        ("february twenty ninth", date(2028, 2, 29)),
        ("not Tuesday, Thursday", date(2026, 11, 26)),
        ("Monday, no, actually Wednesday", date(2026, 11, 25)),
        ("february thirtieth", None),
        ("three pm", None),
        ("maybe", None),
        ("I may be late", None),
        ("hello", None),
    ],
)
def test_dates(said: str, day: date | None) -> None:
    assert find_date(said, NOW.date()) == day


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("tomorrow at three pm", time(15)),
        ("Three P.M.", time(15)),
        ("three p m", time(15)),
        ("at 3", time(15)),
        ("3:30", time(15, 30)),
        ("15:45", time(15, 45)),
        ("half past two", time(14, 30)),
        ("quarter to four", time(15, 45)),
        ("a quarter past nine", time(9, 15)),
        ("twenty past six in the morning", time(6, 20)),
        ("nine in the morning", time(9)),
        ("eight in the evening", time(20)),
        ("10 AM", time(10)),
        ("2 thirty pm", time(14, 30)),
        ("three o'clock", time(15)),
        ("noon", time(12)),
        ("tomorrow afternoon", time(14)),
        ("in two hours", time(18)),
        ("at four, sorry, at five", time(17)),
        ("twelve thirty pm", time(12, 30)),
        ("twelve am", time(0)),
        ("march 5th", None),
        ("I am Anna", None),
        ("Good afternoon", None),
    ],
)
def test_times(said: str, at: time | None) -> None:
    assert find_time(said, NOW) == at


def test_a_bare_number_is_a_time_only_as_an_answer() -> None:
    assert find_time("three thirty", NOW) is None
    assert find_time("three thirty", NOW, asked=True) == time(15, 30)
    assert find_time("five five five one two", NOW, asked=True) is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("it's Anna Smith", "Anna Smith"),
        ("IT'S ANNA SMITH.", "Anna Smith"),
        ("my name is anna smith", "Anna Smith"),
        ("This is Anna O'Brien calling", "Anna O'Brien"),
        ("Bob Jones speaking", "Bob Jones"),
        ("put it under McKay, please", "McKay"),
        ("no problem, it is Anna Smith, thank you", "Anna Smith"),
        ("I'm Bob", "Bob"),
        ("I'm fine thanks", None),
        ("this is great", None),
        ("tomorrow at three", None),
        ("yes", None),
    ],
)
def test_names(said: str, name: str | None) -> None:
    assert find_name(said) == name


def test_a_bare_name_counts_only_as_an_answer() -> None:
    assert find_name("uh, yes, anna smith please") is None
    assert find_name("uh, yes, anna smith please", asked=True) == "Anna Smith"
    assert find_name("A N N A", asked=True) == "Anna"
    assert find_name("Sorry, what?", asked=True) is None


NOT_UNDERSTOOD = [
    "Sorry, I didn't catch that.",
    "sorry i didnt catch that",
    "I couldn\N{RIGHT SINGLE QUOTATION MARK}t hear you very well.",
    "I'm sorry, could you say that again?",
    "Pardon me? I can't hear you.",
    "I don't understand the question.",
    "I did not get that, please repeat that.",
    "You're breaking up.",
    "What was that?",
]


@pytest.mark.parametrize("said", NOT_UNDERSTOOD)
def test_words_of_not_having_understood_are_no_answer(said: str) -> None:
    for variable, asked in (
        (Variable("name"), "What name is it for?"),
        (Variable("notes", description="notes"), "Any notes for the doctor?"),
        (Variable("parking", "boolean"), "Do you need parking?"),
    ):
        assert extract(variable, [Exchange(asked, said)], NOW) is None
        later = [Exchange(asked, "Anna Smith, yes"), Exchange(asked, said)]
        assert extract(variable, later, NOW) is not None, "the answer given before still stands"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Sorry, I didn't catch that. My name is Anna Smith.", "Anna Smith"),
        ("sorry i didn't catch that anna smith", "Anna Smith"),
        ("Anna Smith. Did you catch that?", "Anna Smith"),
        ("Didn't catch", None),
    ],
)
def test_what_is_said_beside_them_counts(said: str, name: str | None) -> None:
    assert extract(Variable("name"), [Exchange("What is your name?", said)], NOW) == name


def test_being_unable_to_come_is_still_a_no() -> None:
    for said in ("I can't make it", "No, I can't get there", "I don't"):
        asked = "Do you want to come?"
        assert (
            extract(Variable("wants_to_come", "boolean"), [Exchange(asked, said)], NOW) == "false"
        )


def test_digits_and_phone_numbers() -> None:
    assert find_digits("five five five one two") == "55512"
    assert find_digits("double five oh triple nine") == "550999"
    assert find_phone("it's +1 (555) 010-0199") == "+15550100199"
    assert find_phone("plus one five five five oh one oh oh one nine nine") == "+15550100199"
    assert find_phone("five five five") is None


@pytest.mark.parametrize(
    ("said", "email"),
    [
        ("anna dot smith at example dot com", "anna.smith@example.com"),
        ("my email is Anna.Smith@Example.com.", "anna.smith@example.com"),
        ("it's a b c at example dot co dot uk", "abc@example.co.uk"),
        ("anna underscore one at mail dot org", "anna_1@mail.org"),
        ("let's meet at noon", None),
    ],
)
def test_emails(said: str, email: str | None) -> None:
    assert find_email(said) == email


@pytest.mark.parametrize(
    ("said", "agrees"),
    [
        ("yes", True),
        ("Yeah, sure.", True),
        ("that works for me", True),
        ("no problem", True),
        ("yes, I have no questions", True),
        ("no", False),
        ("no, that's fine", False),
        ("I don't think so", False),
        ("I am not interested", False),
        ("that's not right", False),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_yes_and_no(said: str, agrees: bool | None) -> None:  # noqa: FBT001
    assert yes_or_no(said) is agrees


def test_questions_without_a_question_mark() -> None:
    assert is_question("great how long does it take")
    assert is_question("Is there parking")
    assert is_question("Great. Where can I park?")
    assert not is_question("no is all thank you")
    assert not is_question("what a pity. I see".split(".")[1])


def test_numbers_and_choices() -> None:
    assert find_number("a hundred and five") == "105"
    assert find_number("two point five") == "2.5"
    assert find_number("four people, no, actually six") == "6"
    assert find_number("that one is fine") is None
    colours = ("red", "dark blue", "green")
    assert find_choice("the Dark Blue one", colours) == "dark blue"
    assert find_choice("grene I think, gren", colours) == "green"
    assert find_choice("not red, green", colours) == "green"
    assert find_choice("the second one", colours) == "dark blue"
    assert find_choice("the last one", colours) == "green"
    assert find_choice("purple", colours) is None


def said(*pairs: tuple[str, str]) -> list[Exchange]:
    return [Exchange(asked, answer) for asked, answer in pairs]


def test_the_latest_value_wins() -> None:
    day = Variable("day", description="appointment day")
    talk = said(("Which day?", "tomorrow"), ("Anything else?", "make it Friday"))
    assert extract(day, talk, NOW) == "2026-11-27"


def test_examples_choose_the_form() -> None:
    talk = said(("When?", "tomorrow at half past two"))
    assert extract(Variable("time"), talk, NOW) == "14:30"
    assert extract(Variable("time", examples=("3 PM",)), talk, NOW) == "2:30 PM"
    spoken = Variable("day", examples=("Tuesday, March 5",))
    assert extract(spoken, talk, NOW) == "Monday, November 23"
    assert extract(Variable("appointment_datetime"), talk, NOW) == "2026-11-23 14:30"


def test_a_yes_takes_what_the_question_offered() -> None:
    talk = said(("I can offer tomorrow at 10 AM. Is that all right?", "Yes, that works."))
    assert extract(Variable("day"), talk, NOW) == "2026-11-23"
    assert extract(Variable("time"), talk, NOW) == "10:00"
    refused = said(("I can offer tomorrow at 10 AM. Is that all right?", "No, rather at four."))
    assert extract(Variable("time"), refused, NOW) == "16:00"
    assert extract(Variable("day"), refused, NOW) is None


def test_booleans_need_a_related_question() -> None:
    wanted = Variable("has_insurance", "boolean", "Whether the user has insurance")
    assert extract(wanted, said(("Do you have insurance?", "yes I do")), NOW) == "true"
    assert extract(wanted, said(("Do you have insurance?", "nope")), NOW) == "false"
    assert extract(wanted, said(("Is tomorrow fine?", "yes")), NOW) is None


def test_free_text_is_the_answer_to_its_own_question() -> None:
    reason = Variable("reason", description="reason of the visit")
    talk = said(("What is the reason for your visit?", "Um, well, a broken tooth."))
    assert extract(reason, talk, NOW) == "a broken tooth"
    assert extract(reason, said(("Which day?", "tomorrow")), NOW) is None


def test_a_birth_date_has_its_year() -> None:
    birth = Variable("date_of_birth")
    assert extract(birth, said(("When were you born?", "May 3rd 1990")), NOW) == "1990-05-03"
    assert extract(birth, said(("", "may third nineteen ninety")), NOW) == "1990-05-03"
    assert extract(birth, said(("", "tomorrow at three")), NOW) is None


def test_spoken_forms_are_read_back() -> None:
    assert (spoken_date(date(2026, 3, 5)), spoken_time(time(12, 5))) == (
        "Thursday, March 5",
        "12:05 PM",
    )


@given(st.dates(date(2026, 11, 23), date(2027, 11, 21)))
def test_every_spoken_date_is_understood(day: date) -> None:
    assert find_date(spoken_date(day).split(", ")[1], NOW.date()) == day


@given(st.times())
def test_every_spoken_time_is_understood(at: time) -> None:
    assert find_time(spoken_time(at), NOW) == at.replace(second=0, microsecond=0)


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_words_raise(words: str, asked: str) -> None:
    for variable in (
        Variable("day"),
        Variable("time"),
        Variable("name"),
        Variable("phone"),
        Variable("email"),
        Variable("dob"),
        Variable("zip"),
        Variable("when"),
        Variable("notes", description="notes"),
        Variable("n", "number"),
        Variable("b", "boolean"),
        Variable("e", "enum", choices=("one", "two")),
    ):
        extract(variable, [Exchange(asked, words)], NOW)


@given(
    st.lists(
        st.sampled_from(
            "in next the half past quarter to at one two twenty thirty hundred thousand and first "
            "march may monday 3 3:30 99 pm am oclock day week tomorrow double point".split()
        ),
        max_size=12,
    )
)
def test_no_mixture_of_number_words_raises(words: list[str]) -> None:
    text = " ".join(words)
    numerals(text)
    find_date(text, NOW.date())
    find_date(text, NOW.date(), past=True)
    find_time(text, NOW, asked=True)
    find_phone(text)
