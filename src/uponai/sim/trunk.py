"""A simulated SIP trunk: a SIP address at which people are reached, and from which they call."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from aiohttp import WSMsgType, web

from uponai.link import control
from uponai.sim.people import People
from uponai.sim.phone_line import LineSettings, PhoneLine, new_token
from uponai.sim.scenario import Scenario
from uponai.sim.trunk_line import call_id_of

MOST_CALLS = 10_000


@dataclass(slots=True)
class TrunkCall:
    """A call over the trunk, while it stands and afterwards."""

    sid: str
    from_number: str
    to_number: str
    direction: str
    status: str = "ringing"

    @property
    def is_final(self) -> bool:
        return self.status == "ended"


class Trunk:
    """``start`` it; ``sip_address`` is where it listens."""

    def __init__(self, settings: LineSettings, people: People) -> None:
        self._settings = replace(settings, token=new_token())
        self._people = people
        self._runner: web.AppRunner | None = None
        self._line = PhoneLine(self._settings, self._heard)
        self._link_url = ""
        self._calls: dict[str, TrunkCall] = {}

    @property
    def sip_address(self) -> str:
        """``host:port`` of SIP (UDP and TCP)."""
        host = self._settings.sip_host
        return f"{f'[{host}]' if ':' in host else host}:{self._line.sip_port}"

    @property
    def calls(self) -> Mapping[str, TrunkCall]:
        return self._calls

    async def start(self) -> None:
        """Listen. Raises OSError, or ChildDied where a port is taken."""
        await self._people.prepare(self._settings.directory.scenario)
        await self._serve_link()
        await self._line.start(self._link_url)

    async def over(self) -> None:
        """Returns when the line is gone without having been asked to go."""
        await self._line.lost.wait()

    async def aclose(self) -> None:
        """Hang up and leave nothing behind."""
        await self._line.aclose()
        if self._runner is not None:
            await self._runner.cleanup()

    def call_out(self, from_number: str, to_number: str, scenario: Scenario, uri: str) -> TrunkCall:
        """Somebody calls a number at the SIP server ``uri`` (``host:port``)."""
        call = TrunkCall(f"sim_{secrets.token_hex(8)}", from_number, to_number, "inbound")
        self._keep(call)
        brains = (f"{self._link_url}/{scenario.value}",)
        trunk = control.Trunk(uri)
        self._line.command(control.Dial(call.sid, 1, 1, from_number, to_number, trunk, brains))
        return call

    def hang_up(self, call: TrunkCall) -> None:
        """The phone's owner ends the call."""
        self._line.command(control.End(call.sid, "hangup"))

    def _keep(self, call: TrunkCall) -> None:
        self._calls[call.sid] = call
        if len(self._calls) > MOST_CALLS:
            del self._calls[next(iter(self._calls))]

    def _heard(self, event: control.Event) -> None:
        match event:
            case control.Incoming():
                sid = call_id_of(event.line_key)
                self._keep(TrunkCall(sid, event.from_number, event.to_number, "outbound"))
            case control.IncomingGone():
                self._becomes(call_id_of(event.line_key), "ended")
            case control.Answered():
                self._becomes(event.call_id, "in-progress")
            case control.Ended():
                self._becomes(event.call_id, "ended")
            case _:
                return

    def _becomes(self, sid: str, status: str) -> None:
        if sid in self._calls:
            self._calls[sid].status = status

    async def _serve_link(self) -> None:
        app = web.Application()
        app.router.add_get("/link/{scenario}", self._link)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = cast(tuple[str, int], self._runner.addresses[0])[1]
        self._link_url = f"ws://127.0.0.1:{port}/link"

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self._settings.token}":
            raise web.HTTPUnauthorized
        socket = web.WebSocketResponse(max_msg_size=1 << 22)
        await socket.prepare(request)
        talker = self._people.talker(Scenario(request.match_info["scenario"]))
        await talker.serve_socket(_LinkSocket(socket))
        return socket


class _LinkSocket:
    """An aiohttp server socket as the brain's ``Socket``."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
            return cast(str | bytes, message.data)
        return None

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)
