"""What an edge is told at its start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from uponai.edge.tls import TlsSettings
from uponai.sip.gate import GateRule
from uponai.sip.transaction import TimerValues

TargetCheck = Callable[[str, str, int], bool]
"""Whether a call may go to ``(host as given, resolved address, port)``."""


def allow_any_target(host: str, address: str, port: int) -> bool:
    """No restriction: for an edge whose commands come from one trusted place only."""
    del host, address, port
    return True


@dataclass(frozen=True, slots=True)
class EdgeConfig:
    """One edge. Port 0 takes a free one; ``public_host`` is what peers are told to send to.

    ``company`` is PCM16LE mono at 8 kHz, played once when no brain answers, before the waiting
    tone. ``ring_incoming`` says 180 to a caller as soon as somebody was told of the call; without
    it a call is answered or refused before any ringing. ``rtp_first`` to ``rtp_last`` are the
    ports for audio, an even one per line and the next for reports. ``dns_servers``
    (``host:port``) are asked instead of the system's name service. ``registrations`` are accounts
    (``sip:user:password@host``) that are kept registered. ``session_expires_s`` is for
    session timers; 0 asks for none. The servers of ``options_trunks`` (``sip:host``) are asked by
    OPTIONS every ``options_interval_s`` whether they are there.
    """

    data: Path
    token: str = field(repr=False)
    name: str = "edge"
    control_host: str = "127.0.0.1"
    control_port: int = 0
    sip_host: str = "127.0.0.1"
    sip_port: int = 5060
    public_host: str | None = None
    rtp_first: int = 20_000
    rtp_last: int = 29_998
    port_quarantine_s: float = 5.0
    codecs: tuple[str, ...] = ("PCMU", "PCMA")
    company: bytes = field(default=b"", repr=False)
    company_limit_ms: int = 30_000
    media_timeout_ms: int = 30_000
    accept_timeout_ms: int = 10_000
    max_lines: int = 1_000
    record: bool = True
    ring_incoming: bool = False
    sip_timers: TimerValues = field(default_factory=TimerValues)
    allow_target: TargetCheck = allow_any_target
    tls_port: int = 5061
    tls: TlsSettings = field(default_factory=TlsSettings)
    dns_servers: tuple[str, ...] = ()
    session_expires_s: int = 1_800
    gate: GateRule = GateRule()
    registrations: tuple[str, ...] = field(default=(), repr=False)
    options_trunks: tuple[str, ...] = ()
    options_interval_s: float = 25.0

    @property
    def told_host(self) -> str:
        """The host in our Contact, Via and SDP."""
        return self.public_host or self.sip_host
