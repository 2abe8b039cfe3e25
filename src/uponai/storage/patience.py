"""A PostgreSQL that no longer answers, and does not hang up either, is given up after a while.

A frozen server or a network that swallows packets would else hold every request and every worker
for ever; an error is what all of them know how to live with.
"""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import sqlalchemy as sa
from psycopg import AsyncConnection
from psycopg.abc import RV, PQGen
from sqlalchemy.ext.asyncio import AsyncConnection as SqlConnection

from uponai.tasks import call_at, loop_s

PATIENCE_S = 10.0
"""For one statement; a wait for another transaction's lock is part of it."""
CONNECT_S = 5


class ImpatientConnection(AsyncConnection[Any]):
    """Hangs up when one exchange with the server takes longer than ``patience_s`` (None: never)."""

    patience_s: float | None = PATIENCE_S

    async def wait(
        self,
        gen: PQGen[RV],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - the driver's signature
    ) -> RV:
        """As psycopg's; every exchange passes here. Raises OperationalError when hung up."""
        if self.patience_s is None:
            return await super().wait(gen, interval, timeout)
        late = call_at(loop_s() + self.patience_s, self._hang_up)
        try:
            return await super().wait(gen, interval, timeout)
        finally:
            late.cancel()

    def _hang_up(self) -> None:
        # A cancellation would ask the silent server to cancel, and wait for its answer.
        with suppress(OSError), socket.socket(fileno=os.dup(self.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


async def _connect(patience_s: float, *words: Any, **options: Any) -> ImpatientConnection:
    connection = await ImpatientConnection.connect(*words, **options)
    connection.patience_s = patience_s
    return connection


def connect_args(url: sa.URL, patience_s: float) -> dict[str, Any]:
    """For ``create_async_engine``; what the URL says of time-outs holds."""
    own = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_S}
    return {"async_creator_fn": partial(_connect, patience_s), **own}


@asynccontextmanager
async def patient(connection: SqlConnection) -> AsyncGenerator[None]:
    """For a migration: wait however long it takes on this connection."""
    raw = (await connection.get_raw_connection()).driver_connection
    if not isinstance(raw, ImpatientConnection):
        raise TypeError("not a connection of connect_args")
    usual_s, raw.patience_s = raw.patience_s, None
    try:
        yield
    finally:
        raw.patience_s = usual_s
