"""One request as data, when to repeat it, and what its answer means. No I/O."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

from uponai.client.errors import error_for
from uponai.client.record import wrap

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 8.0
LONGEST_WAIT_S = 60.0
_REPEATABLE = (408, 409, 429)


@dataclass(frozen=True, slots=True)
class Request:
    """``repeat`` is False where a second attempt might do the thing twice."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout_s: float = 60.0
    repeat: bool = True


def query_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """A query string's values; None is left out."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in fields.items()
        if value is not None
    }


def segment(text: str) -> str:
    """``text`` as one part of a path; a phone number keeps its plus."""
    return quote(text, safe="+")


def may_repeat(request: Request, status: int | None, headers: Mapping[str, str]) -> bool:
    """Whether another attempt is allowed after ``status`` (None: no answer at all)."""
    told = headers.get("x-should-retry")
    if told in ("true", "false"):
        return told == "true" and request.repeat
    if status == 429:
        return True  # Nothing was done.
    return request.repeat and (status is None or status in _REPEATABLE or status >= 500)


def delay_s(attempt: int, retry_after: float | None, chance: float) -> float:
    """How long to wait after attempt 0, 1, ... ; ``chance`` in [0, 1) spreads the clients."""
    if retry_after is not None and 0 < retry_after <= LONGEST_WAIT_S:
        return retry_after
    return min(FIRST_DELAY_S * 2**attempt, LONGEST_DELAY_S) * (1 - 0.25 * chance)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds, or an HTTP date."""
    text = headers.get("retry-after")
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return email.utils.parsedate_to_datetime(text).timestamp() - time.time()  # noqa: TID251
    except ValueError:
        return None


def understood(status: int, headers: Mapping[str, str], content: bytes) -> Any:
    """The answer as Records, None when empty. Raises ApiError."""
    body = _json(content)
    if 200 <= status < 300:
        return wrap(body)
    said: dict[str, Any] = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    message = said.get("message") or said.get("error_message") or content.decode(errors="replace")
    code = str(said.get("code") or ("rate_limited" if status == 429 else "error"))
    raise error_for(status)(status, code, str(message), body, retry_after_s(headers))


def _json(content: bytes) -> Any:
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError:
        return None
