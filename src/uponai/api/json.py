"""Bodies in and out: JSON whatever the content type says, compact JSON as webhooks have it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import JSONResponse

from uponai.api.auth import Asking
from uponai.wire.validate import compact, parse_body


class WireResponse(JSONResponse):
    """Raw UTF-8, no spaces, integers as integers: get-call says exactly what the webhook said."""

    def render(self, content: Any) -> bytes:
        return compact(content).encode()


async def json_body(request: Request, caller: Asking) -> Any:
    """The request's body, ``{}`` when there is none (trap 7). Its size is limited by ``frame``;
    it is not read for those who may not ask."""
    del caller
    return parse_body(await request.body())


Body = Annotated[Any, Depends(json_body)]
