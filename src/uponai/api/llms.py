"""Retell LLMs: create, get, update, delete and both lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Asking
from uponai.api.engines import ForceDelete, delete_engine
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.paged import read_page
from uponai.api.services import Services
from uponai.domain.ids import llm_id as new_llm_id
from uponai.storage.base import Versioned
from uponai.wire.llm import Llm, llm_json, new_llm, updated_llm
from uponai.wire.paging import page_of, wrapped
from uponai.wire.validate import Json

router = APIRouter(tags=["Llm"])


def shown(item: Versioned) -> Json:
    return llm_json(
        item.id,
        item.version,
        item.config,
        is_published=item.is_published,
        modified_ms=item.modified_ms,
    )


@router.post("/create-retell-llm", status_code=201, openapi_extra=takes(Llm))
async def create_llm(body: Body, services: Services, caller: Asking) -> Response:
    config = new_llm(body)
    versioned.check_urls(services, config)
    id = new_llm_id(services.entropy(32))
    item = await versioned.add_new(services, caller, "retell_llm", id, config)
    return WireResponse(shown(item), 201)


@router.get("/get-retell-llm/{llm_id}")
async def get_llm(
    llm_id: str, services: Services, caller: Asking, version: str | None = None
) -> Response:
    found = await versioned.find(services, caller.workspace_id, "retell_llm", llm_id, version)
    return WireResponse(shown(found))


@router.patch("/update-retell-llm/{llm_id}", openapi_extra=takes(Llm, partial=True))
async def update_llm(
    llm_id: str, body: Body, services: Services, caller: Asking, version: str | None = None
) -> Response:
    async def alter(item: Versioned) -> Mapping[str, Any]:
        config = updated_llm(item.config, body)
        versioned.check_urls(services, config)
        return config

    item = await versioned.change(services, caller, "retell_llm", (llm_id, version), alter)
    return WireResponse(shown(item))


@router.delete("/delete-retell-llm/{llm_id}", status_code=204)
async def delete_llm(
    llm_id: str, services: Services, caller: Asking, force_delete: ForceDelete = False
) -> Response:
    await delete_engine(services, caller.workspace_id, "retell_llm", llm_id, force=force_delete)
    return Response(status_code=204)


@router.get("/v2/list-retell-llms")
async def list_llms(request: Request, services: Services, caller: Asking) -> Response:
    page = page_of(request.query_params, where="query")
    source = versioned.latest(services, caller, "retell_llm", page, shown)
    items, key = await read_page(source, page)
    return WireResponse(wrapped(items, key))


@router.get("/list-retell-llms", deprecated=True)
async def list_llms_old(request: Request, services: Services, caller: Asking) -> Response:
    """A bare array, one row per version."""
    rows = await versioned.old_list(services, caller, "retell_llm", request.query_params)
    return WireResponse([shown(item) for item in rows])
