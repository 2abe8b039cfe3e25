"""Requests that come again: by their idempotency key, or because their answer was not heard."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import RowMapping

from uponai.domain.call import Call
from uponai.storage.base import KeySpent
from uponai.storage.call_rows import call_of
from uponai.storage.calls import IDEMPOTENT_FOR_MS
from uponai.storage.engine import Database
from uponai.storage.schema import calls, idempotency_keys, unheard

UNHEARD_FOR_MS = 600_000


class SqlRepeats:
    """``storage.base.Repeats`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keyed(self, workspace_id: str, idempotency_key: str, now_ms: int) -> Call | None:
        keys = idempotency_keys
        mine = (keys.c.workspace_id == workspace_id) & (keys.c.key == idempotency_key)
        young = keys.c.created_ms > now_ms - IDEMPOTENT_FOR_MS
        joined = keys.outerjoin(calls, keys.c.call_id == calls.c.call_id)
        made = sa.select(calls).select_from(joined).where(mine, young)

        def get(connection: sa.Connection) -> RowMapping | None:
            return connection.execute(made).mappings().first()

        row = await self._database.read(get)
        if row is not None and row["call_id"] is None:
            raise KeySpent(idempotency_key)
        return None if row is None else call_of(row)

    async def note_unheard(
        self, workspace_id: str, fingerprint: str, made_id: str, now_ms: int
    ) -> None:
        old = unheard.delete().where(unheard.c.created_ms <= now_ms - UNHEARD_FOR_MS)
        row = {
            "made_id": made_id,
            "workspace_id": workspace_id,
            "fingerprint": fingerprint,
            "created_ms": now_ms,
        }
        async with self._database.writing() as connection:
            await connection.execute(old)
            await self._database.add(connection, unheard, row)

    async def take_unheard(self, workspace_id: str, fingerprint: str, now_ms: int) -> str | None:
        oldest = (
            sa.select(unheard.c.made_id)
            .where(
                unheard.c.workspace_id == workspace_id,
                unheard.c.fingerprint == fingerprint,
                unheard.c.created_ms > now_ms - UNHEARD_FOR_MS,
            )
            .order_by(unheard.c.created_ms)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing() as connection:
            made_id = await connection.scalar(oldest)
            if made_id is not None:
                await connection.execute(unheard.delete().where(unheard.c.made_id == made_id))
        return made_id
