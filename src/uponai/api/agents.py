"""Agents: create, get, update, delete, both lists, and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Asking
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.paged import Source, read_page
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import Unknown
from uponai.domain.ids import agent_id as new_agent_id
from uponai.storage.base import Versioned
from uponai.wire.agent import (
    Agent,
    agent_json,
    agent_list_item,
    agent_version_item,
    new_agent,
    updated_agent,
)
from uponai.wire.filters import fits
from uponai.wire.listing import agent_criteria
from uponai.wire.paging import page_of, wrapped
from uponai.wire.validate import Json

router = APIRouter(tags=["Agent"])


def shown(item: Versioned) -> Json:
    return agent_json(
        item.id,
        item.version,
        item.config,
        is_published=item.is_published,
        base_version=item.base_version,
        modified_ms=item.modified_ms,
    )


async def check_agent(
    services: ApiServices, workspace_id: str, config: Mapping[str, Any], within: str = ""
) -> None:
    """What an agent refers to must exist, and its addresses be public."""
    versioned.check_urls(services, config, within)
    voice_id = str(config["voice_id"])
    if not services.voice_known(voice_id):
        raise Unknown(f"Cannot find requested asset under given api key: voice {voice_id}.")
    await engine_of(services, workspace_id, config)


async def engine_of(
    services: ApiServices, workspace_id: str, config: Mapping[str, Any]
) -> Versioned | None:
    """The agent's response engine as stored; None for a custom LLM. Raises Unknown (422)."""
    engine = cast("Mapping[str, Any]", config["response_engine"])
    match engine["type"]:
        case "retell-llm":
            family, id = "retell_llm", engine["llm_id"]
        case "conversation-flow":
            family, id = "conversation_flow", engine["conversation_flow_id"]
        case _:
            return None
    found = await services.storage.configs.get(family, workspace_id, id, engine.get("version"))
    if found is None:
        raise Unknown(
            f"Cannot find requested asset under given api key: {versioned.NAMES[family]} {id}."
        )
    return found


@router.post("/create-agent", status_code=201, openapi_extra=takes(Agent))
async def create_agent(body: Body, services: Services, caller: Asking) -> Response:
    config = new_agent(body)
    await check_agent(services, caller.workspace_id, config)
    id = new_agent_id(services.entropy(32))
    item = await versioned.add_new(services, caller, "agent", id, config)
    return WireResponse(shown(item), 201)


@router.get("/get-agent/{agent_id}")
async def get_agent(
    agent_id: str, services: Services, caller: Asking, version: str | None = None
) -> Response:
    found = await versioned.find(services, caller.workspace_id, "agent", agent_id, version)
    return WireResponse(shown(found))


@router.patch("/update-agent/{agent_id}", openapi_extra=takes(Agent, partial=True))
async def update_agent(
    agent_id: str, body: Body, services: Services, caller: Asking, version: str | None = None
) -> Response:
    item = await versioned.find_draft(services, caller, "agent", agent_id, version)
    config = updated_agent(item.config, body)
    await check_agent(services, caller.workspace_id, config)
    return WireResponse(shown(await versioned.save(services, "agent", item, config)))


@router.delete("/delete-agent/{agent_id}", status_code=204)
async def delete_agent(agent_id: str, services: Services, caller: Asking) -> Response:
    if not await services.storage.configs.delete("agent", caller.workspace_id, agent_id):
        raise versioned.unknown("agent", agent_id)
    return Response(status_code=204)


@router.post("/v2/list-agents")
async def list_agents(request: Request, body: Body, services: Services, caller: Asking) -> Response:
    """Query and body together (trap 12)."""
    atoms = agent_criteria(body)
    page = page_of(request.query_params, where="query")

    def show(item: Versioned) -> Json | None:
        record = agent_list_item(item.id, item.config, item.modified_ms)
        return record if fits(atoms, record) else None

    source = versioned.latest(services, caller, "agent", page, show)
    items, key = await read_page(source, page)
    return WireResponse(wrapped(items, key))


@router.get("/list-agents", deprecated=True)
async def list_agents_old(request: Request, services: Services, caller: Asking) -> Response:
    """A bare array of full agents, one row per version."""
    rows = await versioned.old_list(services, caller, "agent", request.query_params)
    return WireResponse([shown(item) for item in rows])


async def _versions(services: ApiServices, workspace_id: str, agent_id: str) -> list[Versioned]:
    versions = await services.storage.configs.versions("agent", workspace_id, agent_id)
    if not versions:
        raise versioned.unknown("agent", agent_id)
    return versions


@router.get("/get-agent-versions/{agent_id}", deprecated=True)
async def get_agent_versions(agent_id: str, services: Services, caller: Asking) -> Response:
    versions = await _versions(services, caller.workspace_id, agent_id)
    return WireResponse([shown(item) for item in versions])


@router.get("/list-agent-versions/{agent_id}")
async def list_agent_versions(
    agent_id: str, request: Request, services: Services, caller: Asking
) -> Response:
    page = page_of(request.query_params, where="query")
    versions = await _versions(services, caller.workspace_id, agent_id)
    ordered = sorted(versions, key=lambda item: item.version, reverse=not page.ascending)

    async def fetch(limit: int, after: tuple[int, str] | None) -> list[Versioned]:
        numbers = [item.version for item in ordered]
        start = numbers.index(after[0]) + 1 if after is not None and after[0] in numbers else 0
        return ordered[start : start + limit]

    source = Source(fetch, lambda item: (item.version, item.id), _version_item)
    items, key = await read_page(source, page)
    return WireResponse(wrapped(items, key))


def _version_item(item: Versioned) -> Json:
    return agent_version_item(
        item.version,
        item.config,
        is_published=item.is_published,
        base_version=item.base_version,
        modified_ms=item.modified_ms,
    )
