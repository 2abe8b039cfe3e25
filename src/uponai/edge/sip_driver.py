"""Runs the SIP endpoint: its timer, its sockets, and the journal before the bytes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from uponai import log
from uponai.edge.sip_sockets import SipSockets
from uponai.sip.commands import CallNews, Command, Journal, SendTo, ServerNews
from uponai.sip.endpoint import Endpoint
from uponai.sip.events import Event, Received, SendFailed, TimerFired
from uponai.sip.journal import DialogJournal
from uponai.sip.stack import EndpointConfig
from uponai.sip.tokens import DerivedTokens
from uponai.tasks import TaskGroup, monotonic_s

_log = log.get("uponai.edge.sip")


class SipOwner(Protocol):
    """Who the calls belong to."""

    def news(self, news: CallNews | ServerNews) -> None:
        """Something happened to a call, or to what a server was asked."""
        ...

    def journal(self, journal: DialogJournal) -> Awaitable[None] | None:
        """Keep a dialog; what comes after waits for the awaitable, if there is one."""
        ...


class SipDriver:
    """Feeds the endpoint and carries out its commands, in order."""

    def __init__(self, owner: SipOwner) -> None:
        self.sockets = SipSockets(self._deliver)
        self._owner = owner
        self._endpoint: Endpoint | None = None
        self._commands: deque[Command] = deque()
        self._running = False
        self._timer: asyncio.TimerHandle | None = None
        self._tasks = TaskGroup()

    async def start(
        self, host: str, port: int, secret: bytes, configure: Callable[[int], EndpointConfig]
    ) -> None:
        """Bind, then make the endpoint for the port that was got. Raises OSError."""
        await self.sockets.start(host, port)
        self._endpoint = Endpoint(configure(self.sockets.port), DerivedTokens(secret))

    async def aclose(self) -> None:
        """Stop at once; calls that stand are not told."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._endpoint = None
        await self._tasks.aclose()
        await self.sockets.aclose()

    @property
    def refusals(self) -> tuple[int, int]:
        """Messages dropped, and new calls turned away at the gate, so far."""
        endpoint = self._endpoint
        return (endpoint.dropped, endpoint.turned_away) if endpoint is not None else (0, 0)

    def handle(self, event: Event) -> None:
        """Take an event. Raises ValueError for an order that cannot be carried out."""
        if self._endpoint is None:
            return
        self._commands.extend(self._endpoint.handle(event, monotonic_s()))
        self._run()
        self._arm()

    def _deliver(self, event: Received | SendFailed) -> None:
        try:
            self.handle(event)
        except Exception:  # noqa: BLE001 - one message must not take the calls of others with it
            _log.exception("sip message not handled")

    def _run(self) -> None:
        """Carry out what waits. News may bring new orders; those queue behind."""
        if self._running:
            return
        self._running = True
        try:
            while self._commands:
                self._execute(self._commands.popleft())
        finally:
            self._running = False

    def _execute(self, command: Command) -> None:
        match command:
            case SendTo():
                self.sockets.send(command)
            case Journal(journal):
                kept = self._owner.journal(journal)
                if kept is not None:
                    held = list(self._commands)
                    self._commands.clear()
                    self._tasks.spawn(self._after(kept, held), name="sip journal")
            case _:
                self._owner.news(command)

    async def _after(self, kept: Awaitable[None], held: list[Command]) -> None:
        try:
            await kept
        except OSError as error:
            _log.error("journal cannot be written, nothing sent", error=str(error))
            for command in held:
                if isinstance(command, SendTo):
                    detail = f"journal: {error}"
                    self.handle(SendFailed(command.destination, command.transport, detail))
            return
        self._commands.extend(held)
        self._run()
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._endpoint.deadline() if self._endpoint is not None else None
        if due is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, due - monotonic_s()), self._fire)

    def _fire(self) -> None:
        self._timer = None
        try:
            self.handle(TimerFired())
        except Exception:  # noqa: BLE001 - one call must not take the timers of others with it
            _log.exception("sip timer not handled")
            self._arm()
