"""Knowledge bases that an engine names must exist when they are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from uponai.api.services import ApiServices
from uponai.domain.errors import InvalidField

_FIELD = "knowledge_base_ids"


async def check_bases(
    services: ApiServices,
    workspace_id: str,
    config: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    """``before``: the stored engine. What it names may be gone by now, which is no reason to
    refuse another change. Raises InvalidField.
    """
    former = {id for _, id in _named(before or {}, "")}
    new = [(path, id) for path, id in _named(config, "") if id not in former]
    if not new:
        return
    bases = await services.storage.knowledge.all(workspace_id)
    known = {base.knowledge_base_id for base in bases}
    for path, id in new:
        if id not in known:
            raise InvalidField(path, "must be the id of a knowledge base", value=id)


def _named(config: Mapping[str, Any], within: str) -> Iterator[tuple[str, str]]:
    """Path and id, those of nodes and of a flow's own components too."""
    for at, id in enumerate(cast("list[str]", config.get(_FIELD) or [])):
        yield f"{within}{_FIELD}/{at}", id
    for part in ("nodes", "components"):
        for at, inner in enumerate(cast("list[Mapping[str, Any]]", config.get(part) or [])):
            yield from _named(inner, f"{within}{part}/{at}/")
