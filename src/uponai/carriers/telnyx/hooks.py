"""What Telnyx tells by HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from uponai import log
from uponai.carriers.base import CallArrived, CallVanished, Dialled, HungUp, PickedUp
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
from uponai.carriers.hosted.desk import WATCHED_S, make_room
from uponai.carriers.hosted.words import sip_code_in
from uponai.carriers.telnyx.desk import Desk
from uponai.carriers.telnyx.dialect import StreamDialect
from uponai.carriers.telnyx.orders import TelnyxOrders
from uponai.carriers.telnyx.state import State
from uponai.carriers.telnyx.traces import ms_of
from uponai.carriers.telnyx.words import ANSWERERS, ending_of, was_answered
from uponai.tasks import loop_s, now_ms

DONE = HookAnswer(204)
AGAIN_S = 1.0
"""So long after a media socket could not be opened the next one is tried."""

Fields = dict[str, Any]


class TelnyxMedia:
    """``carriers.base_media.MediaCarrier``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._site = desk.site
        self._known = desk.known
        self._orders = TelnyxOrders(desk)
        self._talk_since_s: dict[str, float] = {}
        self._log = log.get("uponai.carriers.telnyx.hooks")

    @property
    def orders(self) -> LineOrders:
        return self._orders

    @property
    def tickets(self) -> Tickets:
        return self._site.tickets

    def dialect(self) -> MediaDialect:
        return StreamDialect()

    def admits(self, upgrade: HookRequest) -> bool:
        """Telnyx does not sign it: the ticket in its URL is what opens it."""
        given = parse_qs(urlsplit(upgrade.url).query).get("ticket", [""])
        return self._site.tickets.read(given[0]) is not None

    async def hook(self, request: HookRequest) -> HookAnswer:
        wrong = self._desk.signatures.wrong(request.headers, request.body, now_ms() / 1000)
        if wrong:
            self._log.warning("webhook refused", why=wrong)
            return REFUSED
        told = _event(request.body)
        if told is None or request.path != "calls":
            return UNREADABLE
        try:
            await self._apply(*told)
        except ConnectionError:
            return LATER
        self._desk.signatures.applied(request.headers)
        return DONE

    async def _apply(self, event: Fields, payload: Fields) -> None:
        state = State.read(payload.get("client_state"))
        if state is None:
            await self._arrival(str(event.get("event_type")), payload)
            return
        ticket = self._site.tickets.read(state.ticket)
        if ticket is None or ticket.call_id != state.call_id:
            # Another installation's, by the same application.
            return
        if state.kind == "leg":
            await self._leg(event, payload, state, ticket)
        else:
            await self._call(event, payload, state, ticket)

    # Calls that we dialled or took

    async def _call(self, event: Fields, payload: Fields, state: State, ticket: Ticket) -> None:
        desk, ref = self._desk, str(payload.get("call_control_id") or "")
        if not ref or self._known.is_over(ref):
            # Webhooks may overtake each other.
            return
        match event.get("event_type"):
            case "call.initiated":
                self._known.remember(ticket.call_id, ticket.attempt, ref).heard.set()
                await self._known.tell(Dialled(ticket.call_id, ticket.attempt, ref))
            case "call.answered":
                known = self._known.remember(ticket.call_id, ticket.attempt, ref)
                known.heard.set()
                known.state = "answered"
                await self._known.tell(PickedUp(ticket.call_id, ticket.attempt, _at(event)))
            case "call.hangup":
                known = self._known.get(ticket.call_id)
                was = known is not None and known.state == "answered"
                await self._known.tell(_over(ticket, event, payload, answered=was))
                await self._site.tell_over(ticket.call_id)
                self._known.ended(ticket.call_id, ref)
            case (
                "call.machine.detection.ended"
                | "call.machine.greeting.ended"
                | "call.machine.premium.detection.ended"
                | "call.machine.premium.greeting.ended"
            ):
                told = ANSWERERS.get(str(payload.get("result")))
                if told is not None:
                    await self._site.tell_line(ticket.call_id, told)
            case "streaming.stopped" | "streaming.failed" as what if state.kind == "call":
                after_s = AGAIN_S if what == "streaming.failed" else 0.0
                again = desk.stream_again(ref, ticket.next, after_s=after_s)
                self._known.tasks.spawn(again, name="stream again")
            case _:
                pass

    # The leg of a transfer

    async def _leg(self, event: Fields, payload: Fields, state: State, ticket: Ticket) -> None:
        desk, ref = self._desk, state.carrier_ref
        match event.get("event_type"):
            case "call.answered" if ref not in self._talk_since_s:
                make_room(self._talk_since_s)
                self._talk_since_s[ref] = loop_s()
                await self._site.tell_transfer(ticket, "done", "answered")
                # The two of them talk: nobody here listens any more.
                away = State(ticket.call_id, ticket.attempt, state.ticket, "away").write()
                stop = desk.command(ref, "streaming_stop", {"client_state": away})
                self._known.tasks.spawn(stop, name="stop streaming")
                if state.digits:
                    # A switchboard that has just answered misses keys pressed at once.
                    keys = {"digits": f"ww{state.digits}"}
                    pressing = desk.command(str(payload["call_control_id"]), "send_dtmf", keys)
                    self._known.tasks.spawn(pressing, name="dial extension")
            case "call.hangup":
                cause, sip_code = _cause(payload)
                since_s = self._talk_since_s.pop(ref, None)
                if since_s is None and not was_answered(cause, sip_code):
                    await self._site.tell_transfer(ticket, "failed", cause)
                    self._known.tasks.spawn(self._back(ref, ticket), name="transfer back")
                    return
                talked_s = WATCHED_S if since_s is None else round(loop_s() - since_s)
                self._known.tasks.spawn(self._left(ref, ticket, talked_s), name="transfer left")
            case _:
                pass

    async def _back(self, ref: str, ticket: Ticket) -> bool:
        """The stream goes on, or begins again where the transfer has stopped it. Whether it
        begins."""
        if await self._desk.stream_again(ref, ticket):
            return True
        state = {"client_state": self._desk.state(ticket).write()}
        await self._desk.command(ref, "client_state_update", state)
        return False

    async def _left(self, ref: str, ticket: Ticket, talked_s: int) -> None:
        """They talked and are apart. A caller who is still there so soon was cut off, and comes
        back to the agent."""
        if talked_s < WATCHED_S:
            why = f"they answered, and were gone after {talked_s} s"
            await self._site.tell_transfer(ticket, "failed", why)
            if await self._back(ref, ticket):
                return
        else:
            await self._desk.command(ref, "hangup", {})
        await self._site.tell_transfer(ticket, "done", "over")

    # Calls that arrive

    async def _arrival(self, what: str, payload: Fields) -> None:
        ref = str(payload.get("call_control_id") or "")
        if what == "call.initiated" and payload.get("direction") == "incoming" and ref:
            if not self._desk.arrived(ref):
                return
            if not self._site.has_room(self._known.unanswered):
                self._log.warning("no room for a call, it is refused")
                self._desk.forget_arrival(ref)
                self._known.ended("", ref)
                refused = self._desk.command(ref, "reject", {"cause": "USER_BUSY"})
                self._known.tasks.spawn(refused, name="no room")
                return
            from_number, to_number = str(payload.get("from") or ""), str(payload.get("to") or "")
            try:
                await self._known.tell(
                    CallArrived(ref, from_number, to_number, "telnyx", _headers(payload))
                )
            except ConnectionError:
                self._desk.forget_arrival(ref)
                raise
        elif what == "call.hangup" and self._desk.forget_arrival(ref):
            await self._known.tell(CallVanished(ref))
            self._known.ended("", ref)


