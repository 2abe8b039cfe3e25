"""SIP's sockets: one UDP port, the same TCP port, and the connections made on the way out.

Bytes in become ``Received``, what cannot be sent becomes ``SendFailed``. Host names are resolved
here; nothing of SIP beyond the cutting of a stream into messages is known.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from typing import Final, cast

from uponai import log
from uponai.sip.commands import SendTo
from uponai.sip.errors import SipParseError
from uponai.sip.events import Received, SendFailed
from uponai.sip.hop import Transport
from uponai.sip.parse import StreamFramer
from uponai.sip.uri import Address
from uponai.tasks import TaskGroup, monotonic_s

CONNECT_TIMEOUT_S: Final = 5.0
RESOLVED_FOR_S: Final = 60.0
MAX_RESOLVED: Final = 10_000
MAX_FLOWS: Final = 2_000
MAX_UNSENT_BYTES: Final = 1024 * 1024
MAX_DATAGRAM_BYTES: Final = 65_507
_BIND_TRIES = 20

Deliver = Callable[[Received | SendFailed], None]

_log = log.get("uponai.edge.sip")


def is_literal(host: str) -> bool:
    """Whether ``host`` is an address and needs no look-up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._deliver(Received(data, Address(addr[0], addr[1]), Transport.UDP))

    def error_received(self, exc: Exception) -> None:
        _log.debug("sip datagram refused", error=str(exc))


class _Flow(asyncio.Protocol):
    """One TCP connection, made by us or by the far side."""

    def __init__(self, sockets: SipSockets) -> None:
        self.far = Address("", 0)
        self.destinations: set[Address] = set()
        self.transport: asyncio.Transport | None = None
        self._sockets = sockets
        self._framer = StreamFramer()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's, so there is nothing to assert here.
        self.transport = cast(asyncio.Transport, transport)
        far = transport.get_extra_info("peername")
        self.far = Address(far[0], far[1])
        self._sockets.joined(self)

    def data_received(self, data: bytes) -> None:
        try:
            before = self._framer.pings
            messages = self._framer.feed(data)
            if self._framer.pings > before:
                self.write(b"\r\n")
        except SipParseError as error:
            _log.info("sip stream not understood, closed", far=self.far.host, error=str(error))
            self.close()
            return
        for message in messages:
            self._sockets.deliver(Received(message, self.far, Transport.TCP))

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._sockets.left(self)

    def write(self, data: bytes) -> None:
        """Send, or give the connection up when the far side does not read."""
        if self.transport is None:
            return
        self.transport.write(data)
        if self.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self.transport.abort()

    def close(self) -> None:
        """Close what stands."""
        if self.transport is not None:
            self.transport.close()


class SipSockets:
    """See the module. ``deliver`` is called on the event loop."""

    def __init__(self, deliver: Deliver) -> None:
        self.deliver = deliver
        self.port = 0
        self._udp: asyncio.DatagramTransport | None = None
        self._server: asyncio.Server | None = None
        self._flows: dict[Address, _Flow] = {}
        self._connecting: dict[Address, list[SendTo]] = {}
        self._resolved: dict[str, tuple[float, str]] = {}
        self._tasks = TaskGroup()

    async def start(self, host: str, port: int) -> None:
        """Bind UDP and TCP to one port (0: any that is free for both). Raises OSError."""
        loop = asyncio.get_running_loop()
        for left in reversed(range(_BIND_TRIES)):
            udp, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self.deliver), local_addr=(host, port)
            )
            self.port = int(udp.get_extra_info("sockname")[1])
            try:
                self._server = await loop.create_server(lambda: _Flow(self), host, self.port)
            except OSError:
                udp.close()
                if port or not left:
                    raise
                continue
            self._udp = udp
            return

    async def aclose(self) -> None:
        """Close everything."""
        await self._tasks.aclose()
        if self._server is not None:
            self._server.close()
        for flow in list(self._flows.values()):
            flow.close()
        if self._udp is not None:
            self._udp.close()
            self._udp = None
        # Transports close with the next turn of the loop.
        await asyncio.sleep(0)

    async def resolve(self, host: str) -> str:
        """The address of ``host``. Raises OSError when it has none."""
        if is_literal(host):
            return host
        known = self._resolved.get(host)
        if known is not None and known[0] > monotonic_s():
            return known[1]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        except UnicodeError as error:
            raise OSError(f"{host}: not a host name") from error
        # IPv4 first: few trunks have IPv6, and our own port is usually bound to IPv4.
        found.sort(key=lambda entry: entry[0] is not socket.AF_INET)
        address = str(found[0][4][0])
        if len(self._resolved) >= MAX_RESOLVED:
            self._resolved.clear()
        self._resolved[host] = (monotonic_s() + RESOLVED_FOR_S, address)
        return address

    async def connect(self, destination: Address) -> None:
        """Have a TCP connection to ``destination`` (an address). Raises OSError, TimeoutError."""
        if destination in self._flows:
            return
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await loop.create_connection(lambda: _Flow(self), *destination)

    def send(self, order: SendTo) -> None:
        """Send, at once where possible, after look-up or connecting where not."""
        if order.transport is Transport.UDP:
            self._send_datagram(order)
            return
        flow = self._flows.get(order.flow) if order.flow is not None else None
        flow = flow or self._flows.get(order.destination)
        if flow is not None:
            flow.destinations.add(order.destination)
            flow.write(order.data)
            return
        waiting = self._connecting.get(order.destination)
        if waiting is not None:
            waiting.append(order)
            return
        self._connecting[order.destination] = [order]
        self._tasks.spawn(self._connect_and_send(order.destination), name="sip connect")

    def _send_datagram(self, order: SendTo) -> None:
        host = order.destination.host
        if not is_literal(host):
            self._tasks.spawn(self._resolve_and_send(order), name="sip resolve")
        elif self._udp is not None and len(order.data) <= MAX_DATAGRAM_BYTES:
            self._udp.sendto(order.data, order.destination)

    async def _resolve_and_send(self, order: SendTo) -> None:
        try:
            address = await self.resolve(order.destination.host)
        except OSError as error:
            self.deliver(SendFailed(order.destination, order.transport, str(error)))
            return
        if self._udp is not None:
            self._udp.sendto(order.data, (address, order.destination.port))

    async def _connect_and_send(self, destination: Address) -> None:
        try:
            resolved = Address(await self.resolve(destination.host), destination.port)
            await self.connect(resolved)
        except (OSError, TimeoutError) as error:
            del self._connecting[destination]
            detail = str(error) or "no connection in time"
            self.deliver(SendFailed(destination, Transport.TCP, detail))
            return
        flow = self._flows.get(resolved)
        for order in self._connecting.pop(destination):
            if flow is None:
                self.deliver(SendFailed(destination, Transport.TCP, "connection lost"))
                return
            flow.destinations.add(destination)
            flow.write(order.data)

    def joined(self, flow: _Flow) -> None:
        """A connection stands."""
        if len(self._flows) >= MAX_FLOWS:
            _log.warning("too many sip connections, one refused", far=flow.far.host)
            flow.close()
            return
        self._flows[flow.far] = flow

    def left(self, flow: _Flow) -> None:
        """A connection is gone; what it carried may or may not have arrived."""
        if self._flows.get(flow.far) is flow:
            del self._flows[flow.far]
        for destination in {*flow.destinations, flow.far}:
            lost = SendFailed(destination, Transport.TCP, "connection lost", may_have_left=True)
            self.deliver(lost)
