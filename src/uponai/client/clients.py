"""The two clients: one that waits and one that is awaited."""

from __future__ import annotations

from types import TracebackType

import httpx

from uponai.client.resources import AsyncResources, Resources
from uponai.client.sending import RETRIES, AsyncSender, Sender, Settings
from uponai.client.webhooks import Webhooks


class UponAI(Resources):
    """The client. Close it, or use it as a context manager.

    ``base_url`` is your server's address; without it ``UPONAI_BASE_URL``, else the address that
    ``uponai serve`` has by default. ``timeout_s`` replaces each method's own (60 s and more).
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        max_retries: int = RETRIES,
        timeout_s: float | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        settings = Settings(api_key, base_url, max_retries, timeout_s)
        self._http = http_client or httpx.Client()
        super().__init__(Sender(settings, self._http))
        self.webhooks = Webhooks(settings.api_key)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> UponAI:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        self.close()


class AsyncUponAI(AsyncResources):
    """The same client to be awaited."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        max_retries: int = RETRIES,
        timeout_s: float | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        settings = Settings(api_key, base_url, max_retries, timeout_s)
        self._http = http_client or httpx.AsyncClient()
        super().__init__(AsyncSender(settings, self._http))
        self.webhooks = Webhooks(settings.api_key)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> AsyncUponAI:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        await self.aclose()
