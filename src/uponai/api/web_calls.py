"""Calls that somebody joins: web calls (new and older form), and calls of the user's own telephony.

Each waits as ``registered``; one that nobody joins in time ends with a reason that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api.admission import limits_now, rate_limited
from uponai.api.auth import Asking, Caller
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.resolve import AgentChoice, resolve
from uponai.api.services import ApiServices, Services
from uponai.dialer.admit import joined_admission
from uponai.dialer.waiting import REGISTERED, WEB
from uponai.domain.call import Call
from uponai.domain.errors import Forbidden
from uponai.domain.ids import call_id as new_call_id
from uponai.domain.limits import OverLimit
from uponai.wire.call import call_json
from uponai.wire.create_call import (
    RegisteredCall,
    WebCall,
    check_start,
    kept,
    registered_call,
    web_call,
)
from uponai.wire.web_call import (
    DIAL_WITHIN_MS,
    JOIN_WITHIN_MS,
    access_token,
    expires_ms,
)

router = APIRouter(tags=["Call"])


@router.post("/v3/create-web-call", status_code=201, openapi_extra=takes(WebCall))
async def create_web_call(body: Body, services: Services, caller: Asking) -> Response:
    """What a browser needs to connect; not a call object."""
    call = await _web_call(services, caller, body)
    return WireResponse(
        {
            "call_id": call.call_id,
            "access_token": access_token(call, services.view.sign),
            "transport": "gateway",
            "ice_servers": [],
            "expires_at": expires_ms(call),
        },
        201,
    )


@router.post("/v2/create-web-call", status_code=201, deprecated=True, openapi_extra=takes(WebCall))
async def create_web_call_old(body: Body, services: Services, caller: Asking) -> Response:
    """The whole call, access token included."""
    call = await _web_call(services, caller, body)
    return WireResponse(call_json(call, services.view), 201)


@router.post("/v2/register-phone-call", status_code=201, openapi_extra=takes(RegisteredCall))
async def register_phone_call(body: Body, services: Services, caller: Asking) -> Response:
    """For the user's own telephony, which then dials the call's id."""
    wanted = registered_call(body)
    call = await _wait(services, caller, wanted, REGISTERED)
    return WireResponse(call_json(call, services.view), 201)


async def _web_call(services: ApiServices, caller: Caller, body: Any) -> Call:
    wanted = web_call(body)
    if caller.key.role == "public" and "agent_override" in wanted:
        raise Forbidden("A public API key may not use agent_override.")
    return await _wait(services, caller, wanted, WEB)


async def _wait(
    services: ApiServices, caller: Caller, wanted: Mapping[str, Any], carrier: str
) -> Call:
    choice = AgentChoice(
        str(wanted["agent_id"]), wanted.get("agent_version"), wanted.get("agent_override")
    )
    resolved = await resolve(services, caller.workspace_id, choice)
    check_start(wanted, resolved.engine)
    now_ms = services.now_ms()
    web = carrier == WEB
    call = Call(
        call_id=new_call_id(services.entropy(32)),
        workspace_id=caller.workspace_id,
        direction=wanted.get("direction") or "inbound",
        from_number=wanted.get("from_number") or "",
        to_number=wanted.get("to_number") or "",
        agent_id=resolved.agent_id,
        agent_version=resolved.version,
        created_ms=now_ms,
        call_type="web_call" if web else "phone_call",
        carrier=carrier,
        due_ms=now_ms + (JOIN_WITHIN_MS if web else DIAL_WITHIN_MS),
        request=kept(wanted),
        agent=resolved.agent,
        engine=resolved.engine,
    )
    limits = await limits_now(services, caller.workspace_id)
    try:
        return await services.storage.calls.add(
            call, admission=joined_admission(call.direction, limits)
        )
    except OverLimit as over:
        raise rate_limited(over) from None
