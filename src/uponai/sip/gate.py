"""Whose new calls are looked at: known networks always, others within a rate (scanners, floods).

Requests that belong to no call of ours, whatever their method, count as new calls.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_REMEMBERED = 20_000
LOOPBACK: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)


@dataclass(frozen=True, slots=True)
class GateRule:
    """``known`` networks come in freely; ``only_known`` turns everybody else away.

    Others begin at most ``per_s`` calls a second for each ``origin``, ``burst`` at once, and all of
    them together ten times as many: an address is easily forged in a datagram.
    """

    known: tuple[Network, ...] = LOOPBACK
    only_known: bool = False
    per_s: float = 20.0
    burst: int = 100


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float

    def take(self, per_s: float, burst: float, now: float) -> bool:
        self.left = min(burst, self.left + (now - self.at) * per_s)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Gate:
    """Decides on each new call before anything is kept of it."""

    def __init__(self, rule: GateRule) -> None:
        self._rule = rule
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._all = _Bucket(10.0 * rule.burst, 0.0)

    def admits(self, host: str, now: float) -> bool:
        """Whether a new call from this address is to be looked at."""
        rule = self._rule
        if self.knows(host):
            return True
        if rule.only_known:
            return False
        whose = origin(host)
        bucket = self._buckets.get(whose)
        if bucket is None:
            bucket = self._buckets[whose] = _Bucket(float(rule.burst), now)
            if len(self._buckets) > _REMEMBERED:
                self._buckets.popitem(last=False)
        return bucket.take(rule.per_s, rule.burst, now) and self._all.take(
            10 * rule.per_s, 10.0 * rule.burst, now
        )

    def knows(self, host: str) -> bool:
        """Whether the address is of a known network."""
        if not self._rule.known:
            return False
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._rule.known)


def origin(host: str) -> str:
    """Whose address it is: of IPv6 the network of 64 bits, all of which one subscriber has."""
    if ":" not in host:
        return host
    try:
        return str(ipaddress.ip_network((host.partition("%")[0], 64), strict=False))
    except ValueError:
        return host


def parse_networks(entries: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses and networks (``192.0.2.0/24``). Raises ValueError naming the entry."""
    found: list[Network] = []
    for entry in entries:
        try:
            found.append(ipaddress.ip_network(entry.strip(), strict=False))
        except ValueError as error:
            raise ValueError(f"not an address or network: {entry!r}") from error
    return tuple(found)
