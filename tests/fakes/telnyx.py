"""The Telnyx adapter and the simulated Telnyx in one loop (``tests.fakes.hosted``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.hosted import PUBLIC, HostedStage
from tests.live.house import House

from uponai.carriers.base import CarrierError
from uponai.carriers.hosted.rest import Query, Refused
from uponai.carriers.telnyx import Account, Desk, TelnyxCarrier, TelnyxMedia, TelnyxShop
from uponai.sim.carriers.phone import Phone
from uponai.sim.carriers.telnyx import TelnyxSim
from uponai.sim.carriers.telnyx_call import SimCall, TelnyxAccount
from uponai.sim.carriers.telnyx_rest import TelnyxRest

__all__ = ["PUBLIC", "TelnyxStage"]


class _Rest:
    """``Api`` of the simulator."""

    def __init__(self, sim: TelnyxRest) -> None:
        self._sim = sim
        self.down = False
        self.asked: list[str] = []

    def _ask(self, method: str, path: str, query: Query, body: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(f"{method} {path}")
        if self.down:
            raise CarrierError("no answer: TimeoutError", sent=True)
        status, answer = self._sim.answer(method, path.replace("%3A", ":"), query, body)
        if status >= 300:
            error = answer["errors"][0]
            raise Refused(status, error["code"], error["title"])
        return answer

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("POST", path, (), body)

    async def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("PATCH", path, (), body)

    async def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        return self._ask("GET", path, query, {})

    async def delete(self, path: str) -> None:
        self._ask("DELETE", path, (), {})


class TelnyxStage(HostedStage):
    """``phones`` are behind the numbers."""

    def __init__(self, house: House, phones: Mapping[str, Phone], **account: Any) -> None:
        super().__init__(house, "telnyx", account.pop("most_lines", 500))
        self.account = TelnyxAccount(**{"cps": 100, **account})
        self.sim = TelnyxSim(self.account, lambda number: phones[number], self)
        self.sim.hook_url = f"{PUBLIC}/hooks/telnyx/calls"
        self.rest = _Rest(TelnyxRest(self.sim))
        known = Account(self.account.application, self.account.public_key, self.account.key)
        self.desk = Desk(known, self.rest, self.site)
        self.carrier = TelnyxCarrier(self.desk)
        self.media = TelnyxMedia(self.desk)
        self.shop = TelnyxShop(self.desk)
        self.begin()

    async def dial(self, **more: Any) -> SimCall | None:
        """Place ``call_1``; the simulator's call."""
        await self.place(**more)
        return next(reversed(self.sim.calls.values()), None)

    def told(self, event_type: str) -> int:
        """How often a webhook of this type was taken."""
        return sum(
            event["event_type"] == event_type and status < 300
            for _, event, status in self.sim.posted
        )

    async def aclose(self) -> None:
        await self.sim.aclose()
        await super().aclose()
