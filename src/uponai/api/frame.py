"""Around every request: its id, the size of its body, headers for browsers, a line in the log.

The access log names the route, never the address (numbers stand in it), and holds no bodies. Pages
of other origins are let in nowhere but where configured (``cors_origins``), and where a public key
says so: at the creation of web calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uponai import log
from uponai.api.auth import PUBLIC_PATHS
from uponai.api.errors import error_response, unexpected
from uponai.api.services import ApiServices
from uponai.domain.errors import UserError
from uponai.storage.base import StorageUnavailable
from uponai.tasks import monotonic_s

MAX_BODY_BYTES = 10_000_000
LARGER_BODIES = {
    "/create-batch-call": 50_000_000,
    "/create-knowledge-base": 1_300_000_000,
    "/add-knowledge-base-sources": 1_300_000_000,
    "/clone-voice": 300_000_000,
    "/uponai/v1/batches": 500_000_000,
}
"""By the first part of the path, or the whole of it."""
QUIET = ("/health", "/healthz", "/livez")
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_HEADER_NAMES = re.compile(r"[A-Za-z0-9\-, ]{1,1000}")
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-site",
}
_JSON_ONLY = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
_HSTS = "max-age=31536000"
_PREFLIGHT_S = "600"

_log = log.get("uponai.api.access")


class BodyTooLarge(UserError):
    """More than any object of this API needs."""

    status = 413
    code = "too_large"


@dataclass(slots=True)
class _Exchange:
    """One request and what becomes of it."""

    request_id: str
    origin: str | None
    began_s: float = field(default_factory=monotonic_s)
    received: int = 0
    sent: int = 0
    status: int = 0


class Frame:
    """ASGI middleware; ``services`` say which origins are known."""

    def __init__(self, app: ASGIApp, services: ApiServices) -> None:
        self._app = app
        self._services = services
        self._secure = services.view.public_url.startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _GIVEN_ID.fullmatch(given) else self._services.entropy(12).hex()
        path = get_route_path(scope)
        exchange = _Exchange(request_id, await self._allowed_origin(path, headers))
        by_part = LARGER_BODIES.get("/" + path.split("/")[1], MAX_BODY_BYTES)
        limit = LARGER_BODIES.get(path, by_part)

        async def limited() -> Message:
            message = await receive()
            exchange.received += len(message.get("body", b""))
            if exchange.received > limit:
                raise BodyTooLarge(_too_large(limit))
            return message

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                self._dress(MutableHeaders(scope=message), exchange)
            exchange.sent += len(message.get("body", b""))
            await send(message)

        with log.for_request(request_id):
            try:
                answer = _early_answer(scope, headers, exchange, limit)
                app: ASGIApp = self._app if answer is None else answer
                await app(scope, limited, framed)
            except Exception as error:
                if exchange.status:
                    raise
                # The outermost handler would answer without our headers.
                await unexpected(Request(scope), error)(scope, receive, framed)
            finally:
                _note(scope, exchange, path)

    async def _allowed_origin(self, path: str, headers: Headers) -> str | None:
        origin = headers.get("origin")
        if origin is None:
            return None
        if origin in self._services.cors_origins:
            return origin
        if path not in PUBLIC_PATHS:
            return None
        try:
            known = await self._services.storage.accounts.allows_origin(origin)
        except StorageUnavailable:
            return None
        return origin if known else None

    def _dress(self, headers: MutableHeaders, exchange: _Exchange) -> None:
        headers["x-request-id"] = exchange.request_id
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        if headers.get("content-type", "").startswith("application/json"):
            for name, value in _JSON_ONLY.items():
                headers.setdefault(name, value)
        if self._secure:
            headers["strict-transport-security"] = _HSTS
        if exchange.origin is not None:
            headers["access-control-allow-origin"] = exchange.origin
            headers["access-control-expose-headers"] = "x-request-id, retry-after"
            headers.add_vary_header("Origin")


def _early_answer(
    scope: Scope, headers: Headers, exchange: _Exchange, limit: int
) -> Response | None:
    """A preflight of a page that is let in, or a body that says itself that it is too large."""
    asked = headers.get("access-control-request-method")
    if scope["method"] == "OPTIONS" and asked and exchange.origin is not None:
        allowed = {
            "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
            "access-control-max-age": _PREFLIGHT_S,
        }
        names = headers.get("access-control-request-headers", "")
        if _HEADER_NAMES.fullmatch(names):
            allowed["access-control-allow-headers"] = names
        return Response(status_code=204, headers=allowed)
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limit:
        return error_response(413, _too_large(limit), BodyTooLarge.code)
    return None


def _too_large(limit: int) -> str:
    return f"request/body must NOT be larger than {limit} bytes"


def _note(scope: Scope, exchange: _Exchange, path: str) -> None:
    caller = scope.get("state", {}).get("caller")
    fields = {
        "method": scope["method"],
        "route": getattr(scope.get("route"), "path", None),
        "status": exchange.status,
        "ms": round((monotonic_s() - exchange.began_s) * 1000, 1),
        "received_bytes": exchange.received,
        "sent_bytes": exchange.sent,
        "workspace_id": getattr(caller, "workspace_id", None),
        "key_id": caller.key.key_id if caller is not None else None,
        "pii.client": (scope.get("client") or ("",))[0],
    }
    (_log.debug if path in QUIET else _log.info)("request", **fields)
