"""What a test or a curious user does to a simulated carrier: calls in, hang-ups, faults.

``POST /sim/calls`` rings a bought number, ``GET /sim/calls`` lists, and ``hangup``, ``press``,
``reset`` (of the media socket) and ``network`` (its latency, one-way audio) below
``POST /sim/calls/{sid}/`` disturb a call.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from uponai.sim.carriers.phonebook import Phonebook, Scenario
from uponai.sim.carriers.twilio import SimCall, TwilioSim


def control_routes(sim: TwilioSim, phonebook: Phonebook) -> list[web.RouteDef]:
    """JSON in, JSON out."""

    async def ring_in(request: web.Request) -> web.Response:
        asked: dict[str, Any] = await request.json()
        try:
            phone = phonebook.of(Scenario(asked.get("scenario", "answer")))
            call = sim.ring_in(str(asked["from"]), str(asked["to"]), phone)
        except (KeyError, ValueError) as error:
            return web.json_response({"error": f"from, to, scenario: {error}"}, status=400)
        except StopIteration:
            return web.json_response({"error": "to: not a number of the account"}, status=404)
        return web.json_response(_shown(call), status=201)

    async def list_calls(request: web.Request) -> web.Response:
        del request
        return web.json_response([_shown(call) for call in sim.calls.values()])

    async def disturb(request: web.Request) -> web.Response:
        call = sim.calls.get(request.match_info["sid"])
        if call is None:
            return web.json_response({"error": "no such call"}, status=404)
        asked: dict[str, Any] = await request.json() if request.can_read_body else {}
        if not _disturbed(sim, call, request.match_info["what"], asked):
            return web.json_response({"error": "cannot be done now"}, status=409)
        return web.json_response(_shown(call))

    return [
        web.post("/sim/calls", ring_in),
        web.get("/sim/calls", list_calls),
        web.post("/sim/calls/{sid}/{what}", disturb),
    ]


def _disturbed(sim: TwilioSim, call: SimCall, what: str, asked: dict[str, Any]) -> bool:
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


def _shown(call: SimCall) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "from": call.from_number,
        "to": call.to_number,
        "direction": call.direction,
        "status": call.status,
        "pressed": call.pressed,
        "refused_frames": call.stream.refused if call.stream is not None else [],
    }
