"""Phone numbers: buy, import, get, both lists, update, delete.

The number stands in the path as ``+1...``, ``%2B1...`` or any other text, slashes included
(trap 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from uponai.api import versioned
from uponai.api.admission import limits_now
from uponai.api.auth import Asking, Caller
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.paged import Cursor, Source, read_page
from uponai.api.services import ApiServices, Services
from uponai.api.shopping import adopt, buy, counter_for, give_back
from uponai.dialer.admit import check_own_limit
from uponai.domain.errors import InvalidField, Unknown, UserError
from uponai.storage.base import PhoneNumber
from uponai.wire.number import (
    NumberImport,
    NumberPatch,
    NumberPurchase,
    bound_agents,
    check_auth,
    imported_number,
    number_json,
    trunk_target,
    updated_number,
    wished_number,
)
from uponai.wire.paging import MAX_LIMIT, page_of, wrapped
from uponai.wire.validate import Json

router = APIRouter(tags=["PhoneNumber"])

Release = Annotated[bool | None, Query()]


def shown(number: PhoneNumber) -> Json:
    return number_json(number.phone_number, number.config, number.modified_ms)


def unknown(phone_number: str) -> Unknown:
    return Unknown(f"Cannot find requested asset under given api key: phone number {phone_number}.")


async def check_number(
    services: ApiServices, workspace_id: str, config: Mapping[str, Any], trunk_field: str
) -> None:
    """Agents named must exist; addresses must be public. Raises Unknown or TargetRefused."""
    versioned.check_urls(services, config)
    trunk: Mapping[str, Any] = config.get("sip_outbound_trunk_config") or {}
    uri = str(trunk.get("termination_uri") or "")
    target = trunk_target(uri, str(trunk.get("transport") or "TCP"))
    if target is not None:
        services.guard.check_host(*target, f"request/body/{trunk_field}")
    for _, agent_id in bound_agents(config):
        if await services.storage.configs.get("agent", workspace_id, agent_id) is None:
            raise versioned.unknown("agent", agent_id)
    check_own_limit(config, await limits_now(services, workspace_id))
    await _check_fallback(services, config.get("fallback_number"))


async def _check_fallback(services: ApiServices, fallback: str | None) -> None:
    """A chain of fallbacks could be a circle."""
    next_ = await services.storage.numbers.get(fallback) if fallback else None
    if next_ is not None and next_.config.get("fallback_number"):
        raise InvalidField("fallback_number", "must NOT be a number that has a fallback of its own")


@router.post("/import-phone-number", status_code=201, openapi_extra=takes(NumberImport))
async def import_number(body: Body, services: Services, caller: Asking) -> Response:
    config, password = imported_number(body)
    phone_number = str(config["phone_number"])
    await check_number(services, caller.workspace_id, config, "termination_uri")
    check_auth(config, has_password=bool(password))
    number = PhoneNumber(
        phone_number,
        caller.workspace_id,
        services.carrier,
        config,
        services.seal(password) if password else None,
        services.now_ms(),
    )
    if not await services.storage.numbers.add(number):
        raise UserError(f"Phone number {phone_number} is already imported.", code="already_exists")
    return WireResponse(shown(number), 201)


@router.post("/create-phone-number", status_code=201, openapi_extra=takes(NumberPurchase))
async def create_number(body: Body, services: Services, caller: Asking) -> Response:
    """Buy a number, or adopt one of the account; what can be refused is refused before that."""
    wish, config = wished_number(body)
    counter = counter_for(services, caller.workspace_id, wish)
    kind = {"phone_number_type": counter.shop.spec.number_type}
    await check_number(services, caller.workspace_id, {**config, **kind}, "transport")
    check_auth(config, has_password=False)
    if wish.get("adopt"):
        phone_number = str(wish["phone_number"])
        number = await adopt(services, caller.workspace_id, counter, phone_number, config)
    else:
        number = await buy(services, caller.workspace_id, counter, wish, config)
    return WireResponse(shown(number), 201)


async def _mine(services: ApiServices, caller: Caller, phone_number: str) -> PhoneNumber:
    number = await services.storage.numbers.get(phone_number, caller.workspace_id)
    if number is None:
        raise unknown(phone_number)
    return number


@router.get("/get-phone-number/{phone_number:path}")
async def get_number(phone_number: str, services: Services, caller: Asking) -> Response:
    return WireResponse(shown(await _mine(services, caller, phone_number)))


@router.patch("/update-phone-number/{phone_number:path}", openapi_extra=takes(NumberPatch))
async def update_number(
    phone_number: str, body: Body, services: Services, caller: Asking
) -> Response:
    number = await _mine(services, caller, phone_number)
    config, password = updated_number(number.config, body)
    await check_number(services, caller.workspace_id, config, "termination_uri")
    check_auth(config, has_password=bool(password or number.trunk_password))
    changed = PhoneNumber(
        number.phone_number,
        number.workspace_id,
        number.carrier,
        config,
        services.seal(password) if password else number.trunk_password,
        services.now_ms(),
    )
    if not await services.storage.numbers.update(changed):
        raise unknown(phone_number)
    return WireResponse(shown(changed))


@router.delete("/delete-phone-number/{phone_number:path}", status_code=204)
async def delete_number(
    phone_number: str, services: Services, caller: Asking, release: Release = None
) -> Response:
    """A bought number is given back to its carrier first, so that it costs nothing more; with
    ``release`` an adopted one too, or else neither."""
    number = await _mine(services, caller, phone_number)
    await give_back(services, number, release=release)
    if not await services.storage.numbers.delete(caller.workspace_id, phone_number):
        raise unknown(phone_number)
    return Response(status_code=204)


@router.get("/v2/list-phone-numbers")
async def list_numbers(request: Request, services: Services, caller: Asking) -> Response:
    page = page_of(request.query_params, where="query")

    async def fetch(limit: int, after: Cursor | None) -> list[PhoneNumber]:
        return await services.storage.numbers.page(
            caller.workspace_id, limit, ascending=page.ascending, after=after
        )

    source = Source(fetch, lambda number: (number.modified_ms, number.phone_number), shown)
    items, key = await read_page(source, page)
    return WireResponse(wrapped(items, key))


@router.get("/list-phone-numbers", deprecated=True)
async def list_numbers_old(services: Services, caller: Asking) -> Response:
    """A bare array."""
    numbers = await services.storage.numbers.page(caller.workspace_id, MAX_LIMIT)
    return WireResponse([shown(number) for number in numbers])
