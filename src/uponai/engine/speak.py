"""Streamed text into pieces to synthesise: the first as early as sounds natural, then sentences."""

from __future__ import annotations

import re
from typing import Final

_BREAK = re.compile(r"[.!?…]+[\"')\]”’]*(?=\s)|\n+")
_CLAUSE = re.compile(r"[,;:–—](?=\s)")
_ABBREVIATIONS = frozenset(
    (
        "mr mrs ms dr prof sr jr st ave blvd rd no vs etc inc ltd co corp dept est approx e.g i.e "
        "a.m p.m u.s u.k gen gov sen rep rev hon capt sgt jan feb mar apr jun jul aug sep sept oct "
        "nov dec"
    ).split()
)
_ENDS_ANYWAY = frozenset(("a.m", "p.m", "etc", "inc", "ltd", "st"))
_SPEAKABLE = re.compile(r"\w")
FIRST_CLAUSE_CHARS: Final = 24
MIN_PIECE_CHARS: Final = 16
MAX_PIECE_CHARS: Final = 280


def is_speakable(text: str) -> bool:
    """Whether there is anything to pronounce."""
    return _SPEAKABLE.search(text) is not None


class Splitter:
    """Feed text as it streams; every piece is a sentence (the very first may be a clause)."""

    def __init__(self) -> None:
        self._rest = ""
        self._first = True

    def feed(self, text: str) -> list[str]:
        """Pieces that are complete now."""
        self._rest += text
        pieces: list[str] = []
        while (end := self._cut()) is not None:
            self._take(end, pieces)
        return pieces

    def flush(self) -> list[str]:
        """The text is complete: everything that is left."""
        pieces: list[str] = []
        self._take(len(self._rest), pieces)
        return pieces

    def _take(self, end: int, pieces: list[str]) -> None:
        piece, self._rest = " ".join(self._rest[:end].split()), self._rest[end:]
        if is_speakable(piece):
            pieces.append(piece)
            self._first = False

    def _cut(self) -> int | None:
        least = 1 if self._first else MIN_PIECE_CHARS
        for found in _BREAK.finditer(self._rest):
            if len(self._rest[: found.end()].strip()) >= least and self._ends(found):
                return found.end()
        if self._first:
            for found in _CLAUSE.finditer(self._rest):
                if len(self._rest[: found.end()].strip()) >= FIRST_CLAUSE_CHARS:
                    return found.end()
        if len(self._rest) > MAX_PIECE_CHARS:
            space = self._rest.rfind(" ", 0, MAX_PIECE_CHARS)
            return space if space > 0 else MAX_PIECE_CHARS
        return None

    def _ends(self, found: re.Match[str]) -> bool:
        """Whether this full stop ends a sentence (not "Dr. Smith", "3. ", an initial)."""
        mark = found.group()
        if not mark.startswith(".") or mark.startswith(".."):
            return True
        before = self._rest[: found.start()].split()
        word = before[-1].casefold().lstrip("(\"'“") if before else ""
        after = self._rest[found.end() :].lstrip()
        if word in _ABBREVIATIONS:
            if word not in _ENDS_ANYWAY:
                return False
            return bool(after) and after[0].isupper()
        if len(word) == 1 and word.isalpha() and word != "i":
            return False
        return not (word.isdigit() and len(before) == 1)
