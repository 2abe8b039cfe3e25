"""Silence of the caller: reminders, then the end of the call; and the longest call."""

from __future__ import annotations

from uponai.engine.settings import Settings


class Idle:
    """Timers in ``now`` seconds. A reminder does not count as life of the caller."""

    def __init__(self, settings: Settings) -> None:
        self.tune(settings)
        self._end_s = settings.end_call_after_silence_ms / 1000
        self._max_s = settings.max_call_duration_ms / 1000
        self.reminders = 0
        self._opened_at = 0.0
        self._silent_since = 0.0
        self._quiet_since: float | None = None

    def tune(self, settings: Settings) -> None:
        """Reminders are wanted otherwise from now on."""
        self._reminder_s = settings.reminder_trigger_ms / 1000
        self._reminder_limit = settings.reminder_max_count if settings.reminder_trigger_ms else 0

    def line_opened(self, now: float, elapsed_s: float) -> None:
        """The line is open since ``elapsed_s``."""
        self._opened_at = now - elapsed_s
        self._silent_since = now

    def life(self, now: float) -> None:
        """The caller said or pressed something: reminders count anew."""
        self.reminders = 0
        self._silent_since = now
        if self._quiet_since is not None:
            self._quiet_since = now

    def agent_spoke(self, now: float, *, reminder: bool) -> None:
        """The agent's turn is over."""
        if not reminder:
            self._silent_since = now

    def quiet(self, now: float, *, is_quiet: bool) -> None:
        """Whether nobody has anything under way."""
        if not is_quiet:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now

    def reminded(self, now: float) -> None:
        """A reminder was asked for."""
        self.reminders += 1
        self._quiet_since = now

    def reminder_at(self) -> float | None:
        if self._quiet_since is None or self.reminders >= self._reminder_limit:
            return None
        return self._quiet_since + self._reminder_s

    def inactive_at(self) -> float:
        return self._silent_since + self._end_s

    def longest_at(self) -> float:
        return self._opened_at + self._max_s
