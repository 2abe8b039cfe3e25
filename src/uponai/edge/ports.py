"""Sockets for audio: an even UDP port per line and the odd one behind it; ports rest after use.

The rest keeps a late packet of the last call out of the next one.
"""

from __future__ import annotations

import errno
import selectors
import socket
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterator

from uponai import log
from uponai.edge.dual import WILDCARD, mapped, plain
from uponai.media.rtp import MAX_PACKET_BYTES
from uponai.tasks import monotonic_s, wall_s

Address = tuple[str, int]
Receive = Callable[[bytes, Address, float], None]
"""Takes a datagram, where it came from, and when, in seconds of the steady clock."""

# Together the most that is read in a tick: a line sends one or two packets, and a flood at one port
# or at all of them must leave time for the tick. What is not read, the kernel drops in the end.
_READS_A_TICK = 200
_READS_A_LINE = 8
_MAX_FORGOTTEN = 4_000
_SOCKET_BUFFER_BYTES = 128 * 1024
_ONE_MOMENT_S = 0.0005
_CLOCK_LOOKS = 3
_SO_TIMESTAMPNS = 35
"""Linux: have the kernel note when a datagram came (not among the constants of ``socket``)."""

_STAMP = struct.Struct("@ll")
_NOTES_BYTES = 64

_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
"""Of no use to try another port."""

_log = log.get("uponai.edge.ports")


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

    Nothing here waits: what the kernel does not take is dropped, and what came is handed out by
    ``RtpSockets.read``.
    """

    __slots__ = ("_both", "_reports", "_socket", "dropped", "port")

    def __init__(self, host: str, port: int) -> None:
        self._both = host == WILDCARD
        self._socket = _bound(host, port)
        try:
            self._reports = _bound(host, port + 1)
        except OSError:
            self._socket.close()
            raise
        self.port = port
        self.dropped = 0

    def listen(self, receive: Receive, reports: Receive) -> Iterator[tuple[socket.socket, Receive]]:
        """What is to be read from now on, and who takes it; what piled up before is dropped."""
        for bound, take in ((self._socket, receive), (self._reports, reports)):
            _forget_waiting(bound)
            yield bound, take

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram, or drop it."""
        if self._both:
            address = (mapped(address[0]), address[1])
        try:
            self._socket.sendto(data, address)
        except OSError:
            self.dropped += 1

    def send_report(self, data: bytes, address: Address) -> None:
        """Send one datagram from the port of reports, or drop it."""
        if self._both:
            address = (mapped(address[0]), address[1])
        try:
            self._reports.sendto(data, address)
        except OSError:
            self.dropped += 1

    def close(self) -> None:
        """Free the ports."""
        self._socket.close()
        self._reports.close()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER_BYTES)
        if sys.platform == "linux":
            made.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
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


MakeRtp = Callable[[str, int], RtpSocket]
"""Binds one line's sockets to ``(host, even port)``. Raises OSError."""


class RtpSockets:
    """The sockets of an edge, read together: once per tick is soon enough for what plays in ticks.

    A wake-up of the process for each packet would cost more than all that is done with it. When a
    packet came is told by the kernel (on Linux; elsewhere it is when it was read).
    """

    def __init__(self, host: str, pool: PortPool, make: MakeRtp = RtpSocket) -> None:
        self._host = host
        self._pool = pool
        self._make = make
        self._selector = selectors.DefaultSelector()
        self._listening: dict[RtpSocket, tuple[socket.socket, ...]] = {}

    def open(self, now: float) -> RtpSocket:
        """A bound socket. Raises NoFreePortError."""
        for _ in range(len(self._pool) + 1):
            port = self._pool.take(now)
            try:
                return self._make(self._host, port)
            except OSError as error:
                # Another program has it; it may be free later.
                self._pool.give_back(port, now)
                if error.errno in _FULL:
                    _log.error("no socket for a call", error=str(error))
                    break
        raise NoFreePortError

    def listen(self, rtp: RtpSocket, receive: Receive, reports: Receive) -> None:
        """Hand every datagram that comes from now on to ``receive``, or to ``reports``."""
        pairs = tuple(rtp.listen(receive, reports))
        for bound, take in pairs:
            self._selector.register(bound, selectors.EVENT_READ, (bound, take))
        self._listening[rtp] = tuple(bound for bound, _ in pairs)

    def read(self) -> None:
        """Hand out what came to the lines that listen: each has its turn, floods have an end."""
        now = monotonic_s()
        ahead = _steady_ahead()
        left = _READS_A_TICK + _READS_A_LINE * len(self._listening)
        while left > 0:
            ready = self._selector.select(0)
            if not ready:
                return
            left -= len(ready)
            for key, _ in ready:
                bound, take = key.data
                try:
                    _read_one(bound, take, now, ahead)
                except Exception:  # noqa: BLE001 - one packet must not cost the others their tick
                    _log.exception("packet not handled")

    def close(self, rtp: RtpSocket, now: float) -> None:
        """Close ``rtp`` and let its port rest."""
        for bound in self._listening.pop(rtp, ()):
            self._selector.unregister(bound)
        rtp.close()
        self._pool.give_back(rtp.port, now)

    def shut(self) -> None:
        """Nothing is listened to any more; every socket was closed."""
        self._selector.close()


def _steady_ahead() -> float:
    """By how much the steady clock is ahead of the kernel's: read at one moment, not around a pause
    in which this process stood still."""
    best, shortest = 0.0, float("inf")
    for _ in range(_CLOCK_LOOKS):
        before, wall, after = monotonic_s(), wall_s(), monotonic_s()
        if after - before < shortest:
            best, shortest = before - wall, after - before
        if shortest < _ONE_MOMENT_S:
            break
    return best


def _read_one(bound: socket.socket, take: Receive, now: float, ahead: float) -> None:
    """``ahead`` is by how much the steady clock is ahead of the wall clock of the kernel's note."""
    try:
        data, notes, _, address = bound.recvmsg(MAX_PACKET_BYTES + 1, _NOTES_BYTES)
    except OSError:
        # Nothing there any more, or an ICMP refusal of something we sent; the socket is fine.
        return
    if notes and len(notes[0][2]) == _STAMP.size:
        seconds, nanos = _STAMP.unpack(notes[0][2])
        now = min(now, seconds + nanos / 1e9 + ahead)
    take(data, address if len(address) == 2 else (plain(address[0]), address[1]), now)
