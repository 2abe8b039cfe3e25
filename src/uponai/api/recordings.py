"""Recordings over signed, expiring links that need no key; byte ranges for players."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from uponai.api.services import Services
from uponai.domain.errors import Forbidden, NotFound
from uponai.wire.links import RECORDING_NAMES, is_signed, recording_path

router = APIRouter(tags=["Recording"])


@router.head("/recordings/{call_id}/{name}", include_in_schema=False)
@router.get("/recordings/{call_id}/{name}")
async def get_recording(
    call_id: str, name: str, services: Services, expires: str = "", signature: str = ""
) -> Response:
    """The signature is checked before anything is looked up, so that ids cannot be probed."""
    path = recording_path(call_id, name)
    if not is_signed(services.link_key, path, expires, signature, services.now_ms()):
        raise Forbidden("This link is not valid or has expired.", code="link_expired")
    if name not in RECORDING_NAMES:
        raise NotFound(f"There is no recording named {name}.")
    file = await services.recording(call_id, name)
    if file is None:
        raise NotFound("This call has no recording.")
    return FileResponse(
        file, media_type="audio/wav", filename=name, content_disposition_type="inline"
    )
