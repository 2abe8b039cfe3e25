"""The response engine that an agent names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from uponai.api import versioned
from uponai.api.services import ApiServices
from uponai.domain.errors import Unknown
from uponai.storage.base import Family, Versioned

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
