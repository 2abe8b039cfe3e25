"""What a call of the client may raise. ``error.code`` is the server's word, ``status`` HTTP's."""

from __future__ import annotations

from typing import Any


class UponAIError(Exception):
    """Base of everything that the client raises."""

    code: str = "error"
    status: int | None = None
    retry_after: float | None = None


class ConnectionFailed(UponAIError):
    """No answer: not connected, or timed out."""

    code = "connection_failed"


class TimedOut(ConnectionFailed):
    """No answer in time."""

    code = "timed_out"


class ApiError(UponAIError):
    """The server said no. ``body`` is what it answered, ``retry_after`` seconds where it said,
    ``request_id`` what the server's log calls the request.
    """

    request_id: str | None = None

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        body: Any = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.body = body
        self.retry_after = retry_after


class BadRequest(ApiError):
    """400: the message names the field and what it must be."""


class Unauthorized(ApiError):
    """401."""


class Forbidden(ApiError):
    """403."""


class NotFound(ApiError):
    """404, and 422 for an unknown id of the older families."""


class RateLimited(ApiError):
    """429; ``code`` is ``rate_limited``."""


class ServerError(ApiError):
    """500 and above."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    422: NotFound,
    429: RateLimited,
}

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    422: "not_found",
    429: "rate_limited",
}


def code_for(status: int) -> str:
    """The word for a status whose answer brings none."""
    return _CODES.get(status, "server_error" if status >= 500 else "error")


def error_for(status: int) -> type[ApiError]:
    if status >= 500:
        return ServerError
    return _BY_STATUS.get(status, ApiError)
