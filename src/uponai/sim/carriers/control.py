"""What a test or a curious user does to simulated lines: calls in, hang-ups, faults.

``POST /sim/calls`` rings a bought number (``from``, ``to``, ``scenario``, ``network``), or with
``sip`` (``host:port``) a number at a SIP server; ``GET /sim/calls`` lists; ``hangup``, ``press``,
``reset`` (of the media socket) and ``network`` (what is wrong with it from now on) below
``POST /sim/calls/{sid}/`` disturb a call.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from aiohttp import web

from uponai.sim.carriers.phone import Phone, phone_of
from uponai.sim.carriers.stream import MediaStream
from uponai.sim.network import Network, Road
from uponai.sim.people import People
from uponai.sim.scenario import Directory, Scenario
from uponai.sim.trunk import Trunk, TrunkCall


class Call(Protocol):
    """A call of whichever carrier."""

    @property
    def sid(self) -> str: ...

    @property
    def from_number(self) -> str: ...

    @property
    def to_number(self) -> str: ...

    @property
    def direction(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def pressed(self) -> str: ...

    @property
    def stream(self) -> MediaStream | None: ...

    @property
    def road(self) -> Road: ...


C = TypeVar("C", bound=Call)


class Simulated(Protocol[C]):
    """A simulated carrier."""

    @property
    def calls(self) -> Mapping[str, C]: ...

    def ring_in(self, from_number: str, to_number: str, phone: Phone) -> C:
        """Raises StopIteration: not a number of the account."""
        ...

    def hang_up(self, call: C) -> None: ...


class Refused(Exception):
    """``(status, what is wrong)``."""


@dataclass(frozen=True, slots=True)
class ControlRoom:
    """All that is simulated here."""

    carriers: Sequence[Simulated[Any]]
    trunk: Trunk
    directory: Directory
    people: People

    def ring_in(self, asked: Mapping[str, Any]) -> Call | TrunkCall:
        """Raises Refused."""
        from_number, to_number = _text(asked, "from"), _text(asked, "to")
        scenario = _one_of(Scenario, asked, "scenario", self.directory.scenario)
        network = _one_of(Network, asked, "network", self.directory.network)
        if asked.get("sip"):
            return self.trunk.call_out(from_number, to_number, scenario, _text(asked, "sip"))
        phone = phone_of(self.directory.who(scenario, network), self.people)
        for carrier in self.carriers:
            with contextlib.suppress(StopIteration):
                return carrier.ring_in(from_number, to_number, phone)
        raise Refused(404, "to: not a number of an account; for a SIP server give sip, host:port")

    def disturb(self, sid: str, what: str, asked: Mapping[str, Any]) -> Call | TrunkCall:
        """Raises Refused."""
        found = self.trunk.calls.get(sid)
        if found is not None:
            if what != "hangup":
                raise Refused(409, f"{what}: cannot be done on the trunk")
            self.trunk.hang_up(found)
            return found
        for carrier in self.carriers:
            if sid in carrier.calls:
                call = carrier.calls[sid]
                _disturb(carrier, call, what, asked)
                return call
        raise Refused(404, "no such call")

    def listed(self) -> list[dict[str, Any]]:
        """All calls, also those that are over."""
        carried = [shown(call) for carrier in self.carriers for call in carrier.calls.values()]
        return carried + [shown(call) for call in self.trunk.calls.values()]


def control_routes(room: ControlRoom) -> list[web.RouteDef]:
    """JSON in, JSON out."""

    async def ring_in(request: web.Request) -> web.Response:
        return _answer(201, room.ring_in(await _asked(request)))

    async def list_calls(request: web.Request) -> web.Response:
        del request
        return web.json_response(room.listed())

    async def disturb(request: web.Request) -> web.Response:
        sid, what = request.match_info["sid"], request.match_info["what"]
        return _answer(200, room.disturb(sid, what, await _asked(request)))

    return [
        web.post("/sim/calls", _guarded(ring_in)),
        web.get("/sim/calls", list_calls),
        web.post("/sim/calls/{sid}/{what}", _guarded(disturb)),
    ]


def _guarded(route: Any) -> Any:
    async def guarded(request: web.Request) -> web.Response:
        try:
            return await route(request)
        except Refused as refused:
            status, error = refused.args
            return web.json_response({"error": error}, status=status)

    return guarded


def _answer(status: int, call: Call | TrunkCall) -> web.Response:
    return web.json_response(shown(call), status=status)


async def _asked(request: web.Request) -> dict[str, Any]:
    if not request.can_read_body:
        return {}
    try:
        body: Any = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "the body is not a JSON object")
    return cast(dict[str, Any], body)


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(400, f"{name}: expected a text")
    return value


E = TypeVar("E", Scenario, Network)


def _one_of(kind: type[E], asked: Mapping[str, Any], name: str, default: E) -> E:
    try:
        return kind(asked.get(name, default))
    except ValueError:
        raise Refused(400, f"{name}: one of {', '.join(kind)}") from None


def _number(asked: Mapping[str, Any], name: str, most: float) -> float:
    value = asked.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise Refused(400, f"{name}: a number from 0 to {most:g}")
    return float(value)


def _disturb(sim: Simulated[Any], call: Call, what: str, asked: Mapping[str, Any]) -> None:
    stream = None if call.stream is None or call.stream.over else call.stream
    match what:
        case "hangup":
            sim.hang_up(call)
        case "reset" if stream is not None:
            stream.tear()
        case "press" if stream is not None:
            for digit in str(asked.get("digits", "")):
                stream.press(digit)
        case "network":
            faults = call.road.faults
            faults.loss = _number(asked, "loss_percent", 100) / 100
            faults.jitter_s = _number(asked, "jitter_ms", 10_000) / 1000
            faults.delay_s = _number(asked, "delay_ms", 10_000) / 1000
            faults.mute, faults.deaf = bool(asked.get("mute")), bool(asked.get("deaf"))
        case "reset" | "press":
            raise Refused(409, f"{what}: the call has no media socket now")
        case _:
            raise Refused(404, "one of hangup, reset, press, network")


def shown(call: Call | TrunkCall) -> dict[str, Any]:
    """A call as JSON."""
    plain = {
        "sid": call.sid,
        "from": call.from_number,
        "to": call.to_number,
        "direction": call.direction,
        "status": call.status,
    }
    if isinstance(call, TrunkCall):
        return plain
    refused = call.stream.refused if call.stream is not None else []
    return {**plain, "pressed": call.pressed, "refused_frames": refused}
