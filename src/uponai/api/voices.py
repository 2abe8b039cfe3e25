"""Voices: what the configured speech vendors offer, and what a workspace added to them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from uponai.api.auth import Asking, Caller
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import RateLimited, Unknown, UserError
from uponai.providers.base import (
    FoundVoice,
    OwnVoice,
    ProviderError,
    VoiceLibrary,
    VoiceSample,
)
from uponai.storage.base import Versioned
from uponai.wire.validate import Json, without_nulls
from uponai.wire.voice import (
    DEFAULT_LIBRARY,
    MAX_SAMPLES,
    CommunityVoice,
    VoiceSearch,
    community_voice,
    voice_clone,
    voice_search,
)

router = APIRouter(tags=["Voice"])

_MOST = 1000
_BUSY_RETRY_S = 5


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


@router.post("/search-community-voice", openapi_extra=takes(VoiceSearch))
async def search_community_voice(body: Body, services: Services, caller: Asking) -> Response:
    del caller
    wanted = voice_search(body)
    library = _library(services, wanted.get("voice_provider"))
    with _told():
        found = await library.search(str(wanted["search_query"]))
    return WireResponse({"voices": [_match(voice) for voice in found]})


@router.post("/add-community-voice", openapi_extra=takes(CommunityVoice))
async def add_community_voice(body: Body, services: Services, caller: Asking) -> Response:
    wanted = community_voice(body)
    provider = str(wanted.get("voice_provider") or DEFAULT_LIBRARY)
    library = _library(services, provider)
    with _told():
        voice = await library.add(
            str(wanted["provider_voice_id"]), wanted.get("public_user_id"), wanted["voice_name"]
        )
    return WireResponse(await _keep(services, caller, provider, voice))


@router.post("/clone-voice", status_code=201)
async def clone_voice(request: Request, services: Services, caller: Asking) -> Response:
    """Multipart: ``voice_name``, ``voice_provider`` and one or more ``files`` (trap 13)."""
    async with request.form(max_files=MAX_SAMPLES + 1, max_fields=10) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        files = [
            value
            for name, value in form.multi_items()
            if name in ("files", "files[]") and isinstance(value, UploadFile)
        ]
        wanted = voice_clone(fields, [file.size or 0 for file in files])
        library = _library(services, wanted["voice_provider"])
        samples = [await _sample(file) for file in files]
    with _told():
        voice = await library.clone(wanted["voice_name"], samples)
    return WireResponse(await _keep(services, caller, wanted["voice_provider"], voice), 201)


async def _sample(file: UploadFile) -> VoiceSample:
    kind = file.content_type or "application/octet-stream"
    return VoiceSample(file.filename or "sample", kind, await file.read())


def _library(services: ApiServices, provider: str | None) -> VoiceLibrary:
    """Raises UserError (400) where the vendor has none, or is not set up here."""
    name = provider or DEFAULT_LIBRARY
    library = services.libraries.get(name)
    if library is None:
        have = ", ".join(sorted(services.libraries)) or "none is"
        raise UserError(
            f"request/body/voice_provider must be a provider whose voice library is set up here"
            f" ({have}), not {name}",
            code="provider_not_configured",
        )
    return library


@contextmanager
def _told() -> Generator[None]:
    """What the vendor says is wrong is the caller's to hear."""
    try:
        yield
    except ProviderError as error:
        if error.status == 429:
            raise RateLimited(str(error), retry_after_s=_BUSY_RETRY_S) from error
        raise UserError(str(error), code="provider_failed") from error


async def _keep(services: ApiServices, caller: Caller, provider: str, voice: OwnVoice) -> Json:
    """The voice in this workspace's list; adding it again renames it."""
    voice_id = f"{provider}-{voice.provider_voice_id}"
    shown: Json = {
        "voice_id": voice_id,
        "voice_name": voice.name,
        "provider": provider,
        "gender": voice.gender,
    }
    for name in ("accent", "age", "preview_audio_url"):
        if getattr(voice, name) is not None:
            shown[name] = getattr(voice, name)
    now_ms = services.now_ms()
    row = _row(caller.workspace_id, voice_id)
    item = Versioned(row, caller.workspace_id, 0, shown, False, None, now_ms, now_ms)
    try:
        await services.storage.configs.add("voice", item)
    except ValueError:
        await services.storage.configs.update("voice", item)
    return shown


def _match(voice: FoundVoice) -> Json:
    return without_nulls(
        {
            "provider_voice_id": voice.provider_voice_id,
            "name": voice.name,
            "description": voice.description,
            "public_user_id": voice.owner_id,
        }
    )
