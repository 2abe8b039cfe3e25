"""Free ports for processes that are told theirs before they start."""

from __future__ import annotations

import itertools
import os
import socket

BOTH = (socket.SOCK_DGRAM, socket.SOCK_STREAM)
# Below the ports that the system hands out by itself (32768 and up on Linux, 49152 by RFC 6335) and
# below those for audio: a port from there could be somebody's outgoing connection a moment later.
_RANGE = range(10_000, 20_000)
# Processes that look at the same time look in different places.
_begin = os.getpid() * 61 % len(_RANGE)
_turns = itertools.cycle([*_RANGE[_begin:], *_RANGE[:_begin]])


def free_port(host: str, kinds: tuple[socket.SocketKind, ...] = BOTH) -> int:
    """A port that nobody holds, never the same one twice in a row. Raises OSError for an address
    not ours, or when there is none.
    """
    _try(host, kinds[0], 0)
    for port in itertools.islice(_turns, len(_RANGE)):
        try:
            for kind in kinds:
                _try(host, kind, port)
        except OSError:
            continue
        return port
    raise OSError(f"no free port on {host}")


def _try(host: str, kind: socket.SocketKind, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        probe.bind((host, port))
