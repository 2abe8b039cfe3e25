"""The simulated Telnyx's REST API v2: calls, their commands and events, numbers, its errors."""

from __future__ import annotations

import hmac
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from aiohttp import web

from uponai.sim.carriers.telnyx import TelnyxSim, stamp
from uponai.sim.carriers.telnyx_call import SimCall
from uponai.tasks import now_ms

_E164 = re.compile(r"\+[1-9]\d{6,14}")
FOR_SALE = {
    "local": ["+1{area}5550181", "+1{area}5550182", "+1{area}5550183"],
    "toll_free": ["+18885550181", "+18885550182", "+18885550183"],
}
DEFAULT_AREA = "415"
SOLD_OUT = "999"
"""The area code without a number for sale."""

Answer = tuple[int, dict[str, Any]]
Query = Sequence[tuple[str, str]]


def failure(status: int, code: str, title: str, detail: str = "") -> Answer:
    """An error as Telnyx words it."""
    url = f"https://developers.telnyx.com/docs/overview/errors/{code}"
    error = {"code": code, "title": title, "detail": detail or title, "meta": {"url": url}}
    return status, {"errors": [error]}


NOT_FOUND = failure(404, "10005", "Resource not found")
ENDED = failure(
    422, "90018", "Call has already ended", "This call is no longer active and can't be commanded."
)


