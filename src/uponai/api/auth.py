"""Who asks: ``Authorization: Bearer <API key>``, looked up by its hash (trap 39, 40)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette._utils import get_route_path

from uponai.api.services import Services
from uponai.domain.errors import Forbidden, Unauthorized, UserError
from uponai.storage.base import ApiKey

READING = ("GET", "HEAD")
_LISTS = ("/v2/list-", "/v3/list-")
PUBLIC_PATHS = ("/v2/create-web-call", "/v3/create-web-call")
"""What a public key may do, from its own origins only: it stands in a page for all to read."""


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
    caller = Caller(key.workspace_id, key)
    request.state.caller = caller
    _check_may(key, request)
    return caller


def _check_may(key: ApiKey, request: Request) -> None:
    """Raises Forbidden."""
    path = get_route_path(request.scope)
    match key.role:
        case "full":
            may = True
        case "read_only":
            may = request.method in READING or path.startswith(_LISTS)
        case "public":
            may = request.method == "POST" and path in PUBLIC_PATHS
    if not may:
        raise Forbidden(f"This API key ({key.role}) may not do that.")
    if key.role == "public" and request.headers.get("origin") not in key.origins:
        raise Forbidden("This public API key may not be used from this origin.")


Asking = Annotated[Caller, Depends(authenticated)]
