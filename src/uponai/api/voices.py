"""Voices: what the configured speech vendors offer, and what a workspace added to them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api.auth import Asking
from uponai.api.json import WireResponse
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import Unknown
from uponai.wire.validate import Json

router = APIRouter(tags=["Voice"])

_MOST = 1000


def _row(workspace_id: str, voice_id: str) -> str:
    """Two workspaces may add the same voice."""
    return f"{voice_id}@{workspace_id}"


async def voice_of(services: ApiServices, workspace_id: str, voice_id: str) -> Json | None:
    """A voice as listed; None for one that neither the host nor the workspace has."""
    for voice in services.voices:
        if voice["voice_id"] == voice_id:
            return dict(voice)
    row = _row(workspace_id, voice_id)
    added = await services.storage.configs.get("voice", workspace_id, row)
    return dict(added.config) if added is not None else None


async def voice_usable(services: ApiServices, workspace_id: str, voice_id: str) -> bool:
    """Whether agents may name it: hosts may speak with more voices than they list."""
    if services.voice_known(voice_id):
        return True
    return await voice_of(services, workspace_id, voice_id) is not None


async def check_voice(services: ApiServices, workspace_id: str, voice_id: str) -> None:
    """Raises Unknown."""
    if not await voice_usable(services, workspace_id, voice_id):
        raise unknown_voice(voice_id)


def unknown_voice(voice_id: str) -> Unknown:
    return Unknown(f"Cannot find requested asset under given api key: voice {voice_id}.")


@router.get("/list-voices")
async def list_voices(services: Services, caller: Asking) -> Response:
    """A bare array (trap 9)."""
    added = await services.storage.configs.latest("voice", caller.workspace_id, _MOST)
    own = [dict(item.config) for item in added]
    return WireResponse([*own, *(dict(voice) for voice in services.voices)])


@router.get("/get-voice/{voice_id:path}")
async def get_voice(voice_id: str, services: Services, caller: Asking) -> Response:
    found = await voice_of(services, caller.workspace_id, voice_id)
    if found is None:
        raise unknown_voice(voice_id)
    return WireResponse(found)
