"""News of a carrier for a line: told here where the line is here, else left for its host.

A webhook may arrive at any host; the brain that holds the line takes what was left for its calls.
So does whoever dials them or talks in them, of a stop that was asked for at another host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from uponai import log
from uponai.app.stops import STOP, Stops
from uponai.carriers.base_media import LineNews, LineOver, news_json, news_of
from uponai.live.carrier_lines import CarrierLines
from uponai.storage.base import LineNews as StoredNews
from uponai.storage.base import StorageUnavailable
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
            call_ids = {*self._lines.call_ids, *stops.call_ids}
            try:
                for call_id, fields in await self._stored.take(call_ids) if call_ids else ():
                    await self._pass_on(call_id, fields, stops)
            except StorageUnavailable as error:
                _log.warning("line news not looked for", error=str(error))

    async def _pass_on(self, call_id: str, fields: Mapping[str, Any], stops: Stops) -> None:
        if fields == STOP:
            await stops.stop_here(call_id)
            return
        news = news_of(fields)
        if news is not None and not self._lines.told(call_id, news):
            # It was dialled here, and its line is held, or will be, elsewhere.
            await self._stored.leave(call_id, fields, now_ms())
