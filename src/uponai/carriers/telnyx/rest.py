"""Telnyx's REST API v2, as much of it as is needed.

Spoken by hand: it is JSON over six resources, and the official SDK's client brings its own
connections and retries, while only the dialer knows what may be sent twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast
from urllib.parse import quote

import aiohttp

from uponai.carriers.base import CarrierError

API = "https://api.telnyx.com/v2"
TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 4 << 20

Query = Sequence[tuple[str, str]]


class Refused(CarrierError):
    """An answer of the API that says no. ``code`` is its own error code, "" where it gave none."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{status} {code}: {message}", sent=False)
        self.status = status
        self.code = code
        self.message = message


class Api(Protocol):
    """One account's API; all raise Refused, or CarrierError whose ``sent`` tells whether it may
    have been done. Answers are whole bodies (``data``, ``meta``)."""

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]: ...

    async def get(self, path: str, query: Query = ()) -> dict[str, Any]: ...

    async def delete(self, path: str) -> None: ...


def action(carrier_ref: str, name: str) -> str:
    """Path of a command to a call."""
    return f"calls/{quote(carrier_ref, safe='')}/actions/{name}"


class Rest:
    """``Api`` over HTTPS."""

    def __init__(self, session: aiohttp.ClientSession, secret: str, base_url: str = API) -> None:
        self._session = session
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._root = base_url.rstrip("/")

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._ask("POST", path, json=dict(body))

    async def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        return await self._ask("GET", path, params=list(query))

    async def delete(self, path: str) -> None:
        await self._ask("DELETE", path)

    async def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            async with self._session.request(
                method,
                f"{self._root}/{path}",
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
                **content,
            ) as answer:
                return await _read(answer)
        except aiohttp.ClientConnectorError as error:
            raise CarrierError(f"not reached: {error}", sent=False) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise CarrierError(f"no answer: {type(error).__name__}", sent=True) from error


async def _read(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    raw = bytearray()
    async for piece in answer.content.iter_any():
        raw += piece
        if len(raw) > MAX_ANSWER_BYTES:
            break
    fields = _fields(bytes(raw))
    if answer.status < 300:
        return fields
    code, message = _complaint(fields)
    message = message or answer.reason or ""
    if answer.status >= 500:
        raise CarrierError(f"{answer.status} {code}: {message}", sent=True)
    raise Refused(answer.status, code, message)


def _fields(raw: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def _complaint(fields: Mapping[str, Any]) -> tuple[str, str]:
    """Code and words of the first error."""
    errors: Any = fields.get("errors")
    if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
        return "", ""
    first = cast(dict[str, Any], errors[0])
    words = [str(first[name]) for name in ("title", "detail") if first.get(name)]
    return str(first.get("code") or ""), ": ".join(words)


def data_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` of an answer about one thing; empty where there is none."""
    data: Any = answer.get("data")
    return cast(dict[str, Any], data) if isinstance(data, dict) else {}


def list_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``data`` of an answer about several things."""
    data: Any = answer.get("data")
    if not isinstance(data, list):
        return []
    return [cast(dict[str, Any], one) for one in cast(list[Any], data) if isinstance(one, dict)]
