"""Ends calls on behalf of users, whichever host holds them.

Any host answers the API; a call that another one dials or talks in is left to that one as news,
which looks for it every second.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, Protocol

from uponai.domain.call import Call, CallState
from uponai.tasks import now_ms

STOP: Final[Mapping[str, Any]] = {"news": "StopWanted"}


class CallsById(Protocol):
    async def get(self, call_id: str) -> Call | None: ...


class News(Protocol):
    """``storage.base.LineNews``, as far as it goes."""

    async def leave(self, call_id: str, news: Mapping[str, Any], now_ms: int) -> bool: ...


class Talking(Protocol):
    """The brain of this host."""

    @property
    def call_ids(self) -> Collection[str]: ...

    def request_stop(self, call_id: str) -> bool: ...


class Dialling(Protocol):
    """The dialer of this host. ``end_unsent`` gives the call as it is now, None: it is over."""

    async def end_unsent(self, call: Call) -> Call | None: ...

    async def stop_call(self, call: Call) -> bool: ...


class Followed(Protocol):
    """Whose leases this host renews for its dialer."""

    @property
    def call_ids(self) -> Collection[str]: ...


class Stops:
    """``host`` is how the leases of this process begin."""

    def __init__(
        self,
        host: str,
        storage: tuple[CallsById, News],
        talking: Talking,
        dialling: Dialling,
        followed: Followed,
    ) -> None:
        self._host = host
        self._calls, self._news = storage
        self._talking = talking
        self._dialling = dialling
        self._followed = followed

    @property
    def call_ids(self) -> Collection[str]:
        """Calls that this host can stop."""
        return {*self._talking.call_ids, *self._followed.call_ids}

    async def stop(self, call_id: str) -> bool:
        """False: nobody holds it. Raises StorageUnavailable."""
        if self._talking.request_stop(call_id):
            return True
        call = await self._calls.get(call_id)
        if call is not None:
            call = await self._dialling.end_unsent(call)
            if call is None:
                return True
        if call is None or call.state is CallState.ENDED:
            return False
        if self._is_elsewhere(call):
            return await self._news.leave(call_id, STOP, now_ms())
        return await self._dialling.stop_call(call)

    async def stop_here(self, call_id: str) -> None:
        """Another host was asked to. Raises StorageUnavailable."""
        if self._talking.request_stop(call_id):
            return
        call = await self._calls.get(call_id)
        if call is not None and call.state is not CallState.ENDED:
            await self._dialling.stop_call(call)

    def _is_elsewhere(self, call: Call) -> bool:
        holder = call.lease_holder
        held = holder is not None and call.lease_until_ms > now_ms()
        return held and not str(holder).startswith(f"{self._host}:")
