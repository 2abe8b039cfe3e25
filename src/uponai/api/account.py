"""The workspace that asks: its key, its concurrency."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api.admission import limits_now
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
    limits = await limits_now(services, caller.workspace_id)
    used = await services.storage.limits.in_use(caller.workspace_id)
    return WireResponse(
        {
            "current_concurrency": used.total,
            "concurrency_limit": limits.concurrency,
            "base_concurrency": limits.concurrency,
            "purchased_concurrency": 0,
            "concurrency_purchase_limit": 0,
            "remaining_purchase_limit": 0,
            "concurrency_burst_enabled": limits.burst_enabled,
            "concurrency_burst_limit": limits.burst_limit,
            "reserved_inbound_concurrency": limits.reserved_inbound,
        }
    )


@router.get("/healthz", include_in_schema=False)
async def health(services: Services) -> Response:
    """For load balancers: answers as long as the database does. Needs no key."""
    await services.storage.ping()
    return WireResponse({"status": "ok"})
