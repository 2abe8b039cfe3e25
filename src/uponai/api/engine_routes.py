"""What the routes of Retell LLMs and of conversation flows do alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Caller
from uponai.api.engines import delete_engine
from uponai.api.json import WireResponse
from uponai.api.named_bases import check_bases
from uponai.api.paged import read_page
from uponai.api.services import ApiServices
from uponai.storage.base import Family, Versioned
from uponai.wire.paging import page_of, wrapped
from uponai.wire.validate import Json

Config = Mapping[str, Any]


class Written(Protocol):
    """An engine as the API returns it."""

    def __call__(
        self, id: str, version: int, config: Config, /, *, is_published: bool, modified_ms: int
    ) -> Json: ...


@dataclass(frozen=True, slots=True)
class EngineRoutes:
    """One family. ``new`` and ``updated`` (stored, body) check the body's shape and ``check`` what
    it leads to; they raise UserError. ``new_id`` is made from 32 random bytes.
    """

    family: Family
    new_id: Callable[[bytes], str]
    new: Callable[[Any], Config]
    updated: Callable[[Config, Any], Config]
    check: Callable[[ApiServices, Caller, Config], Awaitable[None]]
    written: Written

    async def create(self, body: Any, services: ApiServices, caller: Caller) -> Response:
        config = self.new(body)
        await self.check(services, caller, config)
        await check_bases(services, caller.workspace_id, config)
        id = self.new_id(services.entropy(32))
        item = await versioned.add_new(services, caller, self.family, id, config)
        return WireResponse(self._shown(item), 201)

    async def get(
        self, id: str, version: str | None, services: ApiServices, caller: Caller
    ) -> Response:
        found = await versioned.find(services, caller.workspace_id, self.family, id, version)
        return WireResponse(self._shown(found))

    async def update(
        self, named: tuple[str, str | None], body: Any, services: ApiServices, caller: Caller
    ) -> Response:
        """``named``: id and version."""

        async def alter(item: Versioned) -> Config:
            config = self.updated(item.config, body)
            await self.check(services, caller, config)
            await check_bases(services, caller.workspace_id, config, item.config)
            return config

        item = await versioned.change(services, caller, self.family, named, alter)
        return WireResponse(self._shown(item))

    async def delete(
        self, id: str, services: ApiServices, caller: Caller, *, force: bool
    ) -> Response:
        await delete_engine(services, caller.workspace_id, self.family, id, force=force)
        return Response(status_code=204)

    async def page(self, request: Request, services: ApiServices, caller: Caller) -> Response:
        page = page_of(request.query_params, where="query")
        source = versioned.latest(services, caller, self.family, page, self._shown)
        items, key = await read_page(source, page)
        return WireResponse(wrapped(items, key))

    async def old_list(self, request: Request, services: ApiServices, caller: Caller) -> Response:
        """A bare array, one row per version."""
        rows = await versioned.old_list(services, caller, self.family, request.query_params)
        return WireResponse([self._shown(item) for item in rows])

    def _shown(self, item: Versioned) -> Json:
        return self.written(
            item.id,
            item.version,
            item.config,
            is_published=item.is_published,
            modified_ms=item.modified_ms,
        )
