"""Waits for the turn of a carrier account (``dialer/pace.py`` decides how fast that is)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from uponai.carriers.base import CarrierSpec
from uponai.dialer.admit import Installation, WorkspaceLimits, limits_of
from uponai.dialer.pace import account_key, dispatch_paces, level_at, slower
from uponai.domain.call import Call
from uponai.domain.limits import SECOND_MS
from uponai.storage.base import Storage
from uponai.tasks import now_ms


class Pacer:
    """Makes calls wait until their account may be dialled.

    One call per account asks at a time in this process; between processes the database decides.
    """

    def __init__(self, storage: Storage, installation: Installation) -> None:
        self._storage = storage
        self._installation = installation
        self._turns: dict[str, asyncio.Lock] = {}

    async def limits(self, workspace_id: str) -> WorkspaceLimits:
        """What holds for the workspace now. Raises StorageUnavailable."""
        stored = await self._storage.limits.settings(workspace_id)
        return limits_of(stored, self._installation, now_ms())

    async def wait(self, call: Call, spec: CarrierSpec, number: Mapping[str, Any]) -> None:
        """Return once the call may be sent. Raises StorageUnavailable."""
        key = account_key(spec.name, number)
        async with self._turns.setdefault(key, asyncio.Lock()):
            while True:
                limits = await self.limits(call.workspace_id)
                slowed = level_at(await self._storage.limits.slowdown(key), now_ms())
                paces = dispatch_paces(spec, number, limits, slowed)
                wait_ms = await self._storage.limits.pace(paces, now_ms())
                if wait_ms == 0:
                    return
                await asyncio.sleep(min(wait_ms, SECOND_MS) / 1000)

    async def slow_down(self, call: Call, spec: CarrierSpec) -> None:
        """The carrier said that we are too fast. Raises StorageUnavailable."""
        number = await self._storage.numbers.get(call.from_number, call.workspace_id)
        if number is not None:
            key = account_key(spec.name, number.config)
            change = partial(slower, now_ms=now_ms())
            await self._storage.limits.change_slowdown(key, change)
