"""Values of wanted variables, read by rule from what the caller said and was asked.

Deterministic: the same words give the same value, always in one form (dates ``2026-03-05``, times
``15:00``, unless the variable's ``examples`` are in spoken form; booleans ``true``/``false``; phone
numbers as digits; names in title case). What the rules cannot tell stays unset.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from uponai.flow.contacts import find_digits, find_email, find_name, find_phone
from uponai.flow.graph import Variable
from uponai.flow.moments import find_date, find_time, spoken_date, spoken_time
from uponai.flow.words import closest, latest_claims, numerals, plain, understood

Sort = Literal["date", "time", "moment", "birth", "name", "phone", "email", "digits", "free"]

_SORTS: tuple[tuple[Sort, str], ...] = (
    ("birth", r"\b(?:birth|dob|birthday|born)\b"),
    ("email", r"\be ?mail\b"),
    ("phone", r"\b(?:phone|mobile|cell|telephone|callback number|contact number)\b"),
    ("moment", r"\b(?:datetime|timestamp|(?:date|day) and time|when)\b"),
    ("date", r"\b(?:date|day|weekday)\b"),
    ("time", r"\b(?:time|hour|oclock)\b"),
    ("name", r"\b(?:name|surname|who is calling)\b"),
    ("digits", r"\b(?:zip|zipcode|postal|postcode|pin|code|account|reference|digits)\b"),
)
_YES = re.compile(
    r"\b(?:yes|yeah|yep|yup|yah|sure|correct|right|absolutely|definitely|certainly|exactly|indeed|okay"
    r"|ok|fine|perfect|great|please do|of course|sounds good|works for me|that works|go ahead"
    r"|i (?:do|am|would|will|can)(?!'| not\b)|affirmative|uh huh|mhm|by all means"
    r"|let's do it|why not)\b"
)
_NO = re.compile(
    r"\b(?:no|nope|nah|not|never|don't|do not|doesn't|isn't|can't|cannot|won't|wouldn't|neither"
    r"|none|negative|i'd rather not|no thanks|unfortunately|incorrect|wrong|dont|cant|wont)\b"
)
_NOT_REALLY_NO = re.compile(
    r"\b(?:no (?:problem|worries|doubt|rush)|why not|not a problem|can't wait|don't mind|not bad)\b"
)
_QUESTION = re.compile(
    r"^(?:(?:and|so|but|well|okay|ok|um|uh|thanks|thank you|great|just|oh|yes|no|sure|hi|hello) )*"
    r"(?:(?:what|when|where|which|who|whose|why|how|do|does|did|can|could|would|will|should|may)\b"
    r"|am i\b|(?:is|was) (?:it|there|that|this|the|my|your|he|she|any|everything|parking)\b"
    r"|(?:are|were) (?:you|there|they|we|the|these|those|your|my)\b"
    r"|(?:have|has) (?:i|you|they|we|he|she|it|the|my|your)\b)"
)
_ORDER = ("1st", "2nd", "3rd", "4th", "5th", "6th")
_FILLERS = re.compile(
    r"^(?:(?:um|uh|well|so|okay|ok|yes|yeah|sure|it's|it is|that's|i think|maybe|probably|just) )+"
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the agent had just said, and what the caller said to it."""

    asked: str
    said: str


def yes_or_no(text: str) -> bool | None:
    """Whether an answer agrees; None when it says neither. A later "actually no" wins."""
    for claim in latest_claims(text):
        words = _NOT_REALLY_NO.sub(" yes ", claim)
        no = _NO.search(words)
        yes = _YES.search(words)
        if no is None and yes is None:
            continue
        if no is not None and yes is not None and yes.start() > no.start():
            return False
        # "Yes, I have no questions": an opening yes outweighs a no that belongs to what follows.
        return yes is not None and (no is None or yes.start() == 0)
    return None


def is_question(text: str) -> bool:
    """Whether the words ask something, with or without a question mark."""
    if text.rstrip().endswith("?"):
        return True
    parts = re.split(r"[.!?;,]\s*", text)
    return "?" in text or any(_QUESTION.match(plain(part)) for part in parts if part)


def sort_of(variable: Variable) -> Sort:
    """What kind of value a string variable asks for, by its name, then by its description."""
    name = plain(re.sub(r"[_\W]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", variable.name)))
    for words in (name, plain(variable.description)):
        for sort, pattern in _SORTS:
            if re.search(pattern, words):
                return sort
    return "free"


def extract(variable: Variable, exchanges: Sequence[Exchange], now: datetime) -> str | None:
    """The variable's value, from the latest exchange that has one; None if none has.

    ``now`` is local time where the caller's "tomorrow" is meant. A plain yes accepts a value that
    the agent's question offered.
    """
    for exchange in reversed(exchanges):
        said = understood(exchange.said)
        value = _from_exchange(variable, Exchange(exchange.asked, said), now) if said else None
        if value is not None:
            return value
    return None


def _from_exchange(variable: Variable, exchange: Exchange, now: datetime) -> str | None:
    match variable.kind:
        case "boolean":
            return _boolean(variable, exchange)
        case "enum":
            return _offered(variable, exchange, now) or find_choice(exchange.said, variable.choices)
        case "number":
            return find_number(exchange.said) or _offered(variable, exchange, now)
        case "string":
            sort = sort_of(variable)
            found = _string(variable, sort, exchange, now)
            return found or _offered(variable, exchange, now)


