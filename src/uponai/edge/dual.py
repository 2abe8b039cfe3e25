"""Both families behind one wildcard: sockets on ``::`` hear IPv4 by addresses mapped into IPv6.

Everything above the sockets knows IPv4 addresses as such (RFC 4291 section 2.5.5.2), so that
lists of networks, SDP and latches compare what is equal.
"""

from __future__ import annotations

from typing import Final

WILDCARD: Final = "::"
_MAPPED: Final = "::ffff:"


def plain(host: str) -> str:
    """The address as others write it: ``192.0.2.1`` for ``::ffff:192.0.2.1``."""
    return host[len(_MAPPED) :] if host.startswith(_MAPPED) and "." in host else host


def mapped(host: str) -> str:
    """The address as a socket on ``::`` must be given it."""
    return host if ":" in host else _MAPPED + host


def listened(host: str, port: int) -> str | list[str]:
    """What a TCP server is to be bound to for both families; a port that is free for one is not
    asked for in the other."""
    return [WILDCARD, "0.0.0.0"] if host == WILDCARD and port else host
