"""Accounts of workspaces with carriers, and news for lines that another host holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from uponai.storage.base_carriers import CarrierAccount, LeftNews
from uponai.storage.engine import Database
from uponai.storage.schema import calls, phone_numbers
from uponai.storage.schema_carriers import carrier_accounts, line_news

KEPT_MS = 600_000
"""News that nobody takes in that time is of no use to anybody."""

AT_ONCE = 500


class SqlCarrierAccounts:
    """``storage.base.CarrierAccounts`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, account: CarrierAccount) -> None:
        values = asdict(account)
        async with self._database.writing() as connection:
            if not await self._database.add(connection, carrier_accounts, values):
                mine = carrier_accounts.c.name == account.name
                await connection.execute(carrier_accounts.update().where(mine).values(values))

    async def of(self, workspace_id: str) -> list[CarrierAccount]:
        c = carrier_accounts.c
        return await self._found(
            c.workspace_id == workspace_id, c.sealed.is_not(None), order=c.name
        )

    async def changed_since(self, ms: int) -> list[CarrierAccount]:
        c = carrier_accounts.c
        return await self._found(c.modified_ms >= ms, order=c.modified_ms)

    async def _found(
        self, *where: sa.ColumnElement[bool], order: sa.ColumnElement[Any]
    ) -> list[CarrierAccount]:
        query = sa.select(carrier_accounts).where(*where).order_by(order)
        async with self._database.reading() as connection:
            return [CarrierAccount(**row) for row in (await connection.execute(query)).mappings()]

    async def numbers_on(self, name: str) -> int:
        mine = phone_numbers.c.carrier == name
        query = sa.select(sa.func.count()).select_from(phone_numbers).where(mine)
        async with self._database.reading() as connection:
            return await connection.scalar(query) or 0


class SqlLineNews:
    """``storage.base.LineNews`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def leave(self, call_id: str, news: Mapping[str, Any], now_ms: int) -> bool:
        values = {"call_id": call_id, "news": dict(news), "told_ms": now_ms}
        stale = line_news.delete().where(line_news.c.told_ms < now_ms - KEPT_MS)
        known = sa.select(calls.c.call_id).where(calls.c.call_id == call_id)
        async with self._database.writing() as connection:
            await connection.execute(stale)
            if await connection.scalar(known) is None:
                return False
            await connection.execute(line_news.insert().values(values))
        return True

    async def left_for(self, call_ids: Collection[str]) -> list[LeftNews]:
        wanted, c = sorted(call_ids), line_news.c
        found: list[LeftNews] = []
        for at in range(0, len(wanted), AT_ONCE):
            mine = c.call_id.in_(wanted[at : at + AT_ONCE])
            query = sa.select(c.id, c.call_id, c.news).where(mine)
            async with self._database.reading() as connection:
                rows = (await connection.execute(query)).all()
            found += [LeftNews(row.id, row.call_id, row.news) for row in rows]
        return sorted(found, key=lambda left: left.news_id)

    async def drop(self, news_ids: Collection[int]) -> None:
        done = sorted(news_ids)
        for at in range(0, len(done), AT_ONCE):
            gone = line_news.delete().where(line_news.c.id.in_(done[at : at + AT_ONCE]))
            async with self._database.writing() as connection:
                await connection.execute(gone)
