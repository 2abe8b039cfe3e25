"""The tools of the MCP servers that an agent's engine names, asked from the servers themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Asking
from uponai.api.engines import engine_of
from uponai.api.json import WireResponse
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import Unknown, UserError
from uponai.http import HttpFailure
from uponai.mcp import open_session
from uponai.wire.component import ID as COMPONENT_ID
from uponai.wire.mcp import McpError, named, server_of
from uponai.wire.validate import Json

PATIENCE_MS = 20_000
"""For each request: whoever asks here waits for the list, with time-outs of their own."""

router = APIRouter(tags=["McpTool"])


@router.get("/get-mcp-tools/{agent_id}")
async def get_mcp_tools(
    agent_id: str,
    mcp_id: str,
    services: Services,
    caller: Asking,
    component_id: str | None = None,
    version: str | None = None,
) -> Response:
    """A bare array (trap 9). ``mcp_id`` is the server's id or its name."""
    agent = await versioned.find(services, caller.workspace_id, "agent", agent_id, version)
    engine = await engine_of(services, caller.workspace_id, agent.config)
    holder: Mapping[str, Any] = engine.config if engine is not None else {}
    if component_id is not None:
        holder = await _component(services, caller.workspace_id, holder, component_id)
    server = named(holder, mcp_id)
    if server is None:
        raise Unknown(f"Cannot find requested asset under given api key: MCP server {mcp_id}.")
    return WireResponse(await _tools(services, server))


async def _component(
    services: ApiServices, workspace_id: str, flow: Mapping[str, Any], component_id: str
) -> Mapping[str, Any]:
    """A component of the flow itself, else a shared one."""
    own: list[Json] = flow.get("components") or []
    for part in own:
        if component_id in (part.get(COMPONENT_ID), part["name"]):
            return part
    shared = await services.storage.configs.get(
        "conversation_flow_component", workspace_id, component_id
    )
    if shared is None:
        raise Unknown(f"Cannot find requested asset under given api key: component {component_id}.")
    return shared.config


async def _tools(services: ApiServices, config: Json) -> list[Json]:
    """Raises TargetRefused, and UserError (400) when the server cannot be asked."""
    server = server_of(config)
    server = replace(server, timeout_ms=min(server.timeout_ms, PATIENCE_MS))
    if services.http is None:
        raise UserError("MCP servers cannot be asked from here.", code="mcp_failed")
    try:
        async with open_session(services.http, server) as session:
            return await session.tools()
    except HttpFailure as error:
        raise UserError(f"MCP server {server.name}: {error}.", code="mcp_failed") from error
    except McpError as error:
        raise UserError(f"MCP server {server.name}: {error}.", code="mcp_failed") from error
