"""Requests that create what must not be created twice, when they come again (trap 1).

The Node SDK repeats create-phone-call and create-batch-call by itself, without a key, and says so
in a header. Such a repeat gets what an equal request made only when that request's connection was
closed before its answer was written: nobody heard of it, so this must be its client. A call whose
answer was heard is never given to somebody else, and what was not heard is given out once; thus
two people who are to be told the same thing are both called.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.types import Receive, Scope, Send

from uponai import log
from uponai.api.auth import Caller
from uponai.api.json import WireResponse
from uponai.api.services import ApiServices
from uponai.storage.base import StorageUnavailable
from uponai.wire.create_call import same_request

RETRY_COUNT = "x-stainless-retry-count"

_log = log.get("uponai.api")


@dataclass(slots=True)
class Attempt:
    """One creating request, until its answer is written or its client is known to be gone."""

    request: Request
    done: asyncio.Event = field(default_factory=asyncio.Event)
    made_id: str | None = None
    taken: bool = False

    async def gone(self) -> bool:
        """Whether the client has closed the connection."""
        # A close that the socket has already seen reaches the request within two turns.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return await self.request.is_disconnected()


class Creations:
    """The attempts under way in this process, by workspace and fingerprint."""

    def __init__(self) -> None:
        self._attempts: dict[tuple[str, str], list[Attempt]] = {}

    def begin(self, workspace_id: str, fingerprint: str, request: Request) -> Attempt:
        attempt = Attempt(request)
        self._attempts.setdefault((workspace_id, fingerprint), []).append(attempt)
        return attempt

    def end(self, workspace_id: str, fingerprint: str, attempt: Attempt) -> None:
        """Harmless when it has ended already."""
        attempt.done.set()
        key = (workspace_id, fingerprint)
        left = [other for other in self._attempts.get(key, ()) if other is not attempt]
        if left:
            self._attempts[key] = left
        else:
            self._attempts.pop(key, None)

    async def unheard(self, workspace_id: str, fingerprint: str) -> str | None:
        """What an attempt whose client is gone has made, or will have made shortly."""
        for attempt in list(self._attempts.get((workspace_id, fingerprint), ())):
            if attempt.taken or not await attempt.gone() or attempt.taken:
                continue
            attempt.taken = True
            await attempt.done.wait()
            if attempt.made_id is not None:
                return attempt.made_id
        return None


@dataclass(frozen=True, slots=True)
class Creating:
    """What is needed to tell whether this request comes again. ``creations`` is the process's."""

    request: Request
    services: ApiServices
    caller: Caller
    wanted: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        said = f"{self.request.url.path}\n{same_request(self.wanted)}"
        return hashlib.sha256(said.encode()).hexdigest()

    async def once(
        self,
        make: Callable[[], Awaitable[str]],
        show: Callable[[str], Awaitable[Any]],
    ) -> HeardResponse:
        """201 with what ``make`` made (its id), or with what this request made before."""
        creations = creations_of(self.request)
        workspace_id, fingerprint = self.caller.workspace_id, self.fingerprint
        former = await self._former(creations, fingerprint)
        attempt = creations.begin(workspace_id, fingerprint, self.request)
        try:
            attempt.made_id = former or await make()
            content = await show(attempt.made_id)
        except BaseException:
            creations.end(workspace_id, fingerprint, attempt)
            raise
        attempt.done.set()
        return HeardResponse(content, _Hearing(self.services, creations, attempt, self))

    async def _former(self, creations: Creations, fingerprint: str) -> str | None:
        if self.request.headers.get(RETRY_COUNT, "0") == "0":
            return None
        workspace_id = self.caller.workspace_id
        near = await creations.unheard(workspace_id, fingerprint)
        if near is not None:
            return near
        repeats = self.services.storage.repeats
        return await repeats.take_unheard(workspace_id, fingerprint, self.services.now_ms())


@dataclass(frozen=True, slots=True)
class _Hearing:
    services: ApiServices
    creations: Creations
    attempt: Attempt
    creating: Creating

    async def settle(self, *, heard: bool) -> None:
        """The attempt is over; what was not heard, and not fetched meanwhile, is kept."""
        workspace_id, fingerprint = self.creating.caller.workspace_id, self.creating.fingerprint
        made_id = self.attempt.made_id
        try:
            if not heard and not self.attempt.taken and made_id is not None:
                self.attempt.taken = True
                await self.services.storage.repeats.note_unheard(
                    workspace_id, fingerprint, made_id, self.services.now_ms()
                )
        except StorageUnavailable as error:
            _log.error("unheard answer not kept", error=str(error))
        finally:
            self.creations.end(workspace_id, fingerprint, self.attempt)


class HeardResponse(WireResponse):
    """A 201 that finds out whether its client was still there when it was written."""

    def __init__(self, content: Any, hearing: _Hearing) -> None:
        super().__init__(content, 201)
        self._hearing = hearing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        heard = False
        try:
            gone = await self._hearing.attempt.gone()
            await super().__call__(scope, receive, send)
            heard = not gone
        finally:
            await self._hearing.settle(heard=heard)


def creations_of(request: Request) -> Creations:
    creations: Creations = request.app.state.creations
    return creations
