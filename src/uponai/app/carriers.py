"""The carriers that bring their own audio: built from the configuration, their routes mounted.

Hooks of carrier X stand at ``/hooks/X/...``, its media sockets at ``/media/X``. What a carrier is
told of them is made of the installation's public URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from fastapi import FastAPI, Request, WebSocket
from starlette.responses import Response

from uponai.app.install import TICKETS_PURPOSE
from uponai.app.sockets import StarletteSocket
from uponai.carriers import telnyx, twilio
from uponai.carriers.base import Carrier, NumberShop
from uponai.carriers.base_media import HookRequest, LineNews, MediaCarrier, Tickets
from uponai.carriers.hosted.desk import Site
from uponai.config import CarrierAccess, Config
from uponai.domain.call import CallState
from uponai.live.brain import Brain
from uponai.live.carrier_line import LineKeeping
from uponai.live.carrier_lines import CarrierLines
from uponai.seal import Seal
from uponai.storage.base import Storage
from uponai.tape import TapeDeck

MAX_HOOK_BYTES = 256 * 1024
POLICY_VIOLATION = 1008


@dataclass(frozen=True, slots=True)
class Bought:
    """An account with a carrier: it dials, sells numbers, and brings audio."""

    carrier: Carrier
    shop: NumberShop
    media: MediaCarrier


class CarrierRack:
    """The configured carriers by name, and the lines that they bring to this host's brain."""

    def __init__(
        self, config: Config, session: aiohttp.ClientSession, storage: Storage, secret: bytes
    ) -> None:
        self._config = config
        self._session = session
        self._storage = storage
        seal = Seal(secret, TICKETS_PURPOSE)
        self._tickets = Tickets(seal.seal, seal.unseal)
        self._lines: CarrierLines | None = None
        makers = {"twilio": self._twilio, "telnyx": self._telnyx}
        self._bought = {
            name: make(config.carrier(name))
            for name, make in makers.items()
            if config.carrier(name).secret
        }

    @property
    def carriers(self) -> dict[str, Carrier]:
        return {name: bought.carrier for name, bought in self._bought.items()}

    @property
    def shops(self) -> dict[str, NumberShop]:
        return {name: bought.shop for name, bought in self._bought.items()}

    def open_lines(self, brain: Brain) -> None:
        """Media sockets bring their calls to ``brain`` from now on."""
        config = self._config
        deck = TapeDeck(config.tape_dir) if config.edge.record and self._bought else None
        return_s = config.timers.brain_grace_ms / 1000
        silent_s = config.timers.media_timeout_ms / 1000
        keeping = LineKeeping(self._answered_ms, deck, return_s, silent_s)
        self._lines = CarrierLines(brain, keeping)

    def mount(self, app: FastAPI) -> None:
        """Add the routes of every carrier that is configured."""
        if self._bought and self._lines is not None:
            media = {name: bought.media for name, bought in self._bought.items()}
            mount(app, media, self._lines, self._config.public_url)

    async def aclose(self) -> None:
        """Let go of the lines, after the brain has."""
        if self._lines is not None:
            await self._lines.aclose()

    def _twilio(self, access: CarrierAccess) -> Bought:
        account = twilio.Account(access.account or "", access.secret or "")
        rest = twilio.opened(self._session, account, access.base_url or twilio.API)
        desk = twilio.Desk(account, rest, self._site(twilio.SPEC.name))
        return Bought(twilio.TwilioCarrier(desk), twilio.TwilioShop(desk), twilio.TwilioMedia(desk))

    def _telnyx(self, access: CarrierAccess) -> Bought:
        account = telnyx.Account(
            access.application or "", access.public_key or "", access.secret or ""
        )
        rest = telnyx.opened(self._session, account, access.base_url or telnyx.API)
        desk = telnyx.Desk(account, rest, self._site(telnyx.SPEC.name))
        return Bought(telnyx.TelnyxCarrier(desk), telnyx.TelnyxShop(desk), telnyx.TelnyxMedia(desk))

    def _site(self, account: str) -> Site:
        return Site(account, self._config.public_url, self._tickets, self._goes_on, self._tell_line)

    async def _tell_line(self, call_id: str, news: LineNews) -> None:
        if self._lines is not None:
            self._lines.told(call_id, news)

    async def _goes_on(self, call_id: str, fence: int) -> bool:
        call = await self._storage.calls.get(call_id)
        return call is not None and call.fence == fence and call.state is not CallState.ENDED

    async def _answered_ms(self, call_id: str) -> int | None:
        call = await self._storage.calls.get(call_id)
        return call.answered_ms if call is not None else None


def mount(
    app: FastAPI, carriers: Mapping[str, MediaCarrier], lines: CarrierLines, public_url: str
) -> None:
    """Add the routes of ``carriers``."""

    async def hook(name: str, path: str, request: Request) -> Response:
        carrier = carriers.get(name)
        if carrier is None:
            return Response(status_code=404)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_HOOK_BYTES:
                return Response(status_code=413)
        url = _public(public_url, request.url.path, request.url.query)
        asked = HookRequest(request.method, path, url, dict(request.headers), bytes(body))
        answer = await carrier.hook(asked)
        content_type = answer.content_type if answer.body else None
        return Response(answer.body, answer.status, media_type=content_type)

    async def media(name: str, socket: WebSocket) -> None:
        carrier = carriers.get(name)
        url = _public(public_url, socket.url.path, socket.url.query)
        upgrade = HookRequest("GET", "", url, dict(socket.headers))
        if carrier is None or not carrier.admits(upgrade):
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        await lines.serve(carrier, StarletteSocket(socket))

    path = "/hooks/{name}/{path:path}"
    app.add_api_route(path, hook, methods=["GET", "POST"], include_in_schema=False)
    app.add_api_websocket_route("/media/{name}", media)


def _public(public_url: str, path: str, query: str) -> str:
    return f"{public_url}{path}?{query}" if query else f"{public_url}{path}"
