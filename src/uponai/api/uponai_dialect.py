"""UponAI's own REST dialect for calls, a façade over the same functions as the rest."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api.auth import Asking
from uponai.api.call_records import change_record, my_call
from uponai.api.calls import place_call
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.services import ApiServices, Services
from uponai.domain.call import Call
from uponai.domain.errors import InvalidField
from uponai.storage.base import CallQuery
from uponai.wire.call import call_json
from uponai.wire.uponai import (
    DialectPatch,
    Initiation,
    dates,
    dialect_call,
    initiation,
    page_of,
    patched_request,
    renamed,
)
from uponai.wire.validate import Json

router = APIRouter(tags=["UponAI dialect"])

STATUSES = ("registered", "ongoing", "ended", "not_connected", "error")


def shown(services: ApiServices, call: Call) -> Json:
    return dialect_call(call_json(call, services.view), call.request)


@router.post("/api/v1/calls/initiate", status_code=201, openapi_extra=takes(Initiation))
async def initiate_call(
    request: Request, body: Body, services: Services, caller: Asking
) -> Response:
    def show(call: Call) -> Json:
        wrapped = {"success": True, "call": shown(services, call)}
        return {"success": True, "call_sid": call.call_id, "call": wrapped}

    try:
        return await place_call(request, services, caller, initiation(body), show)
    except InvalidField as error:
        raise renamed(error) from None


@router.get("/api/v1/calls")
async def dialect_list_calls(request: Request, services: Services, caller: Asking) -> Response:
    """Latest start first, in numbered pages; one that never started stands at its creation."""
    query = request.query_params
    page, limit = page_of(query)
    first, last = dates(query)
    status, agent_id = query.get("status"), query.get("agentId")
    if status and status not in STATUSES:
        raise InvalidField("status", f"must be one of {', '.join(STATUSES)}", where="query")
    wanted = CallQuery(
        caller.workspace_id,
        limit=limit,
        skip=(page - 1) * limit,
        statuses=(status,) if status else (),
        agent_ids=(agent_id,) if agent_id else (),
        listed_ms_from=first,
        listed_ms_to=last,
    )
    found = await services.storage.calls.find(wanted)
    total = await services.storage.calls.count(wanted)
    return WireResponse(
        {
            "success": True,
            "calls": [shown(services, call) for call in found],
            "pagination": {"page": page, "limit": limit, "total": total},
        }
    )


@router.get("/api/v1/calls/{call_id}")
async def dialect_get_call(call_id: str, services: Services, caller: Asking) -> Response:
    call = await my_call(services, caller.workspace_id, call_id)
    return WireResponse({"success": True, "call": shown(services, call)})


@router.patch("/api/calls/{call_id}", openapi_extra=takes(DialectPatch))
async def dialect_update_call(
    call_id: str, body: Body, services: Services, caller: Asking
) -> Response:
    """For calls that have ended; the answer is not wrapped."""
    call = await my_call(services, caller.workspace_id, call_id)
    changed = await change_record(services, call, patched_request(call.request, body))
    return WireResponse(shown(services, changed))
