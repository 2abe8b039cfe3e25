"""Conversation flows: create, get, update, delete and both lists. Unknown ids are 404 (trap 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Asking, Caller
from uponai.api.engines import ForceDelete, delete_engine
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.paged import read_page
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import InvalidField
from uponai.domain.ids import conversation_flow_id as new_flow_id
from uponai.flow.check import errors
from uponai.storage.base import Versioned
from uponai.wire.component import shared_components
from uponai.wire.flow import Flow, flow_json, new_flow, updated_flow
from uponai.wire.paging import page_of, wrapped
from uponai.wire.validate import Json

router = APIRouter(tags=["ConversationFlow"])

_STEP = re.compile(r"[.\[\]]+")


def shown(item: Versioned) -> Json:
    return flow_json(
        item.id,
        item.version,
        item.config,
        is_published=item.is_published,
        modified_ms=item.modified_ms,
    )


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


@router.post("/create-conversation-flow", status_code=201, openapi_extra=takes(Flow))
async def create_flow(body: Body, services: Services, caller: Asking) -> Response:
    config = new_flow(body)
    check_flow(services, config)
    await check_components(services, caller, config)
    id = new_flow_id(services.entropy(32))
    item = await versioned.add_new(services, caller, "conversation_flow", id, config)
    return WireResponse(shown(item), 201)


@router.get("/get-conversation-flow/{flow_id}")
async def get_flow(
    flow_id: str, services: Services, caller: Asking, version: str | None = None
) -> Response:
    family = "conversation_flow"
    found = await versioned.find(services, caller.workspace_id, family, flow_id, version)
    return WireResponse(shown(found))


@router.patch("/update-conversation-flow/{flow_id}", openapi_extra=takes(Flow, partial=True))
async def update_flow(
    flow_id: str, body: Body, services: Services, caller: Asking, version: str | None = None
) -> Response:
    async def alter(item: Versioned) -> Mapping[str, Any]:
        config = updated_flow(item.config, body)
        check_flow(services, config)
        await check_components(services, caller, config)
        return config

    item = await versioned.change(services, caller, "conversation_flow", (flow_id, version), alter)
    return WireResponse(shown(item))


@router.delete("/delete-conversation-flow/{flow_id}", status_code=204)
async def delete_flow(
    flow_id: str, services: Services, caller: Asking, force_delete: ForceDelete = False
) -> Response:
    await delete_engine(
        services, caller.workspace_id, "conversation_flow", flow_id, force=force_delete
    )
    return Response(status_code=204)


@router.get("/v2/list-conversation-flows")
async def list_flows(request: Request, services: Services, caller: Asking) -> Response:
    page = page_of(request.query_params, where="query")
    source = versioned.latest(services, caller, "conversation_flow", page, shown)
    items, key = await read_page(source, page)
    return WireResponse(wrapped(items, key))


@router.get("/list-conversation-flows", deprecated=True)
async def list_flows_old(request: Request, services: Services, caller: Asking) -> Response:
    """A bare array, one row per version."""
    rows = await versioned.old_list(services, caller, "conversation_flow", request.query_params)
    return WireResponse([shown(item) for item in rows])
