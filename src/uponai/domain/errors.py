"""Errors a user caused or must hear of. Each becomes one HTTP answer and one error body.

The body holds ``status: "error"``, ``message``, ``error_message`` and ``code`` together
(retell-api.md section 5.1), so that both SDKs and raw HTTP users find what they look for.
"""

from __future__ import annotations


class UserError(Exception):
    """A request that cannot be served. ``status`` is the HTTP status, ``code`` a stable word."""

    status = 400
    code = "bad_request"

    def __init__(
        self, message: str, *, code: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.retry_after_s = retry_after_s


class InvalidField(UserError):
    """A field breaks its rule; the message reads ``request/body/<path> <rule>`` (AJV style).

    ``value`` is what was found there, as short text; None where nothing was, or it is a secret.
    """

    code = "invalid_request"

    def __init__(
        self, path: str, rule: str, *, where: str = "body", value: str | None = None
    ) -> None:
        super().__init__(f"request/{where}/{path} {rule}" if path else f"request/{where} {rule}")
        self.path = path
        self.rule = rule
        self.value = value


class Unauthorized(UserError):
    """No key, a wrong key, or a revoked one."""

    status = 401
    code = "unauthorized"


class Forbidden(UserError):
    """The key is valid but may not do this."""

    status = 403
    code = "forbidden"


class Unknown(UserError):
    """The object does not exist in this workspace (422 for agents, LLMs, numbers and calls)."""

    status = 422
    code = "not_found"


class NotFound(UserError):
    """The path, or an object of the newer families (flows), does not exist."""

    status = 404
    code = "not_found"


class RateLimited(UserError):
    """Over calls per second or over concurrency; ``retry_after_s`` says when to come back."""

    status = 429
    code = "rate_limited"


class TargetRefused(UserError):
    """An outgoing address given by a user is private, malformed or not allowed (SSRF guard)."""

    code = "target_not_allowed"
