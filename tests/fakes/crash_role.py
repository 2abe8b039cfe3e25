"""An edge, or a dialer with its reaper, without API and models, to be forked and killed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import aiohttp
import uvloop

from uponai.carriers.base import CarrierError, CpsRange
from uponai.carriers.sip import EdgeAddress, SipCarrier
from uponai.cluster.reaper import Limits
from uponai.cluster.worker import (
    ClusterTimers,
    LeaseKeeper,
    Reaper,
    ReaperPorts,
    ReaperSettings,
)
from uponai.dialer.admit import Installation
from uponai.dialer.ports import DialerPorts, DialerTimers
from uponai.dialer.worker import Dialer
from uponai.edge.main import run_edge
from uponai.edge.settings import EdgeConfig
from uponai.storage.base import tell_nobody
from uponai.storage.sql import open_storage

TOKEN = "secret"
TIMERS = ClusterTimers(lease_ms=1_000, renew_ms=250, reap_ms=100)


async def edge(given):
    await run_edge(
        EdgeConfig(
            data=Path(given["data"]),
            token=TOKEN,
            control_port=given["control_port"],
            sip_port=given["sip_port"],
            rtp_first=given["rtp_first"],
            rtp_last=given["rtp_first"] + 998,
        )
    )


async def dialer(given):
    storage = await open_storage(given["database"])
    holder = f"dialer {os.getpid()}"
    async with aiohttp.ClientSession() as session:
        url = f"ws://127.0.0.1:{given['control_port']}/control"
        carrier = SipCarrier(session, EdgeAddress(url, TOKEN, ()))
        leases = LeaseKeeper(storage.calls, TIMERS)

        async def arrive(event, ring):
            return 480

        async def ask_lines():
            try:
                await carrier.ask_lines()
            except CarrierError:
                """The reaper asks again."""

        reaper = Reaper(
            ReaperPorts(
                storage=storage,
                report=lambda checkpoint: {},
                tell_ended=tell_nobody,
                on_released=lambda: dialer.wake(),
                ask_lines=ask_lines,
                ask=lambda call: dialer.ask(call),
            ),
            f"{holder} reaper",
            ReaperSettings(TIMERS, Limits(unknown_ms=90_000)),
        )
        ports = DialerPorts(
            storage=storage,
            carriers={"sip": carrier},
            held=leases,
            unseal=str,
            arrive=arrive,
            tell_started=tell_nobody,
            tell_ended=tell_nobody,
            on_lines=reaper.lines_held,
            on_line_ended=reaper.wake,
            installation=Installation(4_000, {"custom": 200}, {"custom": CpsRange(maximum=200)}),
        )
        dialer = Dialer(ports, holder, DialerTimers(lease_ms=TIMERS.lease_ms, poll_s=0.05))
        leases.start()
        dialer.start()
        reaper.start()
        await asyncio.start_server(lambda *_: None, "127.0.0.1", given["up_port"])
        await asyncio.Event().wait()


def live(role, given):
    """Be ``role`` until killed. ``given``: data, database, ports, and where the log goes."""
    log = os.open(given["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    uvloop.run({"edge": edge, "dialer": dialer}[role](given))
