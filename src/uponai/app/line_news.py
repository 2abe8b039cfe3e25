"""News of a carrier for a line: told here where the line is here, else left for its host.

A webhook may arrive at any host; the brain that holds the line takes what was left for its calls,
a piece only once it was passed on: an outage of the database loses none.
So does whoever dials them or talks in them, of a stop that was asked for at another host.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uponai import log
from uponai.app.stops import STOP, Stops
from uponai.carriers.base_media import LineNews, LineOver, news_json, news_of
from uponai.live.carrier_lines import CarrierLines
from uponai.storage.base import LeftNews, StorageUnavailable
from uponai.storage.base import LineNews as StoredNews
from uponai.tasks import TaskGroup, now_ms

POLL_S: Final = 1.0

_log = log.get("uponai.line_news")


class NewsPost:
    """Between the hooks and the lines of this host, and of others by storage."""

    def __init__(self, stored: StoredNews, lines: CarrierLines, poll_s: float = POLL_S) -> None:
        self._stored = stored
        self._lines = lines
        self._poll_s = poll_s
        self._tasks = TaskGroup()
        self._passed_on: set[int] = set()  # and not dropped yet

    def start(self, stops: Stops) -> None:
        """Look for what other hosts left; ``stops`` ends calls of this one."""
        self._tasks.spawn(self._take_forever(stops), name="line news")

    async def aclose(self) -> None:
        await self._tasks.aclose()

    async def tell(self, call_id: str, news: LineNews) -> None:
        """Returns once it was told or left. Raises ConnectionError: it could be neither."""
        if self._lines.told(call_id, news) or isinstance(news, LineOver):
            return
        try:
            await self._stored.leave(call_id, news_json(news), now_ms())
        except StorageUnavailable as error:
            raise ConnectionError("news cannot be left") from error

    async def _take_forever(self, stops: Stops) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                await self._take(stops)
            except StorageUnavailable as error:
                _log.warning("line news not looked for", error=str(error))

    async def _take(self, stops: Stops) -> None:
        """What cannot be passed on now, or dropped, is there the next time."""
        call_ids = {*self._lines.call_ids, *stops.call_ids}
        for left in await self._stored.left_for(call_ids) if call_ids else ():
            if left.news_id not in self._passed_on and await self._pass_on(left, stops):
                self._passed_on.add(left.news_id)
        if self._passed_on:
            await self._stored.drop(self._passed_on)
            self._passed_on.clear()

    async def _pass_on(self, left: LeftNews, stops: Stops) -> bool:
        """False: it was dialled here, and its line is held, or will be, elsewhere."""
        if left.news == STOP:
            await stops.stop_here(left.call_id)
            return True
        news = news_of(left.news)
        return news is None or self._lines.told(left.call_id, news)
