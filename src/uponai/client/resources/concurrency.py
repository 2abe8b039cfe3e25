"""The concurrency methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from uponai.client.requests import Request
from uponai.client.results import ConcurrencyResponse
from uponai.client.sending import AsyncResource, Resource


class Concurrency(Resource):
    """``client.concurrency``."""

    def retrieve(self) -> ConcurrencyResponse:
        """How many calls run, and how many may."""
        return self._one(Request("GET", "/get-concurrency"), ConcurrencyResponse)


class AsyncConcurrency(AsyncResource):
    """``client.concurrency``, to be awaited."""

    async def retrieve(self) -> ConcurrencyResponse:
        """How many calls run, and how many may."""
        return await self._one(Request("GET", "/get-concurrency"), ConcurrencyResponse)
