"""Calls that arrive: taken while there is a place, rung for a place, sent on, or refused."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from uponai import log
from uponai.carriers.base import (
    AsksForProof,
    CallArrived,
    CallsForCaller,
    Carrier,
    CarrierError,
)
from uponai.dialer.pacer import Pacer
from uponai.dialer.ports import DialerPorts, DialerTimers, ProofWanted
from uponai.domain.call import Call
from uponai.domain.ending import Ending
from uponai.seal import SealBroken
from uponai.storage.base import PhoneNumber, StorageUnavailable
from uponai.tasks import now_ms, woken

UNAVAILABLE = 480
BROKEN = 500
BUSY = 503
RING_SLACK_MS = 5_000
MOST_RINGING = 100
"""So many callers of a workspace may wait for a place: each asks the database all the time."""

NO_PLACE = Ending("concurrency_limit_reached", "no place became free in time")
CALLER_GONE = Ending("dial_no_answer", "the caller gave up before the answer", 487)
NOT_READ = Ending("error_retell", "the number could not be read", BUSY)
GAVE_UP = Ending("concurrency_limit_reached", "the caller gave up waiting for a place")


class Arrivals:
    """Receives arrived calls until each is accepted, refused or gone."""

    def __init__(self, ports: DialerPorts, holder: str, timers: DialerTimers, pacer: Pacer) -> None:
        self._ports = ports
        self._holder = holder
        self._timers = timers
        self._pacer = pacer
        self._vanished: dict[str, asyncio.Event] = {}
        self._ringing: Counter[str] = Counter()
        self._log = log.get("uponai.dialer.arrivals")

    def vanished(self, line_key: str) -> None:
        """The caller hung up while the call waited."""
        if line_key in self._vanished:
            self._vanished[line_key].set()

    async def receive(self, carrier: Carrier, event: CallArrived) -> tuple[Call, Ending] | None:
        """Say what becomes of the call; the stored call and its ending where it is over."""
        gone = self._vanished.setdefault(event.line_key, asyncio.Event())
        try:
            return await self._decide(carrier, event, gone)
        finally:
            self._vanished.pop(event.line_key, None)

    async def _decide(
        self, carrier: Carrier, event: CallArrived, gone: asyncio.Event
    ) -> tuple[Call, Ending] | None:
        made = await self._arrive(carrier, event)
        if not isinstance(made, Call):
            await self._turn_away(carrier, event.line_key, made)
            return None
        self._ports.held.hold(made.call_id, self._holder)
        if gone.is_set():
            return made, CALLER_GONE
        # A registered call has had its place since then.
        joined = made.call_id == event.to_number
        refused = None if joined else await self._place(carrier, event.line_key, made, gone)
        if refused is not None:
            return made, await self._sent_away(carrier, event.line_key, made, refused)
        return await self._take(carrier, event.line_key, made)

    async def _take(
        self, carrier: Carrier, line_key: str, call: Call
    ) -> tuple[Call, Ending] | None:
        """Answer as the number wants it; where that cannot be read, it is not answered."""
        try:
            number = await self._ports.storage.numbers.get(call.to_number, call.workspace_id)
        except StorageUnavailable as error:
            self._log.error("number not read", call_id=call.call_id, error=str(error))
            with contextlib.suppress(CarrierError):
                await carrier.reject(line_key, BUSY, "")
            return call, NOT_READ
        config: Mapping[str, Any] = number.config if number is not None else {}
        with contextlib.suppress(CarrierError):
            if isinstance(carrier, CallsForCaller) and number is not None:
                key = self._trunk_password(number)
                await carrier.accept_over(line_key, call.call_id, call.fence, config, key)
            else:
                await carrier.accept(line_key, call.call_id, call.fence, config)
        return None

    async def _arrive(self, carrier: Carrier, event: CallArrived) -> Call | ProofWanted | int:
        """Where it cannot be decided on, the caller hears so at once and may try another host."""
        try:
            return await self._ports.arrive(event, partial(self._ring, carrier, event.line_key))
        except StorageUnavailable as error:
            self._log.error("arrived call not decided on", error=str(error))
            return BUSY
        except Exception:  # noqa: BLE001 - whatever it is, the caller must not wait for nothing
            self._log.exception("arrived call not decided on")
            return BROKEN

    def _trunk_password(self, number: PhoneNumber) -> str:
        """Without it the trunk may turn a later transfer away; the call is taken all the same."""
        sealed = number.trunk_password
        try:
            return self._ports.unseal(sealed) if sealed else ""
        except SealBroken as error:
            self._log.error("trunk password not read", error=str(error))
            return ""

    async def _turn_away(self, carrier: Carrier, line_key: str, refusal: ProofWanted | int) -> None:
        with contextlib.suppress(CarrierError):
            if isinstance(refusal, int):
                await carrier.reject(line_key, refusal, "")
            elif isinstance(carrier, AsksForProof):
                await carrier.challenge(line_key, refusal.challenge)

    async def _ring(self, carrier: Carrier, line_key: str, for_ms: int) -> None:
        with contextlib.suppress(CarrierError):
            await carrier.ring(line_key, for_ms + RING_SLACK_MS)

    async def _sent_away(
        self, carrier: Carrier, line_key: str, call: Call, refused: Ending
    ) -> Ending:
        """On to the number's fallback, if it has one, else refused: how it ended. A caller who is
        gone is told nothing."""
        if refused is GAVE_UP:
            return refused
        sent_on = await self._sent_on(carrier, line_key, call)
        if sent_on is None:
            with contextlib.suppress(CarrierError):
                await carrier.reject(line_key, UNAVAILABLE, "")
        return sent_on or refused

    async def _sent_on(self, carrier: Carrier, line_key: str, call: Call) -> Ending | None:
        try:
            number = await self._ports.storage.numbers.get(call.to_number, call.workspace_id)
            fallback = number.config.get("fallback_number") if number is not None else None
            if number is None or not fallback:
                return None
            await carrier.redirect(line_key, str(fallback), number.config)
        except (StorageUnavailable, CarrierError) as error:
            self._log.error("not sent on to the fallback", call_id=call.call_id, error=str(error))
            return None
        return Ending("no_concurrency_fallback", f"sent on to {fallback}")

    async def _place(
        self, carrier: Carrier, line_key: str, call: Call, gone: asyncio.Event
    ) -> Ending | None:
        """A concurrency slot for an arrived call, rung for if need be; else how it ends."""
        if await self._took_place(call):
            return None
        wait_ms, workspace_id = self._timers.inbound_wait_ms, call.workspace_id
        if not wait_ms or self._ringing[workspace_id] >= MOST_RINGING:
            return NO_PLACE
        self._ringing[workspace_id] += 1
        try:
            await self._ring(carrier, line_key, wait_ms)
            return await self._awaited_place(call, gone, now_ms() + wait_ms)
        finally:
            self._ringing[workspace_id] -= 1

    async def _awaited_place(self, call: Call, gone: asyncio.Event, until_ms: int) -> Ending | None:
        while not await woken(gone, self._timers.place_s):
            if await self._took_place(call):
                return None
            if now_ms() >= until_ms:
                return NO_PLACE
        return GAVE_UP

    async def _took_place(self, call: Call) -> bool:
        try:
            ceiling = (await self._pacer.limits(call.workspace_id)).ceiling
            return await self._ports.storage.limits.take_slot(call.call_id, ceiling)
        except StorageUnavailable as error:
            self._log.error("place not taken", call_id=call.call_id, error=str(error))
            return False
