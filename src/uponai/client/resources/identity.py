"""The identity methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from uponai.client.requests import Request
from uponai.client.results import IdentityResponse
from uponai.client.sending import AsyncResource, Resource


class Identity(Resource):
    """``client.identity``."""

    def retrieve(self) -> IdentityResponse:
        """The key and its workspace."""
        return self._one(Request("GET", "/get-api-key-info"), IdentityResponse)


class AsyncIdentity(AsyncResource):
    """``client.identity``, to be awaited."""

    async def retrieve(self) -> IdentityResponse:
        """The key and its workspace."""
        return await self._one(Request("GET", "/get-api-key-info"), IdentityResponse)
