"""create-phone-call: everything is decided and written here; dialling happens later.

The answer is 201 ``registered`` at once, whatever the call will wait for (trap 35).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api.auth import Asking, Caller
from uponai.api.json import Body, WireResponse
from uponai.api.numbers import unknown as unknown_number
from uponai.api.openapi import takes
from uponai.api.resolve import outbound_choice, resolve
from uponai.api.services import ApiServices, Services
from uponai.domain.call import Call
from uponai.domain.errors import RateLimited, UserError
from uponai.domain.ids import call_id as new_call_id
from uponai.storage.base import PhoneNumber
from uponai.wire.call import call_json
from uponai.wire.create_call import PhoneCall, check_numbers, kept, phone_call, same_request
from uponai.wire.number import country_of

router = APIRouter(tags=["Call"])

RETRY_COUNT = "x-stainless-retry-count"
BUSY_RETRY_S = 5


@router.post("/v2/create-phone-call", status_code=201, openapi_extra=takes(PhoneCall))
async def create_phone_call(
    request: Request, body: Body, services: Services, caller: Asking
) -> Response:
    wanted = phone_call(body)
    fingerprint = hashlib.sha256(same_request(wanted).encode()).hexdigest()
    former = await _former(request, services, caller, wanted, fingerprint)
    call = former or await _add(services, caller, wanted)
    now_ms = services.now_ms()
    services.recent.remember(caller.workspace_id, fingerprint, call.call_id, now_ms)
    return WireResponse(call_json(call, services.view), 201)


async def _former(
    request: Request,
    services: ApiServices,
    caller: Caller,
    wanted: Mapping[str, Any],
    fingerprint: str,
) -> Call | None:
    """The call that this very request made before, when it says that it is a repeat."""
    repeated = request.headers.get(RETRY_COUNT, "0") != "0"
    if not repeated and "idempotency_key" not in wanted:
        return None
    found = services.recent.find(caller.workspace_id, fingerprint, services.now_ms())
    return await services.storage.calls.get(found, caller.workspace_id) if found else None


async def _add(services: ApiServices, caller: Caller, wanted: Mapping[str, Any]) -> Call:
    number = await _calling_number(services, caller, wanted)
    resolved = await resolve(
        services, caller.workspace_id, outbound_choice(services, number, wanted)
    )
    await _admit(services, caller)
    now_ms = services.now_ms()
    call = Call(
        call_id=new_call_id(services.entropy(32)),
        workspace_id=caller.workspace_id,
        direction="outbound",
        from_number=number.phone_number,
        to_number=str(wanted["to_number"]),
        agent_id=resolved.agent_id,
        agent_version=resolved.version,
        created_ms=now_ms,
        due_ms=now_ms,
        carrier=number.carrier,
        request=kept(wanted),
        agent=resolved.agent,
        engine=resolved.engine,
    )
    stored = await services.storage.calls.add(call, idempotency_key=wanted.get("idempotency_key"))
    if stored.call_id == call.call_id:
        services.on_call_added()
    elif _differs(stored, call):
        raise _KeyReused("idempotency_key was used within the hour for a different call.")
    return stored


class _KeyReused(UserError):
    """422 rather than 409, which clients would retry (trap 3)."""

    status = 422
    code = "idempotency_key_reused"


def _differs(stored: Call, wanted: Call) -> bool:
    mine = (wanted.from_number, wanted.to_number, dict(wanted.request))
    return (stored.from_number, stored.to_number, dict(stored.request)) != mine


async def _calling_number(
    services: ApiServices, caller: Caller, wanted: Mapping[str, Any]
) -> PhoneNumber:
    from_number, to_number = str(wanted["from_number"]), str(wanted["to_number"])
    number = await services.storage.numbers.get(from_number, caller.workspace_id)
    custom = number is not None and number.config.get("phone_number_type") == "custom"
    check_numbers(wanted, custom_telephony=custom)
    if number is None:
        raise unknown_number(from_number)
    allowed = number.config.get("allowed_outbound_country_list")
    if allowed and country_of(to_number) not in allowed:
        raise UserError(
            f"request/body/to_number must be in an allowed country ({', '.join(allowed)})",
            code="country_not_allowed",
        )
    return number


async def _admit(services: ApiServices, caller: Caller) -> None:
    """Raises RateLimited when as many calls run as may."""
    active = await services.storage.calls.active_count(caller.workspace_id)
    if active >= services.concurrency_limit:
        raise RateLimited(
            "Account rate limited, please throttle your requests: all"
            f" {services.concurrency_limit} concurrent calls are in use.",
            retry_after_s=BUSY_RETRY_S,
        )
