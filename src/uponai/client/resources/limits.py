"""The limits methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Unpack

from uponai.client.params import LimitsUpdateParams
from uponai.client.requests import Request
from uponai.client.results import LimitsResponse
from uponai.client.sending import AsyncResource, Resource


class Limits(Resource):
    """``client.limits``."""

    def retrieve(self) -> LimitsResponse:
        """The workspace's limits, and how much of them is in use."""
        return self._one(Request("GET", "/uponai/v1/limits"), LimitsResponse)

    def update(self, **body: Unpack[LimitsUpdateParams]) -> LimitsResponse:
        """Change limits; null goes back to the installation's own."""
        return self._one(Request("PATCH", "/uponai/v1/limits", body=body), LimitsResponse)


class AsyncLimits(AsyncResource):
    """``client.limits``, to be awaited."""

    async def retrieve(self) -> LimitsResponse:
        """The workspace's limits, and how much of them is in use."""
        return await self._one(Request("GET", "/uponai/v1/limits"), LimitsResponse)

    async def update(self, **body: Unpack[LimitsUpdateParams]) -> LimitsResponse:
        """Change limits; null goes back to the installation's own."""
        return await self._one(Request("PATCH", "/uponai/v1/limits", body=body), LimitsResponse)
