"""The journal: one small file per call, on disk before its INVITE leaves, gone when all is told.

It is what a restarted edge knows of the calls that its predecessor held: enough to hang them up
and to report their end. An ``Ended`` stays in it until it was acknowledged, an attempt that was
looked up and never came for an hour.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

from uponai import log
from uponai.disk import sync_folder, write_whole
from uponai.link.control import Ended
from uponai.tasks import now_ms

_log = log.get("uponai.edge.journal")

_SAFE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_SUFFIX = ".json"
_BEGAN = "began"
_VOID_FOR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One call: its dialog as ``sip`` can restore it, and its end once it has one.

    ``void_at_ms``: no call, but an attempt that must never become one, since then.
    """

    call_id: str
    attempt: int
    dialog: Mapping[str, Any]
    answered_at_ms: int | None = None
    ended: Ended | None = None
    fence: int = 0
    void_at_ms: int | None = None


_FIELDS = tuple(field.name for field in dataclasses.fields(Entry))


def is_safe_id(call_id: str) -> bool:
    """Whether a call id may name a file (letters, digits, ``_ . -``, no leading dot)."""
    return bool(_SAFE_NAME.fullmatch(call_id)) and not call_id.startswith(".")


class _Order(NamedTuple):
    """What is to become of one entry's file: ``entry``, or nothing. ``done`` once it is so."""

    entry: Entry | None
    done: Future[None]


class Journal:
    """The folder of entries, written by one thread and synced to the disk.

    What waits is written together, of each call only the latest: its file is replaced as a whole,
    and what several calls wait for costs little more than what one waits for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._waiting: dict[tuple[str, int], _Order] = {}
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self.began_ms = _began(folder / _BEGAN)
        """Since when it is kept: of what was ordered before, it knows nothing."""

    async def keep(self, entry: Entry) -> None:
        """Return when ``entry`` is safe on disk. Raises OSError."""
        await asyncio.wrap_future(self._order(entry.call_id, entry.attempt, entry))

    def keep_soon(self, entry: Entry) -> None:
        """Write ``entry`` in turn, without waiting; a failure is logged."""
        self._order(entry.call_id, entry.attempt, entry).add_done_callback(_report)

    def forget(self, call_id: str, attempt: int) -> None:
        """Remove the entry in turn."""
        self._order(call_id, attempt, None).add_done_callback(_report)

    def read(self) -> list[Entry]:
        """Every entry left by the edge before this one.

        A torn file is set aside and logged; by its name its call is still known, without a dialog.
        """
        entries: list[Entry] = []
        for path in sorted(self._folder.glob("*" + _SUFFIX)):
            try:
                entries.append(_decode(path.read_text("utf-8")))
            except (OSError, ValueError, KeyError, TypeError) as error:
                _log.error("journal entry unreadable", file=path.name, error=str(error))
                path.replace(path.with_suffix(".bad"))
                call_id, _, attempt = path.stem.rpartition(".")
                if call_id and attempt.isdecimal():
                    entries.append(Entry(call_id, int(attempt), {}))
        for entry in entries:
            if _outlived(entry):
                self.forget(entry.call_id, entry.attempt)
        return [entry for entry in entries if not _outlived(entry)]

    async def aclose(self) -> None:
        """Finish the writes that wait."""
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)

    def _order(self, call_id: str, attempt: int, entry: Entry | None) -> Future[None]:
        """Whoever waits for an order that this one overtakes, waits for this one."""
        key = call_id, attempt
        with self._lock:
            before = self._waiting.get(key)
            done: Future[None] = Future() if before is None else before.done
            if not self._waiting:
                self._thread.submit(self._carry_out)
            self._waiting[key] = _Order(entry, done)
        return done

    def _carry_out(self) -> None:
        with self._lock:
            orders, self._waiting = self._waiting, {}
        written: list[Future[None]] = []
        for (call_id, attempt), order in orders.items():
            path = self._folder / f"{call_id}.{attempt}{_SUFFIX}"
            try:
                if order.entry is None:
                    path.unlink(missing_ok=True)
                else:
                    write_whole(path, _encode(order.entry))
            except (OSError, TypeError, ValueError) as error:
                _settle(order.done, error)
            else:
                written.append(order.done)
        try:
            sync_folder(self._folder)
        except OSError as error:
            for done in written:
                _settle(done, error)
        else:
            for done in written:
                _settle(done, None)


def _settle(done: Future[None], error: Exception | None) -> None:
    """Tell whoever waits, unless it has given up."""
    if not done.set_running_or_notify_cancel():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def _report(done: Future[None]) -> None:
    error = None if done.cancelled() else done.exception()
    if error is not None:
        _log.error("journal not written", error=str(error))


def _encode(entry: Entry) -> str:
    fields = {name: getattr(entry, name) for name in _FIELDS}
    fields["dialog"] = dict(entry.dialog)
    fields["ended"] = None if entry.ended is None else dataclasses.asdict(entry.ended)
    return json.dumps(fields)


def _decode(text: str) -> Entry:
    raw: Any = json.loads(text)
    if not isinstance(raw, dict):
        raise ValueError("expected an object")
    fields = cast(dict[str, Any], raw)
    ended = fields.get("ended")
    return Entry(
        str(fields["call_id"]),
        int(fields["attempt"]),
        dict(fields["dialog"]),
        fields.get("answered_at_ms"),
        None if ended is None else Ended(**ended),
        int(fields.get("fence", 0)),
        fields.get("void_at_ms"),
    )


def _outlived(entry: Entry) -> bool:
    return entry.void_at_ms is not None and entry.void_at_ms < now_ms() - _VOID_FOR_MS


def _began(file: Path) -> int:
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        began_ms = now_ms()
        file.write_text(str(began_ms), "ascii")
        return began_ms
