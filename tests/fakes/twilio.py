"""The Twilio adapter and the simulated Twilio in one loop (``tests.fakes.hosted``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.hosted import PUBLIC, HostedStage, LetterPhone, phone
from tests.live.house import House

from uponai.carriers.base import CarrierError
from uponai.carriers.hosted.rest import Refused
from uponai.carriers.twilio import Account, Desk, TwilioCarrier, TwilioMedia, TwilioShop
from uponai.carriers.twilio.rest import Fields
from uponai.sim.carriers.phone import Phone
from uponai.sim.carriers.twilio import TwilioSim
from uponai.sim.carriers.twilio_call import SimCall, TwilioAccount
from uponai.sim.carriers.twilio_rest import TwilioRest

__all__ = ["PUBLIC", "LetterPhone", "TwilioStage", "phone"]


class _Rest:
    """``Api`` of the simulator."""

    def __init__(self, sim: TwilioRest) -> None:
        self._sim = sim
        self.down = False

    def _ask(self, method: str, path: str, fields: Fields) -> dict[str, Any]:
        if self.down:
            raise CarrierError("no answer: TimeoutError", sent=True)
        status, body = self._sim.answer(method, path, fields)
        if status >= 300:
            raise Refused(status, str(body.get("code") or ""), str(body.get("message")))
        return body

    async def post(self, path: str, body: Fields) -> dict[str, Any]:
        return self._ask("POST", path, body)

    async def patch(self, path: str, body: Fields) -> dict[str, Any]:
        return self._ask("PATCH", path, body)

    async def get(self, path: str, query: Fields = ()) -> dict[str, Any]:
        return self._ask("GET", path, query)

    async def delete(self, path: str) -> None:
        self._ask("DELETE", path, ())


class TwilioStage(HostedStage):
    """``phones`` are behind the numbers."""

    def __init__(self, house: House, phones: Mapping[str, Phone], **account: Any) -> None:
        super().__init__(house, "twilio", account.pop("most_lines", 500))
        known = TwilioAccount(**{"cps": 100, **account})
        self.sim = TwilioSim(known, lambda number: phones[number], self)
        self.rest = _Rest(TwilioRest(self.sim))
        self.desk = Desk(Account(known.sid, known.token), self.rest, self.site)
        self.carrier = TwilioCarrier(self.desk)
        self.media = TwilioMedia(self.desk)
        self.shop = TwilioShop(self.desk)
        self.begin()

    async def dial(self, **more: Any) -> SimCall | None:
        """Place ``call_1``; the simulator's call."""
        await self.place(**more)
        return next(reversed(self.sim.calls.values()), None)

    async def aclose(self) -> None:
        await self.sim.aclose()
        await super().aclose()
