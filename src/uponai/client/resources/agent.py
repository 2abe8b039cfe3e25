"""The agent methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal, Unpack

from uponai.client.paging import AsyncPages, Page
from uponai.client.params import (
    AgentParams,
    AgentUpdateParams,
    ListAgentsParams,
    NewVersionParams,
    PublicationParams,
)
from uponai.client.requests import Request, path_of
from uponai.client.results import AgentListItem, AgentResponse, AgentVersionItem
from uponai.client.sending import AsyncResource, Resource


class Agent(Resource):
    """``client.agent``."""

    def create(self, **body: Unpack[AgentParams]) -> AgentResponse:
        """Create a voice agent."""
        return self._one(Request("POST", "/create-agent", body=body, once=True), AgentResponse)

    def retrieve(self, agent_id: str, *, version: int | str | None = None) -> AgentResponse:
        """An agent, by default its latest version."""
        return self._one(
            Request(
                "GET",
                path_of("/get-agent/{agent_id}", agent_id=agent_id),
                query={"version": version},
            ),
            AgentResponse,
        )

    def update(
        self, agent_id: str, *, version: int | str | None = None, **body: Unpack[AgentUpdateParams]
    ) -> AgentResponse:
        """Change a draft, by default the latest."""
        return self._one(
            Request(
                "PATCH",
                path_of("/update-agent/{agent_id}", agent_id=agent_id),
                body=body,
                query={"version": version},
            ),
            AgentResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
        **body: Unpack[ListAgentsParams],
    ) -> Page[AgentListItem]:
        """The agents, one slim item each."""
        return self._page(
            Request(
                "POST",
                "/v2/list-agents",
                body=body,
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            AgentListItem,
        )

    def delete(self, agent_id: str) -> None:
        """Delete an agent with all its versions."""
        return self._nothing(
            Request("DELETE", path_of("/delete-agent/{agent_id}", agent_id=agent_id))
        )

    def create_version(self, agent_id: str, **body: Unpack[NewVersionParams]) -> AgentResponse:
        """Start a new draft from a version."""
        return self._one(
            Request(
                "POST",
                path_of("/create-agent-version/{agent_id}", agent_id=agent_id),
                body=body,
                once=True,
            ),
            AgentResponse,
        )

    def delete_version(self, agent_id: str, *, version: int) -> None:
        """Delete one version."""
        return self._nothing(
            Request(
                "DELETE",
                path_of("/delete-agent-version/{agent_id}", agent_id=agent_id),
                query={"version": version},
            )
        )

    def list_versions(
        self,
        agent_id: str,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> Page[AgentVersionItem]:
        """The versions of an agent."""
        return self._page(
            Request(
                "GET",
                path_of("/list-agent-versions/{agent_id}", agent_id=agent_id),
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            AgentVersionItem,
        )

    def publish(self, agent_id: str, **body: Unpack[PublicationParams]) -> None:
        """Publish a draft as it is: it can no longer be changed."""
        return self._nothing(
            Request(
                "POST", path_of("/publish-agent-version/{agent_id}", agent_id=agent_id), body=body
            )
        )

    def repair(self, agent_id: str, *, version: int | str | None = None) -> AgentResponse:
        """Remove references to what no longer exists."""
        return self._one(
            Request(
                "POST",
                path_of("/repair-agent/{agent_id}", agent_id=agent_id),
                query={"version": version},
            ),
            AgentResponse,
        )


class AsyncAgent(AsyncResource):
    """``client.agent``, to be awaited."""

    async def create(self, **body: Unpack[AgentParams]) -> AgentResponse:
        """Create a voice agent."""
        return await self._one(
            Request("POST", "/create-agent", body=body, once=True), AgentResponse
        )

    async def retrieve(self, agent_id: str, *, version: int | str | None = None) -> AgentResponse:
        """An agent, by default its latest version."""
        return await self._one(
            Request(
                "GET",
                path_of("/get-agent/{agent_id}", agent_id=agent_id),
                query={"version": version},
            ),
            AgentResponse,
        )

    async def update(
        self, agent_id: str, *, version: int | str | None = None, **body: Unpack[AgentUpdateParams]
    ) -> AgentResponse:
        """Change a draft, by default the latest."""
        return await self._one(
            Request(
                "PATCH",
                path_of("/update-agent/{agent_id}", agent_id=agent_id),
                body=body,
                query={"version": version},
            ),
            AgentResponse,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
        **body: Unpack[ListAgentsParams],
    ) -> AsyncPages[AgentListItem]:
        """The agents, one slim item each."""
        return self._page(
            Request(
                "POST",
                "/v2/list-agents",
                body=body,
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            AgentListItem,
        )

    async def delete(self, agent_id: str) -> None:
        """Delete an agent with all its versions."""
        return await self._nothing(
            Request("DELETE", path_of("/delete-agent/{agent_id}", agent_id=agent_id))
        )

    async def create_version(
        self, agent_id: str, **body: Unpack[NewVersionParams]
    ) -> AgentResponse:
        """Start a new draft from a version."""
        return await self._one(
            Request(
                "POST",
                path_of("/create-agent-version/{agent_id}", agent_id=agent_id),
                body=body,
                once=True,
            ),
            AgentResponse,
        )

    async def delete_version(self, agent_id: str, *, version: int) -> None:
        """Delete one version."""
        return await self._nothing(
            Request(
                "DELETE",
                path_of("/delete-agent-version/{agent_id}", agent_id=agent_id),
                query={"version": version},
            )
        )

    def list_versions(
        self,
        agent_id: str,
        *,
        limit: int | None = None,
        pagination_key: str | None = None,
        sort_order: Literal["ascending", "descending"] | None = None,
    ) -> AsyncPages[AgentVersionItem]:
        """The versions of an agent."""
        return self._page(
            Request(
                "GET",
                path_of("/list-agent-versions/{agent_id}", agent_id=agent_id),
                query={"limit": limit, "pagination_key": pagination_key, "sort_order": sort_order},
            ),
            AgentVersionItem,
        )

    async def publish(self, agent_id: str, **body: Unpack[PublicationParams]) -> None:
        """Publish a draft as it is: it can no longer be changed."""
        return await self._nothing(
            Request(
                "POST", path_of("/publish-agent-version/{agent_id}", agent_id=agent_id), body=body
            )
        )

    async def repair(self, agent_id: str, *, version: int | str | None = None) -> AgentResponse:
        """Remove references to what no longer exists."""
        return await self._one(
            Request(
                "POST",
                path_of("/repair-agent/{agent_id}", agent_id=agent_id),
                query={"version": version},
            ),
            AgentResponse,
        )
