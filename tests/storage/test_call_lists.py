"""Lists of calls: by their start, in pages that inserts do not disturb, out of an index."""

from __future__ import annotations

import itertools
import random

import pytest
import sqlalchemy as sa
from tests.storage.worlds import ORG, a_call, opened

from uponai.domain.call import Call
from uponai.storage.base import CallQuery, Storage, listed_at
from uponai.storage.calls import page_of_calls
from uponai.storage.engine import open_database
from uponai.storage.schema import calls


async def ids(storage: Storage, **options: object) -> list[str]:
    return [call.call_id for call in await storage.calls.find(CallQuery(ORG, **options))]


async def test_calls_stand_at_their_start_and_others_at_their_creation(url: str) -> None:
    async with opened(url) as storage:
        await storage.calls.add(a_call("call_late", created_ms=1, answered_ms=50))
        await storage.calls.add(a_call("call_waits", created_ms=30))
        await storage.calls.add(a_call("call_soon", created_ms=20, answered_ms=25))
        await storage.calls.add(a_call("call_epoch", created_ms=40, answered_ms=0))
        by_start = ["call_epoch", "call_soon", "call_waits", "call_late"]
        assert await ids(storage) == by_start[::-1]
        assert await ids(storage, ascending=True) == by_start
        assert await ids(storage, start_ms_from=25) == ["call_late", "call_soon"]
        assert await ids(storage, start_ms_to=30) == ["call_soon", "call_epoch"]
        assert await ids(storage, listed_ms_from=25, listed_ms_to=30) == ["call_waits", "call_soon"]
        assert await storage.calls.count(CallQuery(ORG, listed_ms_from=26)) == 2
        assert await ids(storage, call_ids=("call_soon", "call_none")) == ["call_soon"]


@pytest.mark.parametrize("ascending", [False, True])
async def test_pages_show_what_was_there_once_while_calls_are_added(
    url: str, ascending: bool
) -> None:
    draw = random.Random(7)  # noqa: S311

    def a_new(number: int) -> Call:
        answered_ms = draw.choice([None, draw.randrange(40)])
        return a_call(f"call_{number:03}", created_ms=draw.randrange(40), answered_ms=answered_ms)

    async with opened(url) as storage:
        first = [a_new(number) for number in range(60)]
        for call in first:
            await storage.calls.add(call)
        seen: list[Call] = []
        new = itertools.count(100)
        query = CallQuery(ORG, limit=7, ascending=ascending)
        while page := await storage.calls.find(query):
            seen += page
            assert len(seen) < 200
            query = CallQuery(ORG, limit=7, ascending=ascending, before=listed_at(page[-1]))
            await storage.calls.add(a_new(next(new)))
    places = [listed_at(call) for call in seen]
    assert places == sorted(set(places), reverse=not ascending)
    assert {call.call_id for call in first} <= {call.call_id for call in seen}


@pytest.mark.parametrize("odd", ["\x00", "\ud800"])
async def test_a_text_that_no_database_holds_finds_nothing(url: str, odd: str) -> None:
    async with opened(url) as storage:
        await storage.calls.add(a_call())
        assert await ids(storage, to_number=odd) == []
        assert await ids(storage, call_ids=(odd,)) == []
        assert await ids(storage, before=(0, odd)) == []
        assert await storage.calls.count(CallQuery(ORG, agent_ids=(odd,))) == 0
        assert await storage.calls.get(odd) is None


async def test_a_page_of_a_hundred_thousand_calls_is_read_off_an_index(url: str) -> None:
    """Neither is the table scanned nor are the workspace's calls sorted."""
    async with opened(url) as storage:
        await storage.calls.add(a_call("call_0", created_ms=0, batch_call_id="batch_0"))
    database = open_database(url)
    async with database.writing() as connection:
        await connection.execute(sa.text(_MANY))
        await connection.execute(sa.text("ANALYZE calls"))
    listed, of_batch = "ix_calls_listed", "ix_calls_of_batch"
    cases: list[tuple[CallQuery, str]] = [
        (CallQuery(ORG), listed),
        (CallQuery(ORG, before=(50_000, "call_9")), listed),
        (CallQuery(ORG, before=(50_000, "call_9"), ascending=True), listed),
        (CallQuery(ORG, start_ms_from=40_000, start_ms_to=60_000), listed),
        (CallQuery(ORG, listed_ms_from=40_000, direction="outbound"), listed),
        (CallQuery(ORG, batch_call_id="batch_3"), of_batch),
        (CallQuery(ORG, batch_call_id="batch_3", before=(50_000, "call_9")), of_batch),
    ]
    async with database.reading() as connection:
        for query, index in cases:
            select = page_of_calls(query).compile(
                dialect=connection.dialect, compile_kwargs={"literal_binds": True}
            )
            explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
            rows = await connection.execute(sa.text(f"{explain} {select}"))
            plan = " / ".join(str(row[-1]) for row in rows)
            assert index in plan, (query, plan)
            # PostgreSQL may well sort the two hundred calls of a batch.
            sorts = ("TEMP B-TREE", "Sort") if index == listed else ()
            for word in ("SCAN calls", "Seq Scan", *sorts):
                assert word not in plan, (query, plan)
    await database.aclose()


_SERIES = (
    "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 100000) "
)
_OTHERS = {
    "call_id": "'call_' || n",
    "created_ms": "n",
    "answered_ms": "CASE WHEN n % 3 > 0 THEN n + 7 END",
    "batch_call_id": "'batch_' || n % 500",
}
_MANY = (
    _SERIES
    + f"INSERT INTO calls ({', '.join(c.name for c in calls.columns)}) SELECT "
    + ", ".join(_OTHERS.get(c.name, f"calls.{c.name}") for c in calls.columns)
    + " FROM calls, series"
)
