"""The webhooks to deliver, each a row of the transaction that it tells of.

A claim moves ``due_ms`` to when the claim runs out, and counts as an attempt: a worker that died
costs one. A delivered row keeps what happened but not its body; one given up keeps its body.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from uponai.domain.call import Call
from uponai.storage.base import NewWebhook, OutboxRow
from uponai.storage.engine import Database, clean_text
from uponai.storage.schema import IS_PENDING, outbox

_MAX_ERROR_CHARS = 1000
_NAMES = (
    "id",
    "workspace_id",
    "call_id",
    "event",
    "url",
    "body",
    "timeout_ms",
    "attempts",
    "endpoint",
)


async def post(connection: AsyncConnection, call: Call, webhooks: Sequence[NewWebhook]) -> None:
    """Add rows, due at once, in the order given."""
    for webhook in webhooks:
        row = {
            "workspace_id": call.workspace_id,
            "call_id": call.call_id,
            "event": webhook.event,
            "url": clean_text(webhook.url),
            "endpoint": endpoint_of(clean_text(webhook.url)),
            "body": clean_text(webhook.body),
            "timeout_ms": webhook.timeout_ms,
            "due_ms": 0,
            "attempts": 0,
        }
        await connection.execute(outbox.insert().values(row))


class SqlOutbox:
    """``storage.base.Outbox`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self,
        holder: str,
        now_ms: int,
        lease_ms: int,
        limit: int,
        *,
        busy: Collection[str] = (),
    ) -> list[OutboxRow]:
        due = (
            sa.select(outbox.c.id)
            .where(sa.text(IS_PENDING), outbox.c.due_ms <= now_ms)
            .where(outbox.c.endpoint.not_in(busy))
            .order_by(outbox.c.due_ms, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        # What is added to a 32-bit column goes out as 32 bits, and a time does not fit.
        timeout_ms = sa.cast(outbox.c.timeout_ms, sa.BigInteger)
        take = outbox.update().values(
            due_ms=now_ms + lease_ms + timeout_ms,
            holder=holder,
            attempts=outbox.c.attempts + 1,
        )
        async with self._database.writing() as connection:
            ids = (await connection.scalars(due)).all()
            if not ids:
                return []
            taken = take.where(outbox.c.id.in_(ids)).returning(*outbox.c)
            rows = (await connection.execute(taken)).mappings().all()
        return sorted((_row(row) for row in rows), key=lambda row: row.id)

    async def delivered(self, row_id: int, now_ms: int, status: int) -> None:
        values = {"done_ms": now_ms, "http_status": status, "error": None, "body": ""}
        await self._settle(row_id, values)

    async def put_back(self, row_id: int, due_ms: int, error: str) -> None:
        await self._settle(row_id, {"due_ms": due_ms, "error": _short(error), "holder": None})

    async def give_up(self, row_id: int, now_ms: int, error: str) -> None:
        await self._settle(row_id, {"done_ms": now_ms, "error": _short(error)})

    async def _settle(self, row_id: int, values: dict[str, str | int | None]) -> None:
        """Once done, a row stays as it is (a claim that ran out may still report)."""
        update = outbox.update().where(outbox.c.id == row_id, sa.text(IS_PENDING))
        async with self._database.writing() as connection:
            await connection.execute(update.values(values))

    async def next_due_ms(self) -> int | None:
        first = sa.select(outbox.c.due_ms).where(sa.text(IS_PENDING))
        async with self._database.reading() as connection:
            return await connection.scalar(first.order_by(outbox.c.due_ms).limit(1))


def endpoint_of(url: str) -> str:
    """Scheme, host and port: what is slow or away as one."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}".lower()


def _short(error: str) -> str:
    return clean_text(error)[:_MAX_ERROR_CHARS]


def _row(row: RowMapping) -> OutboxRow:
    return OutboxRow(**{name: row[name] for name in _NAMES})
