"""``./dev soak dialer``: 2,000 calls while dialer and edge are killed 200 times by ``kill -9``.

On PostgreSQL with both killed and on SQLite with the platform's one process killed, each time with
the whole platform placing a batch; or (``--alone``) with dialer and edge only, both killed, which
are up again at once, so that 200 kills take minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fakes.crashes import crash_run, crashing, crashing_dialer
from tests.fixtures_postgres import running_postgres


def run(arguments: Sequence[str]) -> int:
    """The number of failures; each is on standard output."""
    parser = argparse.ArgumentParser(prog="./dev soak dialer")
    parser.add_argument("--tasks", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=["both", "sqlite", "postgresql"], default="both")
    parser.add_argument("--alone", action="store_true", help="dialer and edge alone, both killed")
    parser.add_argument("--seed", type=int, default=None, help="of the moments of the kills")
    parser.add_argument("--keep", type=Path, default=None, help="where data and logs stay")
    given = parser.parse_args(arguments)
    seed = given.seed if given.seed is not None else int.from_bytes(os.urandom(4))
    failures = 0
    for database in ("postgresql", "sqlite"):
        if given.database in ("both", database):
            failures += asyncio.run(_one(database, given, seed))
    return failures


async def _one(database: str, given: argparse.Namespace, seed: int) -> int:
    folder = Path(given.keep / database if given.keep else tempfile.mkdtemp(prefix="uponai-soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        role = "dialer" if given.alone else "platform"
        kills = {role: given.kills // 2, "edge": given.kills - given.kills // 2}
        if database == "sqlite":
            kills = kills if given.alone else {role: given.kills}
            return await _crash(database, folder, None, kills, given, seed)
        with running_postgres() as server:
            url = server.new_database()
            return await _crash(database, folder, url, kills, given, seed)
    finally:
        if given.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


async def _crash(database, folder, url, kills, given, seed) -> int:
    say(f"{database}: {given.tasks} tasks, kills {kills}, seed {seed}")
    world_of = crashing_dialer if given.alone else crashing
    async with world_of(folder, database_url=url) as world:
        found = await crash_run(world, tasks=given.tasks, kills=kills, seed=seed)
    say(f"  {found.seconds:.0f} s, kills {dict(found.kills)}, attempts {dict(found.attempts)}")
    say(f"  numbers never rung {found.unrung}")
    for reason, count in found.reasons.most_common():
        say(f"  {count:6} {reason}")
    for fault in found.faults[:50]:
        say(f"  FAULT {fault}")
    say(f"  {len(found.faults)} faults")
    return len(found.faults)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
