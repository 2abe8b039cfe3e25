"""Every error as one JSON body: ``{status: "error", message, error_message, code}``.

Both SDKs and raw HTTP users find what they look for in it (retell-api.md section 5.1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.responses import Response

from uponai import log
from uponai.api.json import WireResponse
from uponai.domain.errors import InvalidField, RateLimited, UserError
from uponai.storage.base import StorageUnavailable

MAX_RETRY_AFTER_S = 60
"""Python's SDK takes no longer wait seriously (trap 2)."""
NEVER_REPEATED = ("/v2/create-phone-call", "/create-batch-call", "/api/v1/calls/initiate")
"""After a failure of ours here nobody knows whether somebody will be dialled."""
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}

_log = log.get("uponai.api")


def error_response(
    status: int,
    message: str,
    code: str,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> Response:
    body = {"status": "error", "message": message, "error_message": message, "code": code}
    return WireResponse({**body, **(more or {})}, status, headers=dict(headers or {}))


def user_error(request: Request, error: Exception) -> Response:
    del request
    if not isinstance(error, UserError):
        raise error
    headers: dict[str, str] = {}
    if isinstance(error, RateLimited) or error.retry_after_s is not None:
        wait_s = math.ceil(error.retry_after_s or 1)
        headers["retry-after"] = str(min(max(wait_s, 1), MAX_RETRY_AFTER_S))
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    told = _field(error) if isinstance(error, InvalidField) else {}
    return error_response(error.status, error.message, error.code, headers, told)


def _field(error: InvalidField) -> dict[str, str]:
    """Which field, which rule, which value: apart, for programs that show it beside the field."""
    told = {"field": error.path, "rule": error.rule}
    return told if error.value is None else {**told, "value": error.value}


def http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    message = str(error.detail)
    if error.status_code == 404:
        message = f"The requested resource was not found: {request.method} {request.url.path}"
    code = _CODES.get(error.status_code, "bad_request")
    return error_response(error.status_code, message, code, error.headers)


def bad_parameter(request: Request, error: Exception) -> Response:
    del request
    if not isinstance(error, RequestValidationError):
        raise error
    first: Any = error.errors()[0]
    place = "/".join(str(step) for step in first["loc"])
    return error_response(400, f"request/{place} {_rule(first['type'])}", "invalid_request")


def _rule(kind: str) -> str:
    rules = {"int_parsing": "must be integer", "bool_parsing": "must be boolean"}
    return rules.get(kind, "is required" if kind == "missing" else "is not valid")


def storage_down(request: Request, error: Exception) -> Response:
    _log.error("database away", route=_route(request), error=str(error))
    headers = {"retry-after": "2", **_no_repeat(request)}
    return error_response(503, "The database does not answer.", "unavailable", headers)


def unexpected(request: Request, error: Exception) -> Response:
    _log.error("request failed", route=_route(request), exc_info=error)
    message = "An unexpected server error occurred."
    return error_response(500, message, "internal_error", _no_repeat(request))


def _route(request: Request) -> str | None:
    """Rather than the address: numbers stand in it."""
    return getattr(request.scope.get("route"), "path", None)


def _no_repeat(request: Request) -> dict[str, str]:
    return {"x-should-retry": "false"} if get_route_path(request.scope) in NEVER_REPEATED else {}


def install(app: FastAPI) -> None:
    app.add_exception_handler(UserError, user_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, bad_parameter)
    app.add_exception_handler(StorageUnavailable, storage_down)
    app.add_exception_handler(Exception, unexpected)
