"""Phone numbers, unique over the whole installation."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping

from uponai.storage.base import PhoneNumber
from uponai.storage.engine import Database
from uponai.storage.schema import phone_numbers

_NAMES = (
    "phone_number",
    "workspace_id",
    "carrier",
    "config",
    "trunk_password",
    "modified_ms",
)
_GET = sa.select(phone_numbers).where(phone_numbers.c.phone_number == sa.bindparam("wanted"))


class SqlNumbers:
    """``storage.base.Numbers`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, number: PhoneNumber) -> bool:
        async with self._database.writing() as connection:
            return await self._database.add(connection, phone_numbers, _values(number))

    async def get(self, phone_number: str, workspace_id: str | None = None) -> PhoneNumber | None:
        def get(connection: sa.Connection) -> RowMapping | None:
            return connection.execute(_GET, {"wanted": phone_number}).mappings().first()

        row = await self._database.read(get)
        if row is None or workspace_id not in (None, row["workspace_id"]):
            return None
        return PhoneNumber(**row)

    async def page(
        self,
        workspace_id: str,
        limit: int,
        *,
        ascending: bool = False,
        after: tuple[int, str] | None = None,
    ) -> list[PhoneNumber]:
        keys = (phone_numbers.c.modified_ms, phone_numbers.c.phone_number)
        query = (
            sa.select(phone_numbers)
            .where(phone_numbers.c.workspace_id == workspace_id)
            .order_by(*(key.asc() if ascending else key.desc() for key in keys))
            .limit(limit)
        )
        if after is not None:
            here, edge = sa.tuple_(*keys), sa.tuple_(*(sa.literal(value) for value in after))
            query = query.where(here > edge if ascending else here < edge)
        async with self._database.reading() as connection:
            return [PhoneNumber(**row) for row in (await connection.execute(query)).mappings()]

    async def update(self, number: PhoneNumber) -> bool:
        mine = _mine(number.workspace_id, number.phone_number)
        values = _values(number)
        del values["phone_number"], values["workspace_id"]
        async with self._database.writing() as connection:
            result = await connection.execute(phone_numbers.update().where(mine).values(values))
            return result.rowcount == 1

    async def delete(self, workspace_id: str, phone_number: str) -> bool:
        gone = phone_numbers.delete().where(_mine(workspace_id, phone_number))
        async with self._database.writing() as connection:
            return (await connection.execute(gone)).rowcount == 1


def _mine(workspace_id: str, phone_number: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        phone_numbers.c.workspace_id == workspace_id,
        phone_numbers.c.phone_number == phone_number,
    )


def _values(number: PhoneNumber) -> dict[str, Any]:
    return {name: getattr(number, name) for name in _NAMES}
