"""The call methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Unpack

from uponai.client.paging import AsyncPages, Page
from uponai.client.params import (
    CallUpdateParams,
    ListCallsParams,
    PhoneCallParams,
    RegisteredCallParams,
    WebCallParams,
)
from uponai.client.requests import Request, path_of
from uponai.client.results import CallItem, CallResponse, CreateWebCallResponse
from uponai.client.sending import AsyncResource, Resource


class Call(Resource):
    """``client.call``."""

    def create_phone_call(self, **body: Unpack[PhoneCallParams]) -> CallResponse:
        """Place an outbound call. The answer comes at once; dialling follows."""
        return self._one(
            Request("POST", "/v2/create-phone-call", body=body, timeout_s=120.0, keyed=True),
            CallResponse,
        )

    def create_web_call(self, **body: Unpack[WebCallParams]) -> CreateWebCallResponse:
        """Open a call for a browser; the answer says how it connects."""
        return self._one(
            Request("POST", "/v3/create-web-call", body=body, once=True), CreateWebCallResponse
        )

    def register_phone_call(self, **body: Unpack[RegisteredCallParams]) -> CallResponse:
        """Announce a call that your own telephony will send to this server."""
        return self._one(
            Request("POST", "/v2/register-phone-call", body=body, once=True), CallResponse
        )

    def retrieve(self, call_id: str) -> CallResponse:
        """A call, with transcript, figures and recordings as far as there are any."""
        return self._one(
            Request("GET", path_of("/v2/get-call/{call_id}", call_id=call_id)), CallResponse
        )

    def list(self, **body: Unpack[ListCallsParams]) -> Page[CallItem]:
        """Calls that fit a filter, without their transcripts."""
        return self._page(Request("POST", "/v3/list-calls", body=body, timeout_s=300.0), CallItem)

    def update(self, call_id: str, **body: Unpack[CallUpdateParams]) -> CallResponse:
        """Change metadata, attributes or storage of a call that has ended."""
        return self._one(
            Request("PATCH", path_of("/v2/update-call/{call_id}", call_id=call_id), body=body),
            CallResponse,
        )

    def stop(self, call_id: str) -> None:
        """End a call; one that waits is never dialled."""
        return self._nothing(Request("POST", path_of("/v2/stop-call/{call_id}", call_id=call_id)))

    def rerun_analysis(self, call_id: str) -> CallResponse:
        """Analyse a finished call again."""
        return self._one(
            Request("PUT", path_of("/rerun-call-analysis/{call_id}", call_id=call_id), once=True),
            CallResponse,
        )

    def delete(self, call_id: str) -> None:
        """Delete a call with its recordings."""
        return self._nothing(
            Request("DELETE", path_of("/v2/delete-call/{call_id}", call_id=call_id))
        )


class AsyncCall(AsyncResource):
    """``client.call``, to be awaited."""

    async def create_phone_call(self, **body: Unpack[PhoneCallParams]) -> CallResponse:
        """Place an outbound call. The answer comes at once; dialling follows."""
        return await self._one(
            Request("POST", "/v2/create-phone-call", body=body, timeout_s=120.0, keyed=True),
            CallResponse,
        )

    async def create_web_call(self, **body: Unpack[WebCallParams]) -> CreateWebCallResponse:
        """Open a call for a browser; the answer says how it connects."""
        return await self._one(
            Request("POST", "/v3/create-web-call", body=body, once=True), CreateWebCallResponse
        )

    async def register_phone_call(self, **body: Unpack[RegisteredCallParams]) -> CallResponse:
        """Announce a call that your own telephony will send to this server."""
        return await self._one(
            Request("POST", "/v2/register-phone-call", body=body, once=True), CallResponse
        )

    async def retrieve(self, call_id: str) -> CallResponse:
        """A call, with transcript, figures and recordings as far as there are any."""
        return await self._one(
            Request("GET", path_of("/v2/get-call/{call_id}", call_id=call_id)), CallResponse
        )

    def list(self, **body: Unpack[ListCallsParams]) -> AsyncPages[CallItem]:
        """Calls that fit a filter, without their transcripts."""
        return self._page(Request("POST", "/v3/list-calls", body=body, timeout_s=300.0), CallItem)

    async def update(self, call_id: str, **body: Unpack[CallUpdateParams]) -> CallResponse:
        """Change metadata, attributes or storage of a call that has ended."""
        return await self._one(
            Request("PATCH", path_of("/v2/update-call/{call_id}", call_id=call_id), body=body),
            CallResponse,
        )

    async def stop(self, call_id: str) -> None:
        """End a call; one that waits is never dialled."""
        return await self._nothing(
            Request("POST", path_of("/v2/stop-call/{call_id}", call_id=call_id))
        )

    async def rerun_analysis(self, call_id: str) -> CallResponse:
        """Analyse a finished call again."""
        return await self._one(
            Request("PUT", path_of("/rerun-call-analysis/{call_id}", call_id=call_id), once=True),
            CallResponse,
        )

    async def delete(self, call_id: str) -> None:
        """Delete a call with its recordings."""
        return await self._nothing(
            Request("DELETE", path_of("/v2/delete-call/{call_id}", call_id=call_id))
        )
