"""The API behind a real uvicorn on a port of its own, in a thread with its own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.api.world import World, world

T = TypeVar("T")


class Server:
    """``base_url`` has a path prefix, as behind a proxy (trap 11), unless that is empty."""

    def __init__(self, prefix: str = "/prefix", **settings: Any) -> None:
        self.port = 0
        self._prefix = prefix
        self._settings = settings
        self.world: World
        self._loop: asyncio.AbstractEventLoop
        self._ready = threading.Event()
        self._server: uvicorn.Server
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self._prefix}"

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        async with world(**self._settings) as self.world:
            api = self.world.app()
            app = Starlette(routes=[Mount(self._prefix, api)]) if self._prefix else api
            self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
            self._ready.set()
            await self._server.serve([listener])
        listener.close()

    def run(self, work: Callable[[World], Awaitable[T]]) -> T:
        """Do something in the server's own loop."""

        async def working() -> Any:
            return await work(self.world)

        return asyncio.run_coroutine_threadsafe(working(), self._loop).result(10)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@contextlib.contextmanager
def serving(**settings: Any) -> Iterator[Server]:
    """``settings``: the prefix, and fields of the world behind it."""
    server = Server(**settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
