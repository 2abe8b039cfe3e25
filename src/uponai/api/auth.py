"""Who asks: ``Authorization: Bearer <API key>``, looked up by its hash (trap 39, 40)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from uponai.api.services import Services
from uponai.domain.errors import Forbidden, Unauthorized, UserError
from uponai.storage.base import ApiKey

READING = ("GET", "HEAD")
_LISTS = ("/v2/list-", "/v3/list-")


@dataclass(frozen=True, slots=True)
class Caller:
    """The workspace that asks, and the key it asked with."""

    workspace_id: str
    key: ApiKey


def key_hash(key: str) -> str:
    """What is kept of a key. Keys hold 160 random bits, so that a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


async def authenticated(request: Request, services: Services) -> Caller:
    """Raises Unauthorized or Forbidden."""
    if "\x00" in request.url.path or b"%00" in request.scope["query_string"]:
        raise UserError("The address must NOT contain NUL characters.")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise Unauthorized("API key is missing or invalid: send Authorization: Bearer <key>.")
    hashed = key_hash(given.strip())
    key = await services.storage.accounts.key_by_hash(hashed)
    if key is None or key.revoked_ms is not None or not hmac.compare_digest(key.hash, hashed):
        raise Unauthorized("API key is missing or invalid.")
    if not _may(key, request):
        raise Forbidden(f"This API key ({key.role}) may not do that.")
    return Caller(key.workspace_id, key)


def _may(key: ApiKey, request: Request) -> bool:
    if key.role == "full":
        return True
    reads = request.method in READING or request.url.path.startswith(_LISTS)
    return key.role == "read_only" and reads


Asking = Annotated[Caller, Depends(authenticated)]
