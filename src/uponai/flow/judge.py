"""Which of a node's worded conditions the caller's words meet, without a language model.

A sentence-embedding model outside gives similarities; rules about form (agreeing or declining,
asking or telling, giving a date or a name, saying goodbye, shared words) correct what such models
are bad at: they put "yes" and "no" side by side. Pure: the caller of ``choose`` embeds the texts of
``texts_to_embed`` (or gives no vectors, and then the rules and shared words decide alone).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from uponai.flow.concepts import concepts
from uponai.flow.contacts import find_digits, find_email, find_name, find_phone
from uponai.flow.moments import find_date, find_time
from uponai.flow.slots import find_number, is_question, yes_or_no
from uponai.flow.words import plain, understood

Vector = Sequence[float] | NDArray[np.float32]

# A condition is met by a clear score, or by a fair one that is well ahead of all others.
CLEAR_SCORE = 0.45
CLEAR_LEAD = 0.02
FAIR_SCORE = 0.25
FAIR_LEAD = 0.12

_SUBJECT = re.compile(
    r"^(?:if |when |whether |that )*(?:the )?(?:user|caller|customer|callee|client|patient|person"
    r"|they|he|she|agent|assistant|other (?:party|side))(?:'s)? "
    r"(?:(?:has|have|is|are|clearly|explicitly|just|already) )*",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"^(?:says?|said|tells?|told|states?|stated|mentions?|mentioned|indicates?|indicated|expresses"
    r"|expressed|asks?|asked|asking|wants?|wanted|would like|wishes|needs?|responds?|replies|gives?"
    r"|gave|provides?|provided|requests?)"
    r"(?: (?:us|me|you|the agent|the assistant))?(?: (?:that|for|about|if|whether|to|with))? ",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"[\"\u201c]([^\"\u201d]+)[\"\u201d]")
_ASKS = re.compile(
    r"\b(?:ask|asks|asked|asking|question|questions|wonders?|inquires?|enquires?|wants? to know)\b"
)
_GIVES = re.compile(
    r"\b(?:give|gives|gave|given|provides?|provided|proposes?|proposed|suggests?|suggested|names"
    r"|states?|stated|tells?|told|says?|said|mentions?|mentioned|specifies|picks?|chooses|offers"
    r"|offered|answers? with|shares?|shared)\b"
)
_AGREES = re.compile(
    r"\b(?:agrees?|agreed|accepts?|accepted|confirms?|confirmed|says yes|said yes|affirms?|approves"
    r"|affirmative(?:ly)?|consents?|is (?:happy|willing|interested|available|free)|correct"
    r"|answers yes|positive(?:ly)?)\b"
)
_DECLINES = re.compile(
    r"\b(?:declines?|declined|refuses?|refused|rejects?|rejected|says no|said no|denies|disagrees?"
    r"|not interested|unwilling|does not (?:want|agree|confirm|have)|doesn't (?:want|agree|have)"
    r"|don't want|not (?:want|available|a good time)|has no|have no|no (?:more|further|other)"
    r"|answers no|negative(?:ly)?|nothing else|busy|unavailable|incorrect|wrong)\b"
)
_FAREWELL = re.compile(r"\b(?:goodbye|good bye|bye|farewell|hang(?:s|ing)? up|ends? the call)\b")
_SAYS_BYE = re.compile(
    r"\b(?:goodbye|good bye|bye|bye bye|see you|take care|have a (?:good|nice))\b"
)
_ANSWERS = re.compile(
    r"^(?:(?:um|uh|oh|well|ah|hm|sorry|thanks|great|and|so|but|actually) )*"
    r"(?:yes|yeah|yep|yup|sure|correct|right|absolutely|definitely|certainly|exactly|okay|ok|fine"
    r"|perfect|great|please do|of course|sounds good|that|no|nope|nah|never|i am|i do|i'm|i don't"
    r"|it's|not (?:really|interested|now|right|today|at all|at the moment|yet|for me|sure))\b"
)
_REQUEST = re.compile(r"^(?:(?:um|uh|hi|hello|yes|well) )*(?:can|could|may|would you|let me)\b")
_RESULT = re.compile(r"The function call (succeeded|failed)\b")
_FAILS = re.compile(
    r"\b(?:fail|fails|failed|failure|errors?|unsuccessful|not|unavailable|cannot)\b"
)
_SUCCEEDS = re.compile(
    r"\b(?:succeeds?|succeeded|success|successful|successfully|booked|available|completed?|done|ok)\b"
)
_KINDS = {
    "date": re.compile(r"\b(?:date|day|weekday)\b"),
    "time": re.compile(r"\b(?:time|hour|when)\b(?! (?:it|does|long))"),
    "name": re.compile(r"\b(?:name|who (?:they|he|she) (?:are|is)|themselves)\b"),
    "phone": re.compile(r"\b(?:phone|mobile|callback|telephone)\b"),
    "email": re.compile(r"\be-?mail\b"),
    "number": re.compile(r"\b(?:number|amount|how many|quantity|age|code|digits|zip)\b"),
}
_STOP = frozenset(
    """a about agent am an and any are as ask asked asks at be been but by call callee caller can
    client could customer did do does for from get give gives good got great had has have he
    hello her here hi his i if in into is it its just know let like me mentions more my no not
    of ok okay on or other our out over party patient person please provides question
    questions said say says she should so some such tells than thank thanks that the their
    them then there they this to told too up us user users want wants was we well were what
    when where which who will with would yes you your""".split()
)


@dataclass(frozen=True, slots=True)
class Worded:
    """A condition to judge: ``id`` is returned when it is met."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What to judge: the caller's words, what they answered, and local time for dates in them."""

    text: str
    asked: str = ""
    now: datetime = datetime(2024, 1, 1, tzinfo=UTC)


