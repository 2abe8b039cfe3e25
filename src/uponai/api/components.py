"""Shared components of conversation flows. Unknown ids are 404 (trap 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Asking, Caller
from uponai.api.flows import check_flow
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.paged import read_page
from uponai.api.roots import TRIES, Crowded
from uponai.api.services import ApiServices, Services
from uponai.domain.ids import conversation_flow_component_id as new_component_id
from uponai.storage.base import Family, Versioned
from uponai.wire.component import (
    component_json,
    localised,
    new_component,
    shared_components,
    updated_component,
)
from uponai.wire.node import Component
from uponai.wire.paging import page_of, wrapped
from uponai.wire.validate import Json

router = APIRouter(tags=["ConversationFlowComponent"])

FAMILY: Family = "conversation_flow_component"
_OLD_LIMIT = 1000


def _check(services: ApiServices, config: Mapping[str, Any]) -> None:
    """A component is a graph like a flow; who speaks first is its flow's matter."""
    check_flow(services, {"start_speaker": "agent", **config})


async def _links(services: ApiServices, caller: Caller, text: str) -> Mapping[str, list[str]]:
    """Which flows name which component, as far as they hold ``text``."""
    found: dict[str, set[str]] = defaultdict(set)
    for flow in await services.storage.configs.mentioning(
        "conversation_flow", caller.workspace_id, text
    ):
        for component_id in shared_components(flow.config):
            found[component_id].add(flow.id)
    return {component_id: sorted(flows) for component_id, flows in found.items()}


def _shown(item: Versioned, links: Mapping[str, list[str]]) -> Json:
    return component_json(item.id, item.config, links.get(item.id, []), item.modified_ms)


@router.post("/create-conversation-flow-component", status_code=201, openapi_extra=takes(Component))
async def create_component(body: Body, services: Services, caller: Asking) -> Response:
    config = new_component(body)
    _check(services, config)
    id = new_component_id(services.entropy(32))
    item = await versioned.add_new(services, caller, FAMILY, id, config)
    return WireResponse(_shown(item, {}), 201)


@router.get("/get-conversation-flow-component/{component_id}")
async def get_component(component_id: str, services: Services, caller: Asking) -> Response:
    found = await versioned.find(services, caller.workspace_id, FAMILY, component_id)
    return WireResponse(_shown(found, await _links(services, caller, component_id)))


@router.patch(
    "/update-conversation-flow-component/{component_id}",
    openapi_extra=takes(Component, partial=True),
)
async def update_component(
    component_id: str, body: Body, services: Services, caller: Asking
) -> Response:
    async def alter(item: Versioned) -> Mapping[str, Any]:
        config = updated_component(item.config, body)
        _check(services, config)
        return config

    item = await versioned.change(services, caller, FAMILY, (component_id, None), alter)
    return WireResponse(_shown(item, await _links(services, caller, component_id)))


@router.delete("/delete-conversation-flow-component/{component_id}", status_code=204)
async def delete_component(component_id: str, services: Services, caller: Asking) -> Response:
    """Every linked flow gets a copy of its own first, so that none is without it."""
    found = await versioned.find(services, caller.workspace_id, FAMILY, component_id)
    for _ in range(TRIES):
        if await _made_local(services, found):
            break
    else:
        raise Crowded("A linked flow is being changed by others at the same time; try again.")
    await services.storage.configs.delete(FAMILY, caller.workspace_id, component_id)
    return Response(status_code=204)


async def _made_local(services: ApiServices, component: Versioned) -> bool:
    """Published versions too, for they say the same as before. False: one was changed meanwhile."""
    configs = services.storage.configs
    flows = await configs.mentioning("conversation_flow", component.workspace_id, component.id)
    done = True
    for flow in flows:
        if component.id not in shared_components(flow.config):
            continue
        config = localised(flow.config, component.id, component.config)
        copied = await versioned.replaced(
            services, "conversation_flow", flow, config=config, even_published=True
        )
        done = done and copied is not None
    return done


@router.get("/v2/list-conversation-flow-components")
async def list_components(request: Request, services: Services, caller: Asking) -> Response:
    page = page_of(request.query_params, where="query")
    links = await _links(services, caller, '"shared"')
    source = versioned.latest(services, caller, FAMILY, page, lambda item: _shown(item, links))
    items, key = await read_page(source, page)
    return WireResponse(wrapped(items, key))


@router.get("/list-conversation-flow-components", deprecated=True)
async def list_components_old(services: Services, caller: Asking) -> Response:
    """A bare array."""
    links = await _links(services, caller, '"shared"')
    items = await services.storage.configs.latest(FAMILY, caller.workspace_id, _OLD_LIMIT)
    return WireResponse([_shown(item, links) for item in items])
