"""A real ``uponai carrier-sim`` in a process of its own, and what one does to its calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from tests.fakes.commands import running
from tests.patience import patience


class CarrierSim:
    """``env`` is what it printed: the environment of a platform that uses it."""

    def __init__(self, printed: dict[str, str], session: aiohttp.ClientSession) -> None:
        self.url, self.sip = printed["url"], printed["sip"]
        self.env = {name: value for name, value in printed.items() if name.isupper()}
        self._session = session

    async def post(self, path: str, body: Any = None) -> Any:
        async with self._session.post(self.url + path, json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def calls(self) -> list[dict[str, Any]]:
        async with self._session.get(f"{self.url}/sim/calls") as answer:
            return await answer.json()

    async def between(self, from_number: str, to_number: str) -> dict[str, Any]:
        """The only call of these two, as soon as there is one."""
        async with patience():
            while True:
                for call in await self.calls():
                    if (call["from"], call["to"]) == (from_number, to_number):
                        return call
                await asyncio.sleep(0.1)

    async def hang_up(self, from_number: str, to_number: str) -> None:
        """The phone's owner does."""
        sid = (await self.between(from_number, to_number))["sid"]
        await self.post(f"/sim/calls/{sid}/hangup")


@asynccontextmanager
async def a_carrier_sim(folder: Path, *options: str) -> AsyncIterator[CarrierSim]:
    async with running(folder, "carrier-sim", *options) as printed:
        async with aiohttp.ClientSession() as session:
            yield CarrierSim(printed, session)
