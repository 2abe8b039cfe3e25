"""The do not call methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from uponai.client.requests import Request, path_of
from uponai.client.sending import AsyncResource, Resource


class DoNotCall(Resource):
    """``client.do_not_call``."""

    def add(self, phone_number: str) -> None:
        """Never call this number again."""
        return self._nothing(
            Request(
                "PUT", path_of("/uponai/v1/do-not-call/{phone_number}", phone_number=phone_number)
            )
        )

    def remove(self, phone_number: str) -> None:
        """Allow calls to this number again."""
        return self._nothing(
            Request(
                "DELETE",
                path_of("/uponai/v1/do-not-call/{phone_number}", phone_number=phone_number),
            )
        )


class AsyncDoNotCall(AsyncResource):
    """``client.do_not_call``, to be awaited."""

    async def add(self, phone_number: str) -> None:
        """Never call this number again."""
        return await self._nothing(
            Request(
                "PUT", path_of("/uponai/v1/do-not-call/{phone_number}", phone_number=phone_number)
            )
        )

    async def remove(self, phone_number: str) -> None:
        """Allow calls to this number again."""
        return await self._nothing(
            Request(
                "DELETE",
                path_of("/uponai/v1/do-not-call/{phone_number}", phone_number=phone_number),
            )
        )