def forms(condition: str) -> tuple[str, ...]:
    """Texts that words meeting the condition should resemble: quoted examples, else the matter.

    "User wants to book an appointment" -> the text itself and "book an appointment".
    """
    examples = tuple(found.strip() for found in _EXAMPLE.findall(condition) if found.strip())
    stripped = _REPORT.sub("", _SUBJECT.sub("", condition.strip()), count=1).strip()
    whole = _EXAMPLE.sub("", condition).strip(" .,:;()")
    return tuple(dict.fromkeys(text for text in (whole, stripped, *examples) if text))


def texts_to_embed(conditions: Sequence[Worded], heard: Heard) -> tuple[str, ...]:
    """Every text ``choose`` wants a vector of, the caller's words first. Cache the others."""
    wanted = [heard.text]
    for condition in conditions:
        wanted += forms(condition.text)
    return tuple(dict.fromkeys(wanted))


def choose(
    conditions: Sequence[Worded], heard: Heard, vectors: Mapping[str, Vector] | None = None
) -> str | None:
    """The id of the condition that is met, or None when none clearly is.

    ``vectors`` maps texts of ``texts_to_embed`` to unit-length vectors; missing ones count nothing.
    """
    if not plain(heard.text):
        return None
    ranked = sorted(
        (
            (score(condition.text, heard, vectors or {}), -at)
            for at, condition in enumerate(conditions)
        ),
        reverse=True,
    )
    if not ranked:
        return None
    best = ranked[0][0]
    # A lone condition is ahead of nothing, so only a clear score will do.
    lead = best - ranked[1][0] if len(ranked) > 1 else CLEAR_LEAD
    clear = best >= CLEAR_SCORE and lead >= CLEAR_LEAD
    fair = best >= FAIR_SCORE and lead >= FAIR_LEAD
    return conditions[-ranked[0][1]].id if clear or fair else None


