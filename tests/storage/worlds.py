"""Calls and openings that the storage tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.patience import until

from uponai.domain.call import Call, CallChange
from uponai.domain.webhook import NewWebhook
from uponai.storage.base import Storage
from uponai.storage.sql import open_storage

ORG = "org_1"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Storage]:
    storage = await open_storage(url)
    try:
        yield storage
    finally:
        await storage.aclose()


def a_call(call_id: str = "call_1", **fields: Any) -> Call:
    values: dict[str, Any] = {
        "call_id": call_id,
        "workspace_id": ORG,
        "direction": "outbound",
        "from_number": "+12025550100",
        "to_number": "+12025550101",
        "agent_id": "agent_1",
        "agent_version": 0,
        "created_ms": 1_000,
    }
    return Call(**values | fields)


async def leased(storage: Storage, call_id: str = "call_1", **fields: Any) -> Call:
    """A new call, leased to host ``a`` until 11,000 ms."""
    await storage.calls.add(a_call(call_id, **fields))
    (call,) = await storage.calls.lease_due("a", 1_000, 10_000, 10)
    assert call.call_id == call_id
    return call


async def answered(storage: Storage, call_id: str = "call_1", **fields: Any) -> Call:
    call = await leased(storage, call_id, **fields)
    for change in (CallChange.DIAL, CallChange.RING):
        assert await storage.calls.change(call_id, call.fence, change, {})
    done = await storage.calls.change(
        call_id, call.fence, CallChange.ANSWER, {"answered_ms": 2_000}
    )
    assert done is not None
    return done


async def until_call(storage: Storage, call_id: str, wanted: Callable[[Call], object]) -> Call:
    """The call as soon as it is as ``wanted``."""

    async def found() -> Call | None:
        call = await storage.calls.get(call_id)
        return call if call is not None and wanted(call) else None

    return await until(found)


def told(event: str):
    """A ``Tell`` of one event that names the state it saw."""

    def tell(call: Call) -> list[NewWebhook]:
        return [NewWebhook(event, "https://example.com/hook", f'{{"state":"{call.state}"}}')]

    return tell
