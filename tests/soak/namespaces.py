"""Three machines in network namespaces: ``inside``, a ``router`` that translates, ``outside``.

Nothing of the host's own network is touched, and all of it is gone at the end. IPv4 is translated
(masquerade, and what ``forward`` forwards); IPv6 is routed as it is.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSIDE, OUTSIDE, ROUTER = "10.7.0.2", "203.0.113.9", "203.0.113.1"
INSIDE_6, OUTSIDE_6 = "2001:db8:1::2", "2001:db8:2::9"

_CLONE_NEWNET = 0x40000000
_TOOLS = {"ip": "iproute2", "sysctl": "procps", "nft": "nftables", "conntrack": "conntrack"}
_NAMES = ("inside", "router", "outside")
_WIRES = (
    ("inside", "wire", (f"{INSIDE}/24", f"{INSIDE_6}/64")),
    ("router", "lan", ("10.7.0.1/24", "2001:db8:1::1/64")),
    ("router", "wan", (f"{ROUTER}/24", "2001:db8:2::1/64")),
    ("outside", "wire", (f"{OUTSIDE}/24", f"{OUTSIDE_6}/64")),
)
_ROUTES = (
    ("inside", "route add default via 10.7.0.1"),
    ("outside", "route add default via 203.0.113.1"),
    ("inside", "-6 route add default via 2001:db8:1::1"),
    ("outside", "-6 route add default via 2001:db8:2::1"),
)
_RULES = """
flush ruleset
table ip nat {{
  chain pre {{
    type nat hook prerouting priority dstnat
    {forwarded}
  }}
  chain post {{
    type nat hook postrouting priority srcnat
    oifname "wan" meta l4proto {{ tcp, udp }} masquerade {ports}
  }}
}}
table ip filter {{
  chain forward {{
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "lan" accept
    ct status dnat accept
  }}
  chain input {{
    type filter hook input priority filter
    iifname "wan" meta l4proto {{ tcp, udp }} drop
  }}
}}
"""


def lacking() -> str:
    """What this machine lacks for it, "" for nothing."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    packages = [package for tool, package in _TOOLS.items() if shutil.which(tool) is None]
    if packages:
        return f"not installed: {', '.join(packages)}"
    try:
        with lab():
            return ""
    except subprocess.CalledProcessError as error:
        return f"{' '.join(error.cmd)}: {error.stderr}"


class Lab:
    """``router`` forwards nothing and keeps source ports where it can, until told otherwise."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def command(self, name: str) -> tuple[str, ...]:
        """What to put before a command that is to run on this machine."""
        return ("ip", "netns", "exec", self._prefix + name)

    def run(self, name: str, *command: str, text: str | None = None) -> str:
        """Run a command on a machine. Raises CalledProcessError."""
        done = subprocess.run(
            (*self.command(name), *command), input=text, text=True, check=True, capture_output=True
        )
        return done.stdout

    def wire(self) -> None:
        """Make the machines and their way to each other."""
        for name in _NAMES:
            _ip(f"netns add {self._prefix}{name}")
            # Nobody else has these addresses: they are good from the first packet on.
            self.switch(name, "ipv6.conf.all.accept_dad", 0)
            self.switch(name, "ipv6.conf.default.accept_dad", 0)
        for near, device in (("inside", "lan"), ("outside", "wan")):
            peer = f"peer name {device} netns {self._prefix}router"
            _ip(f"link add wire netns {self._prefix}{near} type veth {peer}")
        for name in _NAMES:
            self.run(name, *"ip link set lo up".split())
        for name, device, addresses in _WIRES:
            for address in addresses:
                self.run(name, *f"ip address add {address} dev {device}".split())
            self.run(name, *f"ip link set {device} up".split())
        for name, route in _ROUTES:
            self.run(name, *f"ip {route}".split())
        for switch in ("ipv4.ip_forward", "ipv6.conf.all.forwarding"):
            self.switch("router", switch, 1)

    def remove(self) -> None:
        """What of them there is."""
        for name in _NAMES:
            if Path(f"/run/netns/{self._prefix}{name}").exists():
                _ip(f"netns del {self._prefix}{name}")

    def switch(self, name: str, switch: str, value: int) -> None:
        """Set a switch of a machine's kernel, below ``net``."""
        self.run(name, "sysctl", "-q", "-w", f"net.{switch}={value}")

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Sockets made by this thread meanwhile, and by threads it starts, are this machine's."""
        with (
            open("/proc/thread-self/ns/net", "rb") as here,
            open(f"/run/netns/{self._prefix}{name}", "rb") as there,
        ):
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(here.fileno())

    def translate(self, *, forward: tuple[str, ...] = (), ports: str = "") -> None:
        """Source ports are of ``ports`` (``40000-40999``, ``random``; "": kept where possible).

        ``forward``: ports (``5060``, ``20000-20039``) that lead to ``inside``.
        """
        choice = f"to :{ports}" if ports[:1].isdigit() else ports
        forwarded = "\n".join(
            f'iifname "wan" {kind} dport {port} dnat to {INSIDE}'
            for port in forward
            for kind in ("udp", "tcp")
        )
        rules = _RULES.format(forwarded=forwarded, ports=choice)
        self.run("router", "nft", "-f", "-", text=rules)
        self.forget()

    def forget(self) -> None:
        """The router loses every binding, as after a restart."""
        self.run("router", "conntrack", "-F")

    def forget_after(self, seconds: int) -> None:
        """How long the router remembers a UDP binding without traffic."""
        for kind in ("", "_stream"):
            self.switch("router", f"netfilter.nf_conntrack_udp_timeout{kind}", seconds)

    def binding(self, port: int, transport: str = "udp") -> int | None:
        """The port that the router gave to what ``inside`` sends to ``port``, if it knows of it."""
        known = rf"dport={port} (?:\[UNREPLIED\] )?src=\S+ dst=\S+ sport=\d+ dport=(\d+)"
        listed = self.run("router", "conntrack", "-L", "-p", transport, "-s", INSIDE)
        found = re.search(known, listed)
        return int(found[1]) if found else None


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextmanager
def lab() -> Iterator[Lab]:
    """The three machines, wired up. Raises CalledProcessError where that is not allowed."""
    made = Lab(f"nat-{os.getpid()}-")
    try:
        made.wire()
        made.translate()
        yield made
    finally:
        made.remove()


def _ip(words: str) -> None:
    subprocess.run(("ip", *words.split()), check=True, capture_output=True, text=True)
