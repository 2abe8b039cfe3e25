"""What a test or a curious user does to simulated carriers: calls in, hang-ups, faults.

``POST /sim/calls`` rings a bought number, ``GET /sim/calls`` lists, and ``hangup``, ``press``,
``reset`` (of the media socket) and ``network`` (its latency, one-way audio) below
``POST /sim/calls/{sid}/`` disturb a call.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from aiohttp import web

from uponai.sim.carriers.phone import Phone
from uponai.sim.carriers.phonebook import Phonebook, Scenario
from uponai.sim.carriers.stream import Faults, MediaStream


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
    def faults(self) -> Faults: ...


C = TypeVar("C", bound=Call)


class Simulated(Protocol[C]):
    """A simulated carrier."""

    @property
    def calls(self) -> Mapping[str, C]: ...

    def ring_in(self, from_number: str, to_number: str, phone: Phone) -> C:
        """Raises StopIteration: not a number of the account."""
        ...

    def hang_up(self, call: C) -> None: ...


def control_routes(sims: Sequence[Simulated[Any]], phonebook: Phonebook) -> list[web.RouteDef]:
    """JSON in, JSON out."""

    def ring(from_number: str, to_number: str, phone: Phone) -> Call:
        for sim in sims:
            with contextlib.suppress(StopIteration):
                return sim.ring_in(from_number, to_number, phone)
        raise LookupError

    async def ring_in(request: web.Request) -> web.Response:
        asked: dict[str, Any] = await request.json()
        try:
            phone = phonebook.of(Scenario(asked.get("scenario", "answer")))
            call = ring(str(asked["from"]), str(asked["to"]), phone)
        except (KeyError, ValueError) as error:
            return web.json_response({"error": f"from, to, scenario: {error}"}, status=400)
        except LookupError:
            return web.json_response({"error": "to: not a number of the account"}, status=404)
        return web.json_response(_shown(call), status=201)

    async def list_calls(request: web.Request) -> web.Response:
        del request
        return web.json_response([_shown(call) for sim in sims for call in sim.calls.values()])

    async def disturb(request: web.Request) -> web.Response:
        sid = request.match_info["sid"]
        sim = next((sim for sim in sims if sid in sim.calls), None)
        if sim is None:
            return web.json_response({"error": "no such call"}, status=404)
        call = sim.calls[sid]
        asked: dict[str, Any] = await request.json() if request.can_read_body else {}
        if not _disturbed(sim, call, request.match_info["what"], asked):
            return web.json_response({"error": "cannot be done now"}, status=409)
        return web.json_response(_shown(call))

    return [
        web.post("/sim/calls", ring_in),
        web.get("/sim/calls", list_calls),
        web.post("/sim/calls/{sid}/{what}", disturb),
    ]


def _disturbed(sim: Simulated[Any], call: Call, what: str, asked: dict[str, Any]) -> bool:
    match what:
        case "hangup":
            sim.hang_up(call)
        case "reset" if call.stream is not None:
            call.stream.tear()
        case "press" if call.stream is not None:
            for digit in str(asked.get("digits", "")):
                call.stream.press(digit)
        case "network":
            call.faults.latency_s = float(asked.get("latency_ms", 0)) / 1000
            call.faults.mute = bool(asked.get("mute", False))
        case _:
            return False
    return True


def _shown(call: Call) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "from": call.from_number,
        "to": call.to_number,
        "direction": call.direction,
        "status": call.status,
        "pressed": call.pressed,
        "refused_frames": call.stream.refused if call.stream is not None else [],
    }
