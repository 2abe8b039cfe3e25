"""create-batch-call: every task is checked before any is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uponai.api.admission import limits_now
from uponai.api.auth import Asking, Caller
from uponai.api.calls import may_call
from uponai.api.json import Body
from uponai.api.openapi import takes
from uponai.api.repeats import Creating
from uponai.api.resolve import AgentChoice, outbound_choice, resolve
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import InvalidField, Unknown, UserError
from uponai.domain.ids import batch_call_id as new_batch_id
from uponai.storage.base import Batch, PhoneNumber
from uponai.wire.batch import SETTINGS, BatchCall, batch_call, batch_json
from uponai.wire.validate import Json

router = APIRouter(tags=["BatchCall"])


@router.post("/create-batch-call", status_code=201, openapi_extra=takes(BatchCall))
async def create_batch_call(
    request: Request, body: Body, services: Services, caller: Asking
) -> Response:
    wanted = batch_call(body)

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
    reserved = wanted.get("reserved_concurrency", 0)
    concurrency = (await limits_now(services, caller.workspace_id)).concurrency
    if reserved >= concurrency:
        rule = f"must be < the concurrency limit ({concurrency})"
        raise InvalidField("reserved_concurrency", rule)
    tasks: list[Json] = wanted["tasks"]
    await _check_tasks(services, caller, str(wanted["from_number"]), tasks)
    now_ms = services.now_ms()
    id = new_batch_id(services.entropy(32))
    batch = Batch(
        batch_call_id=id,
        workspace_id=caller.workspace_id,
        name=wanted.get("name") or f"Batch {id.removeprefix('batch_call_')[:8]}",
        from_number=str(wanted["from_number"]),
        trigger_ms=int(wanted.get("trigger_timestamp", now_ms)),
        task_count=len(tasks),
        settings={name: wanted[name] for name in SETTINGS if name in wanted},
        created_ms=now_ms,
    )
    await services.storage.batches.add(batch, tasks)
    return id


async def _check_tasks(
    services: ApiServices, caller: Caller, from_number: str, tasks: list[Json]
) -> None:
    """As create-phone-call would judge each task now, the place named. Raises UserError."""
    number = await services.storage.numbers.get(from_number, caller.workspace_id)
    known: set[tuple[str, str]] = set()
    for at, task in enumerate(tasks):
        try:
            choice = _choice(services, number, {**task, "from_number": from_number})
            agent = (choice.agent_id, str(choice.version))
            if choice.override is not None or agent not in known:
                await resolve(services, caller.workspace_id, choice)
                known.add(agent)
        except InvalidField as error:
            if error.path == "from_number":
                raise
            raise InvalidField(f"tasks/{at}/{error.path}", error.rule) from None
        except Unknown:
            raise
        except UserError as error:
            message = error.message.replace("request/body/", f"request/body/tasks/{at}/")
            raise UserError(message, code=error.code) from None


def _choice(
    services: ApiServices, number: PhoneNumber | None, wanted: Mapping[str, Any]
) -> AgentChoice:
    return outbound_choice(services, may_call(number, wanted), wanted)
