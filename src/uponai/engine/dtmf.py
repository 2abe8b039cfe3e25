"""Pressed digits, gathered until a limit, a key or a pause makes them a turn."""

from __future__ import annotations

from uponai.engine.settings import DigitOptions

MAX_DIGITS = 50


class Digits:
    """A buffer; ``press`` and ``due_at`` tell when to ``take``."""

    def __init__(self, options: DigitOptions) -> None:
        self._options = options
        self._pressed: list[str] = []
        self.due_at: float | None = None

    def press(self, digit: str, now: float) -> bool:
        """True when the digits are complete. The termination key is not one of them."""
        if digit == self._options.termination_key:
            if self._pressed:
                self.due_at = now
            return bool(self._pressed)
        self._pressed.append(digit)
        self.due_at = now + self._options.timeout_ms / 1000
        limit = min(self._options.digit_limit or MAX_DIGITS, MAX_DIGITS)
        return len(self._pressed) >= limit

    def take(self) -> str:
        """The caller's turn in words ("pressed 1 2"); the buffer is empty again."""
        text = "pressed " + " ".join(self._pressed)
        self._pressed.clear()
        self.due_at = None
        return text

    @property
    def waiting(self) -> bool:
        return bool(self._pressed)
