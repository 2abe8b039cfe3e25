"""The way to a trunk: its servers one after the other, until one can be reached (RFC 3263 §4.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from uponai.edge.dialplan import Plan
from uponai.edge.settings import TargetCheck, allow_any_target
from uponai.edge.sip_sockets import SipSockets
from uponai.link import control
from uponai.sip.hop import Transport
from uponai.sip.locate import Server
from uponai.sip.uri import Address


class DialError(Exception):
    """A call that cannot even begin; ``cause`` as in ``control.Ended``."""

    def __init__(self, cause: control.Cause, text: str) -> None:
        super().__init__(text)
        self.cause: control.Cause = cause


@dataclass(frozen=True, slots=True)
class Reached:
    """A checked address; over TCP and TLS the connection stands, and leaves from ``near_port``.

    ``host`` is the name that led here, which a certificate proves.
    """

    address: Address
    transport: Transport
    near_port: int = 0
    host: str = ""

    @property
    def tls_port(self) -> int:
        """The near port of a TLS connection."""
        return self.near_port if self.transport is Transport.TLS else 0

    @property
    def server_name(self) -> str:
        """Whom a TLS connection was made to."""
        return self.host if self.transport is Transport.TLS else ""


@dataclass(frozen=True, slots=True)
class Rules:
    """``allowed``: where a call may go; ``is_down``: which servers are tried last."""

    allowed: TargetCheck = allow_any_target
    is_down: Callable[[Address, Transport], bool] = lambda address, transport: False


ANYWHERE = Rules()


@dataclass(frozen=True, slots=True)
class _Place:
    server: Server
    address: Address


async def ways(plan: Plan, sockets: SipSockets, rules: Rules = ANYWHERE) -> AsyncIterator[Reached]:
    """Every server that can be reached, the next one only when it is asked for.

    Raises DialError once none is left, with what was wrong with the last.
    """
    problem = DialError("dns", f"{plan.host}: no server")
    async for place in _places(plan, sockets, rules):
        if isinstance(place, DialError):
            problem = place
            continue
        try:
            reached = await _reach(place, plan, sockets, rules)
        except DialError as error:
            problem = error
            continue
        yield reached
    raise problem


async def _places(
    plan: Plan, sockets: SipSockets, rules: Rules
) -> AsyncIterator[_Place | DialError]:
    """In the order of the DNS, but those that are down behind all others: they may be back."""
    down: list[_Place] = []
    for server in await sockets.resolver.locate(plan.host, plan.port, plan.transport):
        try:
            found = await sockets.resolver.addresses(server.host)
        except OSError as error:
            yield DialError("dns", f"{server.host}: {error}")
            continue
        for host in found:
            place = _Place(server, Address(host, server.port))
            if rules.is_down(place.address, server.transport):
                down.append(place)
            else:
                yield place
    for place in down:
        yield place


async def _reach(place: _Place, plan: Plan, sockets: SipSockets, rules: Rules) -> Reached:
    server, address = place.server, place.address
    if not rules.allowed(server.host, *address):
        raise DialError("connect", f"{server.host}:{server.port} is not an allowed target")
    near_port = 0
    if server.transport is not Transport.UDP:
        try:
            # The certificate proves the name that the user gave (RFC 5922 §4).
            near_port = await sockets.connect(address, server.transport, plan.host)
        except (OSError, TimeoutError) as error:
            raise DialError("connect", str(error) or "no connection in time") from error
    return Reached(address, server.transport, near_port, plan.host)
