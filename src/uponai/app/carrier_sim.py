"""Simulated carriers as a process: their API, webhooks and media, with people to phone."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from aiohttp import web

from uponai.app.models import ModelRack
from uponai.cluster.supervisor import parent_gone
from uponai.config import Config
from uponai.http import OutgoingHttp, TargetGuard
from uponai.sim.carriers.control import control_routes
from uponai.sim.carriers.outside import HttpOutside
from uponai.sim.carriers.phonebook import Household, Phonebook, Scenario
from uponai.sim.carriers.telnyx import TelnyxAccount, TelnyxSim
from uponai.sim.carriers.telnyx_rest import TelnyxRest
from uponai.sim.carriers.telnyx_rest import routes as telnyx_routes
from uponai.sim.carriers.twilio import TwilioAccount, TwilioSim
from uponai.sim.carriers.twilio_rest import TwilioRest
from uponai.sim.carriers.twilio_rest import routes as twilio_routes
from uponai.tasks import TaskGroup

Ready = Callable[[dict[str, Any]], None]
"""Hears where the carriers are and how their accounts are opened."""


@dataclass(frozen=True, slots=True)
class CarrierSimSettings:
    """Port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 0
    household: Household = Household("")
    twilio: TwilioAccount = TwilioAccount()
    telnyx: TelnyxAccount = TelnyxAccount()


async def run_carrier_sim(
    config: Config, settings: CarrierSimSettings, ready: Ready, *, supervised: bool
) -> None:
    """Serve until SIGTERM, SIGINT or the parent's death. Raises OSError: a port is taken."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, over.set)
    tasks = TaskGroup()
    if supervised:
        tasks.spawn(_watch_parent(over), name="watch parent")
    async with aiohttp.ClientSession() as session:
        rack = ModelRack(config, session)
        functions = OutgoingHttp(TargetGuard(config.allow_private_targets))
        phonebook = Phonebook(settings.household, rack, functions)
        outside = HttpOutside(session)
        twilio = TwilioSim(settings.twilio, phonebook.phone, outside)
        telnyx = TelnyxSim(settings.telnyx, phonebook.phone, outside)
        runner = _runner(twilio, telnyx, phonebook)
        try:
            if settings.household.default is Scenario.ANSWER:
                await rack.warm()
            await runner.setup()
            await web.TCPSite(runner, settings.host, settings.port).start()
            host, port = cast(tuple[str, int], runner.addresses[0])[:2]
            ready(_accounts(settings, f"http://{host}:{port}"))
            await over.wait()
        finally:
            await tasks.aclose()
            await twilio.aclose()
            await telnyx.aclose()
            await runner.cleanup()
            await phonebook.aclose()
            await functions.aclose()
            await rack.aclose()


def _runner(twilio: TwilioSim, telnyx: TelnyxSim, phonebook: Phonebook) -> web.AppRunner:
    app = web.Application()
    app.add_routes(twilio_routes(TwilioRest(twilio), twilio.account.sid))
    app.add_routes(telnyx_routes(TelnyxRest(telnyx)))
    app.add_routes(control_routes((twilio, telnyx), phonebook))
    return web.AppRunner(app, access_log=None, shutdown_timeout=0.5)


def _accounts(settings: CarrierSimSettings, url: str) -> dict[str, Any]:
    """The environment of a platform that uses them."""
    twilio, telnyx = settings.twilio, settings.telnyx
    return {
        "url": url,
        "TWILIO_ACCOUNT_SID": twilio.sid,
        "TWILIO_AUTH_TOKEN": twilio.token,
        "TWILIO_BASE_URL": url,
        "TELNYX_API_KEY": telnyx.key,
        "TELNYX_PUBLIC_KEY": telnyx.public_key,
        "TELNYX_CONNECTION_ID": telnyx.application,
        "TELNYX_BASE_URL": f"{url}/v2",
    }


async def _watch_parent(over: asyncio.Event) -> None:
    await parent_gone()
    over.set()
