"""The control socket: dialers connect, send commands, receive numbered events.

Several may be connected; each receives every event, and one acknowledgement is enough.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import deque
from collections.abc import Callable

from aiohttp import WSMsgType, web

from uponai import log
from uponai.edge.event_log import EventLog
from uponai.link.codec import LinkError
from uponai.link.control import Command, Envelope, decode_command, encode_event
from uponai.tasks import spawn

PATH = "/control"
HEARTBEAT_S = 10.0
MAX_COMMAND_BYTES = 256 * 1024
MAX_BACKLOG = 100_000

_log = log.get("uponai.edge.control")


class _Connection:
    """One dialer: what it is still to be sent."""

    def __init__(self, waiting: list[Envelope]) -> None:
        self.outbox: deque[Envelope] = deque(waiting)
        self.wake = asyncio.Event()
        self.wake.set()

    def push(self, envelope: Envelope) -> None:
        self.outbox.append(envelope)
        self.wake.set()

    async def send_to(self, socket: web.WebSocketResponse) -> None:
        """Send until more piles up than a living reader would leave."""
        while len(self.outbox) <= MAX_BACKLOG:
            while self.outbox:
                await socket.send_str(encode_event(self.outbox.popleft()))
            self.wake.clear()
            await self.wake.wait()
        await socket.close(code=1008, message=b"reads too slowly")


class ControlServer:
    """Listens on ``ws://host:port/control``; the token comes as ``Authorization: Bearer``."""

    def __init__(self, token: str, events: EventLog, apply: Callable[[Command], None]) -> None:
        self._token = token.encode()
        self._events = events
        self._apply = apply
        self._connections: set[_Connection] = set()
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def connected(self) -> bool:
        """Whether anybody would hear an event now."""
        return bool(self._connections)

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises OSError when the port is taken."""
        app = web.Application()
        app.router.add_get(PATH, self._serve)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runner = runner
        await web.TCPSite(runner, host, port).start()
        self.port = int(runner.addresses[0][1])

    async def aclose(self) -> None:
        """Close every connection and stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def publish(self, envelope: Envelope) -> None:
        """Send ``envelope`` to everybody connected."""
        for connection in self._connections:
            connection.push(envelope)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        if not self._token or not hmac.compare_digest(given, self._token):
            return web.Response(status=401, text="control: wrong or missing token")
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, max_msg_size=MAX_COMMAND_BYTES, compress=False
        )
        await socket.prepare(request)
        connection = _Connection(self._events.waiting())
        self._connections.add(connection)
        sender = spawn(connection.send_to(socket), name="edge control sender")
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._command(message.data)
        finally:
            self._connections.discard(connection)
            sender.cancel()
        return socket

    def _command(self, frame: str | bytes) -> None:
        try:
            command = decode_command(frame)
        except LinkError as error:
            _log.warning("control frame not understood", error=str(error))
            return
        try:
            self._apply(command)
        except Exception:  # noqa: BLE001 - one command must not cut off the dialer
            _log.exception("control command failed", command=type(command).__name__)
