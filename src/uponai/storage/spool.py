"""Checkpoints that outlive an outage of the database together with the process.

What the database does not take lies in ``DATA/spool/{call_id}.json`` until it does, so that whoever
goes on with the call, or writes its ending, finds its last turn. The writer keeps trying as before:
a failure is still told.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict
from pathlib import Path

from uponai.disk import sync_folder, write_whole
from uponai.domain.call import Checkpoint
from uponai.log import get
from uponai.storage.base import Checkpoints, StorageUnavailable
from uponai.tasks import now_ms

KEPT_MS = 3_600_000
"""How long a checkpoint is kept that the database refuses, because the call has gone on without
it or has ended: longer than any holder of the call takes to read it."""

_ID = re.compile(r"[A-Za-z0-9_]{1,80}")

log = get("uponai.storage.spool")


class SpooledCheckpoints:
    """``storage.base.Checkpoints``: a database's, with a folder behind it."""

    def __init__(self, stored: Checkpoints, folder: Path) -> None:
        self._stored = stored
        self._folder = folder
        self._lock = asyncio.Lock()
        self._waiting = {path.stem for path in folder.glob("*.json")}

    async def save(self, checkpoint: Checkpoint) -> bool:
        """Raises StorageUnavailable or OSError as the database does, with the checkpoint kept."""
        try:
            saved = await self._stored.save(checkpoint)
        except (StorageUnavailable, OSError):
            await self._keep(checkpoint)
            raise
        if self._waiting:
            await self._drain()
        return saved

    async def last(self, call_id: str) -> Checkpoint | None:
        """The newer of the database's and the one that still waits here."""
        kept = await self._kept(call_id) if call_id in self._waiting else None
        stored = await self._stored.last(call_id)
        if kept is None or stored is None:
            return kept or stored
        return max(stored, kept, key=_age)

    async def _keep(self, checkpoint: Checkpoint) -> None:
        async with self._lock:
            older = await self._kept(checkpoint.call_id)
            if older is not None and _age(older) >= _age(checkpoint):
                return
            try:
                await asyncio.to_thread(_write, self._place(checkpoint.call_id), checkpoint)
            except (OSError, ValueError):
                log.exception("checkpoint not spooled", call_id=checkpoint.call_id)
                return
            self._waiting.add(checkpoint.call_id)

    async def _drain(self) -> None:
        """Hand the database what waits for it."""
        async with self._lock:
            for call_id in sorted(self._waiting):
                kept = await self._kept(call_id)
                try:
                    done = kept is None or await self._stored.save(kept)
                except (StorageUnavailable, OSError):
                    return
                if done or kept is None or now_ms() - kept.at_ms > KEPT_MS:
                    await asyncio.to_thread(self._place(call_id).unlink, missing_ok=True)
                    self._waiting.discard(call_id)

    async def _kept(self, call_id: str) -> Checkpoint | None:
        """None for what is not there or cannot be read."""
        if not _ID.fullmatch(call_id):
            return None
        try:
            text = await asyncio.to_thread(self._place(call_id).read_bytes)
            return Checkpoint(**json.loads(text))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            log.exception("spooled checkpoint cannot be read", call_id=call_id)
            return None

    def _place(self, call_id: str) -> Path:
        if not _ID.fullmatch(call_id):
            raise ValueError("not an id")
        return self._folder / f"{call_id}.json"


def _age(checkpoint: Checkpoint) -> tuple[int, int, int]:
    return checkpoint.fence, checkpoint.turn, checkpoint.at_ms


def _write(place: Path, checkpoint: Checkpoint) -> None:
    """Whole or not at all, and on the disk when it returns; readable by us alone."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(place, json.dumps(asdict(checkpoint)), mode=0o600)
    sync_folder(place.parent)
