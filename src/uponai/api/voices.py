"""Voices: what the configured speech vendors offer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from uponai.api.auth import Asking
from uponai.api.json import WireResponse
from uponai.api.services import Services
from uponai.domain.errors import Unknown

router = APIRouter(tags=["Voice"])


@router.get("/list-voices")
async def list_voices(services: Services, caller: Asking) -> Response:
    """A bare array (trap 9)."""
    del caller
    return WireResponse([dict(voice) for voice in services.voices])


@router.get("/get-voice/{voice_id:path}")
async def get_voice(voice_id: str, services: Services, caller: Asking) -> Response:
    del caller
    for voice in services.voices:
        if voice["voice_id"] == voice_id:
            return WireResponse(dict(voice))
    raise Unknown(f"Cannot find requested asset under given api key: voice {voice_id}.")
