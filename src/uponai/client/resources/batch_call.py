"""The batch call methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal, Unpack

from uponai.client.paging import AsyncPages, Page
from uponai.client.params import BatchCallParams, BatchCsvParams
from uponai.client.requests import Request, path_of
from uponai.client.results import BatchCallResponse, BatchListItem, BatchResponse, BatchTask
from uponai.client.sending import AsyncResource, Resource


class BatchCall(Resource):
    """``client.batch_call``."""

    def create_batch_call(self, **body: Unpack[BatchCallParams]) -> BatchCallResponse:
        """Place many calls, now or later, within the hours you allow."""
        return self._one(
            Request("POST", "/create-batch-call", body=body, timeout_s=300.0, once=True),
            BatchCallResponse,
        )

    def create_from_csv(self, **body: Unpack[BatchCsvParams]) -> BatchResponse:
        """Place the calls of a CSV file: a header line, then a call per line."""
        return self._one(
            Request("POST", "/uponai/v1/batches", body=body, timeout_s=300.0, once=True, form=True),
            BatchResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> Page[BatchListItem]:
        """The batches, newest first."""
        return self._page(
            Request(
                "GET",
                "/uponai/v1/batches",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            BatchListItem,
        )

    def retrieve(self, batch_call_id: str) -> BatchResponse:
        """A batch: how far it is, and what came of its calls."""
        return self._one(
            Request(
                "GET", path_of("/uponai/v1/batches/{batch_call_id}", batch_call_id=batch_call_id)
            ),
            BatchResponse,
        )

    def list_tasks(
        self,
        batch_call_id: str,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> Page[BatchTask]:
        """The tasks of a batch, each with its last call."""
        return self._page(
            Request(
                "GET",
                path_of("/uponai/v1/batches/{batch_call_id}/tasks", batch_call_id=batch_call_id),
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            BatchTask,
        )

    def pause(self, batch_call_id: str) -> BatchResponse:
        """Begin no further calls until it is resumed."""
        return self._one(
            Request(
                "POST",
                path_of("/uponai/v1/batches/{batch_call_id}/pause", batch_call_id=batch_call_id),
            ),
            BatchResponse,
        )

    def resume(self, batch_call_id: str) -> BatchResponse:
        """Go on with a paused batch."""
        return self._one(
            Request(
                "POST",
                path_of("/uponai/v1/batches/{batch_call_id}/resume", batch_call_id=batch_call_id),
            ),
            BatchResponse,
        )

    def cancel(self, batch_call_id: str) -> BatchResponse:
        """Begin no further calls, for good."""
        return self._one(
            Request(
                "POST",
                path_of("/uponai/v1/batches/{batch_call_id}/cancel", batch_call_id=batch_call_id),
            ),
            BatchResponse,
        )


class AsyncBatchCall(AsyncResource):
    """``client.batch_call``, to be awaited."""

    async def create_batch_call(self, **body: Unpack[BatchCallParams]) -> BatchCallResponse:
        """Place many calls, now or later, within the hours you allow."""
        return await self._one(
            Request("POST", "/create-batch-call", body=body, timeout_s=300.0, once=True),
            BatchCallResponse,
        )

    async def create_from_csv(self, **body: Unpack[BatchCsvParams]) -> BatchResponse:
        """Place the calls of a CSV file: a header line, then a call per line."""
        return await self._one(
            Request("POST", "/uponai/v1/batches", body=body, timeout_s=300.0, once=True, form=True),
            BatchResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> AsyncPages[BatchListItem]:
        """The batches, newest first."""
        return self._page(
            Request(
                "GET",
                "/uponai/v1/batches",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            BatchListItem,
        )

    async def retrieve(self, batch_call_id: str) -> BatchResponse:
        """A batch: how far it is, and what came of its calls."""
        return await self._one(
            Request(
                "GET", path_of("/uponai/v1/batches/{batch_call_id}", batch_call_id=batch_call_id)
            ),
            BatchResponse,
        )

    def list_tasks(
        self,
        batch_call_id: str,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> AsyncPages[BatchTask]:
        """The tasks of a batch, each with its last call."""
        return self._page(
            Request(
                "GET",
                path_of("/uponai/v1/batches/{batch_call_id}/tasks", batch_call_id=batch_call_id),
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            BatchTask,
        )

    async def pause(self, batch_call_id: str) -> BatchResponse:
        """Begin no further calls until it is resumed."""
        return await self._one(
            Request(
                "POST",
                path_of("/uponai/v1/batches/{batch_call_id}/pause", batch_call_id=batch_call_id),
            ),
            BatchResponse,
        )

    async def resume(self, batch_call_id: str) -> BatchResponse:
        """Go on with a paused batch."""
        return await self._one(
            Request(
                "POST",
                path_of("/uponai/v1/batches/{batch_call_id}/resume", batch_call_id=batch_call_id),
            ),
            BatchResponse,
        )

    async def cancel(self, batch_call_id: str) -> BatchResponse:
        """Begin no further calls, for good."""
        return await self._one(
            Request(
                "POST",
                path_of("/uponai/v1/batches/{batch_call_id}/cancel", batch_call_id=batch_call_id),
            ),
            BatchResponse,
        )
