"""The phone number methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal, Unpack

from uponai.client.paging import AsyncPages, Page
from uponai.client.params import NumberImportParams, NumberPurchaseParams, NumberUpdateParams
from uponai.client.requests import Request, path_of
from uponai.client.results import PhoneNumberResponse, VariantsResponse
from uponai.client.sending import AsyncResource, Resource


class PhoneNumber(Resource):
    """``client.phone_number``."""

    def create(self, **body: Unpack[NumberPurchaseParams]) -> PhoneNumberResponse:
        """Buy a number and bind agents to it."""
        return self._one(
            Request("POST", "/create-phone-number", body=body, once=True), PhoneNumberResponse
        )

    def import_(self, **body: Unpack[NumberImportParams]) -> PhoneNumberResponse:
        """Bring a number of your own SIP trunk and bind agents to it."""
        return self._one(
            Request("POST", "/import-phone-number", body=body, once=True), PhoneNumberResponse
        )

    def retrieve(self, phone_number: str) -> PhoneNumberResponse:
        """A number."""
        return self._one(
            Request("GET", path_of("/get-phone-number/{phone_number}", phone_number=phone_number)),
            PhoneNumberResponse,
        )

    def update(self, phone_number: str, **body: Unpack[NumberUpdateParams]) -> PhoneNumberResponse:
        """Change a number's agents, trunk or limits."""
        return self._one(
            Request(
                "PATCH",
                path_of("/update-phone-number/{phone_number}", phone_number=phone_number),
                body=body,
            ),
            PhoneNumberResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> Page[PhoneNumberResponse]:
        """The numbers."""
        return self._page(
            Request(
                "GET",
                "/v2/list-phone-numbers",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            PhoneNumberResponse,
        )

    def delete(self, phone_number: str, *, release: bool | None = None) -> None:
        """Remove a number."""
        return self._nothing(
            Request(
                "DELETE",
                path_of("/delete-phone-number/{phone_number}", phone_number=phone_number),
                query={"release": release},
            )
        )

    def variants(self, phone_number: str) -> VariantsResponse:
        """How the agents bound to a number compare."""
        return self._one(
            Request(
                "GET",
                path_of("/uponai/v1/numbers/{phone_number}/variants", phone_number=phone_number),
            ),
            VariantsResponse,
        )


class AsyncPhoneNumber(AsyncResource):
    """``client.phone_number``, to be awaited."""

    async def create(self, **body: Unpack[NumberPurchaseParams]) -> PhoneNumberResponse:
        """Buy a number and bind agents to it."""
        return await self._one(
            Request("POST", "/create-phone-number", body=body, once=True), PhoneNumberResponse
        )

    async def import_(self, **body: Unpack[NumberImportParams]) -> PhoneNumberResponse:
        """Bring a number of your own SIP trunk and bind agents to it."""
        return await self._one(
            Request("POST", "/import-phone-number", body=body, once=True), PhoneNumberResponse
        )

    async def retrieve(self, phone_number: str) -> PhoneNumberResponse:
        """A number."""
        return await self._one(
            Request("GET", path_of("/get-phone-number/{phone_number}", phone_number=phone_number)),
            PhoneNumberResponse,
        )

    async def update(
        self, phone_number: str, **body: Unpack[NumberUpdateParams]
    ) -> PhoneNumberResponse:
        """Change a number's agents, trunk or limits."""
        return await self._one(
            Request(
                "PATCH",
                path_of("/update-phone-number/{phone_number}", phone_number=phone_number),
                body=body,
            ),
            PhoneNumberResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> AsyncPages[PhoneNumberResponse]:
        """The numbers."""
        return self._page(
            Request(
                "GET",
                "/v2/list-phone-numbers",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            PhoneNumberResponse,
        )

    async def delete(self, phone_number: str, *, release: bool | None = None) -> None:
        """Remove a number."""
        return await self._nothing(
            Request(
                "DELETE",
                path_of("/delete-phone-number/{phone_number}", phone_number=phone_number),
                query={"release": release},
            )
        )

    async def variants(self, phone_number: str) -> VariantsResponse:
        """How the agents bound to a number compare."""
        return await self._one(
            Request(
                "GET",
                path_of("/uponai/v1/numbers/{phone_number}/variants", phone_number=phone_number),
            ),
            VariantsResponse,
        )
