"""What the API needs from the rest of the platform, injected by the composition root."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from uponai.carriers.base import NumberShop
from uponai.carriers.base_accounts import NoOwnAccounts, OwnAccounts
from uponai.dialer.admit import Installation
from uponai.http import OutgoingHttp, TargetGuard
from uponai.providers.base import VoiceLibrary
from uponai.storage.base import Storage
from uponai.wire.call import CallView


def _any_voice(voice_id: str) -> bool:
    del voice_id
    return True


def _nobody() -> None: ...


async def _nothing_yet(call_id: str) -> Mapping[str, Any]:
    del call_id
    return {}


class SourceFiles(Protocol):
    """Where the contents of knowledge bases' sources are kept, by ids that are ours."""

    async def keep(self, base_id: str, source_id: str, content: AsyncIterable[bytes]) -> int:
        """Write the whole content or nothing; its size in bytes."""
        ...

    async def forget(self, base_id: str, source_id: str | None = None) -> None:
        """One source, or all of the base. Harmless for what is not there."""
        ...

    def path(self, base_id: str, source_id: str) -> Path | None:
        """None when nothing is kept."""
        ...


@dataclass(frozen=True, slots=True)
class ApiServices:
    """``stop_call`` tells whoever holds the call (False: nobody does); ``recording`` gives the file
    of ``(call_id, name)``, finishing it first where need be, or None; ``forget_call`` removes what
    a call left on disk; ``on_call_added`` wakes the dialer; ``on_call_ended`` the outbox;
    ``on_batch_changed`` who places the calls of batches;
    ``so_far`` gives the report of a conversation that goes on, by call id; ``files`` keeps the
    sources of knowledge bases; ``shops`` sell numbers, by the name of the account (that of the
    installation is the wire's ``number_provider``); ``accounts`` are those of workspaces' own;
    ``libraries`` have more voices, by the wire's ``voice_provider``.
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
    files: SourceFiles
    voices: Sequence[Mapping[str, Any]] = ()
    voice_known: Callable[[str], bool] = _any_voice
    so_far: Callable[[str], Awaitable[Mapping[str, Any]]] = _nothing_yet
    on_batch_changed: Callable[[], None] = _nobody
    installation: Installation = Installation()
    cors_origins: tuple[str, ...] = ()
    carrier: str = "sip"
    http: OutgoingHttp | None = None
    libraries: Mapping[str, VoiceLibrary] = field(default_factory=dict[str, VoiceLibrary])
    shops: Mapping[str, NumberShop] = field(default_factory=dict[str, NumberShop])
    accounts: OwnAccounts = field(default_factory=NoOwnAccounts)


async def services_of(request: Request) -> ApiServices:
    # Not a plain function: FastAPI would run it on a thread.
    services: ApiServices = request.app.state.services
    return services


Services = Annotated[ApiServices, Depends(services_of)]
