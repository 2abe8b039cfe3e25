"""Simulated carriers as a process: their APIs, webhooks and media, a SIP trunk, people to phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from aiohttp import web

from uponai.app.simulation import Backstage, backstage, end_after, needs_models
from uponai.config import Config
from uponai.sim.carriers.control import ControlRoom, control_routes
from uponai.sim.carriers.outside import HttpOutside
from uponai.sim.carriers.phone import Phone, phone_of
from uponai.sim.carriers.telnyx import TelnyxSim
from uponai.sim.carriers.telnyx_call import TelnyxAccount
from uponai.sim.carriers.telnyx_rest import TelnyxRest
from uponai.sim.carriers.telnyx_rest import routes as telnyx_routes
from uponai.sim.carriers.twilio import TwilioSim
from uponai.sim.carriers.twilio_call import TwilioAccount
from uponai.sim.carriers.twilio_rest import TwilioRest
from uponai.sim.carriers.twilio_rest import routes as twilio_routes
from uponai.sim.phone_line import LineSettings
from uponai.sim.trunk import Trunk

Ready = Callable[[Mapping[str, str]], None]
"""Hears where the carriers are and how their accounts are opened."""


@dataclass(frozen=True, slots=True)
class CarrierSimSettings:
    """Port 0 takes a free one. ``line`` is the SIP trunk's, and has the directory of all."""

    line: LineSettings
    host: str = "127.0.0.1"
    port: int = 0
    voice: str = ""
    twilio: TwilioAccount = TwilioAccount()
    telnyx: TelnyxAccount = TelnyxAccount()


async def run_carrier_sim(
    config: Config, settings: CarrierSimSettings, ready: Ready, *, supervised: bool
) -> None:
    """Serve until SIGTERM, SIGINT or the parent's death. Raises OSError or ChildDied: a port is
    taken."""
    warm = needs_models(settings.line.directory.scenario)
    async with backstage(config, settings.voice, warm=warm, supervised=supervised) as behind:
        await _Exchange(settings, behind).serve(ready)


class _Exchange:
    """All that is simulated, in one process."""

    def __init__(self, settings: CarrierSimSettings, behind: Backstage) -> None:
        self._settings = settings
        self._behind = behind
        outside = HttpOutside(behind.session)
        self._twilio = TwilioSim(settings.twilio, self._phone, outside)
        self._telnyx = TelnyxSim(settings.telnyx, self._phone, outside)
        self._trunk = Trunk(settings.line, behind.people)
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.5)

    async def serve(self, ready: Ready) -> None:
        settings, over = self._settings, self._behind.over
        try:
            await self._runner.setup()
            await web.TCPSite(self._runner, settings.host, settings.port).start()
            await self._trunk.start()
            self._behind.tasks.spawn(end_after(over, self._trunk.over), name="watch line")
            host, port = cast(tuple[str, int], self._runner.addresses[0])[:2]
            ready(self._accounts(f"http://{f'[{host}]' if ':' in host else host}:{port}"))
            await over.wait()
        finally:
            await self._trunk.aclose()
            await self._twilio.aclose()
            await self._telnyx.aclose()
            await self._runner.cleanup()

    def _phone(self, number: str) -> Phone:
        return phone_of(self._settings.line.directory.of(number), self._behind.people)

    def _app(self) -> web.Application:
        twilio, telnyx = self._twilio, self._telnyx
        directory = self._settings.line.directory
        room = ControlRoom((twilio, telnyx), self._trunk, directory, self._behind.people)
        app = web.Application()
        app.add_routes(twilio_routes(TwilioRest(twilio), twilio.account.sid))
        app.add_routes(telnyx_routes(TelnyxRest(telnyx)))
        app.add_routes(control_routes(room))
        return app

    def _accounts(self, url: str) -> dict[str, str]:
        """The environment of a platform that uses them, and the trunk's address."""
        twilio, telnyx = self._settings.twilio, self._settings.telnyx
        return {
            "url": url,
            "sip": self._trunk.sip_address,
            "TWILIO_ACCOUNT_SID": twilio.sid,
            "TWILIO_AUTH_TOKEN": twilio.token,
            "TWILIO_BASE_URL": url,
            "TELNYX_API_KEY": telnyx.key,
            "TELNYX_PUBLIC_KEY": telnyx.public_key,
            "TELNYX_CONNECTION_ID": telnyx.application,
            "TELNYX_BASE_URL": f"{url}/v2",
            "UPONAI_ALLOW_PRIVATE_TARGETS": self._trunk.sip_address,
        }
