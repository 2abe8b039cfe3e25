"""The platform's own endpoints of limits: settings, A/B figures, numbers not to be called."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api.admission import limits_now
from uponai.api.auth import Asking
from uponai.api.json import Body, WireResponse
from uponai.api.numbers import unknown as unknown_number
from uponai.api.openapi import takes
from uponai.api.services import Services
from uponai.dialer.admit import WorkspaceLimits, changed, limits_of
from uponai.dialer.variants import Estimate, figures
from uponai.domain.limits import InUse, VariantCount
from uponai.wire.limits import LimitsPatch, limits_patch
from uponai.wire.number import check_e164
from uponai.wire.validate import Json, without_nulls

router = APIRouter(tags=["Limits"])


def limits_json(limits: WorkspaceLimits, used: InUse) -> Json:
    """What holds now; a pending rate beside the one that holds until then."""
    return {
        "concurrency_limit": limits.concurrency,
        "concurrency_burst_enabled": limits.burst_enabled,
        "concurrency_burst_limit": limits.burst_limit,
        "reserved_inbound_concurrency": limits.reserved_inbound,
        "current_concurrency": used.total,
        "current_outbound": used.outbound,
        "current_inbound": used.inbound,
        "cps": {
            provider: without_nulls(
                {
                    "limit": cps.limit,
                    "maximum": cps.maximum,
                    "pending": cps.pending,
                    "pending_until_timestamp": cps.pending_until_ms,
                }
            )
            for provider, cps in limits.cps.items()
        },
        **({"calling_hours": limits.calling_hours} if limits.calling_hours else {}),
    }


@router.get("/uponai/v1/limits")
async def get_limits(services: Services, caller: Asking) -> Response:
    limits = await limits_now(services, caller.workspace_id)
    used = await services.storage.limits.in_use(caller.workspace_id)
    return WireResponse(limits_json(limits, used))


@router.patch("/uponai/v1/limits", openapi_extra=takes(LimitsPatch))
async def update_limits(body: Body, services: Services, caller: Asking) -> Response:
    change, now_ms = limits_patch(body), services.now_ms()
    workspace_id = caller.workspace_id
    stored = await services.storage.limits.change_settings(
        workspace_id, lambda old: changed(old, change, services.installation, now_ms), now_ms
    )
    limits = limits_of(stored, services.installation, now_ms)
    return WireResponse(limits_json(limits, await services.storage.limits.in_use(workspace_id)))


@router.get("/uponai/v1/numbers/{phone_number:path}/variants")
async def get_variants(phone_number: str, services: Services, caller: Asking) -> Response:
    """What came of the calls over a number, by the agent that was drawn."""
    asked = unquote(phone_number)
    if await services.storage.numbers.get(asked, caller.workspace_id) is None:
        raise unknown_number(asked)
    counts = await services.storage.limits.variants(caller.workspace_id, asked)
    return WireResponse({"phone_number": asked, "variants": [_variant(count) for count in counts]})


def _variant(count: VariantCount) -> Json:
    made = figures(count)
    return {
        "agent_id": made.agent_id,
        "agent_version": made.agent_version,
        "weight": made.weight,
        "calls": made.calls,
        "pick_up_rate": _estimate(made.pick_up),
        "success_rate": _estimate(made.success),
        "duration_ms": _estimate(made.duration_ms),
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "count": estimate.count,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
    }


@router.put("/uponai/v1/do-not-call/{phone_number}", status_code=204)
async def mark_do_not_call(phone_number: str, services: Services, caller: Asking) -> Response:
    """Calls with ``honor_internal_dnc`` are refused from now on."""
    return await _mark(phone_number, services, caller, wanted=True)


@router.delete("/uponai/v1/do-not-call/{phone_number}", status_code=204)
async def unmark_do_not_call(phone_number: str, services: Services, caller: Asking) -> Response:
    return await _mark(phone_number, services, caller, wanted=False)


async def _mark(phone_number: str, services: Services, caller: Asking, *, wanted: bool) -> Response:
    check_e164("phone_number", phone_number)
    limits = services.storage.limits
    await limits.set_do_not_call(
        caller.workspace_id, phone_number, services.now_ms(), wanted=wanted
    )
    return Response(status_code=204)
