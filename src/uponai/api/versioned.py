"""What agents, LLMs and flows share: versions found, drafts changed, addresses checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from uponai.api.auth import Caller
from uponai.api.paged import Cursor, Source
from uponai.api.roots import TRIES, Crowded, tags_of
from uponai.api.services import ApiServices
from uponai.domain.errors import InvalidField, NotFound, Unknown, UserError
from uponai.http import HTTP, WEBSOCKET
from uponai.storage.base import Family, Versioned
from uponai.wire.paging import Page, limit_of
from uponai.wire.tags import targets
from uponai.wire.targets import SOCKET, outgoing_urls
from uponai.wire.validate import Json
from uponai.wire.version import HIGHEST, choose, latest_draft, selector

OLD_LIST_LIMIT = 1000
NAMES: Mapping[Family, str] = {
    "agent": "agent",
    "retell_llm": "Retell LLM",
    "conversation_flow": "conversation flow",
    "conversation_flow_component": "conversation flow component",
    "agent_root": "agent",
    "voice": "voice",
}
_NEWER = ("conversation_flow", "conversation_flow_component")


def unknown(family: Family, id: str) -> UserError:
    """422 for the older families, 404 for flows and components (trap 6)."""
    message = f"Cannot find requested asset under given api key: {NAMES[family]} {id}."
    return NotFound(message) if family in _NEWER else Unknown(message)


async def find(
    services: ApiServices,
    workspace_id: str,
    family: Family,
    id: str,
    version: int | str | None = None,
) -> Versioned:
    """The version meant: a number, ``latest``, ``latest_published``, or an agent's tag.

    Raises Unknown or NotFound.
    """
    wanted = selector(version)
    configs = services.storage.configs
    if wanted.number is not None and not 0 <= wanted.number <= HIGHEST:
        found = None
    elif wanted.word is None:
        found = await configs.get(family, workspace_id, id, wanted.number)
    else:
        meant = targets(await tags_of(services, workspace_id, id)) if family == "agent" else {}
        found = choose(wanted, await configs.versions(family, workspace_id, id), meant)
    if found is None:
        raise unknown(family, id if version is None else f"{id} version {version}")
    return found


async def find_draft(
    services: ApiServices,
    caller: Caller,
    family: Family,
    id: str,
    version: int | str | None,
) -> Versioned:
    """What a PATCH changes: the version named, else the latest draft (trap 29)."""
    if version is not None:
        item = await find(services, caller.workspace_id, family, id, version)
    else:
        versions = await services.storage.configs.versions(family, caller.workspace_id, id)
        if not versions:
            raise unknown(family, id)
        item = latest_draft(versions) or versions[0]
    if item.is_published:
        raise published(family, item.version)
    return item


def published(family: Family, version: int) -> UserError:
    """A published version is for ever what it was (trap 29)."""
    return UserError(
        f"Version {version} of this {NAMES[family]} is published and cannot be changed; create a"
        " new draft first (create-agent-version, which also makes a draft of the response engine).",
        code="version_published",
    )


async def add_new(
    services: ApiServices, caller: Caller, family: Family, id: str, config: Mapping[str, Any]
) -> Versioned:
    """Version 0 of a new object."""
    now_ms = services.now_ms()
    item = Versioned(id, caller.workspace_id, 0, config, created_ms=now_ms, modified_ms=now_ms)
    await services.storage.configs.add(family, item)
    return item


Alter = Callable[[Versioned], Awaitable[Mapping[str, Any]]]


async def change(
    services: ApiServices,
    caller: Caller,
    family: Family,
    named: tuple[str, int | str | None],
    alter: Alter,
) -> Versioned:
    """A PATCH: the draft ``named`` by id and version, with the configuration that ``alter`` makes
    of it. ``alter`` may run several times: two changes at once are both kept.
    """
    id, version = named
    for _ in range(TRIES):
        item = await find_draft(services, caller, family, id, version)
        changed = await replaced(services, family, item, config=await alter(item))
        if changed is not None:
            return changed
    raise Crowded(f"This {NAMES[family]} is being changed by others at the same time; try again.")


async def replaced(
    services: ApiServices,
    family: Family,
    item: Versioned,
    *,
    config: Mapping[str, Any],
    publish: bool = False,
    even_published: bool = False,
) -> Versioned | None:
    """``item`` changed; None when somebody changed, published or deleted it since it was read."""
    changed = replace(
        item,
        config=config,
        is_published=item.is_published or publish,
        modified_ms=max(services.now_ms(), item.modified_ms + 1),
    )
    done = await services.storage.configs.update(
        family, changed, seen_ms=item.modified_ms, even_published=even_published
    )
    return changed if done else None


def check_urls(services: ApiServices, config: Mapping[str, Any], within: str = "") -> None:
    """Refuse addresses that plainly lead to private hosts. Raises TargetRefused."""
    for path, url in outgoing_urls(config, within):
        schemes = WEBSOCKET if path.endswith(SOCKET) else HTTP
        services.guard.check_url(url, f"request/body/{path}", schemes)


def latest(
    services: ApiServices,
    caller: Caller,
    family: Family,
    page: Page,
    show: Callable[[Versioned], Json | None],
) -> Source[Versioned]:
    """The newest version of each object, as a paged list."""
    configs = services.storage.configs

    async def fetch(limit: int, after: Cursor | None) -> list[Versioned]:
        return await configs.latest(
            family, caller.workspace_id, limit, ascending=page.ascending, after=after
        )

    return Source(fetch, lambda item: (item.modified_ms, item.id), show)


async def old_list(
    services: ApiServices, caller: Caller, family: Family, query: Mapping[str, str]
) -> list[Versioned]:
    """The deprecated lists: one row per version, continued after the last row's id and version."""
    limit = limit_of(query.get("limit"), where="query", default=OLD_LIST_LIMIT)
    configs = services.storage.configs
    last_id, last_version = query.get("pagination_key"), query.get("pagination_key_version", "")
    rows: list[Versioned] = []
    after = None
    if last_id:
        versions = await configs.versions(family, caller.workspace_id, last_id)
        if not versions:
            raise InvalidField("pagination_key", "must be the id of a row", where="query")
        after = (versions[0].modified_ms, last_id)
        if last_version.isascii() and last_version.isdigit():
            rows = [item for item in versions if item.version < int(last_version[:20])]
    for item in await configs.latest(family, caller.workspace_id, limit, after=after):
        if len(rows) >= limit:
            break
        rows.extend(await configs.versions(family, caller.workspace_id, item.id))
    return rows[:limit]
