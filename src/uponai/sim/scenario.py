"""What happens to who calls a simulated number: one directory for every kind of line. Pure.

The last four digits of a number choose the person (``BY_DIGITS``), the three before them the
network (``network.BY_EXCHANGE``); a number that says nothing has what the directory says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from uponai.sim.network import BY_EXCHANGE, Network


class Scenario(StrEnum):
    """Who answers, or why nobody does.

    ``answer`` is a persona that listens and thinks (a conversation flow); ``quick``, ``slow`` and
    ``barge-in`` are people who follow a script; ``menu`` reacts to keys; ``fax`` answers,
    ``fax-calling`` calls.
    """

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    VOICEMAIL = "voicemail"
    BARGE_IN = "barge-in"
    QUICK = "quick"
    SLOW = "slow"
    MENU = "menu"
    HOLD_MUSIC = "hold-music"
    FAX = "fax"
    FAX_CALLING = "fax-calling"
    DECLINED = "declined"
    INVALID = "invalid"
    UNREACHABLE = "unreachable"


class Fate(StrEnum):
    """What becomes of a call to a phone."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    DECLINED = "declined"
    INVALID = "invalid"
    UNREACHABLE = "unreachable"


BY_DIGITS: Mapping[str, Scenario] = {
    "0001": Scenario.BUSY,
    "0002": Scenario.NO_ANSWER,
    "0003": Scenario.DECLINED,
    "0004": Scenario.INVALID,
    "0005": Scenario.VOICEMAIL,
    "0006": Scenario.BARGE_IN,
    "0007": Scenario.FAX,
    "0008": Scenario.HOLD_MUSIC,
    "0009": Scenario.ANSWER,
    "0010": Scenario.MENU,
    "0011": Scenario.QUICK,
    "0012": Scenario.SLOW,
    "0013": Scenario.UNREACHABLE,
}

_FATES: Mapping[Scenario, Fate] = {
    Scenario.BUSY: Fate.BUSY,
    Scenario.NO_ANSWER: Fate.NO_ANSWER,
    Scenario.DECLINED: Fate.DECLINED,
    Scenario.INVALID: Fate.INVALID,
    Scenario.UNREACHABLE: Fate.UNREACHABLE,
}
RING_FOREVER_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who is behind a number, the network to there, and how long they let it ring."""

    scenario: Scenario
    network: Network = Network.GOOD
    ring_s: float = 1.0

    @property
    def fate(self) -> Fate:
        return _FATES.get(self.scenario, Fate.ANSWERED)


@dataclass(frozen=True, slots=True)
class Directory:
    """``scenario`` and ``network`` are those of numbers that do not say."""

    scenario: Scenario = Scenario.ANSWER
    network: Network = Network.GOOD
    ring_s: float = 1.0

    def of(self, number: str) -> Subscriber:
        """Who is behind a number."""
        return self.who(
            BY_DIGITS.get(number[-4:], self.scenario),
            BY_EXCHANGE.get(number[-7:-4], self.network),
        )

    def who(self, scenario: Scenario, network: Network | None = None) -> Subscriber:
        """Somebody of this kind, whatever their number."""
        ring_s = RING_FOREVER_S if scenario is Scenario.NO_ANSWER else self.ring_s
        return Subscriber(scenario, self.network if network is None else network, ring_s)
