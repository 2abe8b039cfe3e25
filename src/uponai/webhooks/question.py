"""A webhook whose answer is waited for, unlike those of the outbox: few tries, at once.

Knows no event by name, as the rest of the folder.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from uponai.domain.errors import TargetRefused
from uponai.http import HttpFailure
from uponai.tasks import now_ms
from uponai.webhooks.schedule import Schedule
from uponai.webhooks.worker import Sender
from uponai.wire.signature import signature_headers

ANSWER_BYTES = 200_000


class Unanswered(Exception):
    """No try brought a 2xx. The text says what the last one brought."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one try may take, and what is waited between tries. Three tries by default."""

    timeout_ms: int = 10_000
    schedule: Schedule = field(default_factory=lambda: Schedule((500, 1_000)))

    @property
    def at_most_ms(self) -> int:
        """From the question to the last word."""
        pauses = self.schedule.pauses_ms
        return self.timeout_ms * (len(pauses) + 1) + sum(pauses)


async def ask(
    sender: Sender, url: str, body: str, key: str | None, patience: Patience | None = None
) -> bytes:
    """The body of the first 2xx, each try signed afresh with ``key``. Raises Unanswered."""
    patience = patience or Patience()
    tries = 0
    while True:
        tries += 1
        try:
            return await _once(sender, url, body, key, patience.timeout_ms)
        except TargetRefused as error:
            raise Unanswered(error.message) from None
        except Unanswered as error:
            now = now_ms()
            again_ms = patience.schedule.next_try_ms(tries, now)
            if again_ms is None:
                raise Unanswered(f"{error} ({tries} tries)") from None
            await asyncio.sleep((again_ms - now) / 1000)


async def _once(sender: Sender, url: str, body: str, key: str | None, timeout_ms: int) -> bytes:
    signed = {} if key is None else signature_headers(body, key, now_ms())
    try:
        answer = await sender.request(
            "POST",
            url,
            body=body.encode(),
            headers={"content-type": "application/json"} | signed,
            timeout_ms=timeout_ms,
            max_bytes=ANSWER_BYTES,
        )
    except HttpFailure as error:
        raise Unanswered(str(error)) from None
    if not answer.ok:
        raise Unanswered(f"HTTP {answer.status}")
    if answer.truncated:
        raise Unanswered(f"an answer of more than {ANSWER_BYTES} bytes")
    return answer.body
