"""The two clients: one that waits and one that is awaited."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Mapping
from types import TracebackType
from typing import Any

import httpx

from uponai.client import resources
from uponai.client.errors import ConnectionFailed, UponAIError
from uponai.client.record import Record
from uponai.client.requests import (
    Request,
    delay_s,
    may_repeat,
    retry_after_s,
    understood,
)
from uponai.client.webhooks import Webhooks

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
RETRIES = 2


def _from_environment(*names: str) -> str | None:
    found = (os.environ.get(name) for name in names)  # noqa: TID251
    return next((value for value in found if value), None)


class _Settings:
    """Where the server is and how to speak to it.

    Without arguments: ``UPONAI_API_KEY`` and ``UPONAI_BASE_URL``, else their ``RETELL_`` forms.
    """

    def __init__(self, api_key: str | None, base_url: str | None, max_retries: int) -> None:
        key = api_key or _from_environment("UPONAI_API_KEY", "RETELL_API_KEY")
        if not key:
            raise UponAIError("Give api_key, or set UPONAI_API_KEY.")
        url = base_url or _from_environment("UPONAI_BASE_URL", "RETELL_BASE_URL")
        self.api_key = key
        self.base_url = (url or DEFAULT_BASE_URL).rstrip("/")
        self.max_retries = max_retries

    def headers(self, attempt: int) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self.api_key}",
            "accept": "application/json",
            "x-stainless-retry-count": str(attempt),
        }

    def arguments(self, request: Request, attempt: int) -> dict[str, Any]:
        found: dict[str, Any] = {
            "method": request.method,
            "url": self.base_url + request.path,
            "headers": self.headers(attempt),
            "params": dict(request.query),
            "timeout": request.timeout_s,
        }
        if request.body is not None:
            found["json"] = dict(request.body)
        return found

    def wait_s(self, request: Request, attempt: int, response: httpx.Response | None) -> float:
        """Seconds until the next attempt; negative when there is to be none."""
        headers: Mapping[str, str] = {} if response is None else response.headers
        status = None if response is None else response.status_code
        if attempt >= self.max_retries or not may_repeat(request, status, headers):
            return -1.0
        return delay_s(attempt, retry_after_s(headers), random.random())


class _Sending:
    """Sends and waits."""

    def __init__(self, settings: _Settings, http: httpx.Client) -> None:
        self._settings = settings
        self._http = http

    def _send(self, request: Request) -> Any:
        attempt = 0
        while True:
            response, failure = self._once(request, attempt)
            done = response is not None and response.is_success
            wait_s = -1.0 if done else self._settings.wait_s(request, attempt, response)
            if wait_s < 0:
                if response is None:
                    raise ConnectionFailed(str(failure)) from failure
                return understood(response.status_code, response.headers, response.content)
            time.sleep(wait_s)
            attempt += 1

    def _once(
        self, request: Request, attempt: int
    ) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            return self._http.request(**self._settings.arguments(request, attempt)), None
        except httpx.TransportError as error:
            return None, error

    def one(self, request: Request) -> Record:
        return self._send(request)

    def many(self, request: Request) -> list[Record]:
        return self._send(request)

    def nothing(self, request: Request) -> None:
        self._send(request)


class _AsyncSending:
    """Sends and is awaited."""

    def __init__(self, settings: _Settings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http

    async def _send(self, request: Request) -> Any:
        attempt = 0
        while True:
            response, failure = await self._once(request, attempt)
            done = response is not None and response.is_success
            wait_s = -1.0 if done else self._settings.wait_s(request, attempt, response)
            if wait_s < 0:
                if response is None:
                    raise ConnectionFailed(str(failure)) from failure
                return understood(response.status_code, response.headers, response.content)
            await asyncio.sleep(wait_s)
            attempt += 1

    async def _once(
        self, request: Request, attempt: int
    ) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            return await self._http.request(**self._settings.arguments(request, attempt)), None
        except httpx.TransportError as error:
            return None, error

    def one(self, request: Request) -> Awaitable[Record]:
        return self._send(request)

    def many(self, request: Request) -> Awaitable[list[Record]]:
        return self._send(request)

    def nothing(self, request: Request) -> Awaitable[None]:
        return self._send(request)


class UponAI:
    """The client. Close it, or use it as a context manager."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        max_retries: int = RETRIES,
        http_client: httpx.Client | None = None,
    ) -> None:
        settings = _Settings(api_key, base_url, max_retries)
        self._http = http_client or httpx.Client()
        sending = _Sending(settings, self._http)
        self.call: resources.Call[Record, list[Record], None] = resources.Call(sending)
        self.agent: resources.Agent[Record, list[Record], None] = resources.Agent(sending)
        self.llm: resources.Llm[Record, list[Record], None] = resources.Llm(sending)
        self.conversation_flow: resources.ConversationFlow[Record, list[Record], None] = (
            resources.ConversationFlow(sending)
        )
        self.phone_number: resources.PhoneNumber[Record, list[Record], None] = (
            resources.PhoneNumber(sending)
        )
        self.voice: resources.Voice[Record, list[Record], None] = resources.Voice(sending)
        self.account: resources.Account[Record, list[Record], None] = resources.Account(sending)
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


_Records = Awaitable[list[Record]]


class AsyncUponAI:
    """The same client to be awaited."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        max_retries: int = RETRIES,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        settings = _Settings(api_key, base_url, max_retries)
        self._http = http_client or httpx.AsyncClient()
        sending = _AsyncSending(settings, self._http)
        self.call: resources.Call[Awaitable[Record], _Records, Awaitable[None]] = resources.Call(
            sending
        )
        self.agent: resources.Agent[Awaitable[Record], _Records, Awaitable[None]] = resources.Agent(
            sending
        )
        self.llm: resources.Llm[Awaitable[Record], _Records, Awaitable[None]] = resources.Llm(
            sending
        )
        self.conversation_flow: resources.ConversationFlow[
            Awaitable[Record], _Records, Awaitable[None]
        ] = resources.ConversationFlow(sending)
        self.phone_number: resources.PhoneNumber[Awaitable[Record], _Records, Awaitable[None]] = (
            resources.PhoneNumber(sending)
        )
        self.voice: resources.Voice[Awaitable[Record], _Records, Awaitable[None]] = resources.Voice(
            sending
        )
        self.account: resources.Account[Awaitable[Record], _Records, Awaitable[None]] = (
            resources.Account(sending)
        )
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
