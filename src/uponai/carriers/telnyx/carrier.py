"""Calls by Telnyx: dialled by REST, followed by webhooks, looked up after a crash."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from uponai import log
from uponai.carriers.base import (
    CarrierError,
    CarrierSpec,
    Dialled,
    DialOrder,
    Found,
    LostDial,
    NeverSent,
    OnCarrierEvent,
    Over,
    PickedUp,
    Sighting,
    Unknown,
)
from uponai.carriers.base_media import Ticket
from uponai.carriers.hosted.desk import Known
from uponai.carriers.hosted.rest import NOT_THERE, Refused
from uponai.carriers.telnyx.desk import Desk
from uponai.carriers.telnyx.orders import headers_of
from uponai.carriers.telnyx.rest import action, call_path, data_of, list_of
from uponai.carriers.telnyx.traces import is_of, sighting_of
from uponai.carriers.telnyx.words import DISPOSITIONS, ENDED_ALREADY, SPEC
from uponai.tasks import now_ms, woken

SILENCE_S = 10.0
"""A call of which no webhook has told anything by then is followed by asking."""

SETTLED_MS = 60_000
"""An order that left so long ago is among the calls or their events, or will never be."""

RINGING_S = 600
PAGE = "250"
MAX_PAGES = 20
_CLOCKS_MS = 5_000


class TelnyxCarrier:
    """``carriers.base.Carrier``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known = desk.known
        self._log = log.get("uponai.carriers.telnyx")

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
        try:
            made = data_of(await desk.rest.post("calls", self._wish(order)))
        except Refused as refused:
            await self._known.tell(DISPOSITIONS.hung_up(order, refused))
            return
        ref = str(made.get("call_control_id") or "")
        if not ref:
            raise CarrierError("an answer without a call_control_id", sent=True)
        if self._known.is_over(ref):
            return
        known = self._known.remember(order.call_id, order.attempt, ref)
        self._known.tasks.spawn(self._watch(known, order), name=f"watch {order.call_id}")
        await self._known.tell(Dialled(order.call_id, order.attempt, ref))

    def _wish(self, order: DialOrder) -> dict[str, Any]:
        desk = self._desk
        timeout_s = min(max(order.ring_timeout_ms // 1000, 5), RINGING_S)
        finds_machines = desk.site.may_find_machines(order)
        return {
            "connection_id": desk.account.application,
            "to": order.to_number,
            "from": order.from_number,
            "timeout_secs": timeout_s,
            "webhook_url": desk.hook_url,
            "preferred_codecs": "PCMU,PCMA",
            "custom_headers": headers_of(order.headers),
            "answering_machine_detection": "premium" if finds_machines else "disabled",
            # An order with a command_id that was used before is ignored.
            **desk.streaming(Ticket(order.call_id, order.attempt, order.fence)),
        }

    async def _watch(self, known: Known, order: DialOrder) -> None:
        """Follow it by asking where no webhook comes."""
        if await woken(known.heard, SILENCE_S):
            return
        self._log.error("no webhook comes: is public_url right?", call_id=known.call_id)
        lost = LostDial(
            order.call_id, order.attempt, order.fence, order.from_number, order.to_number,
            now_ms() - int(SILENCE_S * 1000), known.ref,
        )  # fmt: skip
        while self._known.follows(known) and not known.heard.is_set():
            with contextlib.suppress(CarrierError):
                await self._report(lost, await self.look_up(lost))
            await asyncio.sleep(SILENCE_S)

    async def _report(self, lost: LostDial, sighting: Sighting) -> None:
        match sighting:
            case Over(report) if report is not None:
                await self._known.tell(report)
                self._known.ended(lost.call_id, lost.carrier_ref or "")
            case Found("answered", at_ms):
                await self._known.tell(PickedUp(lost.call_id, lost.attempt, at_ms or now_ms()))
            case _:
                pass

    async def end(self, call_id: str, reason: str) -> None:
        known = self._known.get(call_id)
        if known is None:
            raise CarrierError("the call is not known here", sent=False)
        await self._desk.hang_up(known.ref)

    async def look_up(self, lost: LostDial) -> Sighting:
        """By the events of calls between the two numbers, by the active calls, by its reference:
        whatever carries our ``client_state``."""
        found = await self._traced(lost) or await self._active(lost)
        if found is None and lost.carrier_ref:
            found = await self._by_reference(lost.carrier_ref)
        if found is None and not lost.ordered_ms:
            return Unknown("when it was ordered is not known")
        if found is None and now_ms() - lost.ordered_ms < SETTLED_MS:
            raise CarrierError("too early to tell", sent=False)
        if isinstance(found, Found) and found.carrier_ref:
            known = self._known.remember(lost.call_id, lost.attempt, found.carrier_ref)
            known.state = found.state
        return found or NeverSent()

    async def _traced(self, lost: LostDial) -> Sighting | None:
        query = [
            ("filter[connection_id]", self._desk.account.application),
            ("filter[from]", lost.from_number),
            ("filter[to]", lost.to_number),
        ]
        if lost.ordered_ms:
            since = datetime.fromtimestamp((lost.ordered_ms - _CLOCKS_MS) / 1000, UTC)
            query.append(("filter[occurred_at][gte]", since.isoformat()))
        events = await self._all("call_events", query)
        return sighting_of(events, lost.call_id, lost.attempt, now_ms())

    async def _active(self, lost: LostDial) -> Found | None:
        path = f"connections/{self._desk.account.application}/active_calls"
        for call in await self._all(path, []):
            if is_of(call.get("client_state"), lost.call_id, lost.attempt):
                return Found("dialling", None, str(call.get("call_control_id")))
        return None

    async def _by_reference(self, ref: str) -> Sighting:
        try:
            call = data_of(await self._desk.rest.get(call_path(ref)))
        except Refused as refused:
            if refused.status == NOT_THERE or refused.code == ENDED_ALREADY:
                return Unknown("the carrier does not know the call any more")
            raise
        return Over() if call.get("end_time") else Found("dialling", None, ref)

    async def _all(self, path: str, query: list[tuple[str, str]]) -> list[dict[str, Any]]:
        """Every page of a list. Raises CarrierError, also where there is more than is read."""
        found: list[dict[str, Any]] = []
        for page in range(1, MAX_PAGES + 1):
            paged = [*query, ("page[number]", str(page)), ("page[size]", PAGE)]
            answer = await self._desk.rest.get(path, paged)
            listed = list_of(answer)
            found += listed
            if not listed or page >= _pages(answer):
                return found
        raise CarrierError(f"too many {path} to look through", sent=False)

    async def accept(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any]
    ) -> None:
        del number
        desk = self._desk
        body = desk.streaming(Ticket(call_id, 0, fence))
        body |= {"webhook_url": desk.hook_url}
        known = self._known.remember(call_id, 0, line_key)
        try:
            await desk.rest.post(action(line_key, "answer"), body)
        except CarrierError:
            self._known.forget(call_id)
            raise
        desk.forget_arrival(line_key)
        await self._known.taken(known)

    async def ring(self, line_key: str, for_ms: int) -> None:
        """The caller hears ringing as long as nothing is decided."""
        del line_key, for_ms

    async def reject(self, line_key: str, code: int, reason: str) -> None:
        del reason
        self._desk.forget_arrival(line_key)
        cause = REJECTIONS.get(code, "TEMPORARILY_UNAVAILABLE")
        await self._desk.command(line_key, "reject", {"cause": cause})

    async def redirect(self, line_key: str, to_number: str, number: Mapping[str, Any]) -> None:
        del number
        body = {"to": to_number, "timeout_secs": 60}
        await self._desk.rest.post(action(line_key, "transfer"), body)
        self._desk.forget_arrival(line_key)

    async def ask_lines(self) -> None:
        await self._known.tell_lines()


REJECTIONS = {
    403: "CALL_REJECTED",
    404: "NOT_FOUND",
    486: "USER_BUSY",
    600: "USER_BUSY",
    603: "CALL_REJECTED",
    604: "NOT_FOUND",
}
"""SIP code -> ``cause`` of a rejection; any other: TEMPORARILY_UNAVAILABLE (480)."""


def _pages(answer: Mapping[str, Any]) -> int:
    meta: Any = answer.get("meta")
    pages = cast(dict[str, Any], meta).get("total_pages", 1) if isinstance(meta, dict) else 1
    return pages if isinstance(pages, int) else 1
