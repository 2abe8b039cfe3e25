"""Twilio's REST API, as much of it as is needed (version 2010-04-01).

Spoken by hand: it is five resources with form fields, and the official SDK's client brings its own
connections and retries, while only the dialer knows what may be sent twice.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, Protocol, cast

import aiohttp

from uponai.carriers.base import CarrierError

API = "https://api.twilio.com"
TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 1 << 20

Fields = Sequence[tuple[str, str]]


class Refused(CarrierError):
    """An answer of the API that says no. ``code`` is its own error code, "" where it gave none."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{status} {code}: {message}", sent=False)
        self.status = status
        self.code = code
        self.message = message


class Api(Protocol):
    """One account's API; all raise Refused, or CarrierError whose ``sent`` tells whether it may
    have been done."""

    async def post(self, path: str, fields: Fields) -> dict[str, Any]: ...

    async def get(self, path: str, query: Fields = ()) -> dict[str, Any]: ...

    async def delete(self, path: str) -> None: ...


class Rest:
    """``Api`` over HTTPS."""

    def __init__(
        self, session: aiohttp.ClientSession, account: str, secret: str, base_url: str = API
    ) -> None:
        self._session = session
        basic = base64.b64encode(f"{account}:{secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {basic}"}
        self._root = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account}"

    async def post(self, path: str, fields: Fields) -> dict[str, Any]:
        return await self._ask("POST", path, data=aiohttp.FormData(list(fields)))

    async def get(self, path: str, query: Fields = ()) -> dict[str, Any]:
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
    raw = await answer.content.read(MAX_ANSWER_BYTES)
    while raw and not answer.content.at_eof() and len(raw) < MAX_ANSWER_BYTES:
        raw += await answer.content.read(MAX_ANSWER_BYTES - len(raw))
    fields = _fields(raw)
    if answer.status < 300:
        return fields
    code = str(fields.get("code") or "")
    message = str(fields.get("message") or answer.reason or "")
    if answer.status >= 500:
        raise CarrierError(f"{answer.status} {code}: {message}", sent=True)
    raise Refused(answer.status, code, message)


def _fields(raw: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}
