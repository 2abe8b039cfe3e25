"""The Twilio adapter and the simulated Twilio in one loop, joined without sockets.

Calls are stored in memory and followed as the dialer follows them, so that a whole call runs in
virtual time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from tests.fakes.providers import read, spoken
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
    Rang,
)
from uponai.carriers.base_media import HookRequest, Tickets
from uponai.carriers.twilio import Account, Desk, TwilioCarrier, TwilioMedia, TwilioShop
from uponai.carriers.twilio.rest import Fields, Refused
from uponai.domain.call import Call, CallChange, CallState
from uponai.live.carrier_line import LineKeeping
from uponai.live.carrier_lines import CarrierLines
from uponai.media.g711 import Pcm
from uponai.seal import Seal
from uponai.sim.carriers.outside import CustomerSocket
from uponai.sim.carriers.phone import Phone, Voice
from uponai.sim.carriers.twilio import SimCall, TwilioAccount, TwilioSim
from uponai.sim.carriers.twilio_rest import TwilioRest

PUBLIC = "https://agents.example.com"


class LetterPhone:
    """A voice that says ``lines`` at their times (seconds since the answer), in letters."""

    def __init__(self, *lines: tuple[float, str], hang_up_s: float = 60.0) -> None:
        self.hung_up = False
        self.keys = ""
        self.heard_frames: list[Pcm] = []
        self._ticks = 0
        self._hang_up_ticks = round(hang_up_s * 50)
        whole = np.zeros(round(max([at for at, _ in lines], default=0) * 8_000), dtype=np.int16)
        for at, text in lines:
            said, start = spoken(text), round(at * 8_000)
            missing = max(0, start + len(said) - len(whole))
            whole = np.concatenate((whole, np.zeros(missing, dtype=np.int16)))
            whole[start : start + len(said)] = said
        self._says = whole

    def tick(self, heard: Pcm) -> Pcm:
        self.heard_frames.append(heard)
        frame = self._says[self._ticks * 160 : (self._ticks + 1) * 160]
        self._ticks += 1
        if self._ticks >= self._hang_up_ticks:
            self.hung_up = True
        return np.pad(frame, (0, 160 - len(frame)))

    def press(self, digit: str) -> None:
        self.keys += digit

    async def aclose(self) -> None:
        """Nothing is held."""

    @property
    def heard(self) -> str:
        return read(np.concatenate(self.heard_frames)) if self.heard_frames else ""


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

    async def post(self, path: str, fields: Fields) -> dict[str, Any]:
        return self._ask("POST", path, fields)

    async def get(self, path: str, query: Fields = ()) -> dict[str, Any]:
        return self._ask("GET", path, query)

    async def delete(self, path: str) -> None:
        self._ask("DELETE", path, ())


class End:
    """One end of a socket pair in memory, for either side."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[str | None] = asyncio.Queue()
        self.other: End | None = None
        self.closed = False

    async def receive(self) -> str | None:
        return await self.inbox.get()

    async def send(self, text: str) -> None:
        if self.closed or self.other is None or self.other.closed:
            raise ConnectionResetError
        self.other.inbox.put_nowait(text)

    send_text = send

    async def close(self) -> None:
        for end in (self, self.other):
            if end is not None and not end.closed:
                end.closed = True
                end.inbox.put_nowait(None)


class _Network:
    """``Outside`` of the simulator: straight into the adapter's hooks and media sockets."""

    def __init__(self) -> None:
        self.stage: TwilioStage | None = None

    async def post(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        from urllib.parse import urlencode

        assert self.stage is not None
        if not self.stage.reachable:
            raise ConnectionRefusedError
        data = body if isinstance(body, bytes) else urlencode(list(body)).encode()
        path = urlsplit(url).path.removeprefix("/hooks/twilio/")
        asked = HookRequest("POST", path, url, {k.lower(): v for k, v in headers.items()}, data)
        answer = await self.stage.media.hook(asked)
        return answer.status, answer.body

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> CustomerSocket:
        stage = self.stage
        assert stage is not None
        public = url.replace("wss://", "https://", 1)
        upgrade = HookRequest("GET", "", public, {k.lower(): v for k, v in headers.items()})
        if not stage.reachable or not stage.media.admits(upgrade):
            raise ConnectionRefusedError
        ours, theirs = End(), End()
        ours.other, theirs.other = theirs, ours
        stage.house.tasks.spawn(stage.lines.serve(stage.media, ours), name="media socket")
        return theirs


class TwilioStage:
    """``phones`` are behind the numbers; ``house`` has the brain and the calls."""

    def __init__(self, house: House, phones: Mapping[str, Phone], **account: Any) -> None:
        self.house = house
        self.events: list[CarrierEvent] = []
        self.transfers: list[tuple[str, str, str]] = []
        self.reachable = True
        network = _Network()
        known = TwilioAccount(**{"cps": 100, **account})
        self.sim = TwilioSim(known, lambda number: phones[number], network)
        self.rest = _Rest(TwilioRest(self.sim))
        seal = Seal(b"k" * 32, "tickets")
        self.desk = Desk(
            Account(known.sid, known.token, PUBLIC),
            self.rest,
            Tickets(seal.seal, seal.unseal),
            self._goes_on,
        )
        self.carrier = TwilioCarrier(self.desk)
        self.media = TwilioMedia(self.desk, self._transfer)
        self.shop = TwilioShop(self.desk)
        self.lines = CarrierLines(house.brain, LineKeeping(self._answered, return_s=3.0))
        network.stage = self
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
            case Rang():
                await calls.change(event.call_id, 1, CallChange.RING, {})
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

    async def aclose(self) -> None:
        await self.sim.aclose()
        await self.lines.aclose()
        self._running.cancel()


def phone(voice: Voice, ring_s: float = 1.0) -> Phone:
    return Phone(ring_s=ring_s, voice=lambda call_id: voice)
