"""What a load balancer or an orchestrator asks of the platform process, without a key.

``/health`` is readiness: 503 says that no new work should come here now, and why; calls in
progress go on all the same. ``/livez`` is liveness: it answers as long as the process does, so that
an outage of the database restarts nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.responses import JSONResponse

from uponai.storage.base import StorageUnavailable

PATIENCE_S: Final = 2.0
"""For the database: whoever asks waits no longer than a few seconds."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """``started``: the models are loaded and the workers run; ``connected``: every line holder is
    reached; ``ping`` raises StorageUnavailable while the database is away. ``trunks_down``: how
    many servers of trunks are silent, which is told but stops no work: others may take it."""

    started: Callable[[], bool]
    connected: Callable[[], bool]
    ping: Callable[[], Awaitable[None]]
    trunks_down: Callable[[], int] = lambda: 0

    async def lacks(self) -> tuple[str, str] | None:
        """Status and reason of not being ready; None where nothing is missing."""
        if not self.started():
            return "starting", "the models are being loaded, or the process is stopping"
        if not self.connected():
            return "starting", "the edge is not connected"
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.ping()
        except (StorageUnavailable, TimeoutError):
            return "unavailable", "the database does not answer"
        return None


def add_health(app: FastAPI, readiness: Readiness) -> None:
    """Add both routes."""

    async def health() -> JSONResponse:
        lacks = await readiness.lacks()
        if lacks is None:
            down = readiness.trunks_down()
            return JSONResponse({"status": "ok", **({"trunks_down": down} if down else {})})
        status, reason = lacks
        return JSONResponse({"status": status, "reason": reason}, 503)

    async def live() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    app.add_api_route("/health", health, include_in_schema=False)
    app.add_api_route("/livez", live, include_in_schema=False)
