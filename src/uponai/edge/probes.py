"""Asks the servers of trunks by OPTIONS whether they are there, so that calls try others first."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

from uponai import log
from uponai.edge.pulse import Pulse
from uponai.edge.sip_driver import SipDriver
from uponai.link import control
from uponai.sip.commands import Probed
from uponai.sip.errors import SipParseError
from uponai.sip.events import Probe
from uponai.sip.hop import Transport
from uponai.sip.locate import Server
from uponai.sip.uri import Address, SipUri, format_address, parse_uri
from uponai.tasks import TaskGroup

ANSWER_S: Final = 5.0
"""Repeated requests have come by then, and the answer to one of them."""

Place = tuple[Address, Transport]

_log = log.get("uponai.edge.probes")


def parse_trunk(text: str) -> SipUri:
    """``sip:host``, with ``:port`` and ``;transport=tls`` where wanted. Raises ValueError."""
    try:
        uri = parse_uri(text)
    except SipParseError as error:
        raise ValueError(f"expected sip:host: {error}") from error
    if not uri.host or uri.transport.upper() not in {"", *Transport.__members__}:
        raise ValueError("expected sip:host, with ;transport=udp, tcp or tls where wanted")
    return uri


class TrunkProbes:
    """``changed`` is called when a server goes down or comes back."""

    def __init__(self, sip: SipDriver, changed: Callable[[], None]) -> None:
        self._sip = sip
        self._changed = changed
        self._host = ""
        self._patience_s = ANSWER_S
        self._pulses: dict[Place, Pulse] = {}
        self._places: dict[SipUri, set[Place]] = {}
        self._asked: dict[str, asyncio.Future[int | None]] = {}
        self._tasks = TaskGroup()

    def start(self, trunks: tuple[str, ...], interval_s: float, host: str) -> None:
        """Begin to ask; ``host`` is ours. Raises ValueError for a trunk that cannot be read."""
        self._host, self._patience_s = host, min(ANSWER_S, interval_s)
        for uri in map(parse_trunk, trunks):
            self._tasks.spawn(self._keep(uri, interval_s), name="edge trunk probe")

    async def aclose(self) -> None:
        """Ask no more."""
        await self._tasks.aclose()

    def is_down(self, address: Address, transport: Transport) -> bool:
        """Whether this server has fallen silent; one that is not asked never has."""
        pulse = self._pulses.get((address, transport))
        return pulse is not None and pulse.is_down

    def states(self) -> tuple[control.TrunkState, ...]:
        """Every server that was asked."""
        return tuple(
            control.TrunkState(format_address(address), transport.name, not pulse.is_down)
            for (address, transport), pulse in self._pulses.items()
        )

    def news(self, word: Probed) -> None:
        """What came of a question."""
        answer = self._asked.get(word.call_key)
        if answer is not None and not answer.done():
            answer.set_result(word.code)

    async def _keep(self, uri: SipUri, interval_s: float) -> None:
        while True:
            try:
                await self._ask_all(uri)
            except (OSError, ValueError) as error:
                _log.warning("trunk not asked", trunk=uri.host, error=str(error))
            await asyncio.sleep(interval_s)

    async def _ask_all(self, uri: SipUri) -> None:
        resolver = self._sip.sockets.resolver
        wanted = Transport[uri.transport.upper()] if uri.transport else None
        if uri.scheme == "sips":
            wanted = Transport.TLS
        places: set[Place] = set()
        for server in await resolver.locate(uri.host, uri.port, wanted):
            for host in await resolver.addresses(server.host):
                address = Address(host, server.port)
                places.add((address, server.transport))
                await self._ask(uri, server, address)
        self._places[uri] = places
        self._forget_others()

    def _forget_others(self) -> None:
        """A server that the DNS names no longer is not down, it is none."""
        known = set[Place]().union(*self._places.values())
        for place in [place for place in self._pulses if place not in known]:
            if self._pulses.pop(place).is_down:
                self._changed()

    async def _ask(self, uri: SipUri, server: Server, address: Address) -> None:
        key = f"probe-{secrets.token_hex(8)}"
        answer = self._asked[key] = asyncio.get_running_loop().create_future()
        code: int | None = None
        try:
            async with asyncio.timeout(self._patience_s):
                near_port = 0
                if server.transport is not Transport.UDP:
                    sockets = self._sip.sockets
                    near_port = await sockets.connect(address, server.transport, uri.host)
                self._sip.handle(
                    Probe(
                        key,
                        f"{key}@{self._host}",
                        str(SipUri("sip", "", uri.host, uri.port)),
                        address,
                        server.transport,
                        near_port if server.transport is Transport.TLS else 0,
                    )
                )
                code = await answer
        except (OSError, TimeoutError):
            code = None
        finally:
            del self._asked[key]
        self._note(uri, (address, server.transport), code)

    def _note(self, uri: SipUri, place: Place, code: int | None) -> None:
        pulse = self._pulses.setdefault(place, Pulse())
        turned = pulse.missed() if code is None else pulse.answered()
        if not turned:
            return
        server = format_address(place[0])
        if pulse.is_down:
            _log.warning("trunk is silent, tried last from now on", trunk=uri.host, server=server)
        else:
            _log.info("trunk is back", trunk=uri.host, server=server, code=code)
        self._changed()
