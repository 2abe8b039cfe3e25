"""The edge as a whole: control socket, SIP, lines, tape, journal; and its life as a process."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import secrets
import socket
from collections.abc import Awaitable, Callable
from typing import Final

from uponai import log
from uponai.edge.control import ControlServer
from uponai.edge.dual import WILDCARD
from uponai.edge.ear import Ear
from uponai.edge.event_log import EventLog
from uponai.edge.front_desk import FrontDesk
from uponai.edge.journal import Entry, Journal
from uponai.edge.parts import Parts
from uponai.edge.ports import MakeRtp, PortPool, RtpSocket, RtpSockets
from uponai.edge.probes import TrunkProbes
from uponai.edge.registrar import Registrar
from uponai.edge.resolver import Resolver, is_literal
from uponai.edge.settings import EdgeConfig
from uponai.edge.sip_driver import SipDriver
from uponai.edge.switchboard import Switchboard
from uponai.link import control
from uponai.sip.commands import (
    CallNews,
    IncomingCall,
    Probed,
    Registered,
    ServerNews,
    Unregistered,
)
from uponai.sip.events import EndOrphan
from uponai.sip.journal import DialogJournal
from uponai.sip.stack import EndpointConfig
from uponai.sip.uri import Address
from uponai.tape import TapeDeck, recorded_samples
from uponai.tasks import now_ms

Listener = Callable[[control.Envelope], None]

FAREWELL_S: Final = 2.0
_WILDCARDS = {"0.0.0.0", WILDCARD, ""}
# For documentation: no packet is sent, the kernel only tells from which address it would leave.
_ELSEWHERE = ("192.0.2.1", 9)
_ELSEWHERE_6 = ("2001:db8::1", 9)

_log = log.get("uponai.edge")


class Edge:
    """One line holder. ``start``, then commands by control socket or ``command``; ``aclose``.

    A program in the same process may use ``listen`` and ``command`` in place of the socket.
    ``make_rtp`` is another way to the network than the kernel's.
    """

    def __init__(self, config: EdgeConfig, make_rtp: MakeRtp = RtpSocket) -> None:
        self._config = config
        self._make_rtp = make_rtp
        self.boot = secrets.token_hex(8)
        self._events = EventLog(config.name, self.boot)
        self._listeners: list[Listener] = []
        self._control = ControlServer(config.token, self._events, self.command)
        self._sip = SipDriver(self)
        self._desk = FrontDesk(
            self._publish,
            self._sip.handle,
            config.accept_timeout_ms / 1000,
            rings=config.ring_incoming,
        )
        self._probes = TrunkProbes(self._sip, self._trunk_changed)
        self._board: Switchboard | None = None
        self._registrar: Registrar | None = None
        self._journal: Journal | None = None
        self._deck: TapeDeck | None = None

    @property
    def sip_port(self) -> int:
        """The UDP and TCP port of SIP."""
        return self._sip.sockets.port

    @property
    def tls_port(self) -> int:
        """The port of SIP over TLS, 0 where there is no certificate for it."""
        return self._sip.sockets.tls_port

    @property
    def control_url(self) -> str:
        """Where dialers connect."""
        return f"ws://{self._config.control_host}:{self._control.port}/control"

    @property
    def line_count(self) -> int:
        """Calls that are not over."""
        return len(self._board.calls) if self._board is not None else 0

    @property
    def refusals(self) -> tuple[int, int]:
        """Messages that could not be read, and new calls turned away at the gate, so far."""
        return self._sip.refusals

    def ears(self) -> list[Ear]:
        """The receiving side of every line that stands, for measuring."""
        calls = self._board.calls if self._board is not None else []
        return [call.line.ear for call in calls if call.line is not None]

    async def start(self) -> None:
        """Bind everything, then end what an earlier life left behind. Raises OSError."""
        config = self._config
        told, elsewhere = _told_hosts(config)

        def configure(port: int) -> EndpointConfig:
            here = Address(told, port)
            tls_port = self._sip.sockets.tls_port
            return EndpointConfig(
                here,
                here,
                timers=config.sip_timers,
                max_calls=config.max_lines,
                session_expires_s=config.session_expires_s,
                gate=config.gate,
                tls=Address(told, tls_port) if tls_port else None,
                elsewhere=elsewhere,
            )

        sockets = self._sip.sockets
        sockets.resolver = Resolver(config.dns_servers, ipv6=":" in config.sip_host)
        await sockets.start_tls(config.sip_host, config.tls_port, config.tls)
        await self._sip.start(config.sip_host, config.sip_port, secrets.token_bytes(32), configure)
        pool = PortPool(config.rtp_first, config.rtp_last, config.port_quarantine_s)
        journal = self._journal = Journal(config.data / "edge" / "journal")
        deck = self._deck = TapeDeck(config.data / "tape")
        audio = RtpSockets(config.sip_host, pool, self._make_rtp)
        parts = Parts(config, told, self._sip, audio, deck, journal, self._publish, self._probes)
        board = self._board = Switchboard(parts)
        for entry in journal.read():
            void = entry.void_at_ms is not None
            past = "void" if void else entry.ended or "taken"
            board.attempts.remember(entry.call_id, entry.attempt, entry.fence, past)
            if not void:
                self._orphan(entry, board, journal)
        registrar = self._registrar = Registrar(self._sip, told)
        registrar.start(config.registrations)
        self._probes.start(config.options_trunks, config.options_interval_s, told)
        await self._control.start(config.control_host, config.control_port)
        _log.info("edge listens", sip_port=self.sip_port, control=self.control_url)

    async def aclose(self) -> None:
        """Hang up every call, give the far sides a moment to answer, close everything."""
        board, journal, deck = self._board, self._journal, self._deck
        self._desk.close()
        await self._probes.aclose()
        if self._registrar is not None:
            await self._registrar.aclose()
        if board is not None:
            await board.leave("edge_stopping", FAREWELL_S)
            await board.aclose()
        await self._control.aclose()
        await self._sip.aclose()
        if deck is not None:
            await deck.aclose()
        if journal is not None:
            await journal.aclose()

    # -- control --------------------------------------------------------------------------------

    def listen(self, listener: Listener) -> None:
        """Hear every event from now on, and at once those that nobody has acknowledged."""
        self._listeners.append(listener)
        for envelope in self._events.waiting():
            listener(envelope)

    def unlisten(self, listener: Listener) -> None:
        """Hear no more."""
        self._listeners.remove(listener)

    def command(self, command: control.Command) -> None:
        """Carry out a control command."""
        board = self._board
        if board is None:
            return
        match command:
            case control.Dial():
                board.dial(command)
            case control.Accept() | control.Ring() | control.Reject():
                self._arrived(command, board)
            case control.End():
                board.end(command.call_id, command.reason)
            case control.SendDtmf() | control.Hold() | control.Refer():
                board.asks.order(command)
            case control.Brains():
                board.offer_brains(command.call_id, command.brains)
            case control.Ack():
                self._acknowledged(command)
            case control.LookUp():
                board.look_ups.answer(command)
            case control.WantLines():
                self._publish(board.lines())

    def _arrived(
        self, command: control.Accept | control.Ring | control.Reject, board: Switchboard
    ) -> None:
        match command:
            case control.Accept():
                self._accept(command, board)
            case control.Ring():
                self._desk.ring(command.line_key, command.for_ms / 1000)
            case control.Reject():
                self._desk.reject(command)

    def _accept(self, accept: control.Accept, board: Switchboard) -> None:
        if board.attempts.past(accept.call_id, 0) == "void":
            self._desk.reject(control.Reject(accept.line_key, 480))
            return
        if self._desk.take(accept.line_key):
            board.accept(accept)
            return
        text = "the caller gave up before the answer"
        gone = control.Ended(
            accept.call_id, 0, "remote_hangup", answered=False, at_ms=now_ms(), text=text
        )
        self._publish(gone)

    def _acknowledged(self, ack: control.Ack) -> None:
        for event in self._events.acknowledge(ack.boot, ack.seq):
            if isinstance(event, control.Ended) and self._journal is not None:
                self._journal.forget(event.call_id, event.attempt)

    def _publish(self, event: control.Event) -> None:
        envelope = self._events.add(event)
        self._control.publish(envelope)
        for listener in self._listeners:
            listener(envelope)

    # -- SIP ------------------------------------------------------------------------------------

    def news(self, news: CallNews | ServerNews) -> None:
        """What the SIP endpoint has to tell."""
        if isinstance(news, Probed):
            self._probes.news(news)
        elif isinstance(news, Registered | Unregistered):
            if self._registrar is not None:
                self._registrar.news(news)
        elif isinstance(news, IncomingCall) and news.replaces and self._board is not None:
            self._board.successors.arrives(news)
        elif isinstance(news, IncomingCall):
            anybody = self._control.connected or bool(self._listeners)
            self._desk.arrives(news, anybody=anybody, room=self._has_room())
        elif not self._desk.gone(news) and self._board is not None:
            self._board.news(news)

    def _trunk_changed(self) -> None:
        if self._board is not None:
            self._publish(self._board.lines())

    def _has_room(self) -> bool:
        board = self._board
        return board is None or board.capacity.room(len(board.calls) + self._desk.waiting) > 0

    def journal(self, journal: DialogJournal) -> Awaitable[None] | None:
        """What the SIP endpoint wants kept."""
        return self._board.journal(journal) if self._board is not None else None

    def _orphan(self, entry: Entry, board: Switchboard, journal: Journal) -> None:
        """End a call of an earlier life and report it, or report again how it ended."""
        if entry.ended is not None:
            self._publish(entry.ended)
            return
        samples = recorded_samples(self._config.data / "tape", entry.call_id)
        ended = control.Ended(
            entry.call_id,
            entry.attempt,
            "edge_restart",
            answered=entry.answered_at_ms is not None,
            at_ms=now_ms(),
            line_samples=samples,
        )
        try:
            dialog = DialogJournal.from_dict(dict(entry.dialog))
            if dialog.server_name:
                self._sip.sockets.expect(dialog.hop.address, dialog.server_name)
            self._sip.handle(EndOrphan(dialog))
        except ValueError as error:
            _log.error("orphan cannot be hung up", call_id=entry.call_id, error=str(error))
        board.attempts.ended(ended)
        journal.keep_soon(dataclasses.replace(entry, ended=ended))
        self._publish(ended)


def _told_hosts(config: EdgeConfig) -> tuple[str, str]:
    """The address that peers are told, and that for peers of the other family (IPv4, IPv6).

    Where none is given, it is the one that we would leave from. The second is "" where we do not
    listen for that family, have no way to it, or are known by a name.
    """
    told = config.told_host
    if told in _WILDCARDS:
        six = ":" in told
        told = _leaves_from(six=six) or ("::1" if six else "127.0.0.1")
    if config.sip_host != WILDCARD or not is_literal(told):
        return told, ""
    return told, _leaves_from(six=":" not in told)


def _leaves_from(*, six: bool) -> str:
    """Our address in this family towards the world, "" without a way there."""
    with contextlib.suppress(OSError):
        family = socket.AF_INET6 if six else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(_ELSEWHERE_6 if six else _ELSEWHERE)
            return str(probe.getsockname()[0])
    return ""


async def run_edge(config: EdgeConfig, ready: Callable[[Edge], None] | None = None) -> None:
    """Run an edge until cancelled; ``ready`` hears when it listens. Raises OSError."""
    edge = Edge(config)
    try:
        await edge.start()
        # What stands now stays: a collection of garbage has only the calls to look through, and
        # holds no tick up over the code.
        gc.collect()
        gc.freeze()
        if ready is not None:
            ready(edge)
        await asyncio.Event().wait()
    finally:
        await edge.aclose()
