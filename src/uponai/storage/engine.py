"""Open a database by URL: SQLite or PostgreSQL, transactions, and what differs between the two.

SQLite: write-ahead log, foreign keys, ``synchronous=FULL`` (measured 0.2 ms a transaction, off the
loop: a call that was dialled must not be forgotten by a power cut and dialled again). Writers
queue in the process and begin with ``BEGIN IMMEDIATE``, so no reading transaction is ever refused
the upgrade; readers never wait. PostgreSQL: READ COMMITTED and row locks.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from uponai.storage.base import StorageUnavailable
from uponai.storage.direct import Direct, PooledPostgres, T, ThreadedSqlite, Work

_WRITING = "uponai_writing"
_BUSY_TIMEOUT_MS = 10_000
_WAL_TRIES = 200
_WAL_PAUSE_S = 0.02

Insert = sqlite.Insert | postgresql.Insert


class Database:
    """One database. ``read`` and ``write`` take a function, and are the quick ways in; within
    ``reading`` and ``writing`` one may await.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        direct: Direct,
        *,
        directory: TemporaryDirectory[str] | None = None,
    ) -> None:
        self._engine = engine
        self._direct = direct
        self._directory = directory
        self._writing = engine.execution_options(**{_WRITING: True})
        self._one_writer = asyncio.Lock() if engine.dialect.name == "sqlite" else None

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that only reads. Raises StorageUnavailable."""
        async with _unavailable(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """One transaction: committed at the end, rolled back by an exception.

        Raises StorageUnavailable; when the connection broke during the commit, the transaction may
        have been committed all the same, and compare-and-set tells on the next try.
        """
        async with _unavailable(), _held(self._one_writer), self._writing.begin() as connection:
            yield connection

    async def read(self, work: Work[T]) -> T:
        """``reading`` in one go; ``work`` may run twice. Raises StorageUnavailable."""
        async with _unavailable():
            return await self._direct.read(work)

    async def write(self, work: Work[T]) -> T:
        """``writing`` in one go. Raises StorageUnavailable."""
        async with _unavailable(), _held(self._one_writer):
            return await self._direct.write(work)

    async def prepare(self) -> None:
        """Once, before anything else: a new SQLite file becomes one with a write-ahead log.

        Where several processes make that step at once, SQLite refuses some without waiting.
        Raises StorageUnavailable.
        """
        if not self.is_sqlite:
            return
        folder = Path(self._engine.url.database or "").parent
        if not folder.is_dir():
            raise StorageUnavailable(f"the database's directory {folder} does not exist")
        for tries_left in range(_WAL_TRIES, -1, -1):
            try:
                async with self.reading() as connection:
                    await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                return
            except StorageUnavailable as error:
                if tries_left == 0 or "locked" not in str(error):
                    raise
            await asyncio.sleep(_WAL_PAUSE_S)

    def insert(self, table: sa.Table) -> Insert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def add(
        self, connection: AsyncConnection, table: sa.Table, values: Mapping[str, Any]
    ) -> bool:
        """Insert a row; False when a row with one of its unique keys exists already.

        A rival that inserts the same key at once waits until this transaction is decided.
        """
        return await connection.run_sync(self.add_now, table, values)

    def add_now(
        self, connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]
    ) -> bool:
        """``add`` inside ``read`` and ``write``."""
        row = self.insert(table).values(values).on_conflict_do_nothing()
        added = connection.execute(row.returning(*table.primary_key.columns))
        return added.first() is not None

    async def aclose(self) -> None:
        await self._direct.aclose()
        await self._engine.dispose()
        if self._directory is not None:
            self._directory.cleanup()


@asynccontextmanager
async def _held(lock: asyncio.Lock | None) -> AsyncGenerator[None]:
    if lock is None:
        yield
    else:
        async with lock:
            yield


@asynccontextmanager
async def _unavailable() -> AsyncGenerator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        # The driver's words, without the statement and the personal data of its parameters.
        raise StorageUnavailable(str(getattr(error, "orig", None) or error)) from error


def open_database(url: str, *, patience_s: float = 10.0) -> Database:
    """``sqlite:///path``, ``sqlite://`` (gone when closed) or ``postgresql://...``.

    ``patience_s``: how long PostgreSQL may be silent. Raises ValueError for another kind of URL.
    """
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        raise ValueError("the database URL cannot be read") from None
    match parsed.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            return _open_sqlite(parsed.set(drivername="sqlite+aiosqlite"))
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return _open_postgres(parsed.set(drivername="postgresql+psycopg"), patience_s)
        case other:
            raise ValueError(f"the database URL must begin sqlite or postgresql, not {other}")


def _open_postgres(url: sa.URL, patience_s: float) -> Database:
    # The driver is imported only where it is used.
    from uponai.storage.patience import connect_args

    options: dict[str, Any] = {
        "connect_args": connect_args(url, patience_s),
        "json_serializer": to_json,
        "json_deserializer": json.loads,
        "hide_parameters": True,
    }
    engine = create_async_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, **options)
    return Database(engine, PooledPostgres(engine, url, options))


def _open_sqlite(url: sa.URL) -> Database:
    directory = None
    if url.database in (None, "", ":memory:"):
        # A file, for a database in memory is gone with the first connection that is cancelled.
        directory = TemporaryDirectory(prefix="uponai-db-")
        url = url.set(database=f"{directory.name}/uponai.db")
    options: dict[str, Any] = {
        "pool_size": 4,
        "max_overflow": 0,
        "json_serializer": to_json,
        "json_deserializer": json.loads,
        "hide_parameters": True,
    }
    engine = create_async_engine(url, **options)
    threaded = sa.create_engine(url.set(drivername="sqlite"), **options)
    for each in (engine.sync_engine, threaded):
        event.listen(each, "connect", _prepare_sqlite)
        event.listen(each, "begin", _begin_sqlite)
    direct = ThreadedSqlite(threaded, threaded.execution_options(**{_WRITING: True}))
    return Database(engine, direct, directory=directory)


def _prepare_sqlite(connection: Any, record: object) -> None:
    """The driver must not begin transactions by itself: ``_begin_sqlite`` does."""
    del record
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    """Readers need no BEGIN: each of their statements sees one committed state anyway."""
    if connection.get_execution_options().get(_WRITING, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def to_json(value: object) -> str:
    """Compact JSON; numbers that JSON lacks become null rather than lose the row they are in."""
    try:
        return json.dumps(value, separators=(",", ":"), default=_plain, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), separators=(",", ":"), default=_plain, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    if isinstance(value, set | frozenset):
        return list(cast("set[object]", value))
    raise TypeError(f"{type(value).__name__} is no JSON")


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        return {key: _finite(item) for key, item in mapping.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in cast("Sequence[object]", value)]
    return value


def clean_text(text: str) -> str:
    """Text from outside as both databases can hold it: no NUL, no lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
