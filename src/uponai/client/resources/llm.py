"""The llm methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal, Unpack

from uponai.client.paging import AsyncPages, Page
from uponai.client.params import LlmParams, LlmUpdateParams
from uponai.client.requests import Request, path_of
from uponai.client.results import LlmResponse
from uponai.client.sending import AsyncResource, Resource


class Llm(Resource):
    """``client.llm``."""

    def create(self, **body: Unpack[LlmParams]) -> LlmResponse:
        """Create a single- or multi-prompt response engine."""
        return self._one(Request("POST", "/create-retell-llm", body=body, once=True), LlmResponse)

    def retrieve(self, llm_id: str, *, version: int | None = None) -> LlmResponse:
        """A response engine, by default its latest version."""
        return self._one(
            Request(
                "GET",
                path_of("/get-retell-llm/{llm_id}", llm_id=llm_id),
                query={"version": version},
            ),
            LlmResponse,
        )

    def update(
        self, llm_id: str, *, version: int | None = None, **body: Unpack[LlmUpdateParams]
    ) -> LlmResponse:
        """Change a draft, by default the latest."""
        return self._one(
            Request(
                "PATCH",
                path_of("/update-retell-llm/{llm_id}", llm_id=llm_id),
                body=body,
                query={"version": version},
            ),
            LlmResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> Page[LlmResponse]:
        """The response engines."""
        return self._page(
            Request(
                "GET",
                "/v2/list-retell-llms",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            LlmResponse,
        )

    def delete(self, llm_id: str, *, force_delete: bool | None = None) -> None:
        """Delete a response engine."""
        return self._nothing(
            Request(
                "DELETE",
                path_of("/delete-retell-llm/{llm_id}", llm_id=llm_id),
                query={"force_delete": force_delete},
            )
        )


class AsyncLlm(AsyncResource):
    """``client.llm``, to be awaited."""

    async def create(self, **body: Unpack[LlmParams]) -> LlmResponse:
        """Create a single- or multi-prompt response engine."""
        return await self._one(
            Request("POST", "/create-retell-llm", body=body, once=True), LlmResponse
        )

    async def retrieve(self, llm_id: str, *, version: int | None = None) -> LlmResponse:
        """A response engine, by default its latest version."""
        return await self._one(
            Request(
                "GET",
                path_of("/get-retell-llm/{llm_id}", llm_id=llm_id),
                query={"version": version},
            ),
            LlmResponse,
        )

    async def update(
        self, llm_id: str, *, version: int | None = None, **body: Unpack[LlmUpdateParams]
    ) -> LlmResponse:
        """Change a draft, by default the latest."""
        return await self._one(
            Request(
                "PATCH",
                path_of("/update-retell-llm/{llm_id}", llm_id=llm_id),
                body=body,
                query={"version": version},
            ),
            LlmResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> AsyncPages[LlmResponse]:
        """The response engines."""
        return self._page(
            Request(
                "GET",
                "/v2/list-retell-llms",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            LlmResponse,
        )

    async def delete(self, llm_id: str, *, force_delete: bool | None = None) -> None:
        """Delete a response engine."""
        return await self._nothing(
            Request(
                "DELETE",
                path_of("/delete-retell-llm/{llm_id}", llm_id=llm_id),
                query={"force_delete": force_delete},
            )
        )
