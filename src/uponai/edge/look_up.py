"""What became of an attempt that nobody followed, from the calls, the past and the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from uponai import log
from uponai.edge.attempts import Attempts
from uponai.edge.call import Call
from uponai.edge.journal import Entry, Journal, is_safe_id
from uponai.link import control
from uponai.tasks import TaskGroup, now_ms

_log = log.get("uponai.edge.calls")


class Calls(Protocol):
    """Whose calls they are."""

    attempts: Attempts

    @property
    def calls(self) -> list[Call]: ...


class LookUps:
    """Answers ``LookUp`` with ``Seen``."""

    def __init__(
        self,
        calls: Calls,
        journal: Journal,
        publish: Callable[[control.Event], None],
        tasks: TaskGroup,
    ) -> None:
        self._calls = calls
        self._journal = journal
        self._publish = publish
        self._tasks = tasks

    def answer(self, ask: control.LookUp) -> None:
        """Tell what became of an attempt; one that never came is void from now on."""
        for call in self._calls.calls:
            if (call.call_id, call.attempt) == (ask.call_id, ask.attempt):
                state = call.stage if call.stage != "ended" else "answered"
                self._seen(ask, state, call.answered_at_ms)
                return
        past = self._calls.attempts.past(ask.call_id, ask.attempt)
        if isinstance(past, control.Ended):
            self._seen(ask, "ended", ended=past)
        elif past == "taken":
            self._seen(ask, "ended")
        elif is_safe_id(ask.call_id):
            self._calls.attempts.remember(ask.call_id, ask.attempt, ask.fence, "void")
            self._tasks.spawn(self._void(ask), name="edge void attempt")

    async def _void(self, ask: control.LookUp) -> None:
        """The answer is given once the next life of the edge knows of it, too."""
        entry = Entry(ask.call_id, ask.attempt, {}, fence=ask.fence, void_at_ms=now_ms())
        try:
            await self._journal.keep(entry)
        except OSError as error:
            _log.error("journal not written, look-up not answered", error=str(error))
            return
        known = ask.ordered_ms >= self._journal.began_ms
        self._seen(ask, "never" if known else "unknown")

    def _seen(
        self,
        ask: control.LookUp,
        state: control.SeenState,
        at_ms: int | None = None,
        ended: control.Ended | None = None,
    ) -> None:
        self._publish(control.Seen(ask.call_id, ask.attempt, state, at_ms, ended))
