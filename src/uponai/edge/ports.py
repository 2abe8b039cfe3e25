"""Sockets for audio: an even UDP port per line and the odd one behind it; ports rest after use.

The rest keeps a late packet of the last call out of the next one.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from uponai.media.rtp import MAX_PACKET_BYTES

Address = tuple[str, int]
Receive = Callable[[bytes, Address], None]

_READS_PER_WAKE = 16
_MAX_FORGOTTEN = 4_000
_SOCKET_BUFFER_BYTES = 128 * 1024


class NoFreePortError(Exception):
    """Every port of the range is in use or resting."""


class PortPool:
    """Which ports are free, resting or taken: the arithmetic without the sockets."""

    def __init__(self, first: int, last: int, quarantine_s: float) -> None:
        self._free = deque(port for port in range(first, last + 1) if port % 2 == 0)
        self._resting: deque[tuple[float, int]] = deque()
        self._quarantine_s = quarantine_s

    def take(self, now: float) -> int:
        """A port. Raises NoFreePortError."""
        while self._resting and self._resting[0][0] <= now:
            self._free.append(self._resting.popleft()[1])
        if not self._free:
            raise NoFreePortError
        return self._free.popleft()

    def give_back(self, port: int, now: float) -> None:
        """The port may be taken again after the quarantine."""
        self._resting.append((now + self._quarantine_s, port))

    def __len__(self) -> int:
        return len(self._free)


class RtpSocket:
    """One line's UDP sockets: audio on ``port``, reports on the next one (RFC 3550 section 11).

    Sending never waits: what the kernel does not take is dropped.
    """

    __slots__ = ("_loop", "_reports", "_socket", "dropped", "port")

    def __init__(self, host: str, port: int) -> None:
        self._socket = _bound(host, port)
        try:
            self._reports = _bound(host, port + 1)
        except OSError:
            self._socket.close()
            raise
        self.port = port
        self.dropped = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def listen(self, receive: Receive, reports: Receive) -> None:
        """Hand every datagram that comes from now on to ``receive``, or to ``reports``."""
        self._loop = asyncio.get_running_loop()
        for bound, take in ((self._socket, receive), (self._reports, reports)):
            _forget_waiting(bound)
            self._loop.add_reader(bound, _readable, bound, take)

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram, or drop it."""
        try:
            self._socket.sendto(data, address)
        except OSError:
            self.dropped += 1

    def send_report(self, data: bytes, address: Address) -> None:
        """Send one datagram from the port of reports, or drop it."""
        try:
            self._reports.sendto(data, address)
        except OSError:
            self.dropped += 1

    def close(self) -> None:
        """Stop listening and free the ports."""
        for bound in (self._socket, self._reports):
            if self._loop is not None:
                self._loop.remove_reader(bound)
            bound.close()
        self._loop = None


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER_BYTES)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


def _forget_waiting(bound: socket.socket) -> None:
    """Drop what piled up unread: the ringing and announcements before the answer."""
    for _ in range(_MAX_FORGOTTEN):
        try:
            bound.recv(1)
        except BlockingIOError:
            return
        except OSError:
            continue


def _readable(bound: socket.socket, take: Receive) -> None:
    for _ in range(_READS_PER_WAKE):
        try:
            data, address = bound.recvfrom(MAX_PACKET_BYTES + 1)
        except BlockingIOError:
            return
        except OSError:
            # An ICMP refusal of something we sent; the socket itself is fine.
            if bound.fileno() < 0:
                return
            continue
        take(data, (address[0], address[1]))


MakeRtp = Callable[[str, int], RtpSocket]
"""Binds one line's sockets to ``(host, even port)``. Raises OSError."""


class RtpSockets:
    """The sockets of an edge."""

    def __init__(self, host: str, pool: PortPool, make: MakeRtp = RtpSocket) -> None:
        self._host = host
        self._pool = pool
        self._make = make

    def open(self, now: float) -> RtpSocket:
        """A bound socket. Raises NoFreePortError."""
        for _ in range(len(self._pool) + 1):
            port = self._pool.take(now)
            try:
                return self._make(self._host, port)
            except OSError:
                # Another program has it; it may be free later.
                self._pool.give_back(port, now)
        raise NoFreePortError

    def close(self, rtp: RtpSocket, now: float) -> None:
        """Close ``rtp`` and let its port rest."""
        rtp.close()
        self._pool.give_back(rtp.port, now)
