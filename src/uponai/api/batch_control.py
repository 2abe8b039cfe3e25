"""The platform's own endpoints of batches: by CSV, progress, tasks, pause, resume, cancel."""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Literal, cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api.auth import Asking, Caller
from uponai.api.batches import CHUNK, Creation, begun
from uponai.api.json import WireResponse
from uponai.api.paged import Cursor, Source, read_page
from uponai.api.services import ApiServices, Services
from uponai.domain.batch import TaskState
from uponai.domain.errors import InvalidField, Unknown
from uponai.storage.base import Batch
from uponai.storage.base_batches import Task, TaskCount
from uponai.wire.batch import batch_json
from uponai.wire.batch_csv import MAX_LINES, PLACE, batch_settings, read_tasks
from uponai.wire.paging import page_of, wrapped
from uponai.wire.validate import Json, without_nulls

router = APIRouter(tags=["BatchCall"])

_IN_MEMORY_BYTES = 1 << 20
FILES = "files"


@router.post("/uponai/v1/batches", status_code=201)
async def create_batch_from_csv(request: Request, services: Services, caller: Asking) -> Response:
    """Tasks as CSV: a form with one file and the settings, or ``text/csv`` with these in the
    query."""
    async with _given(request) as (fields, file):
        creation = await begun(services, caller, batch_settings(fields))
        id = await creation.write(_pieces(creation, file))
    batch = await _mine(services, caller, id)
    return WireResponse(await _shown(services, batch), 201)


