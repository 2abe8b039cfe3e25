"""Which servers a SIP URI leads to, in which order (RFC 3263, RFC 2782), from DNS records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from uponai.sip.hop import Transport


@dataclass(frozen=True, slots=True)
class Srv:
    """One SRV record; ``target`` without the closing dot ("" means: no such service)."""

    priority: int
    weight: int
    port: int
    target: str


@dataclass(frozen=True, slots=True)
class Naptr:
    """One NAPTR record with an SRV name as its replacement."""

    order: int
    preference: int
    flags: str
    service: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Server:
    """One server to try: a name or address, a port, and how to talk."""

    host: str
    port: int
    transport: Transport


SERVICES: Final = {
    "SIP+D2U": Transport.UDP,
    "SIP+D2T": Transport.TCP,
    "SIPS+D2T": Transport.TLS,
}
_NAMES: Final = {
    Transport.UDP: "_sip._udp.",
    Transport.TCP: "_sip._tcp.",
    Transport.TLS: "_sips._tcp.",
}


def srv_name(host: str, transport: Transport) -> str:
    """The SRV name of a host's service (RFC 3263 §4.1)."""
    return _NAMES[transport] + host


def services(records: Iterable[Naptr]) -> list[tuple[str, Transport]]:
    """The SRV names that NAPTR records lead to, the wanted first; only what we speak."""
    useful = [
        record
        for record in records
        if record.flags.lower() == "s" and record.service.upper() in SERVICES
    ]
    useful.sort(key=lambda record: (record.order, record.preference))
    return [(record.replacement, SERVICES[record.service.upper()]) for record in useful]


def in_order(records: Iterable[Srv], draw: Callable[[int], int]) -> list[Srv]:
    """SRV records as they are to be tried: by priority, and by weight at random within one.

    ``draw(n)`` gives a whole number from 0 to n. Records for "no such service" are dropped.
    """
    left = sorted(
        (record for record in records if record.target),
        key=lambda record: (record.priority, record.weight),
    )
    found: list[Srv] = []
    while left:
        same = [record for record in left if record.priority == left[0].priority]
        chosen = _drawn(same, draw(sum(record.weight for record in same)))
        found.append(chosen)
        left.remove(chosen)
    return found


def _drawn(records: Sequence[Srv], number: int) -> Srv:
    """The record where the running sum of weights reaches ``number`` (RFC 2782)."""
    reached = 0
    for record in records:
        reached += record.weight
        if reached >= number:
            return record
    return records[-1]
