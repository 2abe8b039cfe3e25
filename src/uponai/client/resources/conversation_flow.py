"""The conversation flow methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal, Unpack

from uponai.client.paging import AsyncPages, Page
from uponai.client.params import FlowParams, FlowUpdateParams
from uponai.client.requests import Request, path_of
from uponai.client.results import ConversationFlowResponse
from uponai.client.sending import AsyncResource, Resource


class ConversationFlow(Resource):
    """``client.conversation_flow``."""

    def create(self, **body: Unpack[FlowParams]) -> ConversationFlowResponse:
        """Create a conversation flow."""
        return self._one(
            Request("POST", "/create-conversation-flow", body=body, once=True),
            ConversationFlowResponse,
        )

    def retrieve(
        self, conversation_flow_id: str, *, version: int | None = None
    ) -> ConversationFlowResponse:
        """A flow, by default its latest version."""
        return self._one(
            Request(
                "GET",
                path_of("/get-conversation-flow/{flow_id}", flow_id=conversation_flow_id),
                query={"version": version},
            ),
            ConversationFlowResponse,
        )

    def update(
        self,
        conversation_flow_id: str,
        *,
        version: int | None = None,
        **body: Unpack[FlowUpdateParams],
    ) -> ConversationFlowResponse:
        """Change a draft, by default the latest."""
        return self._one(
            Request(
                "PATCH",
                path_of("/update-conversation-flow/{flow_id}", flow_id=conversation_flow_id),
                body=body,
                query={"version": version},
            ),
            ConversationFlowResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> Page[ConversationFlowResponse]:
        """The flows."""
        return self._page(
            Request(
                "GET",
                "/v2/list-conversation-flows",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            ConversationFlowResponse,
        )

    def delete(self, conversation_flow_id: str, *, force_delete: bool | None = None) -> None:
        """Delete a flow with all its versions."""
        return self._nothing(
            Request(
                "DELETE",
                path_of("/delete-conversation-flow/{flow_id}", flow_id=conversation_flow_id),
                query={"force_delete": force_delete},
            )
        )


class AsyncConversationFlow(AsyncResource):
    """``client.conversation_flow``, to be awaited."""

    async def create(self, **body: Unpack[FlowParams]) -> ConversationFlowResponse:
        """Create a conversation flow."""
        return await self._one(
            Request("POST", "/create-conversation-flow", body=body, once=True),
            ConversationFlowResponse,
        )

    async def retrieve(
        self, conversation_flow_id: str, *, version: int | None = None
    ) -> ConversationFlowResponse:
        """A flow, by default its latest version."""
        return await self._one(
            Request(
                "GET",
                path_of("/get-conversation-flow/{flow_id}", flow_id=conversation_flow_id),
                query={"version": version},
            ),
            ConversationFlowResponse,
        )

    async def update(
        self,
        conversation_flow_id: str,
        *,
        version: int | None = None,
        **body: Unpack[FlowUpdateParams],
    ) -> ConversationFlowResponse:
        """Change a draft, by default the latest."""
        return await self._one(
            Request(
                "PATCH",
                path_of("/update-conversation-flow/{flow_id}", flow_id=conversation_flow_id),
                body=body,
                query={"version": version},
            ),
            ConversationFlowResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> AsyncPages[ConversationFlowResponse]:
        """The flows."""
        return self._page(
            Request(
                "GET",
                "/v2/list-conversation-flows",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            ConversationFlowResponse,
        )

    async def delete(self, conversation_flow_id: str, *, force_delete: bool | None = None) -> None:
        """Delete a flow with all its versions."""
        return await self._nothing(
            Request(
                "DELETE",
                path_of("/delete-conversation-flow/{flow_id}", flow_id=conversation_flow_id),
                query={"force_delete": force_delete},
            )
        )
