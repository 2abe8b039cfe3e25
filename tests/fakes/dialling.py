"""A dialer with a carrier that only notes what it is told, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from uponai.carriers.base import (
    CallArrived,
    CarrierError,
    CarrierEvent,
    CarrierSpec,
    CpsRange,
    DialOrder,
    LostDial,
    OnCarrierEvent,
    Sighting,
    Unknown,
)
from uponai.carriers.sip import SPEC
from uponai.cluster.worker import LeaseKeeper
from uponai.dialer.admit import Installation
from uponai.dialer.ports import DialerPorts, DialerTimers, LetRing
from uponai.dialer.worker import Dialer
from uponai.domain.call import Call, CallState
from uponai.storage.base import PhoneNumber, Storage, tell_nobody

ORG = "org_1"
NUMBER = "+12025550100"


@dataclass
class NotingCarrier:
    """``dialled`` holds (monotonic seconds, call id); ``reports`` are what it tells the dialer.

    ``taken_as``: the configuration of the number of each call that was accepted.
    """

    dialled: list[tuple[float, str]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    taken_as: list[Mapping[str, Any]] = field(default_factory=list)
    reports: asyncio.Queue[CarrierEvent] = field(default_factory=asyncio.Queue)
    connected: bool = True
    redirects: bool = True

    @property
    def spec(self) -> CarrierSpec:
        return SPEC

    async def run(self, on_event: OnCarrierEvent) -> None:
        while True:
            await on_event(await self.reports.get())

    async def dial(self, order: DialOrder) -> None:
        self.dialled.append((time.monotonic(), order.call_id))

    async def end(self, call_id: str, reason: str) -> None:
        self.answers.append(("end", call_id))

    async def accept(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any]
    ) -> None:
        self.answers.append(("accept", line_key))
        self.taken_as.append(number)

    async def ring(self, line_key: str, for_ms: int) -> None:
        self.answers.append(("ring", line_key))

    async def reject(self, line_key: str, code: int, reason: str) -> None:
        self.answers.append((f"reject {code}", line_key))

    async def redirect(self, line_key: str, to_number: str, number: Mapping[str, Any]) -> None:
        if not self.redirects:
            raise CarrierError("no trunk", sent=False)
        self.answers.append((f"redirect {to_number}", line_key))

    async def ask_lines(self) -> None: ...

    async def look_up(self, lost: LostDial) -> Sighting:
        return Unknown("nobody is asked here")


def installation(cps: int, concurrency: int = 20) -> Installation:
    return Installation(concurrency, {"custom": cps}, {"custom": CpsRange(maximum=1_000)})


def a_dialer(
    storage: Storage,
    carrier: NotingCarrier,
    limits: Installation,
    *,
    name: str = "a",
    inbound_wait_ms: int = 40_000,
    decided: asyncio.Event | None = None,
) -> Dialer:
    """Arrivals become calls of ``ORG``, one by one, once it is ``decided``."""

    async def arrive(event: CallArrived, ring: LetRing) -> Call:
        if decided is not None:
            await ring(1_000)
            await decided.wait()
        call = Call(
            call_id=f"call_{event.line_key}",
            workspace_id=ORG,
            direction="inbound",
            from_number=event.from_number,
            to_number=event.to_number,
            agent_id="agent_1",
            agent_version=0,
            created_ms=1,
            state=CallState.RINGING,
            fence=1,
            lease_holder=name,
        )
        return await storage.calls.add(call)

    ports = DialerPorts(
        storage=storage,
        carriers={"sip": carrier},
        held=LeaseKeeper(storage.calls),
        unseal=str,
        arrive=arrive,
        tell_started=tell_nobody,
        tell_ended=tell_nobody,
        on_lines=lambda carrier, call_ids: None,
        on_line_ended=lambda: None,
        installation=limits,
    )
    timers = DialerTimers(
        lease_ms=60_000, poll_s=0.02, place_s=0.02, inbound_wait_ms=inbound_wait_ms, put_back_ms=10
    )
    return Dialer(ports, name, timers)


async def a_number(storage: Storage) -> None:
    trunk = {"termination_uri": "sip.example", "auth_username": "u"}
    config = {"phone_number": NUMBER, "sip_outbound_trunk_config": trunk}
    await storage.numbers.add(PhoneNumber(NUMBER, ORG, "sip", config))
