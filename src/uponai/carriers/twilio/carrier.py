"""Calls by Twilio: dialled by REST, followed by status callbacks, looked up after a crash."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from uponai import log
from uponai.carriers.base import (
    CarrierError,
    CarrierSpec,
    Dialled,
    DialOrder,
    Found,
    HungUp,
    LostDial,
    NeverSent,
    OnCarrierEvent,
    Over,
    PickedUp,
    Rang,
    Sighting,
    Unknown,
)
from uponai.carriers.base_media import Ticket
from uponai.carriers.hosted.desk import Known
from uponai.carriers.hosted.rest import NOT_THERE, Refused, list_in
from uponai.carriers.twilio import twiml
from uponai.carriers.twilio.desk import Desk
from uponai.carriers.twilio.orders import hang_up
from uponai.carriers.twilio.rest import Fields
from uponai.carriers.twilio.words import DISPOSITIONS, FINAL, SPEC, ending_of, kept_waiting
from uponai.tasks import now_ms, woken

FOLLOWED = ("initiated", "ringing", "answered", "completed")
QUEUE_S = 10.0
"""A call that Twilio has not begun to dial by then is taken back: it may keep it for a day."""

SETTLED_MS = 30_000
"""An order that left so long ago is in the list of calls, or will never be."""

RINGING_S = 600
_CLOCKS_MS = 2_000


class TwilioCarrier:
    """``carriers.base.Carrier``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known = desk.known
        self._log = log.get("uponai.carriers.twilio")

    @property
    def spec(self) -> CarrierSpec:
        return SPEC

    @property
    def connected(self) -> bool:
        """Nothing stands open between us."""
        return True

    async def run(self, on_event: OnCarrierEvent) -> None:
        await self._known.run(on_event)

    async def dial(self, order: DialOrder) -> None:
        desk = self._desk
        if not desk.site.has_room(self._known.unanswered):
            await self._known.tell_no_room(order)
            return
        ticket = Ticket(order.call_id, order.attempt, order.fence)
        try:
            made = await desk.rest.post("Calls.json", self._wish(order, ticket))
        except Refused as refused:
            await self._known.tell(DISPOSITIONS.hung_up(order, refused))
            return
        sid = str(made.get("sid") or "")
        if not sid:
            raise CarrierError("an answer without a sid", sent=True)
        if self._known.is_over(sid):
            return
        known = self._known.remember(order.call_id, order.attempt, sid)
        self._known.tasks.spawn(self._watch(known), name=f"watch {order.call_id}")
        await self._known.tell(Dialled(order.call_id, order.attempt, sid))

    def _wish(self, order: DialOrder, ticket: Ticket) -> Fields:
        desk = self._desk
        told = desk.told_url(f"status/{desk.site.tickets.issue(ticket)}")
        timeout_s = min(max(order.ring_timeout_ms // 1000, 5), RINGING_S)
        return [
            ("To", twiml.sip_target(order.to_number, order.headers)),
            ("From", order.from_number),
            ("Twiml", desk.talk(ticket)),
            ("Timeout", str(timeout_s)),
            ("StatusCallback", told),
            ("StatusCallbackMethod", "POST"),
            *(("StatusCallbackEvent", event) for event in FOLLOWED),
            *(self._detection(ticket) if desk.site.may_find_machines(order) else ()),
        ]

    def _detection(self, ticket: Ticket) -> Fields:
        """Beside the call, which talks meanwhile; of a machine it tells once it records."""
        told = self._desk.told_url(f"answerer/{self._desk.site.tickets.issue(ticket)}")
        return [
            ("MachineDetection", "DetectMessageEnd"),
            ("AsyncAmd", "true"),
            ("AsyncAmdStatusCallback", told),
            ("AsyncAmdStatusCallbackMethod", "POST"),
        ]

    async def _watch(self, known: Known) -> None:
        """See that the call leaves the queue, and follow it by asking where no callback comes."""
        if await woken(known.heard, QUEUE_S):
            return
        try:
            call = await self._desk.rest.get(f"Calls/{known.ref}.json")
            if call.get("status") == "queued":
                await self._take_back(known)
                return
        except CarrierError as error:
            self._log.warning("queued call not looked at", error=str(error))
        self._log.error("no status callback comes: is public_url right?", call_id=known.call_id)
        while self._known.follows(known) and not known.heard.is_set():
            await self._report(known)
            await asyncio.sleep(QUEUE_S)

    async def _take_back(self, known: Known) -> None:
        known.taken_back = True
        try:
            await self._desk.rest.post(f"Calls/{known.ref}.json", [("Status", "canceled")])
        except CarrierError as error:
            known.taken_back = error.sent
            raise
        if self._known.follows(known):
            # Its callback has not overtaken the answer.
            self._known.ended(known.call_id, known.ref)
            await self._known.tell(kept_waiting(known.call_id, known.attempt, now_ms()))

    async def _report(self, known: Known) -> None:
        """Tell what its status is now."""
        with contextlib.suppress(CarrierError):
            call = await self._desk.rest.get(f"Calls/{known.ref}.json")
            match self._sighting(known, call):
                case Over(report) if report is not None:
                    await self._known.tell(report)
                    self._known.ended(known.call_id, known.ref)
                case Found("ringing"):
                    await self._known.tell(Rang(known.call_id, known.attempt))
                case Found("answered", at_ms):
                    picked_up = PickedUp(known.call_id, known.attempt, at_ms or now_ms())
                    await self._known.tell(picked_up)
                case _:
                    pass

    async def end(self, call_id: str, reason: str) -> None:
        known = self._known.get(call_id)
        if known is None:
            raise CarrierError("the call is not known here", sent=False)
        await hang_up(self._desk, known.ref)

    async def look_up(self, lost: LostDial) -> Sighting:
        known = self._known.get(lost.call_id)
        ref = lost.carrier_ref or (known.ref if known is not None else None)
        if ref is not None:
            try:
                return self._sighting(lost, await self._desk.rest.get(f"Calls/{ref}.json"))
            except Refused as refused:
                if refused.status == NOT_THERE:
                    return Unknown("the carrier does not know the call any more")
                raise
        if not lost.ordered_ms:
            return Unknown("when it was ordered is not known")
        return await self._search(lost)

    async def _search(self, lost: LostDial) -> Sighting:
        """By the two numbers and the time: a call carries no id of ours."""
        query = [("From", lost.from_number), ("To", lost.to_number), ("PageSize", "50")]
        listed = await self._desk.rest.get("Calls.json", query)
        mine = [
            call
            for call in list_in(listed, "calls")
            if call.get("direction") == "outbound-api"
            and (_ms(call.get("date_created")) or 0) >= lost.ordered_ms - _CLOCKS_MS
        ]
        if len(mine) > 1:
            return Unknown("several calls between these numbers")
        if mine:
            return self._sighting(lost, mine[0])
        if now_ms() - lost.ordered_ms < SETTLED_MS:
            raise CarrierError("too early to tell", sent=False)
        return NeverSent()

    def _sighting(self, lost: LostDial | Known, call: Mapping[str, Any]) -> Sighting:
        sid, status = str(call.get("sid") or ""), str(call.get("status"))
        if not sid:
            raise CarrierError("the answer is not understood: it has no sid", sent=False)
        if status in FINAL:
            ended_ms = _ms(call.get("end_time")) or now_ms()
            known = self._known.by_ref(sid)
            if status == "canceled" and known is not None and known.taken_back:
                return Over(kept_waiting(lost.call_id, lost.attempt, ended_ms))
            answered = status == "completed"
            line = {"cause": "remote_hangup" if answered else "code", "text": status}
            ending = ending_of(status, None)
            return Over(HungUp(lost.call_id, lost.attempt, answered, ended_ms, ending, line))
        known = self._known.remember(lost.call_id, lost.attempt, sid)
        if status == "in-progress":
            known.state = "answered"
            return Found("answered", _ms(call.get("start_time")), sid)
        known.state = "ringing" if status == "ringing" else "dialling"
        return Found(known.state, None, sid)

    async def accept(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any]
    ) -> None:
        del number
        talk = self._desk.talk(Ticket(call_id, 0, fence))
        if not self._desk.decide(line_key, talk):
            raise CarrierError("the caller is gone", sent=False)
        await self._known.taken(self._known.remember(call_id, 0, line_key))

    async def ring(self, line_key: str, for_ms: int) -> None:
        """It rings as long as nothing is decided (``hooks``)."""
        del line_key, for_ms

    async def reject(self, line_key: str, code: int, reason: str) -> None:
        del reason
        self._desk.decide(line_key, twiml.REJECT_BUSY if code in (486, 600) else twiml.REJECT)

    async def redirect(self, line_key: str, to_number: str, number: Mapping[str, Any]) -> None:
        del number
        if not self._desk.decide(line_key, twiml.dial(to_number, timeout_s=60)):
            raise CarrierError("the caller is gone", sent=False)

    async def ask_lines(self) -> None:
        await self._known.tell_lines()


def _ms(stamp: Any) -> int | None:
    """An RFC 2822 time of the API as wall time in ms."""
    try:
        told: datetime = parsedate_to_datetime(str(stamp))
    except ValueError:
        return None
    return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() * 1000)
