"""Where live conversations stand, and the work that ended calls are owed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from uponai.domain.call import Call, CallState, Checkpoint
from uponai.storage.base import PostCall, Tell
from uponai.storage.call_rows import call_of, settable
from uponai.storage.engine import Database, clean_text
from uponai.storage.outbox import post
from uponai.storage.schema import calls, checkpoints, post_calls

_MAX_ERROR_CHARS = 1000


class SqlCheckpoints:
    """``storage.base.Checkpoints`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, checkpoint: Checkpoint) -> bool:
        """The shared lock keeps the call from ending between the look and the write."""
        holder = (
            sa.select(calls.c.call_id)
            .where(
                calls.c.call_id == checkpoint.call_id,
                calls.c.fence == checkpoint.fence,
                calls.c.state != CallState.ENDED.value,
            )
            .with_for_update(read=True)
        )
        insert = self._database.insert(checkpoints).values(
            call_id=checkpoint.call_id,
            turn=checkpoint.turn,
            fence=checkpoint.fence,
            at_ms=checkpoint.at_ms,
            state=checkpoint.state,
        )
        new = insert.excluded
        newer = (new.turn >= checkpoints.c.turn) | (new.fence > checkpoints.c.fence)
        names = ("turn", "fence", "at_ms", "state")
        upsert = insert.on_conflict_do_update(
            index_elements=[checkpoints.c.call_id],
            set_={name: new[name] for name in names},
            where=newer,
        )
        async with self._database.writing() as connection:
            if (await connection.scalar(holder)) is None:
                return False
            await connection.execute(upsert)
        return True

    async def last(self, call_id: str) -> Checkpoint | None:
        query = sa.select(checkpoints).where(checkpoints.c.call_id == call_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else Checkpoint(**row)


class SqlPostCalls:
    """``storage.base.PostCalls`` in SQL; a claim counts as an attempt."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, holder: str, now_ms: int, lease_ms: int, limit: int) -> list[PostCall]:
        due = (
            sa.select(post_calls.c.call_id)
            .where(post_calls.c.due_ms <= now_ms)
            .order_by(post_calls.c.due_ms)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        take = post_calls.update().values(
            due_ms=now_ms + lease_ms, holder=holder, attempts=post_calls.c.attempts + 1
        )
        async with self._database.writing() as connection:
            ids = (await connection.scalars(due)).all()
            if not ids:
                return []
            taken = take.where(post_calls.c.call_id.in_(ids))
            returning = taken.returning(post_calls.c.call_id, post_calls.c.attempts)
            rows = (await connection.execute(returning)).mappings().all()
        return [PostCall(**row) for row in rows]

    async def finish(
        self, call_id: str, analysis: Mapping[str, Any], fields: Mapping[str, Any], tell: Tell
    ) -> Call | None:
        mine = calls.c.call_id == call_id
        values = settable(fields) | {"analysis": analysis}
        async with self._database.writing() as connection:
            # The call's row first, as in every transaction that locks both.
            await connection.execute(sa.select(calls.c.call_id).where(mine).with_for_update())
            owed = post_calls.delete().where(post_calls.c.call_id == call_id)
            if (await connection.execute(owed)).rowcount == 0:
                return None
            await connection.execute(checkpoints.delete().where(checkpoints.c.call_id == call_id))
            update = calls.update().where(mine).values(values).returning(*calls.c)
            call = call_of((await connection.execute(update)).mappings().one())
            await post(connection, call, tell(call))
            return call

    async def ask_again(self, call_id: str) -> None:
        async with self._database.writing() as connection:
            owed = {"call_id": call_id, "due_ms": 0, "attempts": 0}
            await self._database.add(connection, post_calls, owed)

    async def put_back(self, call_id: str, due_ms: int, error: str) -> None:
        short = clean_text(error)[:_MAX_ERROR_CHARS]
        update = post_calls.update().where(post_calls.c.call_id == call_id)
        async with self._database.writing() as connection:
            await connection.execute(update.values(due_ms=due_ms, holder=None, error=short))