def _event(body: bytes) -> tuple[Fields, Fields] | None:
    """``data`` of a webhook and its ``payload``."""
    try:
        whole: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    event = _fields(whole, "data")
    payload = _fields(event, "payload")
    if event is None or payload is None or not isinstance(event.get("event_type"), str):
        return None
    return event, payload


def _fields(found: Any, name: str) -> Fields | None:
    inner: Any = cast(Fields, found).get(name) if isinstance(found, dict) else None
    return cast(Fields, inner) if isinstance(inner, dict) else None


def _at(event: Mapping[str, Any]) -> int:
    """When it happened; never later than now."""
    told = ms_of(event.get("occurred_at"))
    return min(told, now_ms()) if told is not None else now_ms()


def _cause(payload: Fields) -> tuple[str, int | None]:
    """Why a call was hung up, and the SIP code where there was one."""
    cause = str(payload.get("hangup_cause") or "unspecified")
    return cause, sip_code_in(payload.get("sip_hangup_cause"))


def _over(ticket: Ticket, event: Fields, payload: Fields, *, answered: bool) -> HungUp:
    cause, sip_code = _cause(payload)
    talked = answered or was_answered(cause, sip_code)
    at_ms = _at(event)
    line = {
        "cause": "remote_hangup" if talked else "code",
        "sip_code": sip_code,
        "text": cause,
        "at_ms": at_ms,
    }
    ending = ending_of(cause, sip_code, answered=talked)
    return HungUp(ticket.call_id, ticket.attempt, talked, at_ms, ending, line)


def _headers(payload: Fields) -> dict[str, str]:
    """Headers of the INVITE that Telnyx passes on."""
    found: dict[str, str] = {}
    for name in ("custom_headers", "sip_headers"):
        listed: Any = payload.get(name)
        for one in cast(list[Any], listed) if isinstance(listed, list) else []:
            if isinstance(one, dict):
                header = cast(Fields, one)
                found[str(header.get("name"))] = str(header.get("value"))
    return found
