"""Spoken text made regular: lower case, no punctuation, number words as digits.

Recognisers write the same words in many ways ("Three P.M.", "3 pm", "three p m"); the slot rules
read only what comes out of here.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

UNITS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
}
TEENS = {
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SMALL = {**UNITS, **TEENS}
ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
}
CORRECTIONS = re.compile(r"\b(?:actually|i mean|or rather|sorry|wait|scratch that|correction)\b")
_NOT_UNDERSTOOD = re.compile(
    r"(?:\b(?:(?:i'm|im|i am) )?(?:so )?(?:sorry|excuse me|pardon(?: me)?|what|huh)\b[\s,.!?]*)?"
    r"(?:(?:but|and) )?\b(?:"
    r"i (?:(?:did|could|do)(?:n't|nt| not)|can(?:'t|t| ?not)) (?:quite |really |even )?"
    r"(?:(?:catch|hear|understand|follow|make out)\b(?: (?:a word|anything|any of that))?"
    r"|get (?:that|you|what you)\b)"
    r"(?: (?:that|it|this|you|what you (?:said|say|mean)|(?:your|the) question"
    r"|(?:your|the) last (?:bit|part)))?"
    r"(?: (?:very |too )?(?:well|clearly|properly))?"
    r"|i missed (?:that|what you said)"
    r"|(?:(?:could|can|would|will) you )?(?:please )?"
    r"(?:say (?:that|it) (?:again|once more|one more time)"
    r"|repeat (?:that|it|the question|yourself))"
    r"|come again|what (?:was|is) that|what did you say"
    r"|you(?:'re| are) breaking up|the line is (?:very |really )?bad"
    r")\b(?: (?:again|please|sorry))*",
    re.IGNORECASE,
)
_PRONOUN_ONE = re.compile(r"\b(that|this|which|the|any|no|another|each|every|some|either) one\b")


def plain(text: str) -> str:
    """Lower case words, single spaces; ``:`` between digits, ``.`` in decimals and ``'`` stay."""
    text = text.lower().replace("\u2019", "'").replace("\u2013", "-")
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"\b([ap])\.? ?m\b\.?(?!')", r"\1m", text) if re.search(r"[ap]\.", text) else text
    text = re.sub(r"\bo'? ?clock\b", "oclock", text)
    text = re.sub(r"(?<!\d)[.:]|[.:](?!\d)", " ", text)
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)
    text = re.sub(r"[^\w\s:.'/+-]", " ", text)
    return " ".join(text.split())


def numerals(text: str) -> str:
    """``plain`` text with number words as digits: "half past two" -> "half past 2".

    Neighbouring units stay apart ("five five one" -> "5 5 1"), ordinals become "5th".
    """
    counted = re.sub(r"\ba (?=hundred|thousand)", "one ", plain(text))
    words = _PRONOUN_ONE.sub(r"\1 thing", counted).split()
    out: list[str] = []
    at = 0
    while at < len(words):
        word, at = _numeral(words, at)
        out.append(word)
    joined = " ".join(out)
    joined = re.sub(r"\b(\d+) point (\d+)\b", r"\1.\2", joined)
    joined = re.sub(r"\b(\d+(?::\d\d)?) ?([ap]) ?m\b", r"\1 \2m", joined)
    return re.sub(r"\b20 (\d\d)(?![:\d])(?= |$)(?! [ap]m)", r"20\1", joined)


def _numeral(words: list[str], at: int) -> tuple[str, int]:
    """The word at ``at``, or the number that begins there, and the index after it."""
    value, ordinal, after = _below_hundred(words, at)
    if value is None:
        return words[at], at + 1
    if not ordinal:
        value, ordinal, after = _larger(words, value, after)
    return (_ordinal(value) if ordinal else str(value)), after


def _larger(words: list[str], value: int, after: int) -> tuple[int, bool, int]:
    """Adds "hundred and ..." and "thousand ..." to ``value``."""
    for word, factor in (("hundred", 100), ("thousand", 1000)):
        if after >= len(words) or words[after] != word:
            continue
        value, after = value * factor, after + 1
        step = after + 1 if after < len(words) and words[after] == "and" else after
        rest, ordinal, end = _below_hundred(words, step)
        if rest is None:
            continue
        value, after = value + rest, end
        if ordinal:
            return value, True, after
        if factor == 1000 and after < len(words) and words[after] == "hundred":
            value, after = value - rest + rest * 100, after + 1
    return value, False, after


def _below_hundred(words: list[str], at: int) -> tuple[int | None, bool, int]:
    """(value, is an ordinal, index after) of a number word below one hundred, or (None, ...)."""
    word, following = (*words[at : at + 2], "", "")[:2]
    if word in TENS:
        if UNITS.get(following):
            return TENS[word] + UNITS[following], False, at + 2
        if ORDINALS.get(following, 99) < 10:
            return TENS[word] + ORDINALS[following], True, at + 2
        return TENS[word], False, at + 1
    if word in _SMALL:
        return _SMALL[word], False, at + 1
    if word in ORDINALS and following not in ("thought", "thoughts"):
        return ORDINALS[word], True, at + 1
    return None, False, at


def _ordinal(value: int) -> str:
    last = (
        "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    )
    return f"{value}{last}"


def latest_claims(text: str) -> tuple[str, ...]:
    """``plain`` text split at corrections, the last claim first, then the whole."""
    parts = [part.strip() for part in CORRECTIONS.split(plain(text))]
    claims = [part for part in reversed(parts) if part]
    return (*claims, plain(text)) if len(claims) > 1 else (plain(text),)


def understood(text: str) -> str:
    """``text`` without what only says that the caller did not hear: "Sorry, I didn't catch that."

    Empty when nothing else was said; in that case it answers no question.
    """
    rest = _NOT_UNDERSTOOD.sub(" ", text.replace("\u2019", "'"))
    return rest.strip() if re.search(r"\w", rest) else ""


def closest(word: str, vocabulary: tuple[str, ...], least: float = 0.8) -> str | None:
    """The entry that ``word`` most likely is a misspelling of. Words under 5 letters must match."""
    if word in vocabulary:
        return word
    if len(word) < 5:
        return None
    found = get_close_matches(word, vocabulary, n=1, cutoff=least)
    return found[0] if found else None
