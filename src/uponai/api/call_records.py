"""Calls that exist: get, both lists, stop, update, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api.auth import Asking
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.paged import Cursor, Source, count_all, read_page
from uponai.api.services import ApiServices, Services
from uponai.domain.call import Call, CallState
from uponai.domain.ending import Ending
from uponai.domain.errors import InvalidField, Unknown, UserError
from uponai.storage.base import CallQuery, listed_at
from uponai.wire.call import call_json, slim
from uponai.wire.create_call import CallPatch, updated_request
from uponai.wire.filters import Atom, criteria, fits, old_criteria
from uponai.wire.narrow import narrowed, narrowed_old
from uponai.wire.paging import Page, limit_of, page_of, wrapped
from uponai.wire.validate import Json, as_object
from uponai.wire.webhooks import tell_ended

router = APIRouter(tags=["Call"])


async def my_call(services: ApiServices, workspace_id: str, call_id: str) -> Call:
    call = await services.storage.calls.get(call_id, workspace_id)
    if call is None:
        raise Unknown(f"Cannot find requested asset under given api key: call {call_id}.")
    return call


@router.get("/v2/get-call/{call_id}")
async def get_call(call_id: str, services: Services, caller: Asking) -> Response:
    """Of a call that goes on, the transcript as of its last finished turn."""
    call = await my_call(services, caller.workspace_id, call_id)
    if call.state is CallState.ANSWERED:
        call = replace(call, report=await services.so_far(call_id))
    return WireResponse(call_json(call, services.view))


@router.post("/v2/stop-call/{call_id}", status_code=204)
async def stop_call(call_id: str, services: Services, caller: Asking) -> Response:
    """Ends a call at any time before its end; one still waiting is never dialled."""
    call = await my_call(services, caller.workspace_id, call_id)
    if call.ending is not None:
        raise UserError(f"Call {call_id} has already ended.", code="call_ended")
    if call.state is CallState.QUEUED and await _end_waiting(services, call):
        return Response(status_code=204)
    if not await services.stop_call(call_id):
        raise UserError(f"Call {call_id} cannot be stopped: nobody holds it.", code="not_held")
    return Response(status_code=204)


async def _end_waiting(services: ApiServices, call: Call) -> bool:
    ended = await services.storage.calls.end(
        call.call_id,
        call.fence,
        Ending("manual_stopped", "stopped before it was dialled"),
        {"ended_ms": services.now_ms()},
        tell_ended(services.view),
    )
    if ended is not None:
        services.on_call_ended()
    return ended is not None


@router.patch("/v2/update-call/{call_id}", openapi_extra=takes(CallPatch))
async def update_call(call_id: str, body: Body, services: Services, caller: Asking) -> Response:
    """For calls that have ended; what runs is changed by update-live-call."""
    call = await my_call(services, caller.workspace_id, call_id)
    changed = await change_record(services, call, updated_request(call.request, body))
    return WireResponse(call_json(changed, services.view))


async def change_record(services: ApiServices, call: Call, request: Mapping[str, Any]) -> Call:
    """Give an ended call other request fields. Raises UserError."""
    if call.ending is None:
        raise UserError(f"Call {call.call_id} has not ended yet.", code="call_not_ended")
    changed = await services.storage.calls.update_details(
        call.workspace_id, call.call_id, {"request": request}
    )
    if changed is None:
        raise Unknown(f"Cannot find requested asset under given api key: call {call.call_id}.")
    return changed


@router.put("/rerun-call-analysis/{call_id}")
async def rerun_call_analysis(call_id: str, services: Services, caller: Asking) -> Response:
    """Once more for a call that has ended; the former analysis stays until the new one is there."""
    call = await my_call(services, caller.workspace_id, call_id)
    if call.ending is None:
        raise UserError(f"Call {call_id} has not ended yet.", code="call_not_ended")
    await services.storage.post_calls.ask_again(call_id)
    return WireResponse(call_json(call, services.view))


@router.delete("/v2/delete-call/{call_id}", status_code=204)
async def delete_call(call_id: str, services: Services, caller: Asking) -> Response:
    call = await my_call(services, caller.workspace_id, call_id)
    if call.ending is None:
        raise UserError(f"Call {call_id} has not ended yet; stop it first.", code="call_not_ended")
    await services.storage.calls.delete(caller.workspace_id, call_id)
    await services.forget_call(call_id)
    return Response(status_code=204)


def _source(
    services: ApiServices, query: CallQuery, atoms: Sequence[Atom], *, whole: bool
) -> Source[Call]:
    async def fetch(limit: int, after: Cursor | None) -> list[Call]:
        return await services.storage.calls.find(replace(query, limit=limit, before=after))

    def show(call: Call) -> Json | None:
        record = call_json(call, services.view)
        if not fits(atoms, record):
            return None
        return record if whole else slim(record)

    return Source(fetch, listed_at, show)


@router.post("/v3/list-calls")
async def list_calls(body: Body, services: Services, caller: Asking) -> Response:
    """Slim items in pages (trap 23)."""
    given = as_object(body)
    atoms = criteria(given["filter_criteria"]) if given.get("filter_criteria") is not None else []
    page = page_of(given, where="body")
    known = narrowed(given.get("filter_criteria"))
    query = CallQuery(caller.workspace_id, ascending=page.ascending, **known)
    source = _source(services, query, atoms, whole=False)
    items, key = await read_page(source, page, skip=_skip(given))
    total = None
    if _flag(given, "include_total"):
        calls = services.storage.calls
        total = await (count_all(source) if atoms else calls.count(query))
    return WireResponse(wrapped(items, key, total))


def _flag(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidField(name, "must be boolean")
    return value is True


def _skip(given: Mapping[str, Any]) -> int:
    skip = given.get("skip", 0)
    if isinstance(skip, bool) or not isinstance(skip, int) or skip < 0:
        raise InvalidField("skip", "must be an integer >= 0")
    return skip


@router.post("/v2/list-calls", deprecated=True)
async def list_calls_old(body: Body, services: Services, caller: Asking) -> Response:
    """A bare array of full calls; ``pagination_key`` is the last call id, exclusive."""
    given = as_object(body)
    atoms = (
        old_criteria(given["filter_criteria"]) if given.get("filter_criteria") is not None else []
    )
    limit = limit_of(given.get("limit"), where="body")
    ascending = page_of({"sort_order": given.get("sort_order")}, where="body").ascending
    after = None
    last_id = given.get("pagination_key")
    if last_id is not None:
        last = await services.storage.calls.get(str(last_id), caller.workspace_id)
        if last is None:
            raise InvalidField("pagination_key", "must be the call_id of a call")
        after = listed_at(last)
    known = narrowed_old(given.get("filter_criteria"))
    query = CallQuery(caller.workspace_id, ascending=ascending, **known)
    source = _source(services, query, atoms, whole=True)
    items, _ = await read_page(source, Page(limit, ascending, after))
    return WireResponse(items)
