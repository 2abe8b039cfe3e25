"""The response engine that an agent names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from fastapi import Query

from uponai.api import versioned
from uponai.api.services import ApiServices
from uponai.domain.errors import Unknown, UserError
from uponai.storage.base import Family, Versioned

ForceDelete = Annotated[bool, Query()]
ENGINES: Mapping[str, tuple[Family, str]] = {
    "retell-llm": ("retell_llm", "llm_id"),
    "conversation-flow": ("conversation_flow", "conversation_flow_id"),
}
"""By ``response_engine.type``: the family and the field that names the engine. A custom LLM has
nothing stored here."""


def family_of(config: Mapping[str, Any]) -> tuple[Family, str] | None:
    """Family and id of an agent's engine; None for a custom LLM."""
    engine = cast("Mapping[str, Any]", config["response_engine"])
    known = ENGINES.get(str(engine["type"]))
    return None if known is None else (known[0], str(engine[known[1]]))


async def engine_of(
    services: ApiServices, workspace_id: str, config: Mapping[str, Any]
) -> Versioned | None:
    """The agent's response engine as stored; None for a custom LLM. Raises Unknown (422)."""
    named = family_of(config)
    if named is None:
        return None
    family, id = named
    version = config["response_engine"].get("version")
    found = await services.storage.configs.get(family, workspace_id, id, version)
    if found is None:
        shown = id if version is None else f"{id} version {version}"
        raise Unknown(
            f"Cannot find requested asset under given api key: {versioned.NAMES[family]} {shown}."
        )
    return found


async def delete_engine(
    services: ApiServices, workspace_id: str, family: Family, id: str, *, force: bool
) -> None:
    """All its versions. Raises Unknown or NotFound, and UserError (400) while an agent uses it,
    unless by force: such agents are left without an engine.
    """
    configs = services.storage.configs
    if not force:
        for agent in await configs.mentioning("agent", workspace_id, id):
            if family_of(agent.config) == (family, id):
                raise UserError(
                    f"This {versioned.NAMES[family]} is the response engine of {agent.id}; set"
                    " force_delete=true to delete it all the same.",
                    code="in_use",
                )
    if not await configs.delete(family, workspace_id, id):
        raise versioned.unknown(family, id)
