"""SIP's sockets: one UDP port, the same TCP port, a TLS port, and the connections we make.

Bytes in become ``Received``, what cannot be sent becomes ``SendFailed``. Connections are used
again for whoever is reached by them, and kept open by empty lines (RFC 5626 §3.5.1).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final, cast

from uponai import log
from uponai.edge.dual import WILDCARD, listened, mapped, plain
from uponai.edge.resolver import Resolver, is_literal
from uponai.edge.tls import TlsSettings
from uponai.sip.commands import SendTo
from uponai.sip.errors import SipParseError
from uponai.sip.events import Received, SendFailed
from uponai.sip.gate import origin
from uponai.sip.hop import Transport
from uponai.sip.parse import StreamFramer
from uponai.sip.uri import Address
from uponai.tasks import TaskGroup, monotonic_s

CONNECT_TIMEOUT_S: Final = 5.0
HANDSHAKE_S: Final = 10.0
"""How long a connection that comes in may take to prove that it speaks TLS."""

MAX_NAMES: Final = 10_000
MAX_FLOWS: Final = 2_000
MAX_FLOWS_OF_ONE: Final = 100
"""Connections that come in, of all and of one origin: nobody shuts out the others."""

MAX_UNSENT_BYTES: Final = 1024 * 1024
MAX_DATAGRAM_BYTES: Final = 65_507
KEEP_ALIVE_S: Final = 25.0
"""Routers forget a silent UDP binding after 30 s and more; RFC 5626 section 4.4 has 24 to 29 s."""

MUTE_S: Final = 30.0
"""How long a connection that comes in may stand before its first whole message."""

KEEP_ALIVE_BYTES: Final = 4
"""Empty lines and the zeros of some phones: no message is that short."""

_BIND_TRIES = 20

Deliver = Callable[[Received | SendFailed], None]
Peer = tuple[Transport, Address]

_log = log.get("uponai.edge.sip")


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) > KEEP_ALIVE_BYTES:
            self._deliver(Received(data, Address(plain(addr[0]), addr[1]), Transport.UDP))

    def error_received(self, exc: Exception) -> None:
        _log.debug("sip datagram refused", error=str(exc))


class _Flow(asyncio.Protocol):
    """One connection, made by us (``ours``) or by the far side."""

    def __init__(self, sockets: SipSockets, kind: Transport, *, ours: bool = False) -> None:
        self.kind = kind
        self.ours = ours
        self.far = Address("", 0)
        self.origin = ""
        self.near_port = 0
        self.destinations: set[Address] = set()
        self.transport: asyncio.Transport | None = None
        self.speaks = False
        self.since_s = monotonic_s()
        self._sockets = sockets
        self._framer = StreamFramer()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's, so there is nothing to assert here.
        self.transport = cast(asyncio.Transport, transport)
        far = transport.get_extra_info("peername")
        if far is None:
            # Reset before it was looked at.
            self.transport.abort()
            return
        self.far = Address(far[0], far[1])
        self.origin = origin(far[0])
        self.near_port = int(transport.get_extra_info("sockname")[1])
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
            self.speaks = True
            self._sockets.deliver(Received(message, self.far, self.kind))

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
    """See the module. ``deliver`` is called on the event loop.

    ``kept``: addresses that empty datagrams are sent to, for the sake of a NAT on the way.
    """

    def __init__(self, deliver: Deliver) -> None:
        self.deliver = deliver
        self.port = 0
        self.tls_port = 0
        self.resolver = Resolver()
        self.kept: set[Address] = set()
        self._tls = TlsSettings()
        self._client_tls: ssl.SSLContext | None = None
        self._udp: asyncio.DatagramTransport | None = None
        self._servers: list[asyncio.Server] = []
        self._flows: dict[Peer, _Flow] = {}
        self._connecting: dict[Peer, list[SendTo]] = {}
        self._names: dict[Address, str] = {}
        self._host = ""
        self._sweep: asyncio.TimerHandle | None = None
        self._tasks = TaskGroup()

    async def start(self, host: str, port: int) -> None:
        """Bind UDP and TCP to one port (0: any that is free for both). Raises OSError."""
        loop = asyncio.get_running_loop()
        self._host = host
        for left in reversed(range(_BIND_TRIES)):
            udp, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self.deliver), local_addr=(host, port)
            )
            self.port = int(udp.get_extra_info("sockname")[1])
            try:
                server = await loop.create_server(
                    lambda: _Flow(self, Transport.TCP), listened(host, self.port), self.port
                )
            except OSError:
                udp.close()
                if port or not left:
                    raise
                continue
            self._servers.append(server)
            self._udp = udp
            self._sweep = loop.call_later(KEEP_ALIVE_S, self._keep_alive)
            return

    async def start_tls(self, host: str, port: int, tls: TlsSettings) -> None:
        """Listen for TLS too, if there is a certificate for it. Raises OSError."""
        self._tls = tls
        context = tls.server()
        if context is None:
            return
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Flow(self, Transport.TLS),
            listened(host, port),
            port,
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_S,
        )
        self._servers.append(server)
        self.tls_port = int(server.sockets[0].getsockname()[1])

    async def aclose(self) -> None:
        """Close everything."""
        if self._sweep is not None:
            self._sweep.cancel()
        await self._tasks.aclose()
        for server in self._servers:
            server.close()
        for flow in list(self._flows.values()):
            flow.close()
        if self._udp is not None:
            self._udp.close()
            self._udp = None
        # Transports close with the next turn of the loop.
        await asyncio.sleep(0)

    async def connect(self, destination: Address, kind: Transport, name: str) -> int:
        """Have a connection to ``destination`` (an address), where ``name`` must be proven for TLS.

        The port it leaves from. Raises TimeoutError, and OSError, also when a certificate proves
        nothing.
        """
        standing = self._flows.get((kind, destination))
        if standing is not None:
            return standing.near_port
        loop = asyncio.get_running_loop()
        context = await self._client_context() if kind is Transport.TLS else None
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, flow = await loop.create_connection(
                lambda: _Flow(self, kind, ours=True),
                *destination,
                ssl=context,
                server_hostname=name if context is not None else None,
                local_addr=self._local_address(destination.host),
            )
        if context is not None:
            self.expect(destination, name)
        return flow.near_port

    def _local_address(self, far_host: str) -> tuple[str, int] | None:
        """Where a connection leaves from: a far side knows us by the address that datagrams have.

        None leaves it to the system: we listen on all addresses, or on one that leads nowhere near.
        """
        if not is_literal(self._host):
            return None
        near = ip_address(self._host)
        same_kind = near.version == ip_address(far_host).version
        return (self._host, 0) if same_kind and not near.is_unspecified else None

    def expect(self, destination: Address, name: str) -> None:
        """Whoever is reached by TLS at ``destination`` must prove ``name``, also next time."""
        if len(self._names) >= MAX_NAMES:
            self._names.clear()
        self._names[destination] = name

    async def _client_context(self) -> ssl.SSLContext:
        if self._client_tls is None:
            # Reading a system's authorities takes longer than the lines may wait for a tick.
            self._client_tls = await asyncio.to_thread(self._tls.client)
        return self._client_tls

    def send(self, order: SendTo) -> None:
        """Send, at once where possible, after look-up or connecting where not."""
        if order.transport is Transport.UDP:
            self._send_datagram(order)
            return
        kind = order.transport
        flow = self._flows.get((kind, order.flow)) if order.flow is not None else None
        flow = flow or self._flows.get((kind, order.destination))
        if flow is not None:
            flow.destinations.add(order.destination)
            flow.write(order.data)
            return
        peer = (kind, self._next_best(order))
        waiting = self._connecting.get(peer)
        if waiting is not None:
            waiting.append(order)
            return
        self._connecting[peer] = [order]
        self._tasks.spawn(self._connect_and_send(peer), name="sip connect")

    def _next_best(self, order: SendTo) -> Address:
        """Whom to connect to where no connection stands.

        A certificate names no bare address: a far side behind one is reached again by the way that
        its connection had, where that had a name.
        """
        flow, destination = order.flow, order.destination
        named = order.transport is Transport.TLS and flow in self._names
        if flow is None or not named or destination in self._names:
            return destination
        return flow if is_literal(destination.host) else destination

    def _send_datagram(self, order: SendTo) -> None:
        host = order.destination.host
        if not is_literal(host):
            self._tasks.spawn(self._resolve_and_send(order), name="sip resolve")
        elif self._udp is not None and len(order.data) <= MAX_DATAGRAM_BYTES:
            self._say(order.data, order.destination)

    async def _resolve_and_send(self, order: SendTo) -> None:
        try:
            address = (await self.resolver.addresses(order.destination.host))[0]
        except OSError as error:
            self.deliver(SendFailed(order.destination, order.transport, str(error)))
            return
        self._say(order.data, Address(address, order.destination.port))

    def _say(self, data: bytes, far: Address) -> None:
        host = mapped(far.host) if self._host == WILDCARD else far.host
        if self._udp is not None:
            self._udp.sendto(data, (host, far.port))

    async def _connect_and_send(self, peer: Peer) -> None:
        kind, destination = peer
        name = self._names.get(destination, destination.host)
        try:
            address = (await self.resolver.addresses(destination.host))[0]
            resolved = Address(address, destination.port)
            await self.connect(resolved, kind, name)
        except (OSError, TimeoutError) as error:
            self._unsent(peer, str(error) or "no connection in time")
            return
        flow = self._flows.get((kind, resolved))
        if flow is None:
            self._unsent(peer, "connection lost")
            return
        for order in self._connecting.pop(peer):
            flow.destinations.add(order.destination)
            flow.write(order.data)

    def _unsent(self, peer: Peer, detail: str) -> None:
        """Tell of everything that waited for this connection."""
        waiting = self._connecting.pop(peer)
        for destination in dict.fromkeys(order.destination for order in waiting):
            self.deliver(SendFailed(destination, peer[0], detail))

    def joined(self, flow: _Flow) -> None:
        """A connection stands."""
        if not flow.ours and self._is_full(flow.origin):
            _log.warning("too many sip connections, one refused", far=flow.far.host)
            flow.close()
            return
        self._flows[flow.kind, flow.far] = flow

    def _is_full(self, whose: str) -> bool:
        came = [flow.origin for flow in self._flows.values() if not flow.ours]
        return len(came) >= MAX_FLOWS or came.count(whose) >= MAX_FLOWS_OF_ONE

    def left(self, flow: _Flow) -> None:
        """A connection is gone; what it carried may or may not have arrived."""
        if self._flows.get((flow.kind, flow.far)) is flow:
            del self._flows[flow.kind, flow.far]
        for destination in {*flow.destinations, flow.far}:
            lost = SendFailed(destination, flow.kind, "connection lost", may_have_left=True)
            self.deliver(lost)

    def _keep_alive(self) -> None:
        """Ping what we opened, so that no middlebox forgets it; drop callers who never speak."""
        now = monotonic_s()
        for flow in list(self._flows.values()):
            if flow.ours:
                flow.write(b"\r\n\r\n")
            elif not flow.speaks and now - flow.since_s > MUTE_S:
                flow.close()
        for address in self.kept:
            self._say(b"\r\n\r\n", address)
        loop = asyncio.get_running_loop()
        self._sweep = loop.call_later(KEEP_ALIVE_S, self._keep_alive)
