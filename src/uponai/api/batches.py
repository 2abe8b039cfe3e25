"""create-batch-call: every task is checked before any is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api.admission import limits_now
from uponai.api.auth import Asking, Caller
from uponai.api.calls import may_call
from uponai.api.json import Body
from uponai.api.openapi import takes
from uponai.api.repeats import Creating
from uponai.api.resolve import outbound_choice, resolve
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import InvalidField, Unknown, UserError
from uponai.domain.ids import batch_call_id as new_batch_id
from uponai.storage.base import Batch, PhoneNumber
from uponai.wire.batch import SETTINGS, BatchCall, batch_call, batch_json
from uponai.wire.validate import Json

router = APIRouter(tags=["BatchCall"])
CHUNK = 200
"""Tasks that are checked, and written, at once."""


@router.post("/create-batch-call", status_code=201, openapi_extra=takes(BatchCall))
async def create_batch_call(
    request: Request, body: Body, services: Services, caller: Asking
) -> Response:
    # On a thread: of 50,000 tasks it takes longer than calls in progress can wait.
    wanted = await asyncio.to_thread(batch_call, body)

    async def make() -> str:
        return await _add(services, caller, wanted)

    async def show(batch_call_id: str) -> Json:
        batch = await services.storage.batches.get(caller.workspace_id, batch_call_id)
        if batch is None:
            raise Unknown(f"Cannot find requested asset under given api key: {batch_call_id}.")
        return batch_json(
            batch.batch_call_id,
            batch.name,
            batch.from_number,
            batch.trigger_ms,
            batch.task_count,
            batch.settings,
        )

    return await Creating(request, services, caller, wanted).once(make, show)


async def _add(services: ApiServices, caller: Caller, wanted: Json) -> str:
    tasks: list[Json] = wanted["tasks"]
    creation = await begun(services, caller, wanted)
    for start in range(0, len(tasks), CHUNK):
        piece = enumerate(tasks[start : start + CHUNK], start)
        await creation.check([(f"tasks/{at}", task) for at, task in piece])
    return await creation.write(_pieces(tasks))


async def _pieces(tasks: list[Json]) -> AsyncIterator[list[Json]]:
    for start in range(0, len(tasks), CHUNK):
        yield tasks[start : start + CHUNK]


@dataclass
class Creation:
    """A batch that is being checked and written, piece by piece, so that neither memory nor the
    event loop is held by all of it at once."""

    services: ApiServices
    caller: Caller
    batch: Batch
    number: PhoneNumber | None
    known: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    async def check(self, tasks: Sequence[tuple[str, Json]]) -> None:
        """As create-phone-call would judge each task now; refusals name the place that stands
        before it. Raises UserError."""
        for place, task in tasks:
            try:
                await self._check_task({**task, "from_number": self.batch.from_number})
            except InvalidField as error:
                if error.path == "from_number":
                    raise
                raise InvalidField(f"{place}/{error.path}", error.rule) from None
            except Unknown as error:
                if self.number is None:
                    raise
                raise Unknown(f"{error.message} (request/body/{place})") from None
            except UserError as error:
                message = error.message.replace("request/body/", f"request/body/{place}/")
                raise UserError(message, code=error.code) from None

    async def _check_task(self, wanted: Mapping[str, Any]) -> None:
        choice = outbound_choice(
            self.services, may_call(self.services, self.number, wanted), wanted
        )
        agent = (choice.agent_id, str(choice.version))
        if choice.override is not None or agent not in self.known:
            await resolve(self.services, self.caller.workspace_id, choice)
            self.known.add(agent)

    async def write(self, pieces: AsyncIterable[Sequence[Json]]) -> str:
        """Write the batch with all pieces, or nothing; its id."""
        batches, id, count = self.services.storage.batches, self.batch.batch_call_id, 0
        await batches.begin(self.batch)
        try:
            async for piece in pieces:
                await batches.add_tasks(self.batch, count, piece)
                count += len(piece)
            if count == 0:
                raise InvalidField("tasks", "must NOT have fewer than 1 items")
            await batches.open(id, count, self.services.now_ms())
        except BaseException:
            await batches.discard(id)
            raise
        self.services.on_batch_changed()
        return id


async def begun(services: ApiServices, caller: Caller, wanted: Mapping[str, Any]) -> Creation:
    """A new batch with these settings. Raises UserError."""
    reserved = wanted.get("reserved_concurrency", 0)
    concurrency = (await limits_now(services, caller.workspace_id)).concurrency
    if reserved >= concurrency:
        rule = f"must be < the concurrency limit ({concurrency})"
        raise InvalidField("reserved_concurrency", rule)
    from_number, now_ms = str(wanted["from_number"]), services.now_ms()
    id = new_batch_id(services.entropy(32))
    batch = Batch(
        batch_call_id=id,
        workspace_id=caller.workspace_id,
        name=wanted.get("name") or f"Batch {id.removeprefix('batch_call_')[:8]}",
        from_number=from_number,
        trigger_ms=int(wanted.get("trigger_timestamp", now_ms)),
        task_count=0,
        settings={name: wanted[name] for name in SETTINGS if name in wanted},
        created_ms=now_ms,
    )
    number = await services.storage.numbers.get(from_number, caller.workspace_id)
    return Creation(services, caller, batch, number)
