"""The simulated Twilio's REST API: calls and numbers, with its errors (version 2010-04-01)."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from uponai.sim.carriers.twilio import API_VERSION, TwilioSim, new_sid
from uponai.sim.carriers.twilio_call import SimCall

_E164 = re.compile(r"\+[1-9]\d{6,14}")
FOR_SALE = {
    "Local": ["+1{area}5550171", "+1{area}5550172", "+1{area}5550173"],
    "TollFree": ["+18885550171", "+18885550172", "+18885550173"],
}
DEFAULT_AREA = "415"
SOLD_OUT = "999"
"""The area code without a number for sale."""

Answer = tuple[int, dict[str, Any]]


def failure(status: int, code: int, message: str) -> Answer:
    """An error as Twilio words it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}


NOT_FOUND = failure(404, 20404, "The requested resource was not found")


class TwilioRest:
    """Answers requests below ``/2010-04-01/Accounts/{sid}/``."""

    def __init__(self, sim: TwilioSim) -> None:
        self._sim = sim

    def authorised(self, header: str) -> bool:
        account = self._sim.account
        right = base64.b64encode(f"{account.sid}:{account.token}".encode()).decode()
        return hmac.compare_digest(header.encode(), f"Basic {right}".encode())

    def answer(self, method: str, path: str, fields: Sequence[tuple[str, str]]) -> Answer:
        """``path`` without account and version; ``fields`` of the form or the query."""
        parts = path.removesuffix(".json").split("/")
        given = dict(fields)
        match method, parts:
            case "POST", ["Calls"]:
                return self._create_call(fields)
            case "GET", ["Calls"]:
                return self._list_calls(given)
            case _, ["Calls", sid]:
                return self._one_call(method, sid, given)
            case _:
                return self._about_numbers(method, parts, given)

    def _about_numbers(self, method: str, parts: list[str], given: Mapping[str, str]) -> Answer:
        match method, parts:
            case "GET", ["AvailablePhoneNumbers", country, kind]:
                return self._available(country, kind, given)
            case "POST", ["IncomingPhoneNumbers"]:
                return self._buy(given)
            case "GET", ["IncomingPhoneNumbers"]:
                numbers = [
                    self._number(sid)
                    for sid, number in self._sim.numbers.items()
                    if given.get("PhoneNumber") in (None, number["phone_number"])
                ]
                return 200, {"incoming_phone_numbers": numbers, "page": 0, "page_size": 50}
            case "POST", ["IncomingPhoneNumbers", sid] if sid in self._sim.numbers:
                routes = {"VoiceUrl": "voice_url", "StatusCallback": "status_callback"}
                changed = {name: given[word] for word, name in routes.items() if word in given}
                self._sim.numbers[sid].update(changed)
                return 200, self._number(sid)
            case "DELETE", ["IncomingPhoneNumbers", sid]:
                return (204, {}) if self._sim.numbers.pop(sid, None) else NOT_FOUND
            case _:
                return NOT_FOUND

    def _create_call(self, fields: Sequence[tuple[str, str]]) -> Answer:
        sim, given = self._sim, dict(fields)
        wrong = self._refused(given)
        if wrong is not None:
            return wrong
        if sim.limits.full(sim.calls_now):
            return failure(429, 10004, "Call concurrency limit exceeded")
        waits = sim.limits.too_fast()
        if waits and not sim.account.queues:
            return failure(429, 20429, "Too Many Requests")
        call = sim.new_call(given["From"], given["To"], "outbound-api")
        call.document = given["Twiml"]
        call.callback = given.get("StatusCallback", "")
        if given.get("MachineDetection") == "DetectMessageEnd" and given.get("AsyncAmd") == "true":
            call.answerer_callback = given.get("AsyncAmdStatusCallback", "")
        events = [value for name, value in fields if name == "StatusCallbackEvent"]
        call.told_events = frozenset(events or ["completed"])
        call.timeout_s = float(given.get("Timeout", "60"))
        sim.order(call, after_s=1.0 if waits else 0.0)
        return 201, self._call(call)

    def _refused(self, given: Mapping[str, str]) -> Answer | None:
        if not given.get("To"):
            return failure(400, 21201, "No 'To' number is specified")
        if not given.get("From"):
            return failure(400, 21213, "No 'From' number is specified")
        if not given["To"].startswith("sip:") and not _E164.fullmatch(given["To"]):
            message = "The phone number you are attempting to call is not valid."
            return failure(400, 21211, message)
        owned = {number["phone_number"] for number in self._sim.numbers.values()}
        if owned and given["From"] not in owned:
            message = "The source phone number provided is not yet verified for your account."
            return failure(400, 21210, message)
        if not given.get("Twiml"):
            return failure(400, 21205, "Url is not valid")
        return None

    def _list_calls(self, given: Mapping[str, str]) -> Answer:
        found = [
            self._call(call)
            for call in reversed(self._sim.calls.values())
            if given.get("From") in (None, call.from_number)
            and given.get("To") in (None, call.to_number)
            and given.get("Status") in (None, call.status)
        ]
        size = int(given.get("PageSize", "50"))
        page = {"page": 0, "page_size": size, "next_page_uri": None, "uri": "/Calls.json"}
        return 200, {"calls": found[:size], **page}

    def _one_call(self, method: str, sid: str, given: Mapping[str, str]) -> Answer:
        call = self._sim.calls.get(sid)
        if call is None:
            return NOT_FOUND
        if method == "POST":
            if call.is_final:
                return failure(400, 21220, "Call is not in-progress. Cannot redirect.")
            self._sim.update(call, given)
        return 200, self._call(call)

    def _call(self, call: SimCall) -> dict[str, Any]:
        account = self._sim.account.sid
        uri = f"/{API_VERSION}/Accounts/{account}/Calls/{call.sid}"
        seconds = None
        if call.ended_ms is not None and call.started_ms is not None:
            seconds = str((call.ended_ms - call.started_ms) // 1000)
        return {
            "sid": call.sid,
            "account_sid": account,
            "api_version": API_VERSION,
            "from": call.from_number,
            "from_formatted": call.from_number,
            "to": call.to_number,
            "to_formatted": call.to_number,
            "direction": call.direction,
            "status": call.status,
            "date_created": _stamp(call.created_ms),
            "date_updated": _stamp(call.ended_ms or call.started_ms or call.created_ms),
            "start_time": _stamp(call.started_ms),
            "end_time": _stamp(call.ended_ms),
            "duration": seconds,
            "price": None,
            "price_unit": "USD",
            "answered_by": None,
            "parent_call_sid": None,
            "phone_number_sid": None,
            "forwarded_from": None,
            "caller_name": None,
            "group_sid": None,
            "queue_time": "0",
            "trunk_sid": None,
            "annotation": None,
            "uri": f"{uri}.json",
            "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
        }

    def _available(self, country: str, kind: str, given: Mapping[str, str]) -> Answer:
        if country not in ("US", "CA") or kind not in FOR_SALE:
            return NOT_FOUND
        owned = {number["phone_number"] for number in self._sim.numbers.values()}
        area = given.get("AreaCode", DEFAULT_AREA)
        numbers = [pattern.format(area=area) for pattern in FOR_SALE[kind]]
        found = [
            {
                "phone_number": number,
                "friendly_name": number,
                "iso_country": country,
                "region": "CA",
                "locality": None,
                "rate_center": None,
                "lata": None,
                "latitude": None,
                "longitude": None,
                "postal_code": None,
                "address_requirements": "none",
                "beta": False,
                "capabilities": {"voice": True, "SMS": True, "MMS": True},
            }
            for number in numbers
            if number not in owned and area != SOLD_OUT
        ]
        uri = f"/{API_VERSION}/Accounts/{self._sim.account.sid}/AvailablePhoneNumbers"
        return 200, {"available_phone_numbers": found, "uri": f"{uri}/{country}/{kind}.json"}

    def _buy(self, given: Mapping[str, str]) -> Answer:
        number = given.get("PhoneNumber", "")
        if not _E164.fullmatch(number):
            return failure(400, 21421, "PhoneNumber is invalid")
        owned = {one["phone_number"] for one in self._sim.numbers.values()}
        if number in owned or number[2:5] == SOLD_OUT:
            return failure(400, 21422, f"{number} is not available")
        sid = new_sid("PN")
        self._sim.numbers[sid] = {
            "phone_number": number,
            "voice_url": given.get("VoiceUrl", ""),
            "status_callback": given.get("StatusCallback", ""),
        }
        return 201, self._number(sid)

    def _number(self, sid: str) -> dict[str, Any]:
        account, number = self._sim.account.sid, self._sim.numbers[sid]
        return {
            "sid": sid,
            "account_sid": account,
            "phone_number": number["phone_number"],
            "friendly_name": number["phone_number"],
            "voice_url": number["voice_url"],
            "voice_method": "POST",
            "status_callback": number["status_callback"],
            "status_callback_method": "POST",
            "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
            "api_version": API_VERSION,
            "origin": "twilio",
            "beta": False,
            "uri": f"/{API_VERSION}/Accounts/{account}/IncomingPhoneNumbers/{sid}.json",
        }


def routes(rest: TwilioRest, account_sid: str) -> list[web.RouteDef]:
    """The API for an aiohttp server."""

    async def answer(request: web.Request) -> web.Response:
        if not rest.authorised(request.headers.get("Authorization", "")):
            status, body = failure(401, 20003, "Authenticate")
            return web.json_response(body, status=status)
        form = await request.post() if request.method == "POST" else request.query
        fields = [(name, str(value)) for name, value in form.items()]
        status, body = rest.answer(request.method, request.match_info["path"], fields)
        return web.Response(status=204) if status == 204 else web.json_response(body, status=status)

    return [web.route("*", f"/{API_VERSION}/Accounts/{account_sid}/{{path:.+}}", answer)]


def _stamp(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    return format_datetime(datetime.fromtimestamp(at_ms / 1000, UTC))
