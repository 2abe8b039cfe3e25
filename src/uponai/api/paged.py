"""Pages out of storage, with filters that the database does not know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from uponai.wire.paging import Page, encode_cursor
from uponai.wire.validate import Json

Row = TypeVar("Row")
Cursor = tuple[int, str]

BATCH = 200


@dataclass(frozen=True, slots=True)
class Source(Generic[Row]):
    """A list in storage: ``fetch(limit, after)``, a row's cursor, and its JSON (None: left out)."""

    fetch: Callable[[int, Cursor | None], Awaitable[list[Row]]]
    cursor: Callable[[Row], Cursor]
    show: Callable[[Row], Json | None]


async def read_page(
    source: Source[Row], page: Page, skip: int = 0
) -> tuple[list[Json], str | None]:
    """The page's items, and the key of the next page where there is one."""
    items: list[Json] = []
    after, last = page.after, page.after
    size = max(BATCH, page.limit + 1)
    while True:
        rows = await source.fetch(size, after)
        for row in rows:
            shown = source.show(row)
            if shown is None:
                continue
            if skip > 0:
                skip -= 1
                continue
            if len(items) == page.limit and last is not None:
                return items, encode_cursor(*last)
            items.append(shown)
            last = source.cursor(row)
        if len(rows) < size:
            return items, None
        after = source.cursor(rows[-1])


async def count_all(source: Source[Row]) -> int:
    """How many rows are shown, over all pages."""
    found = 0
    after: Cursor | None = None
    while True:
        rows = await source.fetch(BATCH, after)
        found += sum(1 for row in rows if source.show(row) is not None)
        if len(rows) < BATCH:
            return found
        after = source.cursor(rows[-1])
