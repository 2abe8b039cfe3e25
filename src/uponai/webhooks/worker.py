"""Takes webhooks from the outbox and delivers them: signed afresh for each try, at least once.

They begin in order and do not wait for each other. An endpoint that is slow or away holds only its
own few places; what is due for others goes past it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from uponai.domain.errors import TargetRefused
from uponai.http import HttpAnswer, HttpFailure
from uponai.log import for_call, get
from uponai.storage.base import Outbox, OutboxRow, StorageUnavailable
from uponai.tasks import TaskGroup, now_ms, woken
from uponai.webhooks.schedule import Schedule
from uponai.wire.signature import signature_headers

log = get("uponai.webhooks")


class Sender(Protocol):
    """``http.OutgoingHttp``."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_ms: int = 10_000,
        max_bytes: int = 1_000_000,
    ) -> HttpAnswer: ...


SigningKey = Callable[[str], Awaitable[str | None]]
"""The API key with the webhook badge of a workspace, unsealed; None when it has none."""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """``poll_s``: the longest nap (rows of other hosts wake nobody here); ``margin_ms``: how long
    after its time-out a row of a worker that died comes back."""

    schedule: Schedule = field(default_factory=Schedule)
    at_once: int = 256
    at_once_per_endpoint: int = 16
    poll_s: float = 1.0
    margin_ms: int = 5_000
    settle_tries: int = 5
    settle_pause_s: float = 0.5


_ANSWER_BYTES = 2_000
_HEADERS = {"content-type": "application/json"}


class WebhookWorker:
    """One host's deliveries."""

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        signing_key: SigningKey,
        holder: str,
        settings: DeliverySettings | None = None,
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._signing_key = signing_key
        self._holder = holder
        self._settings = settings or DeliverySettings()
        self._wake = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None
        self._deliveries = TaskGroup()
        self._under_way: Counter[str] = Counter()

    def wake(self) -> None:
        """A row was added: look now."""
        self._wake.set()

    def start(self) -> None:
        self._loop_task = TaskGroup().spawn(self._claim_forever(), name="webhooks")

    async def aclose(self, grace_s: float = 0.0) -> None:
        """Claim no more; deliveries under way get ``grace_s``, and come back later otherwise."""
        if self._loop_task is not None:
            self._loop_task.cancel()
            await asyncio.gather(self._loop_task, return_exceptions=True)
        if self._deliveries.tasks and grace_s:
            await asyncio.wait(set(self._deliveries.tasks), timeout=grace_s)
        await self._deliveries.aclose()

    async def _claim_forever(self) -> None:
        while True:
            self._wake.clear()
            nap_s = self._settings.poll_s
            try:
                if await self._claim_some():
                    continue
                nap_s = await self._nap_s()
            except StorageUnavailable as error:
                log.error("outbox not readable", error=str(error))
            except Exception:
                # A worker that stops would withhold every event.
                log.exception("outbox not readable")
            await woken(self._wake, nap_s)

    def _busy(self) -> list[str]:
        full = self._settings.at_once_per_endpoint
        return [endpoint for endpoint, count in self._under_way.items() if count >= full]

    @property
    def _free(self) -> int:
        return self._settings.at_once - self._under_way.total()

    async def _claim_some(self) -> bool:
        """A few at a time, so that what one endpoint is owed cannot take every place."""
        limit = min(self._free, self._settings.at_once_per_endpoint)
        if limit <= 0:
            return False
        rows = await self._outbox.claim(
            self._holder, now_ms(), self._settings.margin_ms, limit, busy=self._busy()
        )
        for row in rows:
            self._under_way[row.endpoint] += 1
            self._deliveries.spawn(self._deliver(row), name=f"webhook {row.id}")
        return bool(rows)

    async def _nap_s(self) -> float:
        due_ms = await self._outbox.next_due_ms()
        if due_ms is None:
            return self._settings.poll_s
        until_s = (due_ms - now_ms()) / 1000
        if until_s <= 0 and (self._busy() or self._free <= 0):
            # It waits for a place: the end of a delivery wakes us.
            return self._settings.poll_s
        return min(self._settings.poll_s, max(until_s, 0.001))

    async def _deliver(self, row: OutboxRow) -> None:
        try:
            with for_call(row.call_id):
                await self._settle(row, await self._try(row))
        finally:
            self._under_way[row.endpoint] -= 1
            if not self._under_way[row.endpoint]:
                del self._under_way[row.endpoint]
            self._wake.set()

    async def _try(self, row: OutboxRow) -> HttpAnswer | Exception:
        try:
            key = await self._signing_key(row.workspace_id)
            signed = {} if key is None else signature_headers(row.body, key, now_ms())
            return await self._sender.request(
                "POST",
                row.url,
                body=row.body.encode(),
                headers=_HEADERS | signed,
                timeout_ms=row.timeout_ms,
                max_bytes=_ANSWER_BYTES,
            )
        except (HttpFailure, TargetRefused, StorageUnavailable) as error:
            return error
        except Exception as error:
            # One row that cannot be sent must not stop the others; it is retried, then given up.
            log.exception("webhook not sent", webhook_event=row.event)
            return error

    async def _settle(self, row: OutboxRow, result: HttpAnswer | Exception) -> None:
        """Write what came of it. A database that is away is waited for a little: a delivery that
        is not written down would be made again."""
        for _ in range(self._settings.settle_tries):
            try:
                await self._write(row, result)
                return
            except StorageUnavailable as error:
                log.error("delivery not written down", error=str(error))
                await asyncio.sleep(self._settings.settle_pause_s)

    async def _write(self, row: OutboxRow, result: HttpAnswer | Exception) -> None:
        if isinstance(result, HttpAnswer) and result.ok:
            await self._outbox.delivered(row.id, now_ms(), result.status)
            log.info(
                "webhook delivered",
                webhook_event=row.event,
                status=result.status,
                elapsed_ms=result.elapsed_ms,
                tries=row.attempts,
            )
            return
        error = f"HTTP {result.status}" if isinstance(result, HttpAnswer) else str(result)
        refused = isinstance(result, TargetRefused)
        again_ms = self._settings.schedule.next_try_ms(row.attempts, now_ms())
        fields = {"webhook_event": row.event, "tries": row.attempts, "error": error}
        if refused or again_ms is None:
            await self._outbox.give_up(row.id, now_ms(), error)
            log.error("webhook given up", **fields)
        else:
            await self._outbox.put_back(row.id, again_ms, error)
            log.warning("webhook not delivered, tried again later", **fields)
