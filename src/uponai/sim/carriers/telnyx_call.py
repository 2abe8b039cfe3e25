"""An account with the simulated Telnyx, and a call leg of it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from uponai.sim.carriers.phone import Phone, Voice, press_keys
from uponai.sim.carriers.stream import MediaStream
from uponai.sim.network import Road
from uponai.tasks import now_ms


@dataclass(frozen=True, slots=True)
class TelnyxAccount:
    """``cps``: calls a second over five seconds; above it orders are refused (90103).
    ``concurrency``: calls at once; above it they end with 403 (D1) at once; None: any number.
    ``hook_url``: the webhook URL of the Call Control application, which a customer sets in the
    portal."""

    key: str = "KEY0123456789ABCDEF_simulated"
    application: str = "1293384261075731499"
    user_id: str = "3e6f995f-85f7-4705-9741-53b116d28237"
    cps: int = 1
    concurrency: int | None = None
    hook_url: str = "http://127.0.0.1:8080/hooks/telnyx/calls"

    @property
    def signer(self) -> Ed25519PrivateKey:
        """The same for every account of this key."""
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.key.encode()).digest())

    @property
    def public_key(self) -> str:
        """As the portal shows it."""
        return base64.b64encode(self.signer.public_key().public_bytes_raw()).decode()


@dataclass(slots=True, eq=False)
class SimCall:
    """One call leg. ``wish`` is what was ordered; ``to_tell`` are webhooks on their way;
    ``picked_up`` is set when it was answered, or never will be."""

    sid: str
    leg_id: str
    session_id: str
    from_number: str
    to_number: str
    direction: str
    phone: Phone
    wish: dict[str, Any] = field(default_factory=dict[str, Any])
    client_state: str = ""
    status: str = "parked"
    created_ms: int = field(default_factory=now_ms)
    answered_ms: int | None = None
    ended_ms: int | None = None
    cause: tuple[str, int | None] = ("normal_clearing", 200)
    ended_by: str = "unknown"
    pressed: str = ""
    voice: Voice | None = None
    stream: MediaStream | None = None
    streaming: asyncio.Task[None] | None = None
    road: Road = field(init=False)
    commands: set[str] = field(default_factory=set[str])
    over: asyncio.Event = field(default_factory=asyncio.Event)
    picked_up: asyncio.Event = field(default_factory=asyncio.Event)
    to_tell: asyncio.Queue[dict[str, Any] | None] = field(
        default_factory=asyncio.Queue[dict[str, Any] | None]
    )

    def __post_init__(self) -> None:
        self.road = Road(replace(self.phone.faults), self.sid)

    @property
    def is_final(self) -> bool:
        return self.status == "hangup"

    def press(self, digits: str) -> None:
        """Keys that the customer presses."""
        self.pressed += digits
        press_keys(self.voice, digits)
