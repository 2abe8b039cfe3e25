"""Sends requests, repeats them politely, and gives the answers their types: twice, for waiting
and to be awaited.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Mapping
from typing import Any

import httpx

from uponai import __version__
from uponai.client.errors import ConnectionFailed, TimedOut, UponAIError
from uponai.client.paging import AsyncPages, Page, page_of
from uponai.client.record import R, record_of, records_of
from uponai.client.requests import Request, delay_s, may_repeat, retry_after_s, understood

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
RETRIES = 2
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def _from_environment(*names: str) -> str | None:
    found = (os.environ.get(name) for name in names)  # noqa: TID251
    return next((value for value in found if value), None)


class Settings:
    """Where the server is and how to speak to it.

    Without arguments: ``UPONAI_API_KEY`` and ``UPONAI_BASE_URL``, else their ``RETELL_`` forms.
    """

    def __init__(
        self, api_key: str | None, base_url: str | None, max_retries: int, timeout_s: float | None
    ) -> None:
        key = api_key or _from_environment("UPONAI_API_KEY", "RETELL_API_KEY")
        if not key:
            raise UponAIError("Give api_key, or set UPONAI_API_KEY.")
        url = base_url or _from_environment("UPONAI_BASE_URL", "RETELL_BASE_URL")
        self.api_key = key
        self.base_url = (url or DEFAULT_BASE_URL).rstrip("/")
        self.max_retries = max_retries
        self.timeout_s = timeout_s

    def arguments(self, request: Request) -> dict[str, Any]:
        """What httpx needs, the same for every attempt but for the count in the headers."""
        return {
            "method": request.method,
            "url": self.base_url + request.path,
            "params": request.parameters(),
            "timeout": self.timeout_s or request.timeout_s,
            **request.content(),
        }

    def headers(self, attempt: int) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self.api_key}",
            "accept": "application/json",
            "user-agent": f"uponai-python/{__version__}",
            "x-stainless-retry-count": str(attempt),
        }

    def wait_s(
        self,
        request: Request,
        attempt: int,
        response: httpx.Response | None,
        failure: httpx.TransportError | None,
    ) -> float:
        """Seconds until the next attempt; negative when there is to be none."""
        headers: Mapping[str, str] = {} if response is None else response.headers
        status = None if response is None else response.status_code
        sent = not isinstance(failure, _NEVER_SENT)
        if attempt >= self.max_retries or not may_repeat(request, status, headers, sent=sent):
            return -1.0
        return delay_s(attempt, retry_after_s(headers), random.random())


def _answer(response: httpx.Response | None, failure: httpx.TransportError | None) -> Any:
    """The answer's JSON. Raises ApiError and ConnectionFailed."""
    if response is None:
        kind = TimedOut if isinstance(failure, httpx.TimeoutException) else ConnectionFailed
        raise kind(str(failure) or type(failure).__name__) from failure
    return understood(response.status_code, response.headers, response.content)


class Sender:
    """Sends and waits."""

    def __init__(self, settings: Settings, http: httpx.Client) -> None:
        self._settings = settings
        self._http = http

    def send(self, request: Request) -> Any:
        """The answer's JSON, None when it is empty."""
        arguments = self._settings.arguments(request)
        attempt = 0
        while True:
            response, failure = self._once(arguments, attempt)
            if response is not None and response.is_success:
                return _answer(response, failure)
            wait_s = self._settings.wait_s(request, attempt, response, failure)
            if wait_s < 0:
                return _answer(response, failure)
            time.sleep(wait_s)
            attempt += 1

    def _once(
        self, arguments: Mapping[str, Any], attempt: int
    ) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            return self._http.request(headers=self._settings.headers(attempt), **arguments), None
        except httpx.TransportError as error:
            return None, error


class AsyncSender:
    """Sends and is awaited."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http

    async def send(self, request: Request) -> Any:
        """The answer's JSON, None when it is empty."""
        arguments = self._settings.arguments(request)
        attempt = 0
        while True:
            response, failure = await self._once(arguments, attempt)
            if response is not None and response.is_success:
                return _answer(response, failure)
            wait_s = self._settings.wait_s(request, attempt, response, failure)
            if wait_s < 0:
                return _answer(response, failure)
            await asyncio.sleep(wait_s)
            attempt += 1

    async def _once(
        self, arguments: Mapping[str, Any], attempt: int
    ) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            headers = self._settings.headers(attempt)
            return await self._http.request(headers=headers, **arguments), None
        except httpx.TransportError as error:
            return None, error


class Resource:
    """The methods of one kind of object."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def _nothing(self, request: Request) -> None:
        self._sender.send(request)

    def _one(self, request: Request, kind: type[R]) -> R:
        return record_of(self._sender.send(request), kind)

    def _many(self, request: Request, kind: type[R]) -> list[R]:
        return records_of(self._sender.send(request), kind)

    def _page(self, request: Request, kind: type[R]) -> Page[R]:
        return Page(self._sender.send, request, page_of(self._sender.send(request), kind))


class AsyncResource:
    """The methods of one kind of object, to be awaited."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def _nothing(self, request: Request) -> None:
        await self._sender.send(request)

    async def _one(self, request: Request, kind: type[R]) -> R:
        return record_of(await self._sender.send(request), kind)

    async def _many(self, request: Request, kind: type[R]) -> list[R]:
        return records_of(await self._sender.send(request), kind)

    def _page(self, request: Request, kind: type[R]) -> AsyncPages[R]:
        return AsyncPages(self._sender.send, request, kind)
