"""Retell LLMs: create, get, update, delete and both lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.auth import Asking, Caller
from uponai.api.engine_routes import EngineRoutes
from uponai.api.engines import ForceDelete
from uponai.api.json import Body
from uponai.api.openapi import takes
from uponai.api.services import ApiServices, Services
from uponai.domain.ids import llm_id as new_llm_id
from uponai.wire.llm import Llm, llm_json, new_llm, updated_llm

router = APIRouter(tags=["Llm"])


async def _check(services: ApiServices, caller: Caller, config: Mapping[str, Any]) -> None:
    del caller
    versioned.check_urls(services, config)


_llms = EngineRoutes("retell_llm", new_llm_id, new_llm, updated_llm, _check, llm_json)


@router.post("/create-retell-llm", status_code=201, openapi_extra=takes(Llm))
async def create_llm(body: Body, services: Services, caller: Asking) -> Response:
    return await _llms.create(body, services, caller)


@router.get("/get-retell-llm/{llm_id}")
async def get_llm(
    llm_id: str, services: Services, caller: Asking, version: str | None = None
) -> Response:
    return await _llms.get(llm_id, version, services, caller)


@router.patch("/update-retell-llm/{llm_id}", openapi_extra=takes(Llm, partial=True))
async def update_llm(
    llm_id: str, body: Body, services: Services, caller: Asking, version: str | None = None
) -> Response:
    return await _llms.update((llm_id, version), body, services, caller)


@router.delete("/delete-retell-llm/{llm_id}", status_code=204)
async def delete_llm(
    llm_id: str, services: Services, caller: Asking, force_delete: ForceDelete = False
) -> Response:
    return await _llms.delete(llm_id, services, caller, force=force_delete)


@router.get("/v2/list-retell-llms")
async def list_llms(request: Request, services: Services, caller: Asking) -> Response:
    return await _llms.page(request, services, caller)


@router.get("/list-retell-llms", deprecated=True)
async def list_llms_old(request: Request, services: Services, caller: Asking) -> Response:
    """A bare array, one row per version."""
    return await _llms.old_list(request, services, caller)
