"""The batch call methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Unpack

from uponai.client.params import BatchCallParams
from uponai.client.requests import Request
from uponai.client.results import BatchCallResponse
from uponai.client.sending import AsyncResource, Resource


class BatchCall(Resource):
    """``client.batch_call``."""

    def create_batch_call(self, **body: Unpack[BatchCallParams]) -> BatchCallResponse:
        """Place many calls, now or later, within the hours you allow."""
        return self._one(
            Request("POST", "/create-batch-call", body=body, timeout_s=300.0, once=True),
            BatchCallResponse,
        )


class AsyncBatchCall(AsyncResource):
    """``client.batch_call``, to be awaited."""

    async def create_batch_call(self, **body: Unpack[BatchCallParams]) -> BatchCallResponse:
        """Place many calls, now or later, within the hours you allow."""
        return await self._one(
            Request("POST", "/create-batch-call", body=body, timeout_s=300.0, once=True),
            BatchCallResponse,
        )
