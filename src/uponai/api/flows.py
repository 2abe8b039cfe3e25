"""Conversation flows: create, get, update, delete and both lists. Unknown ids are 404 (trap 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Asking, Caller
from uponai.api.engine_routes import EngineRoutes
from uponai.api.engines import ForceDelete
from uponai.api.json import Body
from uponai.api.openapi import takes
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import InvalidField
from uponai.domain.ids import conversation_flow_id as new_flow_id
from uponai.flow.check import errors
from uponai.wire.component import shared_components
from uponai.wire.flow import Flow, flow_json, new_flow, updated_flow

router = APIRouter(tags=["ConversationFlow"])

_STEP = re.compile(r"[.\[\]]+")


async def check_components(
    services: ApiServices, caller: Caller, config: Mapping[str, Any]
) -> None:
    """Shared components that nodes name must exist. Raises InvalidField."""
    named = shared_components(config)
    found = await services.storage.configs.many(
        "conversation_flow_component", caller.workspace_id, named
    )
    for missing in sorted(named - found.keys()):
        raise InvalidField("nodes", f"must name components that exist (found {missing!r})")


def check_flow(services: ApiServices, config: Mapping[str, Any]) -> None:
    """The graph must be walkable and its functions' addresses public. Raises InvalidField."""
    for problem in errors(config):
        path = _STEP.sub("/", problem.path).strip("/")
        raise InvalidField(path, f"{problem.rule} (found {problem.value})")
    versioned.check_urls(services, config)


async def _check(services: ApiServices, caller: Caller, config: Mapping[str, Any]) -> None:
    check_flow(services, config)
    await check_components(services, caller, config)


_flows = EngineRoutes("conversation_flow", new_flow_id, new_flow, updated_flow, _check, flow_json)


@router.post("/create-conversation-flow", status_code=201, openapi_extra=takes(Flow))
async def create_flow(body: Body, services: Services, caller: Asking) -> Response:
    return await _flows.create(body, services, caller)


@router.get("/get-conversation-flow/{flow_id}")
async def get_flow(
    flow_id: str, services: Services, caller: Asking, version: str | None = None
) -> Response:
    return await _flows.get(flow_id, version, services, caller)


@router.patch("/update-conversation-flow/{flow_id}", openapi_extra=takes(Flow, partial=True))
async def update_flow(
    flow_id: str, body: Body, services: Services, caller: Asking, version: str | None = None
) -> Response:
    return await _flows.update((flow_id, version), body, services, caller)


@router.delete("/delete-conversation-flow/{flow_id}", status_code=204)
async def delete_flow(
    flow_id: str, services: Services, caller: Asking, force_delete: ForceDelete = False
) -> Response:
    return await _flows.delete(flow_id, services, caller, force=force_delete)


@router.get("/v2/list-conversation-flows")
async def list_flows(request: Request, services: Services, caller: Asking) -> Response:
    return await _flows.page(request, services, caller)


@router.get("/list-conversation-flows", deprecated=True)
async def list_flows_old(request: Request, services: Services, caller: Asking) -> Response:
    """A bare array, one row per version."""
    return await _flows.old_list(request, services, caller)
