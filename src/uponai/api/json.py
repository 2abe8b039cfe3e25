"""Bodies in and out: JSON whatever the content type says, compact JSON as webhooks have it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import JSONResponse

from uponai.domain.errors import UserError
from uponai.wire.validate import compact, parse_body

MAX_BODY_BYTES = 10_000_000


class BodyTooLarge(UserError):
    """More than any object of this API needs."""

    status = 413
    code = "too_large"


class WireResponse(JSONResponse):
    """Raw UTF-8, no spaces, integers as integers: get-call says exactly what the webhook said."""

    def render(self, content: Any) -> bytes:
        return compact(content).encode()


async def json_body(request: Request) -> Any:
    """The request's body, ``{}`` when there is none (trap 7)."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > MAX_BODY_BYTES:
            raise BodyTooLarge(f"request/body must NOT be larger than {MAX_BODY_BYTES} bytes")
    return parse_body(bytes(read))


Body = Annotated[Any, Depends(json_body)]
