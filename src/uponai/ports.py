"""Free ports for processes that are told theirs before they start."""

from __future__ import annotations

import itertools
import os
import socket

_KINDS = (socket.SOCK_DGRAM, socket.SOCK_STREAM)
# Below the ports that the system hands out by itself (32768 and up on Linux, 49152 by RFC 6335) and
# below those for audio: a port from there could be somebody's outgoing connection a moment later.
_RANGE = range(10_000, 20_000)
# Processes that look at the same time look in places far apart: by the golden section of the range.
_begin = os.getpid() * 6_181 % len(_RANGE)
_turns = itertools.cycle([*_RANGE[_begin:], *_RANGE[:_begin]])


def free_port(host: str, room: int = 1) -> int:
    """A port that nobody holds for UDP or TCP, the first of ``room`` such in a row; none is given
    twice before all were. Raises OSError for an address not ours, or when there is none.
    """
    for kind in _KINDS:
        _try(host, kind, 0)
    for port in itertools.islice(_turns, len(_RANGE)):
        if all(_free(host, port + above) for above in range(room)):
            for _ in range(room - 1):
                next(_turns)
            return port
    raise OSError(f"no free port on {host}")


def _free(host: str, port: int) -> bool:
    try:
        for kind in _KINDS:
            _try(host, kind, port)
    except OSError:
        return False
    return True


def _try(host: str, kind: socket.SocketKind, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        probe.bind((host, port))
