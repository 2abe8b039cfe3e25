"""create-phone-call: everything is decided and written here; dialling happens later.

The answer is 201 ``registered`` at once, whatever the call will wait for (trap 35).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api.admission import (
    BUSY_RETRY_S,
    RETRIED_WITHIN_MS,
    check_callee,
    limits_now,
    rate_limited,
)
from uponai.api.auth import Asking, Caller
from uponai.api.json import Body
from uponai.api.numbers import unknown as unknown_number
from uponai.api.openapi import takes
from uponai.api.repeats import Creating
from uponai.api.resolve import drawn, outbound_choice, resolve
from uponai.api.services import ApiServices, Services
from uponai.dialer import permit
from uponai.dialer.admit import outbound_admission
from uponai.dialer.permit import Asked
from uponai.domain.call import Call
from uponai.domain.errors import InvalidField, Unknown, UserError
from uponai.domain.ids import call_id as new_call_id
from uponai.domain.limits import OverLimit
from uponai.storage.base import KeySpent, PhoneNumber
from uponai.wire.call import call_json
from uponai.wire.create_call import PhoneCall, check_numbers, kept, phone_call
from uponai.wire.validate import Json

router = APIRouter(tags=["Call"])

_DELETED = "idempotency_key was used within the hour for a call that has been deleted since."


@router.post("/v2/create-phone-call", status_code=201, openapi_extra=takes(PhoneCall))
async def create_phone_call(
    request: Request, body: Body, services: Services, caller: Asking
) -> Response:
    return await place_call(request, services, caller, phone_call(body))


async def place_call(
    request: Request,
    services: ApiServices,
    caller: Caller,
    wanted: Json,
    show: Callable[[Call], Any] | None = None,
) -> Response:
    """Queue an outbound call, once; ``show`` makes the answer (default: the call's JSON)."""
    made: dict[str, Call] = {}

    async def make() -> str:
        call = await _keyed(services, caller, wanted) or await _add(services, caller, wanted)
        made[call.call_id] = call
        return call.call_id

    async def shown(call_id: str) -> Any:
        call = made.get(call_id) or await services.storage.calls.get(call_id, caller.workspace_id)
        if call is None:
            raise Unknown(f"Cannot find requested asset under given api key: call {call_id}.")
        return show(call) if show is not None else call_json(call, services.view)

    return await Creating(request, services, caller, wanted).once(make, shown)


async def _keyed(services: ApiServices, caller: Caller, wanted: Mapping[str, Any]) -> Call | None:
    """The call that this idempotency key made. Raises KeyReused when it was another one, or is
    deleted."""
    key = wanted.get("idempotency_key")
    if key is None:
        return None
    repeats = services.storage.repeats
    try:
        stored = await repeats.keyed(caller.workspace_id, str(key), services.now_ms())
    except KeySpent:
        raise KeyReused(_DELETED) from None
    if stored is not None:
        _check_same(stored, wanted)
    return stored


async def _add(services: ApiServices, caller: Caller, wanted: Mapping[str, Any]) -> Call:
    number = await calling_number(services, caller, wanted)
    choice = outbound_choice(services, number, wanted)
    resolved = await resolve(services, caller.workspace_id, choice)
    limits = await limits_now(services, caller.workspace_id)
    await check_callee(services, number, wanted, limits)
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
    variant = drawn(number.phone_number, choice, resolved)
    admission = outbound_admission(caller.workspace_id, number.config, limits, variant)
    try:
        stored = await services.storage.calls.add(
            call, idempotency_key=wanted.get("idempotency_key"), admission=admission
        )
    except OverLimit as over:
        # Batches leave the next slot to it.
        until_ms = now_ms + (over.wait_ms or BUSY_RETRY_S * 1000) + RETRIED_WITHIN_MS
        await services.storage.batch_work.leave_slots(caller.workspace_id, until_ms)
        raise rate_limited(over) from None
    except KeySpent:
        raise KeyReused(_DELETED) from None
    if stored.call_id == call.call_id:
        services.on_call_added()
    else:
        _check_same(stored, wanted)
    return stored


class KeyReused(UserError):
    """422 rather than 409, which clients would retry (trap 3)."""

    status = 422
    code = "idempotency_key_reused"


def _check_same(stored: Call, wanted: Mapping[str, Any]) -> None:
    mine = (wanted["from_number"], wanted["to_number"], kept(wanted))
    if (stored.from_number, stored.to_number, dict(stored.request)) != mine:
        raise KeyReused("idempotency_key was used within the hour for a different call.")


async def calling_number(
    services: ApiServices, caller: Caller, wanted: Mapping[str, Any]
) -> PhoneNumber:
    number = await services.storage.numbers.get(str(wanted["from_number"]), caller.workspace_id)
    return may_call(services, number, wanted)


def may_call(
    services: ApiServices, number: PhoneNumber | None, wanted: Mapping[str, Any]
) -> PhoneNumber:
    """The number, when it exists and may call that destination. Raises UserError."""
    custom = number is not None and number.config.get("phone_number_type") == "custom"
    check_numbers(wanted, custom_telephony=custom)
    if number is None:
        raise unknown_number(str(wanted["from_number"]))
    _check_headers(services, number, wanted)
    unchecked = custom and bool(wanted.get("ignore_e164_validation"))
    permit.check(Asked(str(wanted["to_number"]), number.config, unchecked=unchecked), 0)
    return number


def _check_headers(services: ApiServices, number: PhoneNumber, wanted: Mapping[str, Any]) -> None:
    """A carrier that cannot forward headers must not swallow them."""
    if not wanted.get("custom_sip_headers") or str(wanted["to_number"]).startswith("sip:"):
        return
    shop = services.shops.get(number.carrier)
    if shop is not None and not shop.spec.forwards_custom_headers:
        rule = f"must be left out: {shop.spec.provider} forwards no headers to phone numbers"
        raise InvalidField("custom_sip_headers", rule)
