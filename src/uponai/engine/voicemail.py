"""Is this an answering machine, or a phone menu? Phrases, length and the beep are the evidence."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from uponai.engine.events import RATE_HZ
from uponai.engine.settings import Settings
from uponai.engine.words import normalised

WINDOW_S: Final = 180.0
BEEP_WINDOW_S: Final = 60.0
LONG_GREETING_SAMPLES: Final = 9 * RATE_HZ
_MAX_CALLER_TURNS = 2

_SURE = re.compile(
    r"\b(leave (me |us )?(a|your|the) (\w+ ){0,2}(message|name)"
    r"|(after|at|wait for) the (tone|beep)|record your (message|name)"
    r"|voice ?mail( box)?|mailbox is full|answering machine|forwarded to (an )?(automat|voice)\w*"
    r"|(well|will|ill) (get|call) (right )?back to you"
    r"|when you (have|are|re) (finished|done) recording)\b"
)
_LIKELY = re.compile(
    r"\b((is|are|am|im|not|isnt|arent) (currently |presently )?(not )?"
    r"(available|unavailable)( \w+)* (call|phone|right now|at the moment)"
    r"|person you (are|re) (trying|calling)\b.*|(cant|cannot|unable to|not able to) "
    r"(\w+ )?(take|answer|come to) (your call|the phone|the call)"
    r"|youve reached|you have reached|the number you (have )?(dialed|dialled|called))\b"
)
_PERSON = re.compile(
    r"\b((how|what) (can|may|could) (i|we) (help|do|assist)|(can|may) i help|speaking|who (is|s) "
    r"(this|calling|there)|hold on|one moment)\b"
)
_QUEUE = re.compile(
    r"\b(please (hold|wait|stay on|remain)|your call (is|will be|has been)|next available"
    r"|all (of )?our (\w+ )?(agents|representatives|operators|lines)|(transferring|connecting) you"
    r"|estimated wait|office hours|monitored or recorded|for quality)\b"
)
_KEY = r"(one|two|three|four|five|six|seven|eight|nine|zero|star|pound|hash|\d)"
_MENU = re.compile(
    rf"\b(press|dial) (\w+ )?{_KEY}\b"
    r"|\bfor \w+ press\b|\b(main menu|following options|menu options|listen carefully)\b"
)
_CHOICE = re.compile(
    rf"\b(to|for) ((?!tone\b|beep\b|or\b)\w+ ){{1,6}}(press|dial) {_KEY}\b"
    rf"|\b(press|dial) {_KEY} to (leave|record) (\w+ ){{0,3}}(message|mail|voicemail)\b"
)
"""A message that a menu offers to take: "to leave a message, press three"."""


class Answerer(StrEnum):
    """Who seems to have answered."""

    PERSON = "person"
    MACHINE = "machine"
    MENU = "menu"


def by_words(text: str) -> Answerer:
    """Who says this, as far as the words alone tell."""
    words = normalised(text)
    if _sure(words) or (_likely(words) and not _PERSON.search(words)):
        return Answerer.MACHINE
    return Answerer.MENU if _MENU.search(words) else Answerer.PERSON


def is_queue(text: str) -> bool:
    """Whether somebody is announced who is still to come."""
    return bool(_QUEUE.search(normalised(text)))


def _sure(words: str) -> bool:
    return bool(_SURE.search(_CHOICE.sub("", words)))


def _likely(words: str) -> bool:
    return bool(_LIKELY.search(words)) and not _MENU.search(words)


class Stage(StrEnum):
    """What is being done about a machine."""

    LISTENING = "listening"
    WAITING = "waiting"  # known to be a machine; its greeting may go on
    SPEAKING = "speaking"  # the message is being left
    OFF = "off"


class Voicemail:
    """Evidence, and the stage of leaving a message. ``found`` is kept for the record."""

    def __init__(self, settings: Settings) -> None:
        self._outbound = settings.direction == "outbound"
        self.found = Answerer.PERSON
        self.evidence: list[str] = []
        self.stage = Stage.LISTENING if self._outbound else Stage.OFF
        self.restarted = False
        self.suspected = False  # the carrier takes it for a machine; our ears have not said yet
        self._refuted = False  # a person was heard, or one is to come

    def listens(self, elapsed_s: float, caller_turns: int) -> bool:
        """Whether what is heard now may still be a greeting."""
        early = elapsed_s <= WINDOW_S and caller_turns <= _MAX_CALLER_TURNS
        return early and self.stage is Stage.LISTENING and self.found is Answerer.PERSON

    def judge(self, text: str, samples: int, caller_turns: int) -> Answerer:
        """Look at one utterance of the first ones; ``samples`` is how long it lasts."""
        words = normalised(text)
        count = len(words.split())
        like_a_person = bool(_PERSON.search(words))
        self._refuted = self._refuted or like_a_person or bool(_QUEUE.search(words))
        if _sure(words) and count >= 4:
            return self._is(Answerer.MACHINE, "greeting")
        likely = _likely(words) and not like_a_person
        if likely and count >= 4 and caller_turns <= 1:
            return self._is(Answerer.MACHINE, "greeting")
        self.suspected = self.suspected and not self._refuted
        if _MENU.search(words) and count >= 5:
            return self._is(Answerer.MENU, "menu")
        if caller_turns == 0 and samples >= LONG_GREETING_SAMPLES and count >= 20:
            return self._is(Answerer.MACHINE, "long greeting")
        return Answerer.PERSON

    def judge_early(self, text: str) -> Answerer:
        """Look at what was said before the answer. An announcement that somebody is not available
        may be followed by a person, one that asks for a message may not."""
        words = normalised(text)
        if _sure(words) and len(words.split()) >= 4:
            return self._is(Answerer.MACHINE, "greeting before the answer")
        return Answerer.PERSON

    def beep(self, elapsed_s: float, caller_turns: int) -> Answerer:
        """A beep before any dialogue means a machine; after one it means nothing."""
        if elapsed_s <= BEEP_WINDOW_S and caller_turns <= 1 and self.stage is Stage.LISTENING:
            return self._is(Answerer.MACHINE, "beep")
        return Answerer.PERSON

    def proposed(self, elapsed_s: float, caller_turns: int) -> None:
        """The carrier takes it for a machine: a suspicion before any dialogue, unless the words
        were a person's, a queue's or a menu's, which a carrier cannot tell from a machine. That
        it takes it for a person says nothing: our own ears go on listening."""
        early = elapsed_s <= BEEP_WINDOW_S and caller_turns <= 1
        heard_no_machine = self._refuted or self.found is not Answerer.PERSON
        if early and self.stage is Stage.LISTENING and not heard_no_machine:
            self.suspected = True

    def confirmed(self) -> None:
        """The words told of nothing else: what the carrier suspected is so."""
        self._is(Answerer.MACHINE, "carrier")

    def _is(self, found: Answerer, evidence: str) -> Answerer:
        self.found, self.suspected = found, False
        if evidence not in self.evidence:
            self.evidence.append(evidence)
        return found
