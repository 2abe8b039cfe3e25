"""What a brain understands of a line before its answer: ring-back, announcements (RFC 3960)."""

from __future__ import annotations

import asyncio
from typing import Final

from uponai.link.control import Cause
from uponai.link.media import Overheard
from uponai.tasks import woken

LAST_WORDS_S: Final = 2.0
"""How long the end of a call that was never answered waits for the reason it was told aloud."""

EXPLAINED: Final[frozenset[Cause]] = frozenset({"code", "ring_timeout", "remote_hangup"})
"""Ends that an announcement may explain."""

MOST_LETTERS: Final = 2_000


class EarlyWords:
    """``text`` outlives the brain that understood it."""

    def __init__(self) -> None:
        self.text = ""
        self._whole = asyncio.Event()

    def take(self, message: Overheard) -> None:
        """A brain knows more."""
        self.text = message.text[:MOST_LETTERS]
        if message.last:
            self._whole.set()

    async def whole(self) -> str:
        """All that was said, as far as it is known soon."""
        await woken(self._whole, LAST_WORDS_S)
        return self.text
