"""Waits for the turn of a carrier account (``dialer/pace.py`` decides how fast that is)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from uponai import log
from uponai.carriers.base import CarrierSpec
from uponai.dialer.admit import Installation, WorkspaceLimits, limits_of
from uponai.dialer.pace import MARGIN_MS, account_key, dispatch_paces, level_at, slower
from uponai.domain.call import Call
from uponai.domain.limits import SECOND_MS, Turn
from uponai.storage.base import Storage, StorageUnavailable
from uponai.tasks import monotonic_s, now_ms


@dataclass(frozen=True, slots=True)
class Leave:
    """A call may be sent: the slots it has, and when it asked for them."""

    turn: Turn
    asked_s: float


Held = Literal["paused", "cancelled"]
"""Why a call may not be sent: what its batch is meanwhile."""


class Pacer:
    """Makes calls wait until their account may be dialled.

    One call per account asks at a time in this process; between processes the database decides.
    """

    def __init__(self, storage: Storage, installation: Installation) -> None:
        self._storage = storage
        self._installation = installation
        self._turns: dict[str, asyncio.Lock] = {}
        self._log = log.get("uponai.dialer.pacer")

    async def limits(self, workspace_id: str) -> WorkspaceLimits:
        """What holds for the workspace now. Raises StorageUnavailable."""
        stored = await self._storage.limits.settings(workspace_id)
        return limits_of(stored, self._installation, now_ms())

    async def wait(self, call: Call, spec: CarrierSpec, number: Mapping[str, Any]) -> Leave | Held:
        """Return once the call may be sent, or its batch does not want that any more.

        Raises StorageUnavailable.
        """
        key = account_key(call.carrier, number)
        async with self._turns.setdefault(key, asyncio.Lock()):
            while (held := await self._held(call)) is None:
                limits = await self.limits(call.workspace_id)
                slowed = level_at(await self._storage.limits.slowdown(key), now_ms())
                paces = dispatch_paces(key, spec, number, limits, slowed)
                asked_s = monotonic_s()
                turn = await self._storage.limits.pace(paces, now_ms())
                if turn.slots:
                    return Leave(turn, asked_s)
                await asyncio.sleep(min(turn.wait_ms, SECOND_MS) / 1000)
        return held

    async def _held(self, call: Call) -> Held | None:
        if call.batch_call_id is None:
            return None
        batch = await self._storage.batches.get(call.workspace_id, call.batch_call_id)
        if batch is None or (batch.cancelled_ms is None and batch.paused_ms is None):
            return None
        return "paused" if batch.cancelled_ms is None else "cancelled"

    async def went(self, leave: Leave) -> None:
        """The call was sent. Where that took long, its slots count from now: the carrier, too,
        counts from when it hears of a call."""
        if (monotonic_s() - leave.asked_s) * 1000 <= MARGIN_MS:
            return
        try:
            await self._storage.limits.went(leave.turn, now_ms())
        except StorageUnavailable as error:
            self._log.warning("pace not corrected", error=str(error))

    async def slow_down(self, call: Call) -> None:
        """The carrier said that we are too fast. Raises StorageUnavailable."""
        number = await self._storage.numbers.get(call.from_number, call.workspace_id)
        if number is not None:
            key = account_key(call.carrier, number.config)
            change = partial(slower, now_ms=now_ms())
            await self._storage.limits.change_slowdown(key, change)
