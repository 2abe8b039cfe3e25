"""repair-agent: an agent's draft and its engine's draft rid of references to what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.agents import shown
from uponai.api.auth import Asking, Caller
from uponai.api.engines import family_of
from uponai.api.json import WireResponse
from uponai.api.roots import TRIES, Crowded, tags_of
from uponai.api.services import ApiServices, Services
from uponai.api.voices import voice_usable
from uponai.storage.base import Family, Versioned
from uponai.wire.component import shared_components
from uponai.wire.repair import Known, repaired_agent, repaired_engine
from uponai.wire.validate import Json

router = APIRouter(tags=["Agent"])


@router.post("/repair-agent/{agent_id}")
async def repair_agent(
    agent_id: str, services: Services, caller: Asking, version: str | None = None
) -> Response:
    """A no-op where nothing is wrong. A published version is refused; a published engine stays."""
    for _ in range(TRIES):
        item = await versioned.find(services, caller.workspace_id, "agent", agent_id, version)
        if item.is_published:
            raise versioned.published("agent", item.version)
        engine = await _engine(services, caller, item)
        known = await _known(services, caller, item, engine)
        default = services.voices[0]["voice_id"] if services.voices else None
        if not await _engine_repaired(services, item, engine, known):
            continue
        config = repaired_agent(item.config, known, default)
        done = await _written(services, "agent", item, config)
        if done is not None:
            tags = await tags_of(services, caller.workspace_id, agent_id)
            return WireResponse(shown(done, tags))
    raise Crowded("This agent is being changed by others at the same time; try again.")


async def _engine_repaired(
    services: ApiServices, item: Versioned, engine: Versioned | None, known: Known
) -> bool:
    """False when somebody changed the engine meanwhile."""
    named = family_of(item.config)
    if named is None or engine is None or engine.is_published:
        return True
    fixed = repaired_engine(engine.config, known)
    return await _written(services, named[0], engine, fixed) is not None


async def _written(
    services: ApiServices, family: Family, item: Versioned, config: Mapping[str, Any]
) -> Versioned | None:
    if config == item.config:
        return item
    return await versioned.replaced(services, family, item, config=config)


async def _engine(services: ApiServices, caller: Caller, item: Versioned) -> Versioned | None:
    """None for a custom LLM, and for an engine that was deleted by force."""
    named = family_of(item.config)
    if named is None:
        return None
    family, id = named
    version = item.config["response_engine"].get("version")
    return await services.storage.configs.get(family, caller.workspace_id, id, version)


async def _known(
    services: ApiServices, caller: Caller, item: Versioned, engine: Versioned | None
) -> Known:
    config: Json = dict(engine.config) if engine is not None else {}
    bases = await services.storage.knowledge.all(caller.workspace_id)
    components = await services.storage.configs.many(
        "conversation_flow_component", caller.workspace_id, shared_components(config)
    )
    fallbacks: list[str] = item.config.get("fallback_voice_ids") or []
    named = [str(item.config["voice_id"]), *fallbacks]
    usable = {voice for voice in named if await voice_usable(services, caller.workspace_id, voice)}
    return Known(
        knowledge_bases={base.knowledge_base_id for base in bases},
        components=set(components),
        apps=(),
        voice=usable.__contains__,
    )
