"""What the API needs from the rest of the platform, injected by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from uponai.api.duplicates import RecentCalls
from uponai.http import TargetGuard
from uponai.storage.base import Storage
from uponai.wire.call import CallView


def _any_voice(voice_id: str) -> bool:
    del voice_id
    return True


async def _nothing_yet(call_id: str) -> Mapping[str, Any]:
    del call_id
    return {}


@dataclass(frozen=True, slots=True)
class ApiServices:
    """``stop_call`` tells whoever holds the call (False: nobody does); ``recording`` gives the file
    of ``(call_id, name)``, finishing it first where need be, or None; ``forget_call`` removes what
    a call left on disk; ``on_call_added`` wakes the dialer; ``on_call_ended`` the outbox;
    ``so_far`` gives the report of a conversation that goes on, by call id.
    """

    storage: Storage
    view: CallView
    guard: TargetGuard
    seal: Callable[[str], str]
    link_key: bytes = field(repr=False)
    entropy: Callable[[int], bytes]
    now_ms: Callable[[], int]
    on_call_added: Callable[[], None]
    on_call_ended: Callable[[], None]
    stop_call: Callable[[str], Awaitable[bool]]
    recording: Callable[[str, str], Awaitable[Path | None]]
    forget_call: Callable[[str], Awaitable[None]]
    voices: Sequence[Mapping[str, Any]] = ()
    voice_known: Callable[[str], bool] = _any_voice
    so_far: Callable[[str], Awaitable[Mapping[str, Any]]] = _nothing_yet
    concurrency_limit: int = 20
    carrier: str = "sip"
    recent: RecentCalls = field(default_factory=RecentCalls)


def services_of(request: Request) -> ApiServices:
    services: ApiServices = request.app.state.services
    return services


Services = Annotated[ApiServices, Depends(services_of)]
