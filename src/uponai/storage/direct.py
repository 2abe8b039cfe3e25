"""Whole transactions in one go: what is asked at every request, without a hop per statement.

Work is a plain function of a synchronous connection. SQLite runs it on a thread, one hop there and
one back; PostgreSQL runs all of it in one greenlet, reads without BEGIN, ROLLBACK and a ping.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

_THREADS = 4
_POSTGRES_IDLE = 5
_POSTGRES_MORE = 10


class Direct(Protocol):
    """Runs work; SQLAlchemy's errors come out as they are."""

    async def read(self, work: Work[T]) -> T:
        """Each statement sees what is committed when it runs."""
        ...

    async def write(self, work: Work[T]) -> T:
        """One transaction: committed when ``work`` returns, rolled back by an exception."""
        ...

    async def aclose(self) -> None: ...


class _Abandoned(Exception):
    """Nobody waits for the transaction any more: roll it back."""


class ThreadedSqlite:
    """``Direct`` on SQLite. Who writes holds the one writer's lock meanwhile."""

    def __init__(self, engine: sa.Engine, writing: sa.Engine) -> None:
        self._engine = engine
        self._writing = writing
        self._threads = ThreadPoolExecutor(_THREADS, "uponai-db")

    async def read(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._read, work)

    def _read(self, work: Work[T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)

    async def write(self, work: Work[T]) -> T:
        gone = threading.Event()
        loop = asyncio.get_running_loop()
        writing = loop.run_in_executor(self._threads, self._write, work, gone)
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            gone.set()
            await asyncio.wait({writing})
            writing.exception()
            raise

    def _write(self, work: Work[T], gone: threading.Event) -> T:
        with self._writing.begin() as connection:
            result = work(connection)
            if gone.is_set():
                raise _Abandoned
            return result

    async def aclose(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()


class PooledPostgres:
    """``Direct`` on PostgreSQL. ``engine`` is for writing and sees to it that connections live."""

    def __init__(self, engine: AsyncEngine, url: sa.URL, options: Mapping[str, Any]) -> None:
        self._writing = engine
        self._reading = create_async_engine(
            url,
            pool_size=_POSTGRES_IDLE,
            max_overflow=_POSTGRES_MORE,
            isolation_level="AUTOCOMMIT",
            **options,
        )

    async def read(self, work: Work[T]) -> T:
        try:
            return await self._read(work)
        except DBAPIError as error:
            # The server hung up since the last use; all its connections are known to be dead now.
            if not error.connection_invalidated:
                raise
        return await self._read(work)

    async def _read(self, work: Work[T]) -> T:
        async with self._reading.connect() as connection:
            return await connection.run_sync(work)

    async def write(self, work: Work[T]) -> T:
        async with self._writing.begin() as connection:
            return await connection.run_sync(work)

    async def aclose(self) -> None:
        await self._reading.dispose()
