"""Agents: create, get, update with their tags, delete, and both lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Asking, Caller
from uponai.api.engines import engine_of
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.paged import Cursor, read_page
from uponai.api.roots import change_root, tags_of, tags_of_many
from uponai.api.services import ApiServices, Services
from uponai.api.voices import check_voice
from uponai.domain.errors import InvalidField
from uponai.domain.ids import agent_id as new_agent_id
from uponai.storage.base import Versioned
from uponai.wire.agent import (
    Agent,
    agent_json,
    agent_list_item,
    new_agent,
    updated_agent,
)
from uponai.wire.filters import fits
from uponai.wire.listing import agent_criteria
from uponai.wire.paging import page_of, wrapped
from uponai.wire.tags import Tags, assigned_tags, changed_tags
from uponai.wire.validate import Json, as_object

router = APIRouter(tags=["Agent"])


def shown(item: Versioned, tags: Tags | None = None) -> Json:
    record = agent_json(
        item.id,
        item.version,
        item.config,
        is_published=item.is_published,
        base_version=item.base_version,
        modified_ms=item.modified_ms,
    )
    return {**record, "assigned_tags": assigned_tags(tags or {}, item.version)}


async def check_agent(services: ApiServices, workspace_id: str, config: Mapping[str, Any]) -> None:
    """What an agent refers to must exist, and its addresses be public."""
    versioned.check_urls(services, config)
    for voice_id in (config["voice_id"], *(config.get("fallback_voice_ids") or ())):
        await check_voice(services, workspace_id, str(voice_id))
    engine = await engine_of(services, workspace_id, config)
    if config.get("is_transfer_agent") and engine is not None:
        flag = "is_transfer_llm" if "llm_id" in config["response_engine"] else "is_transfer_cf"
        if not engine.config.get(flag):
            raise InvalidField("response_engine", f"must be an engine made with {flag}: true")


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
    tags = await tags_of(services, caller.workspace_id, agent_id)
    return WireResponse(shown(found, tags))


@router.patch("/update-agent/{agent_id}", openapi_extra=takes(Agent, partial=True))
async def update_agent(
    agent_id: str, body: Body, services: Services, caller: Asking, version: str | None = None
) -> Response:
    """Changes a draft. ``tags`` belong to the agent as a whole: ``{name: {version,
    dynamic_variables} | null}`` moves or removes them and needs no draft.
    """
    given = as_object(body)
    rest = {name: value for name, value in given.items() if name != "tags"}

    async def alter(item: Versioned) -> Mapping[str, Any]:
        config = updated_agent(item.config, rest)
        await check_agent(services, caller.workspace_id, config)
        return config

    if "tags" in given:
        await _check_tags(services, caller, agent_id, given["tags"])
    if rest or "tags" not in given:
        item = await versioned.change(services, caller, "agent", (agent_id, version), alter)
    else:
        item = await versioned.find(services, caller.workspace_id, "agent", agent_id, version)
    if "tags" in given:
        await _set_tags(services, caller, agent_id, given["tags"])
    return WireResponse(shown(item, await tags_of(services, caller.workspace_id, agent_id)))


async def _check_tags(services: ApiServices, caller: Caller, agent_id: str, change: Any) -> None:
    numbers = [item.version for item in await versions_of(services, caller, agent_id)]
    changed_tags(await tags_of(services, caller.workspace_id, agent_id), change, numbers, 0)


async def _set_tags(services: ApiServices, caller: Caller, agent_id: str, change: Any) -> None:
    numbers = [item.version for item in await versions_of(services, caller, agent_id)]
    now_ms = services.now_ms()

    def alter(root: Json) -> Json:
        return {**root, "tags": changed_tags(root.get("tags") or {}, change, numbers, now_ms)}

    await change_root(services, caller.workspace_id, agent_id, alter)


async def versions_of(services: ApiServices, caller: Caller, agent_id: str) -> list[Versioned]:
    """Highest first. Raises Unknown."""
    versions = await services.storage.configs.versions("agent", caller.workspace_id, agent_id)
    if not versions:
        raise versioned.unknown("agent", agent_id)
    return versions


@router.delete("/delete-agent/{agent_id}", status_code=204)
async def delete_agent(agent_id: str, services: Services, caller: Asking) -> Response:
    if not await services.storage.configs.delete("agent", caller.workspace_id, agent_id):
        raise versioned.unknown("agent", agent_id)
    await services.storage.configs.delete("agent_root", caller.workspace_id, agent_id)
    return Response(status_code=204)


@router.post("/v2/list-agents")
async def list_agents(request: Request, body: Body, services: Services, caller: Asking) -> Response:
    """Query and body together (trap 12)."""
    atoms = agent_criteria(body)
    page = page_of(request.query_params, where="query")
    tags: dict[str, Tags] = {}

    def show(item: Versioned) -> Json | None:
        record = agent_list_item(item.id, item.config, item.modified_ms, tags.get(item.id))
        return record if fits(atoms, record) else None

    source = versioned.latest(services, caller, "agent", page, show)

    async def fetch(limit: int, after: Cursor | None) -> list[Versioned]:
        rows = await source.fetch(limit, after)
        ids = [item.id for item in rows]
        tags.update(await tags_of_many(services, caller.workspace_id, ids))
        return rows

    items, key = await read_page(replace(source, fetch=fetch), page)
    return WireResponse(wrapped(items, key))


@router.get("/list-agents", deprecated=True)
async def list_agents_old(request: Request, services: Services, caller: Asking) -> Response:
    """A bare array of full agents, one row per version."""
    rows = await versioned.old_list(services, caller, "agent", request.query_params)
    tags = await tags_of_many(services, caller.workspace_id, {item.id for item in rows})
    return WireResponse([shown(item, tags.get(item.id)) for item in rows])
