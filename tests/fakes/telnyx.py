"""The Telnyx adapter and the simulated Telnyx in one loop, joined without sockets.

As ``tests.fakes.twilio``: calls are stored in memory, a whole call runs in virtual time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.twilio import End
from tests.live.house import House

from uponai.carriers.base import (
    CallArrived,
    CallVanished,
    CarrierError,
    CarrierEvent,
    Dialled,
    DialOrder,
    HungUp,
    PickedUp,
)
from uponai.carriers.base_media import HookRequest, Tickets
from uponai.carriers.telnyx import Account, Desk, TelnyxCarrier, TelnyxMedia, TelnyxShop
from uponai.carriers.telnyx.rest import Query, Refused
from uponai.domain.call import Call, CallChange, CallState
from uponai.live.carrier_line import CarrierLine, LineKeeping
from uponai.live.carrier_lines import CarrierLines
from uponai.seal import Seal
from uponai.sim.carriers.outside import CustomerSocket
from uponai.sim.carriers.phone import Phone
from uponai.sim.carriers.telnyx import SimCall, TelnyxAccount, TelnyxSim
from uponai.sim.carriers.telnyx_rest import TelnyxRest

PUBLIC = "https://agents.example.com"


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

    async def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        return self._ask("GET", path, query, {})

    async def delete(self, path: str) -> None:
        self._ask("DELETE", path, (), {})


class _Network:
    """``Outside`` of the simulator: straight into the adapter's hooks and media sockets."""

    def __init__(self) -> None:
        self.stage: TelnyxStage | None = None

    async def post(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        stage = self.stage
        assert stage is not None
        assert isinstance(body, bytes)
        if not stage.reachable:
            raise ConnectionRefusedError
        path = urlsplit(url).path.removeprefix("/hooks/telnyx/")
        asked = HookRequest("POST", path, url, {k.lower(): v for k, v in headers.items()}, body)
        answer = await stage.media.hook(asked)
        return answer.status, answer.body

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> CustomerSocket:
        stage = self.stage
        assert stage is not None
        public = url.replace("wss://", "https://", 1)
        upgrade = HookRequest("GET", "", public, {k.lower(): v for k, v in headers.items()})
        if not (stage.reachable and stage.takes_sockets and stage.media.admits(upgrade)):
            raise ConnectionRefusedError
        ours, theirs = End(), End()
        ours.other, theirs.other = theirs, ours
        stage.house.tasks.spawn(stage.lines.serve(stage.media, ours), name="media socket")
        return theirs


class TelnyxStage:
    """``phones`` are behind the numbers; ``house`` has the brain and the calls."""

    def __init__(self, house: House, phones: Mapping[str, Phone], **account: Any) -> None:
        self.house = house
        self.events: list[CarrierEvent] = []
        self.transfers: list[tuple[str, str, str]] = []
        self.reachable = True
        self.takes_sockets = True
        self.network = _Network()
        self.account = TelnyxAccount(**{"cps": 100, **account})
        self.sim = TelnyxSim(self.account, lambda number: phones[number], self.network)
        self.sim.hook_url = f"{PUBLIC}/hooks/telnyx/calls"
        self.rest = _Rest(TelnyxRest(self.sim))
        seal = Seal(b"k" * 32, "tickets")
        known = Account(self.account.application, self.account.public_key, PUBLIC)
        tickets = Tickets(seal.seal, seal.unseal)
        self.desk = Desk(known, self.rest, tickets, self._goes_on)
        self.carrier = TelnyxCarrier(self.desk)
        self.media = TelnyxMedia(self.desk, self._transfer)
        self.shop = TelnyxShop(self.desk)
        self.lines = CarrierLines(house.brain, LineKeeping(self._answered, return_s=3.0))
        self.network.stage = self
        self._running = house.tasks.spawn(self.carrier.run(self._apply), name="carrier")

    async def _goes_on(self, call_id: str, fence: int) -> bool:
        call = self.house.calls.rows.get(call_id)
        return call is not None and call.fence == fence and call.state is not CallState.ENDED

    async def _answered(self, call_id: str) -> int | None:
        return self.house.row(call_id).answered_ms

    def _transfer(self, call_id: str, state: Any, text: str) -> None:
        self.transfers.append((call_id, state, text))
        self.lines.told(call_id, state, text)

    async def _apply(self, event: CarrierEvent) -> None:
        self.events.append(event)
        calls = self.house.calls
        match event:
            case PickedUp():
                fields = {"answered_ms": event.at_ms}
                await calls.change(event.call_id, 1, CallChange.ANSWER, fields)
            case HungUp(answered=False):
                await calls.end(event.call_id, 1, event.ending, {"ended_ms": event.at_ms})
            case CallArrived():
                self.house.tasks.spawn(self.arrive(event), name="arrival")
            case Dialled() | HungUp() | CallVanished():
                pass
            case _:
                raise AssertionError(event)

    async def arrive(self, event: CallArrived) -> None:
        """Takes every call as ``call_1``."""
        call = self.house.row()
        inbound: dict[str, Any] = {"direction": "inbound", "from_number": event.from_number}
        self.house.calls.rows["call_1"] = replace(call, state=CallState.RINGING, **inbound)
        await self.carrier.accept(event.line_key, "call_1", 1)

    def order(self, **more: Any) -> DialOrder:
        call: Call = self.house.row()
        fields = {"headers": {}, "ring_timeout_ms": 30_000, **more}
        return DialOrder(call.call_id, 1, 1, call.from_number, call.to_number, {}, None, **fields)

    async def dial(self, **more: Any) -> SimCall | None:
        """Place ``call_1``; the simulator's call."""
        row = self.house.row()
        self.house.calls.rows[row.call_id] = replace(
            row, state=CallState.DIALLING, answered_ms=None
        )
        await self.carrier.dial(self.order(**more))
        return next(reversed(self.sim.calls.values()), None)

    @property
    def line(self) -> CarrierLine:
        """The only line there is."""
        (line,) = self.lines._lines.values()  # noqa: SLF001
        return line

    def told(self, event_type: str) -> int:
        """How often a webhook of this type was taken."""
        return sum(
            event["event_type"] == event_type and status < 300
            for _, event, status in self.sim.posted
        )

    async def aclose(self) -> None:
        await self.sim.aclose()
        await self.lines.aclose()
        self._running.cancel()
