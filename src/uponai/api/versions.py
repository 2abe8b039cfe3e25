"""Versions of agents: drafts made from a base, published, listed and deleted.

Publishing freezes the version and, first, the response engine version that it uses; a new draft
therefore gets an engine draft of its own, so that drafts do not change each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.agents import shown, versions_of
from uponai.api.auth import Asking, Caller
from uponai.api.engines import engine_of, family_of
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.paged import Source, read_page
from uponai.api.roots import TRIES, Crowded, change_root, root_of, tags_of
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import InvalidField, UserError
from uponai.storage.base import Family, Versioned
from uponai.wire.agent import agent_version_item
from uponai.wire.paging import page_of, wrapped
from uponai.wire.tags import assigned_tags
from uponai.wire.validate import Json
from uponai.wire.version import HIGHEST, NewVersion, Publication, latest_draft, publication
from uponai.wire.version import new_version as wanted_version

router = APIRouter(tags=["Agent"])


@router.post("/create-agent-version/{agent_id}", status_code=201, openapi_extra=takes(NewVersion))
async def create_version(agent_id: str, body: Body, services: Services, caller: Asking) -> Response:
    base_version = wanted_version(body)
    base = await versioned.find(services, caller.workspace_id, "agent", agent_id, base_version)
    draft = await _new_draft(services, caller, base)
    return WireResponse(shown(draft), 201)


async def _new_draft(services: ApiServices, caller: Caller, base: Versioned) -> Versioned:
    config = await _with_engine_draft(services, caller, base)
    root = await root_of(services, caller.workspace_id, base.id)
    at_least = int(root.get("next_version") or 0)
    return await _add_version(services, "agent", base, config, at_least)


async def _with_engine_draft(
    services: ApiServices, caller: Caller, base: Versioned
) -> Mapping[str, Any]:
    """The base's configuration with a draft of its engine: a copy, unless it follows the newest."""
    named = family_of(base.config)
    engine = await engine_of(services, caller.workspace_id, base.config)
    if named is None or engine is None:
        return base.config
    pinned = base.config["response_engine"].get("version") is not None
    if not pinned and not engine.is_published:
        return base.config
    copied = await _add_version(services, named[0], engine, engine.config)
    return _pinned(base.config, copied.version) if pinned else base.config


def _pinned(config: Mapping[str, Any], engine_version: int) -> Json:
    return {**config, "response_engine": {**config["response_engine"], "version": engine_version}}


async def _add_version(
    services: ApiServices,
    family: Family,
    base: Versioned,
    config: Mapping[str, Any],
    at_least: int = 0,
) -> Versioned:
    """A new draft above all others. Raises Crowded."""
    configs = services.storage.configs
    for _ in range(TRIES):
        highest = await configs.get(family, base.workspace_id, base.id)
        if highest is None:
            raise versioned.unknown(family, base.id)
        now_ms = services.now_ms()
        number = max(highest.version + 1, at_least)
        draft = Versioned(
            base.id, base.workspace_id, number, config, False, base.version, now_ms, now_ms
        )
        try:
            await configs.add(family, draft)
        except ValueError:
            continue
        return draft
    raise Crowded("Others make versions at the same time; try again.")


@router.delete("/delete-agent-version/{agent_id}", status_code=204)
async def delete_version(
    agent_id: str, services: Services, caller: Asking, version: int
) -> Response:
    if not 0 <= version <= HIGHEST:
        raise InvalidField("version", f"must be >= 0 and <= {HIGHEST}", where="query")
    versions = await versions_of(services, caller, agent_id)
    if all(item.version != version for item in versions):
        raise versioned.unknown("agent", f"{agent_id} version {version}")
    if len(versions) == 1:
        raise UserError("The only version of an agent cannot be deleted; delete the agent.")
    tags = assigned_tags(await tags_of(services, caller.workspace_id, agent_id), version)
    if tags:
        raise UserError(f"Version {version} cannot be deleted while tags point to it: {tags[0]}.")

    def used_up(root: Json) -> Json:
        """A number that was deleted is never given again: phone numbers may still name it."""
        return {**root, "next_version": max(int(root.get("next_version") or 0), version + 1)}

    await change_root(services, caller.workspace_id, agent_id, used_up)
    await services.storage.configs.delete_version("agent", caller.workspace_id, agent_id, version)
    return Response(status_code=204)


@router.post("/publish-agent-version/{agent_id}", openapi_extra=takes(Publication))
async def publish_version(
    agent_id: str, body: Body, services: Services, caller: Asking
) -> Response:
    """In place: no new draft is made (trap 29). Publishing again changes nothing."""
    wanted = publication(body)
    await _publish(services, caller, agent_id, wanted)
    return Response(status_code=200)


@router.post("/publish-agent/{agent_id}", deprecated=True)
async def publish_agent(agent_id: str, services: Services, caller: Asking) -> Response:
    """Publishes the latest draft and makes a new one (trap 29)."""
    versions = await versions_of(services, caller, agent_id)
    draft = latest_draft(versions)
    if draft is not None:
        await _publish(services, caller, agent_id, {"version": draft.version})
    base = draft or versions[0]
    base = await versioned.find(services, caller.workspace_id, "agent", agent_id, base.version)
    await _new_draft(services, caller, base)
    return Response(status_code=200)


async def _publish(
    services: ApiServices, caller: Caller, agent_id: str, wanted: Mapping[str, Any]
) -> None:
    labels = {name: value for name, value in wanted.items() if name != "version"}
    for _ in range(TRIES):
        item = await versioned.find(
            services, caller.workspace_id, "agent", agent_id, wanted["version"]
        )
        labelled = {**item.config, **labels}
        if item.is_published:
            if labelled != item.config:
                raise versioned.published("agent", item.version)
            return
        config = await _with_engine_frozen(services, caller, labelled)
        if await versioned.replaced(services, "agent", item, config=config, publish=True):
            return
    raise Crowded("This agent is being changed by others at the same time; try again.")


async def _with_engine_frozen(
    services: ApiServices, caller: Caller, config: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The engine version in use is published, and named for good."""
    named = family_of(config)
    for _ in range(TRIES):
        engine = await engine_of(services, caller.workspace_id, config)
        if named is None or engine is None:
            return config
        done = engine.is_published or await versioned.replaced(
            services, named[0], engine, config=engine.config, publish=True
        )
        if done:
            return _pinned(config, engine.version)
    raise Crowded("The response engine is being changed by others at the same time; try again.")


@router.get("/get-agent-versions/{agent_id}", deprecated=True)
async def get_agent_versions(agent_id: str, services: Services, caller: Asking) -> Response:
    versions = await versions_of(services, caller, agent_id)
    tags = await tags_of(services, caller.workspace_id, agent_id)
    return WireResponse([shown(item, tags) for item in versions])


@router.get("/list-agent-versions/{agent_id}")
async def list_agent_versions(
    agent_id: str, request: Request, services: Services, caller: Asking
) -> Response:
    page = page_of(request.query_params, where="query")
    versions = await versions_of(services, caller, agent_id)
    ordered = sorted(versions, key=lambda item: item.version, reverse=not page.ascending)

    async def fetch(limit: int, after: tuple[int, str] | None) -> list[Versioned]:
        rest = ordered
        if after is not None:
            edge = after[0]
            rest = [
                item
                for item in ordered
                if (item.version > edge if page.ascending else item.version < edge)
            ]
        return rest[:limit]

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
