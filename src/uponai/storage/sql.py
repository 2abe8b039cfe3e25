"""``open_storage``: the one implementation of ``storage.base``, over SQLite or PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from uponai.storage.accounts import SqlAccounts
from uponai.storage.admission import Gate
from uponai.storage.after_call import SqlCheckpoints, SqlPostCalls
from uponai.storage.base import Storage
from uponai.storage.batch_work import SqlBatchWork
from uponai.storage.batches import SqlBatches
from uponai.storage.calls import SqlCalls, SqlLeases
from uponai.storage.carriers import SqlCarrierAccounts, SqlLineNews
from uponai.storage.configs import SqlConfigs
from uponai.storage.engine import Database, open_database
from uponai.storage.knowledge import SqlKnowledgeBases
from uponai.storage.limits import SqlLimits
from uponai.storage.migrate import migrate
from uponai.storage.numbers import SqlNumbers
from uponai.storage.outbox import SqlOutbox
from uponai.storage.repeats import SqlRepeats
from uponai.storage.spool import SpooledCheckpoints


class SqlStorage:
    """One opened database, and the folder where checkpoints wait that it did not take."""

    def __init__(self, database: Database, spool: Path | None = None) -> None:
        self._database = database
        gate = Gate(database)
        self.calls = SqlCalls(database, gate)
        self.limits = SqlLimits(database, gate)
        self.leases = SqlLeases(database)
        self.repeats = SqlRepeats(database)
        stored = SqlCheckpoints(database)
        self.checkpoints = stored if spool is None else SpooledCheckpoints(stored, spool)
        self.post_calls = SqlPostCalls(database)
        self.outbox = SqlOutbox(database)
        self.configs = SqlConfigs(database)
        self.numbers = SqlNumbers(database)
        self.accounts = SqlAccounts(database)
        self.batches = SqlBatches(database)
        self.batch_work = SqlBatchWork(database, gate)
        self.knowledge = SqlKnowledgeBases(database)
        self.carrier_accounts = SqlCarrierAccounts(database)
        self.line_news = SqlLineNews(database)

    async def ping(self) -> None:
        async with self._database.reading() as connection:
            await connection.execute(sa.select(1))

    async def aclose(self) -> None:
        await self._database.aclose()


async def open_storage(url: str, *, patience_s: float = 10.0, spool: Path | None = None) -> Storage:
    """Open and migrate.

    ``url``: ``sqlite:////var/lib/uponai/uponai.db``, ``sqlite://`` (a temporary one, gone when
    closed) or ``postgresql://user:password@host/name``; ``patience_s``: how long one that is
    silent is waited for; ``spool``: where checkpoints outlive its outages. Raises ValueError for
    an unknown kind of URL or a database that a newer release has written, StorageUnavailable when
    the database cannot be reached.
    """
    database = open_database(url, patience_s=patience_s)
    try:
        await database.prepare()
        await migrate(database)
    except BaseException:
        await database.aclose()
        raise
    return SqlStorage(database, spool)
