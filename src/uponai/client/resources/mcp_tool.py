"""The mcp tool methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

import builtins

from uponai.client.requests import Request, path_of
from uponai.client.results import McpToolResponse
from uponai.client.sending import AsyncResource, Resource


class McpTool(Resource):
    """``client.mcp_tool``."""

    def get_mcp_tools(
        self,
        agent_id: str,
        *,
        mcp_id: str,
        component_id: str | None = None,
        version: int | str | None = None,
    ) -> builtins.list[McpToolResponse]:
        """The tools that an agent's MCP server offers."""
        return self._many(
            Request(
                "GET",
                path_of("/get-mcp-tools/{agent_id}", agent_id=agent_id),
                query={"mcp_id": mcp_id, "component_id": component_id, "version": version},
            ),
            McpToolResponse,
        )


class AsyncMcpTool(AsyncResource):
    """``client.mcp_tool``, to be awaited."""

    async def get_mcp_tools(
        self,
        agent_id: str,
        *,
        mcp_id: str,
        component_id: str | None = None,
        version: int | str | None = None,
    ) -> builtins.list[McpToolResponse]:
        """The tools that an agent's MCP server offers."""
        return await self._many(
            Request(
                "GET",
                path_of("/get-mcp-tools/{agent_id}", agent_id=agent_id),
                query={"mcp_id": mcp_id, "component_id": component_id, "version": version},
            ),
            McpToolResponse,
        )
