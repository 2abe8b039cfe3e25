"""Workspaces and their keys."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping

from uponai.storage.base import ApiKey, Workspace
from uponai.storage.engine import Database
from uponai.storage.schema import IS_BADGE, api_keys, workspaces

_PLAIN = (
    "key_id",
    "workspace_id",
    "hash",
    "role",
    "webhook_badge",
    "sealed",
    "name",
    "created_ms",
    "revoked_ms",
)
_WORKSPACE = sa.select(workspaces).where(workspaces.c.workspace_id == sa.bindparam("wanted"))
_BY_HASH = sa.select(api_keys).where(
    api_keys.c.hash == sa.bindparam("wanted"), api_keys.c.revoked_ms.is_(None)
)


class SqlAccounts:
    """``storage.base.Accounts`` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_workspace(self, workspace: Workspace) -> None:
        """Raises ValueError when it exists already."""
        async with self._database.writing() as connection:
            added = await self._database.add(connection, workspaces, _values(workspace))
        if not added:
            raise ValueError(f"workspace {workspace.workspace_id} exists already")

    async def workspace(self, workspace_id: str) -> Workspace | None:
        def get(connection: sa.Connection) -> RowMapping | None:
            return connection.execute(_WORKSPACE, {"wanted": workspace_id}).mappings().first()

        row = await self._database.read(get)
        return None if row is None else Workspace(**row)

    async def workspaces(self) -> list[Workspace]:
        query = sa.select(workspaces).order_by(workspaces.c.workspace_id)
        async with self._database.reading() as connection:
            return [Workspace(**row) for row in (await connection.execute(query)).mappings()]

    async def update_workspace(self, workspace: Workspace) -> bool:
        mine = workspaces.c.workspace_id == workspace.workspace_id
        update = workspaces.update().where(mine).values(_values(workspace))
        async with self._database.writing() as connection:
            return (await connection.execute(update)).rowcount == 1

    async def add_key(self, key: ApiKey) -> None:
        """A key with the webhook badge takes it from the one that had it.

        Raises ValueError when the key, or another of the same hash, exists already.
        """
        values = {name: getattr(key, name) for name in _PLAIN}
        values["origins"] = list(key.origins) or None
        mine = api_keys.c.workspace_id == key.workspace_id
        async with self._database.writing() as connection:
            if key.webhook_badge:
                unbadge = api_keys.update().where(mine, sa.text(IS_BADGE))
                await connection.execute(unbadge.values(webhook_badge=False))
            if not await self._database.add(connection, api_keys, values):
                raise ValueError(f"key {key.key_id} exists already")

    async def key_by_hash(self, hash: str) -> ApiKey | None:
        """Never a revoked one."""

        def get(connection: sa.Connection) -> RowMapping | None:
            return connection.execute(_BY_HASH, {"wanted": hash}).mappings().first()

        row = await self._database.read(get)
        return None if row is None else _api_key(row)

    async def keys(self, workspace_id: str) -> list[ApiKey]:
        """Revoked ones too, oldest first."""
        query = sa.select(api_keys).where(api_keys.c.workspace_id == workspace_id)
        async with self._database.reading() as connection:
            ordered = query.order_by(api_keys.c.created_ms, api_keys.c.key_id)
            return [_api_key(row) for row in (await connection.execute(ordered)).mappings()]

    async def signing_key(self, workspace_id: str) -> ApiKey | None:
        mine = api_keys.c.workspace_id == workspace_id
        query = sa.select(api_keys).where(mine, sa.text(IS_BADGE))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else _api_key(row)

    async def revoke_key(self, workspace_id: str, key_id: str, now_ms: int) -> bool:
        """False when it is unknown or revoked already."""
        valid = sa.and_(
            api_keys.c.workspace_id == workspace_id,
            api_keys.c.key_id == key_id,
            api_keys.c.revoked_ms.is_(None),
        )
        async with self._database.writing() as connection:
            update = api_keys.update().where(valid).values(revoked_ms=now_ms)
            return (await connection.execute(update)).rowcount == 1

    async def allows_origin(self, origin: str) -> bool:
        """Public keys are few: their lists are looked through here, whatever the database."""
        query = sa.select(api_keys.c.origins).where(
            api_keys.c.role == "public", api_keys.c.revoked_ms.is_(None)
        )
        async with self._database.reading() as connection:
            return any(origin in (own or ()) for own in await connection.scalars(query))


def _api_key(row: RowMapping) -> ApiKey:
    return ApiKey(**{name: row[name] for name in _PLAIN}, origins=tuple(row["origins"] or ()))


def _values(workspace: Workspace) -> dict[str, Any]:
    names = ("workspace_id", "name", "webhook_url", "settings")
    return {name: getattr(workspace, name) for name in names}