class TelnyxRest:
    """Answers requests below ``/v2/``."""

    def __init__(self, sim: TelnyxSim) -> None:
        self._sim = sim
        self._orders: dict[str, dict[str, Any]] = {}

    def authorised(self, header: str) -> bool:
        return hmac.compare_digest(header.encode(), f"Bearer {self._sim.account.key}".encode())

    def answer(self, method: str, path: str, query: Query, body: Mapping[str, Any]) -> Answer:
        """``path`` without version."""
        match method, path.split("/"):
            case "POST", ["calls"]:
                return self._dial(body)
            case "GET", ["calls", sid]:
                call = self._sim.calls.get(sid)
                return NOT_FOUND if call is None else (200, {"data": self._status(call)})
            case "POST", ["calls", sid, "actions", command]:
                return self._command(sid, command, body)
            case "GET", ["connections", self._sim.account.application, "active_calls"]:
                return self._active()
            case "GET", ["call_events"]:
                return self._events(dict(query))
            case _:
                return self._about_numbers(method, path.split("/"), query, body)

    def _about_numbers(
        self, method: str, parts: list[str], query: Query, body: Mapping[str, Any]
    ) -> Answer:
        match method, parts:
            case "GET", ["available_phone_numbers"]:
                return self._available(dict(query))
            case "POST", ["number_orders"]:
                return self._order(body)
            case "GET", ["number_orders", order_id]:
                return self._ordered(order_id)
            case "GET", ["phone_numbers"]:
                wanted = dict(query).get("filter[phone_number]")
                found = [
                    self._number(number_id)
                    for number_id, number in self._sim.numbers.items()
                    if wanted in (None, number)
                ]
                return 200, _listed(found)
            case _, ["phone_numbers", number_id] if number_id in self._sim.numbers:
                return self._one_number(method, number_id, body)
            case _:
                return NOT_FOUND

    def _one_number(self, method: str, number_id: str, body: Mapping[str, Any]) -> Answer:
        if method == "PATCH":
            self._sim.bound[number_id] = str(body.get("connection_id") or "")
        found = self._number(number_id)
        if method == "DELETE":
            del self._sim.numbers[number_id]
            found["status"] = "deleted"
        return 200, {"data": found}

    # Calls

    def _dial(self, wish: Mapping[str, Any]) -> Answer:
        sim = self._sim
        if wish.get("connection_id") != sim.account.application:
            return failure(422, "10015", "Bad Request", "connection_id is not valid")
        for name in ("to", "from"):
            if not _E164.fullmatch(str(wish.get(name, ""))):
                detail = f"The {name} parameter must be in +E.164 format."
                return failure(422, "10016", "Phone number must be in +E.164 format", detail)
        if sim.numbers and wish["from"] not in sim.numbers.values():
            return failure(403, "10010", "Authorization failed", "from is not of this account")
        command_id = wish.get("command_id")
        known = [call for call in sim.calls.values() if call.wish.get("command_id") == command_id]
        if command_id and known:
            return 200, {"data": self._status(known[0])}
        if sim.limits.too_fast():
            return failure(429, "90103", "Dial rate limit exceeded")
        return 200, {"data": self._status(sim.order(wish))}

    def _command(self, sid: str, command: str, body: Mapping[str, Any]) -> Answer:
        call = self._sim.calls.get(sid)
        if call is None:
            return NOT_FOUND
        if call.is_final or call.over.is_set():
            return ENDED
        command_id = str(body.get("command_id", ""))
        if command_id and command_id in call.commands:
            return 200, {"data": {"result": "ok"}}
        if not self._sim.obey(call, command, body):
            return failure(422, "10015", "Bad Request", f"{command} cannot be done now")
        call.commands.add(command_id)
        return 200, {"data": {"result": "ok"}}

    def _status(self, call: SimCall) -> dict[str, Any]:
        ended = call.ended_ms
        until_ms = now_ms() if ended is None else ended
        return {
            "call_control_id": call.sid,
            "call_leg_id": call.leg_id,
            "call_session_id": call.session_id,
            "client_state": call.client_state,
            "is_alive": call.answered_ms is not None and ended is None,
            "record_type": "call",
            "start_time": stamp(call.created_ms),
            "call_duration": (until_ms - call.created_ms) // 1000,
            **({} if ended is None else {"end_time": stamp(ended)}),
        }

    def _active(self) -> Answer:
        names = ("call_control_id", "call_leg_id", "call_session_id", "client_state")
        found: list[dict[str, Any]] = []
        for call in self._sim.calls.values():
            if not call.is_final:
                status = self._status(call)
                kept = {name: status[name] for name in (*names, "record_type", "call_duration")}
                found.append(kept)
        return 200, _listed(found)

    def _events(self, query: Mapping[str, str]) -> Answer:
        since = query.get("filter[occurred_at][gte]", "").replace("+00:00", "Z")
        found = [
            {
                "record_type": "call_event",
                "type": "webhook",
                "name": event["event_type"],
                "call_leg_id": event["payload"]["call_leg_id"],
                "call_session_id": event["payload"]["call_session_id"],
                "event_timestamp": event["occurred_at"],
                "metadata": {"raw": event},
            }
            for event in self._sim.events
            if query.get("filter[from]") in (None, event["payload"]["from"])
            and query.get("filter[to]") in (None, event["payload"]["to"])
            and query.get("filter[connection_id]") in (None, event["payload"]["connection_id"])
            and event["occurred_at"] >= since
        ]
        return 200, _listed(found)

    # Numbers

    def _available(self, query: Mapping[str, str]) -> Answer:
        kind = query.get("filter[phone_number_type]", "local")
        area = query.get("filter[national_destination_code]", DEFAULT_AREA)
        if query.get("filter[country_code]", "US") not in ("US", "CA") or kind not in FOR_SALE:
            return 200, {"data": [], "metadata": {"best_effort_results": 0, "total_results": 0}}
        owned = self._sim.numbers.values()
        numbers = [pattern.format(area=area) for pattern in FOR_SALE[kind]]
        found = [
            {
                "record_type": "available_phone_number",
                "phone_number": number,
                "vanity_format": "",
                "best_effort": False,
                "quickship": True,
                "reservable": True,
                "region_information": [{"region_type": "country_code", "region_name": "US"}],
                "cost_information": {
                    "upfront_cost": "1.00", "monthly_cost": "1.00", "currency": "USD",
                },
                "features": [{"name": "voice"}, {"name": "sms"}],
            }
            for number in numbers
            if number not in owned and area != SOLD_OUT
        ]  # fmt: skip
        counts = {"best_effort_results": 0, "total_results": len(found)}
        limit = int(query.get("filter[limit]", "100"))
        return 200, {"data": found[:limit], "metadata": counts, "meta": counts}

    def _order(self, body: Mapping[str, Any]) -> Answer:
        wanted = cast(list[dict[str, str]], body.get("phone_numbers") or [])
        numbers = [one.get("phone_number", "") for one in wanted]
        owned = self._sim.numbers.values()
        bad = [one for one in numbers if not _E164.fullmatch(one) or one[2:5] == SOLD_OUT]
        if not numbers or bad or any(number in owned for number in numbers):
            detail = "One or more of the phone numbers are not available."
            return failure(400, "85006", "Phone number not available", detail)
        for number in numbers:
            self._sim.numbers[str(uuid.uuid4().int % 10**19)] = number
        order_id = str(uuid.uuid4())
        lines = [
            {
                "id": str(uuid.uuid4()),
                "record_type": "number_order_phone_number",
                "phone_number": number,
                "phone_number_type": "local",
                "requirements_met": True,
                "status": "pending",
            }
            for number in numbers
        ]
        self._orders[order_id] = {
            "id": order_id,
            "record_type": "number_order",
            "connection_id": body.get("connection_id"),
            "phone_numbers": lines,
            "phone_numbers_count": len(lines),
            "requirements_met": True,
            "status": "pending",
            "created_at": stamp(now_ms()),
            "updated_at": stamp(now_ms()),
        }
        return 200, {"data": dict(self._orders[order_id])}

    def _ordered(self, order_id: str) -> Answer:
        """Whoever asks once finds it done."""
        order = self._orders.get(order_id)
        if order is None:
            return NOT_FOUND
        order["status"] = "success"
        for line in order["phone_numbers"]:
            line["status"] = "success"
        return 200, {"data": order}

    def _number(self, number_id: str) -> dict[str, Any]:
        return {
            "id": number_id,
            "record_type": "phone_number",
            "phone_number": self._sim.numbers[number_id],
            "status": "active",
            "connection_id": self._sim.bound.get(number_id, self._sim.account.application),
            "phone_number_type": "local",
            "tags": [],
        }


def _listed(found: list[dict[str, Any]]) -> dict[str, Any]:
    pages = {"page_number": 1, "page_size": 250, "total_pages": 1, "total_results": len(found)}
    return {"data": found, "meta": pages}


def routes(rest: TelnyxRest) -> list[web.RouteDef]:
    """The API for an aiohttp server."""

    async def answer(request: web.Request) -> web.Response:
        if not rest.authorised(request.headers.get("Authorization", "")):
            status, body = failure(401, "10009", "Authentication failed")
            return web.json_response(body, status=status)
        try:
            sent: Any = await request.json() if request.can_read_body else {}
        except json.JSONDecodeError:
            status, body = failure(400, "10023", "Invalid JSON")
            return web.json_response(body, status=status)
        query = list(request.query.items())
        status, body = rest.answer(request.method, request.match_info["path"], query, sent)
        return web.json_response(body, status=status)

    return [web.route("*", "/v2/{path:.+}", answer)]
