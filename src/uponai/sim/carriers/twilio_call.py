"""An account with the simulated Twilio, and a call of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from uponai.sim.carriers.phone import Phone, Voice, press_keys
from uponai.sim.carriers.stream import MediaStream
from uponai.sim.network import Road
from uponai.tasks import now_ms

FINAL = ("completed", "busy", "failed", "no-answer", "canceled")


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """``cps``: calls a second; above it orders are refused (20429), or with ``queues`` kept.
    ``concurrency``: calls at once; above it orders are refused (10004); None: any number."""

    sid: str = "AC00000000000000000000000000000001"
    token: str = "simulated"
    cps: int = 1
    queues: bool = False
    concurrency: int | None = None


@dataclass(slots=True, eq=False)
class Bridge:
    """A ``<Dial>`` under way: whom it called, and where its outcome is told."""

    leg: SimCall
    action: str
    began_s: float = 0.0


@dataclass(slots=True, eq=False)
class SimCall:
    """One call. ``told_events`` are those its status callback wants."""

    sid: str
    from_number: str
    to_number: str
    direction: str
    phone: Phone
    document: str = ""
    callback: str = ""
    answerer_callback: str = ""
    told_events: frozenset[str] = frozenset({"completed"})
    timeout_s: float = 60.0
    status: str = "queued"
    created_ms: int = field(default_factory=now_ms)
    started_ms: int | None = None
    ended_ms: int | None = None
    sip_code: int | None = None
    pressed: str = ""
    voice: Voice | None = None
    stream: MediaStream | None = None
    road: Road = field(init=False)
    updated: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    bridge: Bridge | None = None
    sequence: int = 0

    def __post_init__(self) -> None:
        self.road = Road(replace(self.phone.faults), self.sid)

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    def press(self, digits: str) -> None:
        """Keys that the customer presses."""
        self.pressed += digits
        press_keys(self.voice, digits)
