"""A fake vendor's server on a loopback port, and what the adapter under test is built from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from uponai.providers.base import ProviderContext


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serve ``app`` on an ephemeral port; yields ``127.0.0.1:port``."""
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def provider_context(
    base_url: str | None = None, api_key: str | None = "key-1"
) -> AsyncIterator[ProviderContext]:
    """What an adapter is built from; session and pool are closed with it."""
    with ThreadPoolExecutor(2) as pool:
        async with aiohttp.ClientSession() as session:
            yield ProviderContext(session, pool, api_key=api_key, base_url=base_url)
