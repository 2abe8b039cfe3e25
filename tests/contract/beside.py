"""Our server in the test's own event loop, beside a vendor's fake that needs the same loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from tests.api.world import world


@contextlib.asynccontextmanager
async def served(**settings: Any) -> AsyncIterator[str]:
    """The base URL; ``settings`` are fields of the world. SDKs are called in threads."""
    async with world(**settings) as w, asyncio.TaskGroup() as group:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(w.app(), log_config=None, lifespan="off"))
        group.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
    listener.close()
