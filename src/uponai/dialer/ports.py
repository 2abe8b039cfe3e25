"""What the dialer needs from outside, and how patient it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from uponai.carriers.base import CallArrived, Carrier
from uponai.dialer.admit import Installation
from uponai.domain.call import Call
from uponai.domain.limits import SECOND_MS
from uponai.storage.base import Storage, Tell


class HeldCalls(Protocol):
    """Whose leases this host renews (``cluster``)."""

    def hold(self, call_id: str, holder: str) -> None: ...

    def let_go(self, call_id: str, holder: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ProofWanted:
    """An arrival must first prove whose it is: the WWW-Authenticate to refuse it with."""

    challenge: str


LetRing = Callable[[int], Awaitable[None]]
"""Lets an arrived call ring for so many ms while it is decided on. Harmless when it is gone."""

Arrive = Callable[[CallArrived, LetRing], Awaitable[Call | ProofWanted | int]]
"""Makes the stored call of an arrival, or says why not, as a SIP code where it is refused."""


@dataclass(frozen=True, slots=True)
class DialerPorts:
    """What the dialer needs from outside, injected by the composition root. Trunk addresses
    are guarded by the edge, where they are resolved. ``on_lines`` hears what a carrier holds,
    ``on_line_ended`` that a line is over whose end the dialer does not write.
    """

    storage: Storage
    carriers: Mapping[str, Carrier]
    held: HeldCalls
    unseal: Callable[[str], str]
    arrive: Arrive
    tell_started: Tell
    tell_ended: Tell
    on_lines: Callable[[str, Collection[str]], None]
    on_line_ended: Callable[[], None]
    installation: Installation = Installation()


@dataclass(frozen=True, slots=True)
class DialerTimers:
    """``lease_ms`` how long a call is ours without renewal; ``poll_s`` the longest nap;
    ``ring_ms`` how long to let it ring where the agent does not say; ``inbound_wait_ms`` how long
    an arrived call rings for a place, looked for every ``place_s``; ``full_ms`` how long nothing is
    dialled over a line holder that had no room; ``put_back_ms`` how long a call waits at first that
    its carrier refused as too fast.
    """

    lease_ms: int = 15_000
    poll_s: float = 1.0
    retry_s: float = 0.2
    ring_ms: int = 30_000
    inbound_wait_ms: int = 40_000
    place_s: float = 0.5
    full_ms: int = 1_000
    put_back_ms: int = SECOND_MS