@asynccontextmanager
async def _given(request: Request) -> AsyncGenerator[tuple[dict[str, str], IO[bytes]]]:
    """Settings as texts, and the file, which lies on disk when it is large."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/csv":
        with SpooledTemporaryFile(_IN_MEMORY_BYTES) as spooled:
            async for piece in request.stream():
                spooled.write(piece)
            spooled.seek(0)
            yield dict(request.query_params), cast("IO[bytes]", spooled)
        return
    if kind != "multipart/form-data":
        raise InvalidField("", "must be multipart/form-data or text/csv")
    async with request.form(max_files=2, max_fields=20) as form:
        parts = form.multi_items()
        files = [value for name, value in parts if name == FILES and not isinstance(value, str)]
        if len(files) != 1:
            raise InvalidField(FILES, "must be one CSV file")
        fields = {name: value for name, value in parts if isinstance(value, str)}
        yield fields, files[0].file


async def _pieces(creation: Creation, file: IO[bytes]) -> AsyncIterator[list[Json]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        tasks = read_tasks(text)
        count = 0
        while piece := list(islice(tasks, CHUNK)):
            count += len(piece)
            if count > MAX_LINES:
                raise InvalidField("tasks", f"must NOT have more than {MAX_LINES} items")
            await creation.check([(f"{PLACE}/{line}", task) for line, task in piece])
            yield [task for _, task in piece]
    finally:
        text.detach()


@router.get("/uponai/v1/batches")
async def list_batches(request: Request, services: Services, caller: Asking) -> Response:
    """Newest first, without figures."""
    page = page_of(request.query_params, where="query")
    if page.ascending:
        raise InvalidField("sort_order", "must be descending", where="query")

    async def fetch(limit: int, after: Cursor | None) -> list[Batch]:
        return await services.storage.batches.newest(caller.workspace_id, limit, after)

    def show(batch: Batch) -> Json:
        return _plain(batch, services.now_ms())

    source = Source(fetch, lambda batch: (batch.created_ms, batch.batch_call_id), show)
    return WireResponse(wrapped(*await read_page(source, page)))


@router.get("/uponai/v1/batches/{batch_call_id}")
async def get_batch(batch_call_id: str, services: Services, caller: Asking) -> Response:
    """How far it is, and what came of its calls."""
    return WireResponse(await _shown(services, await _mine(services, caller, batch_call_id)))


@router.get("/uponai/v1/batches/{batch_call_id}/tasks")
async def list_batch_tasks(
    batch_call_id: str, request: Request, services: Services, caller: Asking
) -> Response:
    """In the order given, each with its last call."""
    batch = await _mine(services, caller, batch_call_id)
    page = page_of(request.query_params, where="query", descending=False)
    if not page.ascending:
        raise InvalidField("sort_order", "must be ascending", where="query")

    async def fetch(limit: int, after: Cursor | None) -> list[Task]:
        position = after[0] if after is not None else -1
        return await services.storage.batches.tasks(batch_call_id, position, limit)

    def show(task: Task) -> Json:
        return _task(task, batch)

    source = Source(fetch, lambda task: (task.position, ""), show)
    return WireResponse(wrapped(*await read_page(source, page)))


@router.post("/uponai/v1/batches/{batch_call_id}/pause")
async def pause_batch(batch_call_id: str, services: Services, caller: Asking) -> Response:
    """No further call is begun until it is resumed; calls that go on go on."""
    return await _marked(batch_call_id, services, caller, "pause")


@router.post("/uponai/v1/batches/{batch_call_id}/resume")
async def resume_batch(batch_call_id: str, services: Services, caller: Asking) -> Response:
    return await _marked(batch_call_id, services, caller, "resume")


@router.post("/uponai/v1/batches/{batch_call_id}/cancel")
async def cancel_batch(batch_call_id: str, services: Services, caller: Asking) -> Response:
    """No further call is ever begun; calls that go on go on."""
    return await _marked(batch_call_id, services, caller, "cancel")


async def _marked(
    batch_call_id: str,
    services: ApiServices,
    caller: Caller,
    what: Literal["pause", "resume", "cancel"],
) -> Response:
    """Harmless when it is so already, or when the batch is over."""
    batches = services.storage.batches
    batch = await batches.mark(caller.workspace_id, batch_call_id, what, services.now_ms())
    if batch is None:
        raise _unknown(batch_call_id)
    services.on_batch_changed()
    return WireResponse(await _shown(services, batch))


async def _mine(services: ApiServices, caller: Caller, batch_call_id: str) -> Batch:
    batch = await services.storage.batches.get(caller.workspace_id, batch_call_id)
    if batch is None:
        raise _unknown(batch_call_id)
    return batch


def _unknown(batch_call_id: str) -> Unknown:
    return Unknown(f"Cannot find requested asset under given api key: {batch_call_id}.")


def _plain(batch: Batch, now_ms: int) -> Json:
    record = batch_json(
        batch.batch_call_id,
        batch.name,
        batch.from_number,
        batch.trigger_ms,
        batch.task_count,
        batch.settings,
    )
    own = {name: batch.settings.get(name) for name in ("reserved_concurrency", "redial_policy")}
    times = {"paused_timestamp": batch.paused_ms, "cancelled_timestamp": batch.cancelled_ms}
    closed = {"closed_timestamp": batch.closed_ms}
    status = {"status": batch.times.status(now_ms), "created_timestamp": batch.created_ms}
    return {**record, **status, **without_nulls({**own, **times, **closed})}


async def _shown(services: ApiServices, batch: Batch) -> Json:
    counts = await services.storage.batches.counts(batch.batch_call_id)
    return {**_plain(batch, services.now_ms()), "progress": progress(batch, counts)}


def progress(batch: Batch, counts: list[TaskCount]) -> Json:
    """Tasks by where they stand, and what came of those that are done."""
    by_state = dict.fromkeys(TaskState, 0)
    outcomes: dict[str, int] = {}
    for count in counts:
        by_state[count.state] += count.tasks
        if count.state is TaskState.DONE:
            word = count.reason or "unknown"
            outcomes[word] = outcomes.get(word, 0) + count.tasks
    waiting = by_state[TaskState.WAITING]
    cancelled = waiting if batch.cancelled_ms is not None else 0
    return {
        "waiting": waiting - cancelled,
        "cancelled": cancelled,
        "calling": by_state[TaskState.CALLING] + by_state[TaskState.OVER],
        "done": by_state[TaskState.DONE],
        "answered": sum(count.tasks for count in counts if count.answered),
        "calls": sum(count.attempts for count in counts),
        "outcomes": dict(sorted(outcomes.items())),
    }


def _task(task: Task, batch: Batch) -> Json:
    state: Any = "calling" if task.state is TaskState.OVER else task.state.value
    if task.state is TaskState.WAITING and batch.cancelled_ms is not None:
        state = "cancelled"
    due_ms = task.due_ms if state == "waiting" else None
    last = {"call_id": task.call_id, "outcome": task.reason, "due_timestamp": due_ms}
    return {
        "position": task.position,
        "to_number": task.request.get("to_number"),
        "state": state,
        "calls": task.attempts,
        "answered": task.answered,
        **without_nulls(last),
    }
