"""The workspace that asks: its key, its concurrency."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api.auth import Asking
from uponai.api.json import WireResponse
from uponai.api.services import Services
from uponai.wire.validate import without_nulls

router = APIRouter()


@router.get("/get-api-key-info", tags=["Identity"])
async def get_api_key_info(services: Services, caller: Asking) -> Response:
    workspace = await services.storage.accounts.workspace(caller.workspace_id)
    info = {
        "api_key_name": caller.key.name or None,
        "org_id": caller.workspace_id,
        "org_name": workspace.name if workspace is not None else "",
    }
    return WireResponse(without_nulls(info))


@router.get("/get-concurrency", tags=["Concurrency"])
async def get_concurrency(services: Services, caller: Asking) -> Response:
    limit = services.concurrency_limit
    return WireResponse(
        {
            "current_concurrency": await services.storage.calls.active_count(caller.workspace_id),
            "concurrency_limit": limit,
            "base_concurrency": limit,
            "purchased_concurrency": 0,
            "concurrency_purchase_limit": 0,
            "remaining_purchase_limit": 0,
            "concurrency_burst_enabled": False,
            "concurrency_burst_limit": 0,
            "reserved_inbound_concurrency": 0,
        }
    )


@router.get("/healthz", include_in_schema=False)
async def health(services: Services) -> Response:
    """For load balancers: answers as long as the database does. Needs no key."""
    await services.storage.ping()
    return WireResponse({"status": "ok"})
