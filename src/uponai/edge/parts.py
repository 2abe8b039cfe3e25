"""What a switchboard and those who work for it are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from uponai.edge.journal import Journal
from uponai.edge.ports import RtpSockets
from uponai.edge.probes import TrunkProbes
from uponai.edge.settings import EdgeConfig
from uponai.edge.sip_driver import SipDriver
from uponai.link import control
from uponai.tape import TapeDeck

Publish = Callable[[control.Event], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """``told_host`` is the address that peers are told; ``publish`` tells the dialers."""

    config: EdgeConfig
    told_host: str
    sip: SipDriver
    sockets: RtpSockets
    deck: TapeDeck
    journal: Journal
    publish: Publish
    probes: TrunkProbes
