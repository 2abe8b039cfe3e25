"""What goes into the record: entries in order, with places kept for words still being spoken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from uponai.domain.transcript import Entry, SpokenWord, Utterance


@dataclass(slots=True)
class _Place:
    """The place of words that are still being spoken, in an agent's ``turn``; below zero, of a
    caller's utterance that is still being recognised.
    """

    turn: int
    heard: Utterance | None = None
    planned: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class CallerTurn:
    """A caller's turn that is committed but not answered audibly yet: it may still go on."""

    text: str
    words: tuple[SpokenWord, ...] = ()
    ended_sample: int | None = None
    from_digits: bool = False


@dataclass(slots=True)
class Record:
    """Entries and what else of the conversation outlives a brain.

    ``before_answer`` is what the line said before anybody answered: nobody's turn.
    """

    variables: dict[str, str] = field(default_factory=dict[str, str])
    collected: dict[str, str] = field(default_factory=dict[str, str])
    mind: dict[str, Any] = field(default_factory=dict[str, Any])
    tokens: list[int] = field(default_factory=list[int])
    successful: bool | None = None
    transfer_to: str = ""
    before_answer: str = ""
    turns: int = 0
    caller_turns: int = 0
    pending: CallerTurn | None = None
    _log: list[Entry | _Place] = field(default_factory=list[Entry | _Place])

    def add(self, entry: Entry) -> None:
        """Something that will not change any more."""
        self._log.append(entry)

    def keep_place(self, turn: int) -> None:
        """Agent turn ``turn`` begins to speak here."""
        if self._place(turn) is None:
            self._log.append(_Place(turn))

    def spoken(self, turn: int, heard: Utterance | None, planned: str) -> None:
        """What the caller heard of ``turn`` by now, and all that is meant to be said."""
        place = self._place(turn)
        if place is not None:
            place.heard, place.planned = heard, planned

    def close_place(self, turn: int, heard: Utterance | None) -> None:
        """``turn`` is over; nothing heard leaves nothing."""
        place = self._place(turn)
        if place is not None:
            at = self._log.index(place)
            self._log[at : at + 1] = [] if heard is None else [heard]

    def keep_heard(self, utterance: int) -> None:
        """What the caller says in ``utterance`` belongs here, however late it is recognised."""
        self.keep_place(-utterance)

    def add_heard(self, utterance: int, said: Utterance | None) -> None:
        """What was recognised, if anything: where its place was kept, else at the end."""
        if self._place(-utterance) is not None:
            self.close_place(-utterance, said)
        elif said is not None:
            self.add(said)

    def settle(self) -> None:
        """The caller's pending turn is answered: it stands."""
        pending, self.pending = self.pending, None
        if pending is not None and not pending.from_digits:
            self.add(Utterance("user", pending.text, pending.words))

    def entries(self, *, planned: bool = False) -> tuple[Entry, ...]:
        """All entries as heard so far; ``planned``: with the agent's words as it means them."""
        found: list[Entry] = []
        for item in self._log:
            if not isinstance(item, _Place):
                found.append(item)
            elif planned and item.planned:
                found.append(replace(item.heard or Utterance("agent", ""), content=item.planned))
            elif item.heard is not None:
                found.append(item.heard)
        return tuple(found)

    @property
    def settled(self) -> int:
        """How many leading entries will never change."""
        for at, item in enumerate(self._log):
            if isinstance(item, _Place):
                return at
        return len(self._log)

    def _place(self, turn: int) -> _Place | None:
        for item in reversed(self._log):
            if isinstance(item, _Place) and item.turn == turn:
                return item
        return None
