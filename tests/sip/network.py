"""Two endpoints of ours on a network in virtual time, which can lose, repeat and delay packets."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from uponai.sip.commands import Command, Journal, SendTo
from uponai.sip.endpoint import Endpoint
from uponai.sip.events import Event, PlaceCall, Received, TimerFired
from uponai.sip.headers import NameAddr
from uponai.sip.hop import Transport
from uponai.sip.message import Message, Request
from uponai.sip.offer import LocalMedia
from uponai.sip.parse import parse_datagram
from uponai.sip.stack import EndpointConfig
from uponai.sip.tokens import DerivedTokens
from uponai.sip.uri import Address

ALICE = Address("192.0.2.1", 5060)
BOB = Address("192.0.2.2", 5060)
ALICE_MEDIA = LocalMedia("192.0.2.1", 20000, session_id=7)
BOB_MEDIA = LocalMedia("192.0.2.2", 30000, session_id=9)


def endpoint(address: Address, secret: bytes | None = None) -> Endpoint:
    config = EndpointConfig(udp=address, tcp=address)
    return Endpoint(config, DerivedTokens(secret or address.host.encode()))


def place(**changes: object) -> PlaceCall:
    values: dict[str, object] = {
        "call_key": "k1",
        "call_id": "call_1.1@192.0.2.1",
        "target": "sip:bob@192.0.2.2",
        "destination": BOB,
        "transport": Transport.UDP,
        "caller": NameAddr("sip:alice@192.0.2.1", "Alice"),
        "media": ALICE_MEDIA,
    }
    return PlaceCall(**(values | changes))  # type: ignore[arg-type]


@dataclass
class Network:
    """``fate`` says, for each packet sent, after how many seconds its copies arrive.

    ``mangle`` changes the bytes under way.
    """

    fate: Callable[[bytes], list[float]] = lambda data: [0.01]
    mangle: Callable[[bytes], bytes] = lambda data: data
    transport: Transport = Transport.UDP
    now: float = 0.0
    ends: dict[Address, Endpoint] = field(
        default_factory=lambda: {ALICE: endpoint(ALICE), BOB: endpoint(BOB)}
    )
    news: dict[Address, list[Command]] = field(default_factory=lambda: {ALICE: [], BOB: []})
    wire: list[tuple[Address, Message]] = field(default_factory=list)
    reactions: dict[type, Callable[[Network, Address, Command], None]] = field(default_factory=dict)
    _flying: list[tuple[float, int, Address, Address, bytes]] = field(default_factory=list)
    _orders: list[tuple[float, int, Address, Event]] = field(default_factory=list)
    _count: int = 0

    def order(self, where: Address, event: Event, after_s: float = 0.0) -> None:
        self._count += 1
        heapq.heappush(self._orders, (self.now + after_s, self._count, where, event))

    def inject(self, source: Address, target: Address, data: bytes) -> None:
        self._count += 1
        heapq.heappush(self._flying, (self.now, self._count, source, target, data))

    def _take(self, where: Address, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, SendTo):
                self.wire.append((where, parse_datagram(command.data)))
                for delay in self.fate(command.data):
                    self._count += 1
                    data = self.mangle(command.data)
                    item = (self.now + delay, self._count, where, command.destination, data)
                    heapq.heappush(self._flying, item)
            else:
                self.news[where].append(command)
                reaction = self.reactions.get(type(command))
                if reaction is not None:
                    reaction(self, where, command)

    def _next(self) -> Iterator[float]:
        if self._flying:
            yield self._flying[0][0]
        if self._orders:
            yield self._orders[0][0]
        for end in self.ends.values():
            deadline = end.deadline()
            if deadline is not None:
                yield deadline

    def run(self, seconds: float = 1e6) -> None:
        """Let time pass until nothing is left to happen."""
        limit = self.now + seconds
        steps = 0
        while (soonest := min(self._next(), default=None)) is not None and soonest <= limit:
            steps += 1
            assert steps < 20_000, "the machines never come to rest"
            self.now = max(self.now, soonest)
            if self._orders and self._orders[0][0] <= self.now:
                _, _, where, event = heapq.heappop(self._orders)
                self._take(where, self.ends[where].handle(event, self.now))
            elif self._flying and self._flying[0][0] <= self.now:
                _, _, source, target, data = heapq.heappop(self._flying)
                if target in self.ends:
                    event = Received(data, source, self.transport)
                    self._take(target, self.ends[target].handle(event, self.now))
            else:
                for where, end in self.ends.items():
                    deadline = end.deadline()
                    if deadline is not None and deadline <= self.now:
                        self._take(where, end.handle(TimerFired(), self.now))
        self.now = max(self.now, limit if seconds < 1e6 else self.now)

    def told(self, where: Address) -> list[Command]:
        """The news of one side without its journal entries."""
        return [command for command in self.news[where] if not isinstance(command, Journal)]

    def sent(self, where: Address) -> list[str]:
        """What one side put on the wire: methods and codes."""
        return [
            message.method if isinstance(message, Request) else str(message.status)
            for source, message in self.wire
            if source == where
        ]