def _offered(variable: Variable, exchange: Exchange, now: datetime) -> str | None:
    """A value in the agent's own question, taken over by a yes without one of its own."""
    sort = sort_of(variable)
    named = sort in ("date", "time", "moment") or variable.kind in ("number", "enum")
    if not named or not is_question(exchange.asked) or yes_or_no(exchange.said) is not True:
        return None
    if variable.kind == "number":
        return find_number(exchange.asked)
    if variable.kind == "enum":
        own = find_choice(exchange.said, variable.choices)
        named_choices = [word for word in variable.choices if plain(word) in plain(exchange.asked)]
        return own or (named_choices[0] if len(named_choices) == 1 else None)
    return _string(variable, sort, Exchange("", exchange.asked), now)


def _string(variable: Variable, sort: Sort, exchange: Exchange, now: datetime) -> str | None:
    said, asked = exchange.said, plain(exchange.asked)
    found: str | None = None
    match sort:
        case "date" | "birth":
            day = find_date(said, now.date(), past=sort == "birth")
            found = None if day is None else _written_date(day, variable)
        case "time":
            at = find_time(said, now, asked=_asks_for_time(asked))
            found = None if at is None else _written_time(at, variable)
        case "moment":
            found = _moment(said, asked, now)
        case "name":
            found = find_name(said, asked=_asks_for_name(asked))
        case "phone":
            found = find_phone(said)
        case "email":
            found = find_email(said)
        case "digits":
            found = find_digits(said) or None
        case "free":
            found = _free(variable, exchange)
    return found


def _asks_for_time(asked: str) -> bool:
    return re.search(r"\b(?:time|when|hour|oclock)\b", asked) is not None


def _asks_for_name(asked: str) -> bool:
    return re.search(r"\b(?:name|who is this|who's this|speaking (?:to|with))\b", asked) is not None


def _moment(said: str, asked: str, now: datetime) -> str | None:
    day = find_date(said, now.date())
    at = find_time(said, now, asked=_asks_for_time(asked))
    if day is None:
        return None
    return day.isoformat() if at is None else f"{day.isoformat()} {at:%H:%M}"


def _written_date(day: date, variable: Variable) -> str:
    spoken = any(re.search(r"[A-Za-z]{3}", example) for example in variable.examples)
    return spoken_date(day) if spoken else day.isoformat()


def _written_time(at: time, variable: Variable) -> str:
    spoken = any(re.search(r"[AaPp]\.?[Mm]", example) for example in variable.examples)
    return spoken_time(at) if spoken else f"{at:%H:%M}"


def _boolean(variable: Variable, exchange: Exchange) -> str | None:
    """A yes or no, if the question was about this variable or it is the only thing said."""
    answer = yes_or_no(exchange.said)
    if answer is None:
        return None
    about = _content(variable.name + " " + variable.description)
    related = about & (_content(exchange.asked) | _content(exchange.said))
    return ("true" if answer else "false") if related or not exchange.asked else None


def _content(text: str) -> set[str]:
    """Stems of the words that carry meaning."""
    words = plain(re.sub(r"_", " ", text)).split()
    return {word[:5] for word in words if len(word) > 3 and word not in _EMPTY_WORDS}


_EMPTY_WORDS = frozenset(
    """whether user users caller customer true false would like that this with have they their your
    want wants said says does will from about what when which should could there here been were
    please okay thank thanks""".split()
)


def find_number(text: str) -> str | None:
    """The last number of the latest claim, without trailing zeros; None if there is none."""
    for claim in latest_claims(text):
        found = re.findall(r"(?<![\w:./-])(-?\d+(?:\.\d+)?)(?![\w:/-])", numerals(claim))
        if found:
            value = found[-1]
            return value.rstrip("0").rstrip(".") if "." in value else str(int(value))
    return None


def find_choice(text: str, choices: Sequence[str]) -> str | None:
    """The choice that was said: word for word, then nearly, then by its place in the list."""
    for claim in latest_claims(text):
        words = re.sub(r"\b(?:not|except|don't want|instead of) (?:the |a |an )?\w+", " ", claim)
        said = [(words.rfind(plain(choice)), len(choice), choice) for choice in choices]
        exact = [entry for entry in said if entry[0] >= 0 and _whole(plain(entry[2]), words)]
        if exact:
            return max(exact, key=lambda entry: (entry[1], entry[0]))[2]
        near = [choice for choice in choices if _nearly(plain(choice), words.split())]
        if len(near) == 1:
            return near[0]
    return _by_place(text, choices)


def _whole(phrase: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", words) is not None


def _nearly(choice: str, words: list[str]) -> bool:
    parts = choice.split()
    vocabulary = tuple(words)
    return bool(parts) and all(closest(part, vocabulary) is not None for part in parts)


def _by_place(text: str, choices: Sequence[str]) -> str | None:
    words = numerals(text)
    found = re.search(r"\bthe (\d(?:st|nd|rd|th)|last)(?: (?:thing|option|choice))?\b", words)
    if found is None or not choices:
        return None
    if found.group(1) == "last":
        return choices[-1]
    place = _ORDER.index(found.group(1)) if found.group(1) in _ORDER else len(choices)
    return choices[place] if place < len(choices) else None


def _free(variable: Variable, exchange: Exchange) -> str | None:
    """The answer itself, if the question was about this variable."""
    about = _content(variable.name + " " + variable.description)
    if not about & _content(exchange.asked) or is_question(exchange.said):
        return None
    said = exchange.said.strip().rstrip(".!, ")
    fillers = _FILLERS.match(said.lower().replace(",", " ").replace("  ", " ") + " ")
    words = said.split()[len(fillers.group(0).split()) :] if fillers else said.split()
    return " ".join(words) or None