def score(condition: str, heard: Heard, vectors: Mapping[str, Vector]) -> float:
    """How well the words meet the condition: about 0 for unrelated, over 0.45 for met."""
    form = _EXAMPLE.sub("", plain_condition(condition))
    total = max(_likeness(condition, heard.text, vectors), 0.0)
    total += _shared_words(condition, heard.text)
    total += _polarity(form, heard)
    total += _asking(form, heard.text)
    total += _giving(form, heard)
    total += _parting(form, heard.text)
    total += _outcome(form, heard.text)
    return total + _example_said(condition, heard.text)


def plain_condition(condition: str) -> str:
    """The condition in lower case with its quoted examples kept."""
    return " ".join(condition.lower().replace("\u2019", "'").split())


def _likeness(condition: str, text: str, vectors: Mapping[str, Vector]) -> float:
    said = vectors.get(text)
    if said is None:
        return 0.0
    found = [vectors[form] for form in forms(condition) if form in vectors]
    return max((float(np.dot(said, other)) for other in found), default=0.0)


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in plain(text).split() if word not in _STOP}


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _shared_words(condition: str, text: str) -> float:
    wanted, said = _stems(condition), _stems(text)
    shared = 0.2 * len(wanted & said) + 0.25 * len(concepts(condition) & concepts(text))
    return min(0.45, shared)


def _polarity(form: str, heard: Heard) -> float:
    agrees, declines = bool(_AGREES.search(form)), bool(_DECLINES.search(form))
    if agrees == declines:
        return 0.0
    answer = yes_or_no(understood(heard.text))
    if answer is None:
        return -0.1
    # "The machine won't start" has a "no" in it but answers nothing.
    weight = 0.5 if _ANSWERS.match(plain(heard.text)) else 0.2
    return weight if answer == agrees else -weight


def _asking(form: str, text: str) -> float:
    """A request in the form of a question ("can I ...") is neither asking nor telling."""
    if _REQUEST.search(plain(text)):
        return 0.0
    wanted = bool(_ASKS.search(form)) and not _DECLINES.search(form)
    if wanted:
        return 0.15 if is_question(text) else -0.15
    return -0.1 if is_question(text) else 0.0


def _giving(form: str, heard: Heard) -> float:
    """Conditions such as "user gives a day" are met by words that have one, and only by such."""
    if _ASKS.search(form) or not _GIVES.search(form):
        return 0.0
    wanted = [kind for kind, pattern in _KINDS.items() if pattern.search(form)]
    if not wanted:
        return 0.0
    return 0.5 if any(_has(kind, heard) for kind in wanted) else -0.3


def _has(kind: str, heard: Heard) -> bool:
    text, asked = understood(heard.text), plain(heard.asked)
    match kind:
        case "date":
            return find_date(text, heard.now.date()) is not None
        case "time":
            return find_time(text, heard.now, asked="time" in asked or "when" in asked) is not None
        case "name":
            return find_name(text, asked="name" in asked) is not None
        case "phone":
            return find_phone(text) is not None
        case "email":
            return find_email(text) is not None
        case _:
            return find_number(text) is not None or bool(find_digits(text))


def _parting(form: str, text: str) -> float:
    if not _FAREWELL.search(form):
        return 0.0
    if _SAYS_BYE.search(plain(text)):
        return 0.5
    return 0.0 if _DECLINES.search(form) else -0.2


def _outcome(form: str, text: str) -> float:
    """What a function returned, against "the booking succeeded" and the like."""
    result = _RESULT.match(text)
    if result is None:
        return 0.0
    fails, succeeds = bool(_FAILS.search(form)), bool(_SUCCEEDS.search(form))
    if fails == succeeds:
        return 0.0
    return 0.5 if fails == (result.group(1) == "failed") else -0.5


def _example_said(condition: str, text: str) -> float:
    """A quoted example that occurs word for word."""
    words = f" {plain(text)} "
    said = any(f" {plain(example)} " in words for example in _EXAMPLE.findall(condition))
    return 0.4 if said else 0.0
