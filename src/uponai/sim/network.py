"""A network that loses, delays, shuffles and cuts off: what becomes of each packet of one call."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Network(StrEnum):
    """Kinds of network, as numbers and options name them."""

    GOOD = "good"
    LOSS = "loss"
    JITTER = "jitter"
    DELAY = "delay"
    ONE_WAY = "one-way"
    RESET = "reset"


BY_EXCHANGE: Mapping[str, Network] = {
    "551": Network.LOSS,
    "552": Network.JITTER,
    "553": Network.DELAY,
    "554": Network.ONE_WAY,
    "556": Network.RESET,
}


@dataclass(slots=True)
class Faults:
    """What is wrong with the network of one call, both ways; may be changed in the middle of it.

    ``loss`` is the share of packets lost (0 to 1); each is late by ``delay_s`` and by up to
    ``jitter_s`` more. ``mute``: nothing of the phone arrives at the customer; ``deaf``: the other
    way. ``reset_after_s``: when the connection breaks, from the answer.
    """

    loss: float = 0.0
    jitter_s: float = 0.0
    delay_s: float = 0.0
    mute: bool = False
    deaf: bool = False
    reset_after_s: float | None = None


def faults_of(network: Network) -> Faults:
    """A network of this kind, for one call."""
    match network:
        case Network.GOOD:
            return Faults()
        case Network.LOSS:
            return Faults(loss=0.05)
        case Network.JITTER:
            return Faults(jitter_s=0.06)
        case Network.DELAY:
            return Faults(delay_s=0.3)
        case Network.ONE_WAY:
            return Faults(mute=True)
        case Network.RESET:
            return Faults(reset_after_s=5.0)


@dataclass(slots=True)
class Road:
    """One call's packets under ``faults``; the same ``seed`` throws the same dice."""

    faults: Faults
    seed: str = ""
    _dice: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def lost(self, *, from_phone: bool) -> bool:
        """Whether the next packet in this direction never arrives."""
        faults = self.faults
        closed = faults.mute if from_phone else faults.deaf
        return closed or (faults.loss > 0 and self._dice.random() < faults.loss)

    def late_s(self) -> float:
        """How much later than it could the next packet arrives."""
        faults = self.faults
        return faults.delay_s + (self._dice.uniform(0.0, faults.jitter_s) if faults.jitter_s else 0)
