"""What belongs to an agent as a whole: its tags, and which version numbers are used up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from uponai.api.services import ApiServices
from uponai.domain.errors import UserError
from uponai.storage.base import Versioned
from uponai.wire.tags import Tags
from uponai.wire.validate import Json

TRIES = 5


class Crowded(UserError):
    """Others changed the object at the same time; a client that tries again is welcome."""

    status = 409
    code = "changed_meanwhile"


async def root_of(services: ApiServices, workspace_id: str, agent_id: str) -> Json:
    """``{tags?, next_version?}``; empty for an agent that never had either."""
    found = await services.storage.configs.get("agent_root", workspace_id, agent_id)
    return dict(found.config) if found is not None else {}


async def tags_of(services: ApiServices, workspace_id: str, agent_id: str) -> Tags:
    return (await root_of(services, workspace_id, agent_id)).get("tags") or {}


async def tags_of_many(
    services: ApiServices, workspace_id: str, agent_ids: Collection[str]
) -> dict[str, Tags]:
    found = await services.storage.configs.many("agent_root", workspace_id, agent_ids)
    return {id: root.config.get("tags") or {} for id, root in found.items()}


async def change_root(
    services: ApiServices, workspace_id: str, agent_id: str, alter: Callable[[Json], Json]
) -> Mapping[str, Any]:
    """Replace the root by ``alter(root)``, which may run several times. Raises Crowded."""
    configs = services.storage.configs
    for _ in range(TRIES):
        found = await configs.get("agent_root", workspace_id, agent_id)
        config = alter(dict(found.config) if found is not None else {})
        now_ms = services.now_ms()
        if found is None:
            item = Versioned(agent_id, workspace_id, 0, config, False, None, now_ms, now_ms)
            try:
                await configs.add("agent_root", item)
            except ValueError:
                continue
            return config
        at_ms = max(now_ms, found.modified_ms + 1)
        item = replace(found, config=config, modified_ms=at_ms)
        if await configs.update("agent_root", item, seen_ms=found.modified_ms):
            return config
    raise Crowded("This agent is being changed by others at the same time; try again.")
