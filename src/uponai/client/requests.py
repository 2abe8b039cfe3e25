"""One request as data, when to repeat it, and what its answer means. No I/O."""

from __future__ import annotations

import email.utils
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any, cast
from urllib.parse import quote

from uponai.client.errors import code_for, error_for

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 8.0
LONGEST_WAIT_S = 60.0
SPREAD = 0.25
_NO_SEGMENT = ("", ".", "..")
"""A URL would swallow them."""
_REPEATABLE = (408, 409, 429)

File = bytes | IO[bytes] | tuple[str, bytes | IO[bytes]]
"""Contents, an open file, or one of them with its name."""


@dataclass(frozen=True, slots=True)
class Request:
    """``once``: a second attempt might do the thing twice; ``keyed``: the body carries an
    idempotency key, made where none is given, so that a second attempt is harmless; ``form``: the
    body goes as ``multipart/form-data``.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, Any] = field(default_factory=dict[str, Any])
    timeout_s: float = 60.0
    once: bool = False
    keyed: bool = False
    form: bool = False

    def content(self) -> dict[str, Any]:
        """The body as httpx takes it. The same object serves every attempt."""
        if self.body is None:
            return {}
        if self.form:
            return _form(self.body)
        body = dict(self.body)
        if self.keyed and body.get("idempotency_key") is None:
            body["idempotency_key"] = secrets.token_hex(16)
        return {"json": body}

    def parameters(self) -> dict[str, str]:
        """The query string's values; None is left out."""
        return {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in self.query.items()
            if value is not None
        }


def path_of(template: str, **values: str) -> str:
    """``/get-agent/{agent_id}`` with each value as one segment; a phone number keeps its plus."""
    for name, value in values.items():
        if value in _NO_SEGMENT:
            raise ValueError(f"{name} must be an id")
    return template.format(**{name: quote(value, safe="+") for name, value in values.items()})


def _form(body: Mapping[str, Any]) -> dict[str, Any]:
    """Files repeat under their name; arrays and objects are one JSON text each (trap 13)."""
    data: dict[str, str] = {}
    files: list[tuple[str, Any]] = []
    for name, value in body.items():
        if name == "files" or name.endswith("_files"):
            files += [(name, _contents(file, at)) for at, file in enumerate(value)]
        elif isinstance(value, str):
            data[name] = value
        elif value is not None:
            data[name] = json.dumps(value, ensure_ascii=False)
    for name, value in data.items():
        files.append((name, (None, value)))
    return {"files": files}


def _contents(file: File, at: int) -> tuple[str, bytes]:
    """Read once, so that a repeated attempt sends the same."""
    if isinstance(file, tuple):
        name, inner = file
    else:
        name, inner = str(getattr(file, "name", f"file{at}")), file
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    return name, inner if isinstance(inner, bytes) else inner.read()


def may_repeat(
    request: Request, status: int | None, headers: Mapping[str, str], *, sent: bool = True
) -> bool:
    """Whether another attempt is allowed after ``status`` (None: no answer at all).

    ``sent`` is False where the connection failed before the request left.
    """
    told = headers.get("x-should-retry")
    if told == "false":
        return False
    wait_s = retry_after_s(headers)
    if wait_s is not None and wait_s > LONGEST_WAIT_S:
        return False  # Too long to sit out here; the error says how long.
    if status == 429 or (status is None and not sent):
        return True  # Nothing was done.
    if request.once:
        return False
    return told == "true" or status is None or status in _REPEATABLE or status >= 500


def delay_s(attempt: int, retry_after: float | None, chance: float) -> float:
    """How long to wait after attempt 0, 1, ... ; ``chance`` in [0, 1) spreads the clients."""
    if retry_after is not None and 0 < retry_after <= LONGEST_WAIT_S:
        return min(retry_after * (1 + SPREAD * chance), LONGEST_WAIT_S)
    return min(FIRST_DELAY_S * 2**attempt, LONGEST_DELAY_S) * (1 - SPREAD * chance)


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
    """The answer's JSON, None when empty. Raises ApiError."""
    body = _json(content)
    if 200 <= status < 300:
        return body
    said: dict[str, Any] = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    message = said.get("message") or said.get("error_message") or content.decode(errors="replace")
    code = str(said.get("code") or code_for(status))
    error = error_for(status)(status, code, str(message), body, retry_after_s(headers))
    error.request_id = headers.get("x-request-id")
    raise error


def _json(content: bytes) -> Any:
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError:
        return None
