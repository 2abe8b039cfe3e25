"""Names, phone numbers and e-mail addresses in what a caller says."""

from __future__ import annotations

import re

from uponai.flow.words import TEENS, TENS, UNITS, latest_claims, numerals, plain

MAX_NAME_WORDS = 4
LEAST_PHONE_DIGITS = 7

_INTRODUCED = (
    r"(?:my |the |his |her |full |first |last |second )*names? (?:is|was|would be|will be|it's)",
    r"(?:my |the )?name's",
    r"(?:put|book|make|have|write|schedule) (?:it|that|me|this|us) (?:down )?(?:under|as|for)",
    r"under(?: the)?(?: names?)?(?: of)?",
    r"in the names? of",
    r"(?:you can |please |just )?call me",
    r"this is",
    r"(?:it is|it's|its|that's|that is)",
    r"(?:i am|i'm|im)",
    r"(?:it would be|it'll be|that would be|for|name)",
)
_NOT_NAMES = frozenset(
    """a about absolutely afraid afternoon again ahead all already alright also always am an and
    any anyone anything appointment are as ask at available back bad be because been before
    best better book booked booking both busy but bye call called caller calling can can't
    cant catch caught certainly check confirm correct could course customer day definitely
    did do doctor don't done dont down else even evening everything fine first for free
    friday from full glad go going good goodbye got great guess had happy has have he hear
    heard hello her here hey hi him his how i i'd i'll i'm i've if ill im in indeed
    interested into is it it's its just kind know last late later let like long looking lot
    make may maybe me mine minute moment monday month morning much my name name's names need
    never new next nice night no none not nothing now number o'clock oclock of off oh ok
    okay on one open or our out over pardon perfect person phone please pm possible pretty
    probably put quite ready really repeat right same saturday say says see she should sir
    so some something sorry sounds speak speaking spell still sunday sure thank thanks that
    that's the their them then there they thing think this thursday time to today tomorrow
    too trying tuesday two under understand understood up us very wait want was way we
    wednesday week well were what when where which while who whose why will with work works
    would wrong yeah yep yes yesterday yet you you're your""".split()
) | frozenset((*UNITS, *TEENS, *TENS))
_TITLES = ("mr", "mrs", "ms", "miss", "doctor", "dr")
_SPEAKING = re.compile(r"^(?:yes |yeah )?(.+?) (?:speaking|here|on the (?:line|phone))\b")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{5,}\d")
_SIGNS = {"dot": ".", "period": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+"}


def find_name(text: str, *, asked: bool = False) -> str | None:
    """A person's name, in title case. ``asked``: it was asked for, so a bare one counts."""
    for claim in _claims_as_written(text):
        found = _introduced(claim) or _speaking(claim) or (_bare(claim) if asked else None)
        if found is not None:
            return found
    return None


def _claims_as_written(text: str) -> tuple[str, ...]:
    """Claims in their own casing, which tells "McKay" from "mckay"."""
    written = {plain(word): word.strip('.,!?;:"()') for word in text.split() if plain(word)}
    claims = latest_claims(_join_letters(text))
    return tuple(" ".join(written.get(word, word) for word in claim.split()) for claim in claims)


def _join_letters(text: str) -> str:
    """ "a-n-n-a" and "S M I T H" as words."""
    return re.sub(
        r"(?<!['\u2019\w])[a-zA-Z](?:[ .-]{1,2}[a-zA-Z]){2,}\b\.?",
        lambda found: re.sub(r"[^a-zA-Z]", "", found.group(0)),
        text,
    )


def _introduced(claim: str) -> str | None:
    for pattern in _INTRODUCED:
        for found in re.finditer(rf"\b{pattern} (?=\S)", claim, re.IGNORECASE):
            name = _leading_name(claim[found.end() :])
            if name is not None:
                return name
    return None


def _speaking(claim: str) -> str | None:
    found = _SPEAKING.match(claim.lower())
    return _leading_name(claim[found.start(1) :]) if found else None


def _bare(claim: str) -> str | None:
    """The answer itself, after fillers: "uh, yes, Anna Smith please"."""
    words = claim.split()
    while words and (_is_no_name(words[0]) or words[0].lower() in ("uh", "um", "erm", "ah", "hm")):
        words.pop(0)
    return _leading_name(" ".join(words))


def _is_no_name(word: str) -> bool:
    return (
        word.lower().endswith("n't")
        or word.lower() in _NOT_NAMES
        or not re.fullmatch(r"[^\W\d_]+(?:['-][^\W\d_]+)*", word)
    )


def _leading_name(rest: str) -> str | None:
    """The name at the start of ``rest``, up to the first word that is none."""
    words = rest.split()
    while words and words[0].lower().rstrip(".") in _TITLES:
        words.pop(0)
    name: list[str] = []
    for word in words[: MAX_NAME_WORDS + 1]:
        if _is_no_name(word):
            break
        name.append(word)
    if not name or len(name) > MAX_NAME_WORDS or (len(name) == 1 and len(name[0]) < 2):
        return None
    return " ".join(_titled(word) for word in name)


def _titled(word: str) -> str:
    if word != word.lower() and word != word.upper():
        return word
    return re.sub(r"(^|['-])(\w)(?!$)", lambda found: found[1] + found[2].upper(), word.lower())


def find_digits(text: str) -> str:
    """The longest run of spoken or written digits: "double five oh one" -> "5501"."""
    words = re.sub(r"[-()/.]", " ", numerals(_say_repeats(plain(text)))).split()
    best, run = "", ""
    for word in words:
        if word.isdigit():
            run += word
        elif word in ("o", "oh") and run:
            run += "0"
        elif word not in ("and", "then", "uh", "um", "area", "code"):
            best, run = max(best, run, key=len), ""
    return max(best, run, key=len)


def _say_repeats(text: str) -> str:
    unit = r"(zero|one|two|three|four|five|six|seven|eight|nine|oh|\d)"
    text = re.sub(rf"\bdouble {unit}\b", r"\1 \1", text)
    return re.sub(rf"\btriple {unit}\b", r"\1 \1 \1", text)


def find_phone(text: str) -> str | None:
    """Digits of a telephone number, with ``+`` if it was said or written."""
    written = _PHONE.search(text)
    if written:
        digits = re.sub(r"\D", "", written.group(0))
        if len(digits) >= LEAST_PHONE_DIGITS:
            return ("+" if written.group(0).startswith("+") else "") + digits
    digits = find_digits(text)
    if not LEAST_PHONE_DIGITS <= len(digits) <= 15:
        return None
    return ("+" if re.search(r"\bplus\b", plain(text)) else "") + digits


def find_email(text: str) -> str | None:
    """An e-mail address, written or spoken ("anna dot smith at example dot com")."""
    written = _EMAIL.search(text)
    if written:
        return written.group(0).lower().rstrip(".")
    words = re.sub(r"(?<=\w)\.(?=\w)", " dot ", _join_letters(text).lower())
    words = re.sub(r"[^\w\s-]", " ", words).split()
    for at in (index for index, word in enumerate(words) if word == "at"):
        local, domain = _local_part(words[:at]), _domain(words[at + 1 :])
        if local and domain:
            return f"{local}@{domain}"
    return None


def _local_part(words: list[str]) -> str:
    """Reads backwards from "at" as long as the words are joined by a sign or single characters."""
    out: list[str] = []
    joined = True
    for word in reversed(words):
        if word in _SIGNS:
            out.append(_SIGNS[word])
            joined = True
        elif joined or word in UNITS or word.isdigit():
            out.append(str(UNITS.get(word, word)))
            joined = len(word) == 1 or word in UNITS or word.isdigit()
        else:
            break
    return "".join(reversed(out)).strip(".")


def _domain(words: list[str]) -> str:
    out = ""
    for at, word in enumerate(words):
        if at % 2:
            if word not in ("dot", "period"):
                break
            out += "."
        else:
            out += word
    out = out.rstrip(".")
    return out if re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", out) else ""
