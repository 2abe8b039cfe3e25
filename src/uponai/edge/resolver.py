"""Looks up where calls go: NAPTR and SRV by DNS, addresses by the system (or the named servers)."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import secrets
import socket
from typing import Any, Final, cast

import dns.asyncresolver
import dns.exception
import dns.resolver

from uponai.sip.hop import Transport
from uponai.sip.locate import Naptr, Server, Srv, in_order, services, srv_name
from uponai.tasks import monotonic_s

LOOKUP_TIMEOUT_S: Final = 3.0
RESOLVED_FOR_S: Final = 60.0
MAX_RESOLVED: Final = 10_000
MAX_SERVERS: Final = 8
_ANY_TRANSPORT: Final = (Transport.UDP, Transport.TCP, Transport.TLS)


@functools.lru_cache(MAX_RESOLVED)
def is_literal(host: str) -> bool:
    """Whether ``host`` is an address and needs no look-up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Resolver:
    """``servers`` (``host:port``) are asked instead of the system's name service."""

    def __init__(self, servers: tuple[str, ...] = (), *, ipv6: bool = False) -> None:
        self._servers = servers
        self._ipv6 = ipv6
        self._dns: dns.asyncresolver.Resolver | None = None
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    async def locate(
        self, host: str, port: int | None, transport: Transport | None
    ) -> list[Server]:
        """The servers behind a URI's host in the order to try them (RFC 3263 §4).

        With a port or an address nothing is asked; without any SRV record the host itself serves.
        """
        if port is not None or is_literal(host) or "." not in host:
            spoken = transport or Transport.UDP
            return [Server(host, port or spoken.default_port, spoken)]
        found: list[Server] = []
        for name, spoken in await self._services(host, transport):
            records = in_order(await self._srv(name), lambda n: secrets.randbelow(n + 1))
            found += [Server(record.target, record.port, spoken) for record in records]
        if found:
            return found[:MAX_SERVERS]
        spoken = transport or Transport.UDP
        return [Server(host, spoken.default_port, spoken)]

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The addresses of ``host``, those we can send to first. Raises OSError without any."""
        if is_literal(host):
            return (host,)
        known = self._known.get(host)
        if known is not None and known[0] > monotonic_s():
            return known[1]
        found = await (self._ask_named(host) if self._servers else self._ask_system(host))
        if not found:
            raise OSError(f"{host}: no address")
        if len(self._known) >= MAX_RESOLVED:
            self._known.clear()
        self._known[host] = (monotonic_s() + RESOLVED_FOR_S, found)
        return found

    async def _services(
        self, host: str, transport: Transport | None
    ) -> list[tuple[str, Transport]]:
        if transport is not None:
            return [(srv_name(host, transport), transport)]
        answer = await self._query(host, "NAPTR")
        records = [
            Naptr(
                int(item.order),
                int(item.preference),
                _text(item.flags),
                _text(item.service),
                str(item.replacement).rstrip("."),
            )
            for item in answer
        ]
        return services(records) or [(srv_name(host, any_), any_) for any_ in _ANY_TRANSPORT[:1]]

    async def _srv(self, name: str) -> list[Srv]:
        return [
            Srv(int(item.priority), int(item.weight), int(item.port), str(item.target).rstrip("."))
            for item in await self._query(name, "SRV")
        ]

    async def _ask_system(self, host: str) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        except UnicodeError as error:
            raise OSError(f"{host}: not a host name") from error
        wanted = socket.AF_INET6 if self._ipv6 else socket.AF_INET
        # Few trunks have IPv6, and our own port is usually bound to IPv4.
        found.sort(key=lambda entry: entry[0] is not wanted)
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def _ask_named(self, host: str) -> tuple[str, ...]:
        found = [str(item.address) for item in await self._query(host, "A")]
        six = [str(item.address) for item in await self._query(host, "AAAA")]
        return tuple(six + found if self._ipv6 else found + six)

    async def _query(self, name: str, kind: str) -> list[Any]:
        """The records of a name, none where there are none or nobody answers."""
        try:
            asker = self._dns or self._configured()
            answer = await asker.resolve(name, kind, lifetime=LOOKUP_TIMEOUT_S)
        except (dns.exception.DNSException, OSError, UnicodeError):
            return []
        return list(cast("Any", answer))

    def _configured(self) -> dns.asyncresolver.Resolver:
        asker = dns.asyncresolver.Resolver(configure=not self._servers)
        if self._servers:
            hosts = [server.rpartition(":") for server in self._servers]
            asker.nameservers = [host for host, _, _ in hosts]
            asker.nameserver_ports = {host: int(port) for host, _, port in hosts}
        asker.cache = dns.resolver.LRUCache(MAX_RESOLVED)
        self._dns = asker
        return asker


def _text(value: Any) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
