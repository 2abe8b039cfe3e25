"""What words tell about turns: murmurs, assent, greetings, farewells, unfinished sentences.

English lists; another language adds its words to the same sets. A wrong guess here costs a short
wait or a short overlap, never a lost sentence.
"""

from __future__ import annotations

import re

_NOT_WORD = re.compile(r"[^\w\s]|_")


def normalised(text: str) -> str:
    """Lower case, no punctuation, single spaces: equal texts mean the same to a responder."""
    return " ".join(_NOT_WORD.sub(" ", text.casefold().replace("'", "").replace("’", "")).split())


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MURMURS = _set(
    "m mm mmm hm hmm hmmm mhm mhmm mmhm mmhmm uh uhh um umm er erm ah aha oh ooh huh uhhuh eh"
)
_ASSENT = _set(
    "ok okay yeah yes yep yup ya right sure alright cool great good fine true exactly correct "
    "absolutely definitely indeed nice perfect wow really gotcha"
)
_ASSENT_PHRASES = frozenset(
    tuple(phrase.split())
    for phrase in (
        "i see,got it,all right,of course,i understand,go on,go ahead,thats right,thats fine,"
        "thats good,makes sense,sounds good,no problem,thank you"
    ).split(",")
)
_GREETINGS = _set("hello hi hey hullo allo yes yeah yep speaking morning evening")
_GREETING_FILL = _GREETINGS | _set("there good afternoon this is its im the a here oh um uh")
_INTRODUCES = _set("is its im speaking")
_ASKS = _set("who what why where when how which whats whos can could do does are")
_FAREWELLS = _set(
    "bye goodbye byebye thanks thank you so much very have a good great nice lovely day one "
    "evening night weekend too and ok okay alright take care cheers see ya then now all the best "
    "later appreciate it"
)
_FAREWELL_MARKS = _set("bye goodbye byebye thanks thank care cheers too later")


def is_murmur(text: str) -> bool:
    """Only listening noises ("uh-huh", "mm"), or nothing at all."""
    return all(word in _MURMURS for word in normalised(text).split())


def is_backchannel(text: str) -> bool:
    """A listener's sign of attention: murmurs and short assent, at most four words."""
    words = [word for word in normalised(text).split() if word not in _MURMURS]
    if len(words) > 4:
        return False
    at = 0
    while at < len(words):
        if tuple(words[at : at + 2]) in _ASSENT_PHRASES:
            at += 2
        elif words[at] in _ASSENT:
            at += 1
        else:
            return False
    return True


def is_greeting(text: str) -> bool:
    """How a phone is answered: "Hello?", "Yes, hi", "Hello, this is Anna Smith"."""
    words = normalised(text).split()
    if not words or len(words) > 6 or any(word in _ASKS for word in words):
        return False
    unknown = [word for word in words if word not in _GREETING_FILL]
    strange = 2 if any(word in _INTRODUCES for word in words) else 0
    return any(word in _GREETINGS for word in words[:2]) and len(unknown) <= strange


def is_farewell(text: str) -> bool:
    """ "Thank you, bye", "You too, have a good day": no answer is wanted."""
    words = [word for word in normalised(text).split() if word not in _MURMURS]
    if not words or len(words) > 10 or not all(word in _FAREWELLS for word in words):
        return False
    return any(word in _FAREWELL_MARKS for word in words)


_FILLERS = _set("um uh er erm")
_JOINS = _set("and but because")
_TRAILING = _set(
    "and or but nor because cause cos if unless although though while when whether than as to for "
    "of with at by from into about between until till the a an my your his her our their this "
    "these those some any each every is are was were am be been being im youre were theyre id ill "
    "ive its thats whats i we they he she um uh er erm hmm mm like so well maybe perhaps then also "
    "just would could should will can may might must need want wanna gonna let lets very really "
    "number name address email called on in it"
)
_MAY_END = {
    "it": _set("about do did get got have is was like for of on take see want that"),
    "so": _set("think hope guess say suppose"),
    "is": _set("it that he she this there"),
    "are": _set("they we you there"),
    "am": _set("i"),
    "was": _set("it that he she there i"),
    "will": _set("i we it that"),
    "can": _set("i we you"),
    "would": _set("i we it that"),
    "in": _set("come go check"),
    "on": _set("go hold come hang"),
    "really": _set("not"),
}
_DIGITS = _set("zero oh o one two three four five six seven eight nine double triple")
_WHOLE_NUMBERS = (7, 10, 11, 12)


def is_unfinished(text: str) -> bool:
    """The words so far ask for more: a function word, a filler or half a number at the end."""
    stripped = text.rstrip()
    if stripped.endswith((",", "-", "–", "…", "...")):
        return True
    words = normalised(text).split()
    if not words:
        return False
    last = words[-1]
    if last in _FILLERS or _half_a_number(words):
        return True
    if len(words) == 1:
        return last in _JOINS
    if stripped.endswith("?") or last not in _TRAILING:
        return False
    return words[-2] not in _MAY_END.get(last, frozenset[str]())


def _half_a_number(words: list[str]) -> bool:
    run = 0
    for word in reversed(words):
        if word in _DIGITS:
            run += 1
        elif word.isdigit() and (run or len(word) >= 3 or words[-1] == word):
            run += len(word)
        else:
            break
    tokens = 0
    for word in reversed(words):
        if word not in _DIGITS and not word.isdigit():
            break
        tokens += 1
    return tokens >= 2 and run not in _WHOLE_NUMBERS and run < 16
