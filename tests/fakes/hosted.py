"""A carrier that hosts the call and its adapter in one loop, joined without sockets.

Calls are stored in memory and followed as the dialer follows them, so that a whole call runs in
virtual time. ``tests.fakes.twilio`` and ``tests.fakes.telnyx`` are the two that there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
from tests.fakes.providers import read, spoken
from tests.live.house import House

from uponai.carriers.base import (
    CallArrived,
    CallVanished,
    Carrier,
    CarrierEvent,
    Dialled,
    DialOrder,
    HungUp,
    NumberShop,
    PickedUp,
    Rang,
)
from uponai.carriers.base_media import (
    AnswererTold,
    HookRequest,
    LineNews,
    LineOver,
    MediaCarrier,
    Tickets,
    TransferTold,
)
from uponai.carriers.hosted.desk import Site
from uponai.domain.call import Call, CallChange, CallState
from uponai.live.carrier_line import CarrierLine, LineKeeping
from uponai.live.carrier_lines import CarrierLines
from uponai.media.g711 import Pcm
from uponai.seal import Seal
from uponai.sim.carriers.outside import CustomerSocket
from uponai.sim.carriers.phone import Phone, Voice

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


def phone(voice: Voice, ring_s: float = 1.0) -> Phone:
    return Phone(ring_s=ring_s, voice=lambda call_id: voice)


class End:
    """One end of a socket pair in memory, for either side."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[str | None] = asyncio.Queue()
        self.other: End | None = None
        self.closed = False
        self.is_cut_off = False
        """What it says, and its end, no longer reach the other one."""

    async def receive(self) -> str | None:
        return await self.inbox.get()

    async def send(self, text: str) -> None:
        if self.closed or self.other is None or self.other.closed:
            raise ConnectionResetError
        if self.is_cut_off:
            return
        self.other.inbox.put_nowait(text)

    send_text = send

    async def close(self) -> None:
        for end in (self,) if self.is_cut_off else (self, self.other):
            if end is not None and not end.closed:
                end.closed = True
                end.inbox.put_nowait(None)


class HostedStage:
    """``house`` has the brain and the calls; a subclass sets ``carrier``, ``media`` and ``shop``.

    Is itself the ``Outside`` of the simulator: straight into the adapter's hooks and sockets.
    """

    carrier: Carrier
    media: MediaCarrier
    shop: NumberShop

    def __init__(self, house: House, account: str, most_lines: int = 500) -> None:
        self.house = house
        self.events: list[CarrierEvent] = []
        self.transfers: list[tuple[str, str, str]] = []
        self.answerers: list[AnswererTold] = []
        self.reachable = True
        self.takes_sockets = True
        self.sockets: list[End] = []
        seal = Seal(b"k" * 32, "tickets")
        tickets = Tickets(seal.seal, seal.unseal)
        keeping = LineKeeping(self._answered, return_s=3.0, most_lines=most_lines)
        self.lines = CarrierLines(house.brain, keeping)
        self.site = Site(
            account, PUBLIC, tickets, self._goes_on, self._tell_line, self.lines.has_room
        )

    def begin(self) -> None:
        """Follow the carrier's events."""
        self._running = self.house.tasks.spawn(self.carrier.run(self._apply), name="carrier")

    # The simulator's way out

    async def post(
        self, url: str, body: bytes | Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        if not self.reachable:
            raise ConnectionRefusedError
        data = body if isinstance(body, bytes) else urlencode(list(body)).encode()
        path = urlsplit(url).path.removeprefix(f"/hooks/{self.site.account}/")
        asked = HookRequest("POST", path, url, {k.lower(): v for k, v in headers.items()}, data)
        answer = await self.media.hook(asked)
        return answer.status, answer.body

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> CustomerSocket:
        public = url.replace("wss://", "https://", 1)
        upgrade = HookRequest("GET", "", public, {k.lower(): v for k, v in headers.items()})
        if not (self.reachable and self.takes_sockets and self.media.admits(upgrade)):
            raise ConnectionRefusedError
        ours, theirs = End(), End()
        ours.other, theirs.other = theirs, ours
        self.sockets.append(theirs)
        self.house.tasks.spawn(self.lines.serve(self.media, ours), name="media socket")
        return theirs

    # What the platform is to the adapter

    async def _goes_on(self, call_id: str, fence: int) -> bool:
        call = self.house.calls.rows.get(call_id)
        return call is not None and call.fence == fence and call.state is not CallState.ENDED

    async def _answered(self, call_id: str) -> int | None:
        return self.house.row(call_id).answered_ms

    async def _tell_line(self, call_id: str, news: LineNews) -> None:
        match news:
            case TransferTold(state, text):
                self.transfers.append((call_id, state, text))
            case AnswererTold():
                self.answerers.append(news)
            case LineOver():
                pass
        self.lines.told(call_id, news)

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
        await self.carrier.accept(event.line_key, "call_1", 1, {})

    def order(self, **more: Any) -> DialOrder:
        call: Call = self.house.row()
        fields = {"headers": {}, "ring_timeout_ms": 30_000, **more}
        return DialOrder(call.call_id, 1, 1, call.from_number, call.to_number, {}, None, **fields)

    async def place(self, **more: Any) -> None:
        """Dial ``call_1``."""
        row = self.house.row()
        self.house.calls.rows[row.call_id] = replace(
            row, state=CallState.DIALLING, answered_ms=None
        )
        await self.carrier.dial(self.order(**more))

    @property
    def line(self) -> CarrierLine:
        """The only line there is."""
        (line,) = self.lines._lines.values()  # noqa: SLF001
        return line

    async def aclose(self) -> None:
        await self.lines.aclose()
        self._running.cancel()
