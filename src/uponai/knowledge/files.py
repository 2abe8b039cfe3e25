"""The contents of sources: ``DATA/knowledge/{base}/{source}``.

Names are our own ids, never what a user called the file. A content is written beside its place and
moved there when it is whole.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterable
from pathlib import Path

_ID = re.compile(r"[A-Za-z0-9_]{1,80}")


class KnowledgeFiles:
    """What the API calls ``SourceFiles``, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, base_id: str, source_id: str, content: AsyncIterable[bytes]) -> int:
        """Raises OSError, with nothing left behind."""
        place = self._place(base_id, source_id)
        partial = place.with_suffix(".part")
        size = 0
        try:
            await asyncio.to_thread(place.parent.mkdir, parents=True, exist_ok=True)
            file = await asyncio.to_thread(partial.open, "wb")
            try:
                async for chunk in content:
                    await asyncio.to_thread(file.write, chunk)
                    size += len(chunk)
                await asyncio.to_thread(file.flush)
                await asyncio.to_thread(os.fsync, file.fileno())
            finally:
                file.close()
            await asyncio.to_thread(partial.replace, place)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return size

    async def forget(self, base_id: str, source_id: str | None = None) -> None:
        """A source, or a whole base."""
        if source_id is None:
            await asyncio.to_thread(shutil.rmtree, self._place(base_id), ignore_errors=True)
        else:
            await asyncio.to_thread(self._place(base_id, source_id).unlink, missing_ok=True)

    def path(self, base_id: str, source_id: str) -> Path | None:
        """None for what is not kept, and for anything that is no id."""
        if not (_ID.fullmatch(base_id) and _ID.fullmatch(source_id)):
            return None
        place = self._place(base_id, source_id)
        return place if place.is_file() else None

    def _place(self, *ids: str) -> Path:
        if not all(_ID.fullmatch(id) for id in ids):
            raise ValueError("not an id")
        return self._folder.joinpath(*ids)
