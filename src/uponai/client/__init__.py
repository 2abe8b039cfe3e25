"""The Python SDK: ``UponAI`` and ``AsyncUponAI``, their resources, errors and webhook check.

Stands alone on httpx: it imports nothing of the platform, and a test keeps the two in step.
"""

from uponai.client.clients import AsyncUponAI, UponAI
from uponai.client.errors import (
    ApiError,
    BadRequest,
    ConnectionFailed,
    Forbidden,
    NotFound,
    RateLimited,
    ServerError,
    TimedOut,
    Unauthorized,
    UponAIError,
)
from uponai.client.record import Record

__all__ = [
    "ApiError",
    "AsyncUponAI",
    "BadRequest",
    "ConnectionFailed",
    "Forbidden",
    "NotFound",
    "RateLimited",
    "Record",
    "ServerError",
    "TimedOut",
    "Unauthorized",
    "UponAI",
    "UponAIError",
]
