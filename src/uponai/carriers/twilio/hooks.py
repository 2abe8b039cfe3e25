"""What Twilio asks and tells by HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from uponai import log
from uponai.carriers.base import (
    CallArrived,
    CallVanished,
    CarrierEvent,
    Dialled,
    HungUp,
    PickedUp,
    Rang,
)
from uponai.carriers.base_media import (
    LATER,
    REFUSED,
    UNREADABLE,
    HookAnswer,
    HookRequest,
    LineOrders,
    MediaDialect,
    Ticket,
    Tickets,
)
from uponai.carriers.hosted.desk import WATCHED_S
from uponai.carriers.hosted.words import sip_code_in
from uponai.carriers.twilio import twiml
from uponai.carriers.twilio.desk import Desk, ways_of
from uponai.carriers.twilio.dialect import StreamDialect
from uponai.carriers.twilio.orders import TwilioOrders
from uponai.carriers.twilio.words import ANSWERERS, FINAL, ending_of, kept_waiting, signed
from uponai.tasks import now_ms

DECISION_S = 5.0
"""Twilio waits 15 s for an answer; so long an arrived call rings between two questions."""

DONE = HookAnswer(204)
_SIP_HEADER = "SipHeader_"


class TwilioMedia:
    """``carriers.base_media.MediaCarrier``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._site = desk.site
        self._known = desk.known
        self._orders = TwilioOrders(desk)
        self._log = log.get("uponai.carriers.twilio.hooks")

    @property
    def orders(self) -> LineOrders:
        return self._orders

    @property
    def tickets(self) -> Tickets:
        return self._site.tickets

    def dialect(self) -> MediaDialect:
        return StreamDialect()

    def admits(self, upgrade: HookRequest) -> bool:
        given = upgrade.headers.get("x-twilio-signature", "")
        return signed(self._desk.account.secret, ways_of(upgrade.url), (), given)

    async def hook(self, request: HookRequest) -> HookAnswer:
        given = request.headers.get("x-twilio-signature", "")
        try:
            fields = parse_qsl(request.body.decode(), keep_blank_values=True)
        except ValueError:
            return UNREADABLE
        if not signed(self._desk.account.secret, (request.url,), fields, given):
            self._log.warning("webhook refused: signature", path=request.path.partition("/")[0])
            return REFUSED
        try:
            return await self._answer(request.path, dict(fields))
        except ConnectionError:
            return LATER

    async def _answer(self, path: str, params: Mapping[str, str]) -> HookAnswer:
        what, _, text = path.partition("/")
        if what == "voice":
            return await self._arrived(params)
        if what == "ended":
            return await self._arrival_ended(params)
        ticket = self._site.tickets.read(text)
        return UNREADABLE if ticket is None else await self._about(what, ticket, params)

    async def _about(self, what: str, ticket: Ticket, params: Mapping[str, str]) -> HookAnswer:
        match what:
            case "status":
                return await self._status(ticket, params)
            case "resume":
                return await self._resume(ticket)
            case "transfer":
                return await self._transferred(ticket, params)
            case "leg":
                await self._site.tell_transfer(ticket, "done", "answered")
                return DONE
            case "answerer":
                told = ANSWERERS.get(params.get("AnsweredBy", ""))
                if told is not None:
                    await self._site.tell_line(ticket.call_id, told)
                return DONE
            case _:
                return HookAnswer(404)

    # Calls that we dialled

    async def _status(self, ticket: Ticket, params: Mapping[str, str]) -> HookAnswer:
        sid, status = params.get("CallSid", ""), params.get("CallStatus", "")
        if not sid or not status:
            return UNREADABLE
        if self._known.is_over(sid):
            # Callbacks may overtake each other, and come again.
            return DONE
        known = self._known.remember(ticket.call_id, ticket.attempt, sid)
        if status != "queued":
            known.heard.set()
        event: CarrierEvent | None = None
        if status in FINAL:
            event = self._over(ticket, params)
            if known.taken_back and status == "canceled":
                event = kept_waiting(ticket.call_id, ticket.attempt, now_ms())
        elif status == "in-progress":
            known.state = "answered"
            event = PickedUp(ticket.call_id, ticket.attempt, now_ms())
        elif status == "ringing":
            known.state = "ringing"
            event = Rang(ticket.call_id, ticket.attempt)
        else:
            event = Dialled(ticket.call_id, ticket.attempt, sid)
        await self._known.tell(event)
        if status in FINAL:
            await self._site.tell_over(ticket.call_id)
            self._known.ended(ticket.call_id, sid)
        return DONE

    def _over(self, ticket: Ticket, params: Mapping[str, str]) -> HungUp:
        status, sip_code = params["CallStatus"], sip_code_in(params.get("SipResponseCode"))
        answered = status == "completed"
        seconds = params.get("CallDuration", "")
        line = {
            "cause": "remote_hangup" if answered else "code",
            "sip_code": sip_code,
            "text": status,
            "code": params.get("ErrorCode"),
            "at_ms": now_ms(),
            "line_samples": int(seconds) * 8_000 if seconds.isdigit() else 0,
        }
        ending = ending_of(status, sip_code)
        return HungUp(ticket.call_id, ticket.attempt, answered, now_ms(), ending, line)

    async def _resume(self, ticket: Ticket) -> HookAnswer:
        """The media socket was lost: another brain, if the call goes on."""
        goes_on = await self._site.may_stream(ticket)
        return _xml(self._desk.talk(ticket) if goes_on else twiml.HANG_UP)

    async def _transferred(self, ticket: Ticket, params: Mapping[str, str]) -> HookAnswer:
        """The transfer is over: with a talk, or with nobody there.

        A caller who is still there so soon was cut off, and comes back to the agent.
        """
        status = params.get("DialCallStatus", "failed")
        if status in ("completed", "answered"):
            talked = params.get("DialCallDuration", "")
            talked_s = int(talked) if talked.isdigit() else WATCHED_S
            if params.get("CallStatus") != "in-progress" or talked_s >= WATCHED_S:
                await self._site.tell_transfer(ticket, "done", "over")
                return _xml(twiml.HANG_UP)
            status = f"they answered, and were gone after {talked_s} s"
        await self._site.tell_transfer(ticket, "failed", status)
        return await self._resume(ticket)

    # Calls that arrive

    async def _arrived(self, params: Mapping[str, str]) -> HookAnswer:
        sid, to_number = params.get("CallSid", ""), params.get("To", "")
        if not sid or not to_number:
            return UNREADABLE
        if self._known.is_over(sid):
            return _xml(twiml.HANG_UP)
        decision, is_new = self._desk.decision(sid)
        if is_new:
            if not self._site.has_room(self._known.unanswered):
                self._desk.forget_arrival(sid)
                self._log.warning("no room for a call, it is refused")
                return _xml(twiml.REJECT_BUSY)
            headers = {
                name.removeprefix(_SIP_HEADER): value
                for name, value in params.items()
                if name.startswith(_SIP_HEADER)
            }
            arrived = CallArrived(sid, params.get("From", ""), to_number, "twilio", headers)
            try:
                await self._known.tell(arrived)
            except ConnectionError:
                self._desk.forget_arrival(sid)
                raise
        try:
            async with asyncio.timeout(DECISION_S):
                answer = await asyncio.shield(decision)
        except TimeoutError:
            return _xml(twiml.ring(1, self._site.hook_url("voice")))
        return _xml(answer)

    async def _arrival_ended(self, params: Mapping[str, str]) -> HookAnswer:
        """The number's status callback: an arrived call is over."""
        sid = params.get("CallSid", "")
        if self._desk.forget_arrival(sid):
            await self._known.tell(CallVanished(sid))
        known = self._known.by_ref(sid)
        if known is not None:
            # Whatever the carrier calls it, it was answered when it was taken.
            over = {**params, "CallStatus": "completed"}
            await self._known.tell(self._over(Ticket(known.call_id, known.attempt, 0), over))
            await self._site.tell_over(known.call_id)
        self._known.ended(known.call_id if known is not None else "", sid)
        return DONE


def _xml(body: str) -> HookAnswer:
    return HookAnswer(200, body, "text/xml; charset=utf-8")
