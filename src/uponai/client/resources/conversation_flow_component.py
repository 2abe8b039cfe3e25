"""The conversation flow component methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal, Unpack

from uponai.client.paging import AsyncPages, Page
from uponai.client.params import ComponentParams, ComponentUpdateParams
from uponai.client.requests import Request, path_of
from uponai.client.results import ConversationFlowComponentResponse
from uponai.client.sending import AsyncResource, Resource


class ConversationFlowComponent(Resource):
    """``client.conversation_flow_component``."""

    def create(self, **body: Unpack[ComponentParams]) -> ConversationFlowComponentResponse:
        """Create a component that flows share."""
        return self._one(
            Request("POST", "/create-conversation-flow-component", body=body, once=True),
            ConversationFlowComponentResponse,
        )

    def retrieve(self, conversation_flow_component_id: str) -> ConversationFlowComponentResponse:
        """A shared component."""
        return self._one(
            Request(
                "GET",
                path_of(
                    "/get-conversation-flow-component/{component_id}",
                    component_id=conversation_flow_component_id,
                ),
            ),
            ConversationFlowComponentResponse,
        )

    def update(
        self, conversation_flow_component_id: str, **body: Unpack[ComponentUpdateParams]
    ) -> ConversationFlowComponentResponse:
        """Change a shared component."""
        return self._one(
            Request(
                "PATCH",
                path_of(
                    "/update-conversation-flow-component/{component_id}",
                    component_id=conversation_flow_component_id,
                ),
                body=body,
            ),
            ConversationFlowComponentResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> Page[ConversationFlowComponentResponse]:
        """The shared components."""
        return self._page(
            Request(
                "GET",
                "/v2/list-conversation-flow-components",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            ConversationFlowComponentResponse,
        )

    def delete(self, conversation_flow_component_id: str) -> None:
        """Delete a shared component; flows that use it get a copy."""
        return self._nothing(
            Request(
                "DELETE",
                path_of(
                    "/delete-conversation-flow-component/{component_id}",
                    component_id=conversation_flow_component_id,
                ),
            )
        )


class AsyncConversationFlowComponent(AsyncResource):
    """``client.conversation_flow_component``, to be awaited."""

    async def create(self, **body: Unpack[ComponentParams]) -> ConversationFlowComponentResponse:
        """Create a component that flows share."""
        return await self._one(
            Request("POST", "/create-conversation-flow-component", body=body, once=True),
            ConversationFlowComponentResponse,
        )

    async def retrieve(
        self, conversation_flow_component_id: str
    ) -> ConversationFlowComponentResponse:
        """A shared component."""
        return await self._one(
            Request(
                "GET",
                path_of(
                    "/get-conversation-flow-component/{component_id}",
                    component_id=conversation_flow_component_id,
                ),
            ),
            ConversationFlowComponentResponse,
        )

    async def update(
        self, conversation_flow_component_id: str, **body: Unpack[ComponentUpdateParams]
    ) -> ConversationFlowComponentResponse:
        """Change a shared component."""
        return await self._one(
            Request(
                "PATCH",
                path_of(
                    "/update-conversation-flow-component/{component_id}",
                    component_id=conversation_flow_component_id,
                ),
                body=body,
            ),
            ConversationFlowComponentResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> AsyncPages[ConversationFlowComponentResponse]:
        """The shared components."""
        return self._page(
            Request(
                "GET",
                "/v2/list-conversation-flow-components",
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            ConversationFlowComponentResponse,
        )

    async def delete(self, conversation_flow_component_id: str) -> None:
        """Delete a shared component; flows that use it get a copy."""
        return await self._nothing(
            Request(
                "DELETE",
                path_of(
                    "/delete-conversation-flow-component/{component_id}",
                    component_id=conversation_flow_component_id,
                ),
            )
        )
