"""The line of a simulated SIP trunk: an edge of ours, and who answers at which number.

A process of its own, because beside models audio comes late; whoever talks is behind the media link
``talkers_url``/SCENARIO in the process that started this one.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from uponai.edge.main import Edge
from uponai.edge.ports import Address, Receive, RtpSocket
from uponai.edge.settings import EdgeConfig
from uponai.link import control
from uponai.sim.limits import AccountLimits
from uponai.sim.network import Faults, Network, Road, faults_of
from uponai.sim.scenario import RING_FOREVER_S, Directory, Fate
from uponai.tasks import TaskGroup, loop_s

_REFUSALS: Mapping[Fate, tuple[int, str]] = {
    Fate.BUSY: (486, "Busy Here"),
    Fate.DECLINED: (603, "Decline"),
    Fate.INVALID: (404, "Not Found"),
    Fate.UNREACHABLE: (503, "Service Unavailable"),
}
TOO_FAST = (503, "Calls Per Second Limit Exceeded")
FULL = (403, "User channel limit exceeded D1")
_RING_FOREVER_MS = round(RING_FOREVER_S * 1000)


@dataclass(frozen=True, slots=True)
class TrunkPlan:
    """Who answers, and how many calls may be started a second and stand at once."""

    talkers_url: str
    directory: Directory = Directory()
    cps: int = 100
    concurrency: int | None = None


def call_id_of(line_key: str) -> str:
    """Our id of an arrived call, the same in both processes."""
    return f"sim_{hashlib.sha256(line_key.encode()).hexdigest()[:16]}"


class TrunkLine:
    """``start``, then calls are taken until ``aclose``."""

    def __init__(self, config: EdgeConfig, plan: TrunkPlan) -> None:
        self._edge = Edge(config, self._bind)
        self._plan = plan
        self._limits = AccountLimits(plan.cps, plan.concurrency, window_s=1.0)
        self._network = plan.directory.network
        self._taken: set[str] = set()
        self._answering: dict[str, asyncio.Task[None]] = {}
        self._tasks = TaskGroup()

    @property
    def sip_port(self) -> int:
        """The UDP and TCP port of SIP."""
        return self._edge.sip_port

    async def start(self) -> None:
        """Listen. Raises OSError."""
        await self._edge.start()
        self._edge.listen(self._heard)

    async def aclose(self) -> None:
        """Hang up every call."""
        await self._tasks.aclose()
        await self._edge.aclose()

    def _heard(self, envelope: control.Envelope) -> None:
        match envelope.event:
            case control.Incoming() as event:
                self._arrives(event)
            case control.IncomingGone() as event:
                answering = self._answering.pop(event.line_key, None)
                self._taken.discard(call_id_of(event.line_key))
                if answering is not None:
                    answering.cancel()
            case control.Ended() as event:
                self._taken.discard(event.call_id)
            case _:
                return

    def _arrives(self, event: control.Incoming) -> None:
        key, who = event.line_key, self._plan.directory.of(event.to_number)
        refused = self._refusal() or _REFUSALS.get(who.fate)
        if refused is not None:
            self._edge.command(control.Reject(key, *refused))
            return
        self._taken.add(call_id_of(key))
        if who.ring_s > 0:
            self._edge.command(control.Ring(key, _RING_FOREVER_MS))
        if who.fate is Fate.ANSWERED:
            urls = (f"{self._plan.talkers_url}/{who.scenario.value}",)
            accept = control.Accept(key, call_id_of(key), 1, urls)
            answering = self._answer(accept, who.network, who.ring_s)
            self._answering[key] = self._tasks.spawn(answering, name="answer")

    def _refusal(self) -> tuple[int, str] | None:
        if self._limits.full(len(self._taken)):
            return FULL
        return TOO_FAST if self._limits.too_fast() else None

    async def _answer(self, accept: control.Accept, network: Network, after_s: float) -> None:
        await asyncio.sleep(after_s)
        self._answering.pop(accept.line_key, None)
        # Its sockets are bound within the command.
        self._network = network
        self._edge.command(accept)
        self._network = self._plan.directory.network

    def _bind(self, host: str, port: int) -> RtpSocket:
        if self._network is Network.GOOD:
            return RtpSocket(host, port)
        return FaultyRtpSocket(host, port, faults_of(self._network))


class FaultyRtpSocket(RtpSocket):
    """The sockets of a line whose network loses, delays and cuts off, audio and reports alike."""

    __slots__ = ("_listening_s", "_road")

    def __init__(self, host: str, port: int, faults: Faults) -> None:
        super().__init__(host, port)
        self._road = Road(faults, f"{port}")
        self._listening_s: float | None = None

    def listen(self, receive: Receive, reports: Receive) -> Iterator[tuple[socket.socket, Receive]]:
        """As ``RtpSocket.listen``; the connection breaks counting from now."""
        self._listening_s = loop_s()
        return super().listen(self._through(receive), self._through(reports))

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram, now or later, or never."""
        if self._road.lost(from_phone=True) or self._is_cut():
            return
        asyncio.get_running_loop().call_later(self._road.late_s(), super().send, data, address)

    def send_report(self, data: bytes, address: Address) -> None:
        """As ``send``, from the port of reports."""
        if not (self._road.lost(from_phone=True) or self._is_cut()):
            super().send_report(data, address)

    def _through(self, receive: Receive) -> Receive:
        def arrived(data: bytes, source: Address, at: float) -> None:
            if self._road.lost(from_phone=False) or self._is_cut():
                return
            late_s = self._road.late_s()
            loop = asyncio.get_running_loop()
            loop.call_later(late_s, receive, data, source, at + late_s)

        return arrived

    def _is_cut(self) -> bool:
        reset_s = self._road.faults.reset_after_s
        since_s = self._listening_s
        return reset_s is not None and since_s is not None and loop_s() - since_s >= reset_s
