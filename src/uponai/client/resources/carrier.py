"""The carrier methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

import builtins
from typing import Unpack

from uponai.client.params import CarrierAccountPutParams
from uponai.client.requests import Request, path_of
from uponai.client.results import CarrierAccountResponse
from uponai.client.sending import AsyncResource, Resource


class Carrier(Resource):
    """``client.carrier``."""

    def list(self) -> builtins.list[CarrierAccountResponse]:
        """Whose account with each carrier numbers are bought through."""
        return self._many(Request("GET", "/uponai/v1/carriers"), CarrierAccountResponse)

    def set(self, carrier: str, **body: Unpack[CarrierAccountPutParams]) -> CarrierAccountResponse:
        """Bring an account of your own with a carrier; it is verified first."""
        return self._one(
            Request("PUT", path_of("/uponai/v1/carriers/{carrier}", carrier=carrier), body=body),
            CarrierAccountResponse,
        )

    def remove(self, carrier: str) -> None:
        """Forget your own account with a carrier."""
        return self._nothing(
            Request("DELETE", path_of("/uponai/v1/carriers/{carrier}", carrier=carrier))
        )


class AsyncCarrier(AsyncResource):
    """``client.carrier``, to be awaited."""

    async def list(self) -> builtins.list[CarrierAccountResponse]:
        """Whose account with each carrier numbers are bought through."""
        return await self._many(Request("GET", "/uponai/v1/carriers"), CarrierAccountResponse)

    async def set(
        self, carrier: str, **body: Unpack[CarrierAccountPutParams]
    ) -> CarrierAccountResponse:
        """Bring an account of your own with a carrier; it is verified first."""
        return await self._one(
            Request("PUT", path_of("/uponai/v1/carriers/{carrier}", carrier=carrier), body=body),
            CarrierAccountResponse,
        )

    async def remove(self, carrier: str) -> None:
        """Forget your own account with a carrier."""
        return await self._nothing(
            Request("DELETE", path_of("/uponai/v1/carriers/{carrier}", carrier=carrier))
        )
