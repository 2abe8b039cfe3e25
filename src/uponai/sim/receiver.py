"""The customer's side of the demo: takes webhooks and the calls of the booking function."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import web

SIGNATURE_HEADER = "x-retell-signature"
BOOKING_PATH = "/book"
WEBHOOK_PATH = "/webhook"
_FIRST_REFERENCE = 4_711

Verify = Callable[[str, str], bool]
"""Whether ``(raw body, signature header)`` was signed with our API key."""


@dataclass(frozen=True, slots=True)
class Received:
    """One webhook. ``verified`` says whether its signature was right."""

    event: str
    call: Mapping[str, Any]
    verified: bool

    @property
    def call_id(self) -> str:
        return str(self.call.get("call_id", ""))


@dataclass(frozen=True, slots=True)
class Booking:
    """One appointment, made by a function call of an agent."""

    reference: str
    call_id: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Receiver:
    """Takes signed requests on a free loopback port; refuses those that are not."""

    def __init__(self, verify: Verify, host: str = "127.0.0.1") -> None:
        self._verify = verify
        self._host = host
        self._runner: web.AppRunner | None = None
        self._changed = asyncio.Condition()
        self.authority = ""
        self.webhooks: list[Received] = []
        self.bookings: list[Booking] = []
        self.refused = 0

    @property
    def booking_url(self) -> str:
        return f"http://{self.authority}{BOOKING_PATH}"

    @property
    def webhook_url(self) -> str:
        return f"http://{self.authority}{WEBHOOK_PATH}"

    async def start(self) -> None:
        """Listen. Raises OSError."""
        app = web.Application()
        app.router.add_post(BOOKING_PATH, self._book)
        app.router.add_post(WEBHOOK_PATH, self._webhook)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, 0).start()
        port = cast(tuple[str, int], self._runner.addresses[0])[1]
        self.authority = f"{self._host}:{port}"

    async def aclose(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def events_of(self, call_id: str) -> list[Received]:
        """The webhooks of one call, as they came."""
        return [hook for hook in self.webhooks if hook.call_id == call_id]

    async def until(self, call_id: str, events: frozenset[str], timeout_s: float) -> bool:
        """Wait until all ``events`` of a call have come; false when they do not in time."""

        def complete() -> bool:
            return events <= {hook.event for hook in self.events_of(call_id)}

        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(complete)
        except TimeoutError:
            return False
        return True

    async def _book(self, request: web.Request) -> web.Response:
        body, verified = await self._read(request)
        if body is None or not verified:
            return self._refuse(body)
        call = cast(Mapping[str, Any], body.get("call") or {})
        reference = f"MD-{_FIRST_REFERENCE + len(self.bookings)}"
        arguments = cast(Mapping[str, Any], body.get("args") or {})
        self.bookings.append(Booking(reference, str(call.get("call_id", "")), arguments))
        return web.json_response({"status": "booked", "reference": reference})

    async def _webhook(self, request: web.Request) -> web.Response:
        body, verified = await self._read(request)
        if body is None:
            return self._refuse(body)
        call = cast(Mapping[str, Any], body.get("call") or {})
        async with self._changed:
            self.webhooks.append(Received(str(body.get("event", "")), call, verified))
            self._changed.notify_all()
        return web.Response(status=204) if verified else self._refuse(body)

    async def _read(self, request: web.Request) -> tuple[dict[str, Any] | None, bool]:
        raw = (await request.read()).decode("utf-8", errors="replace")
        verified = self._verify(raw, request.headers.get(SIGNATURE_HEADER, ""))
        try:
            body = json.loads(raw)
        except ValueError:
            return None, verified
        return (cast(dict[str, Any], body) if isinstance(body, dict) else None), verified

    def _refuse(self, body: Mapping[str, Any] | None) -> web.Response:
        self.refused += 1
        if body is None:
            return web.json_response({"message": "the body must be a JSON object"}, status=400)
        return web.json_response({"message": "the signature does not fit the body"}, status=401)
