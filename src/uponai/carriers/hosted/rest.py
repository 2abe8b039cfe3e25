"""A carrier's REST API, spoken by hand.

The official SDKs bring their own connections and retries, while only the dialer knows what may be
sent twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

import aiohttp

from uponai.carriers.base import CarrierError

TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 4 << 20
NOT_THERE = 404
UNAUTHORIZED = (401, 403)

Query = Sequence[tuple[str, str]]
Body = TypeVar("Body")
BodyIn = TypeVar("BodyIn", contravariant=True)


IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{2,64}")
"""What may stand for an account or an application in a path."""


class Refused(CarrierError):
    """An answer of the API that says no. ``code`` is its own error code, "" where it gave none."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{status} {code}: {message}", sent=False)
        self.status = status
        self.code = code
        self.message = message


class Api(Protocol[BodyIn]):
    """One account's API; all raise Refused, or CarrierError whose ``sent`` tells whether it may
    have been done. Answers are whole bodies; one that is no JSON object is an empty one, for what
    is done is done, but not to a ``get``: what was not understood is not what is not there."""

    async def post(self, path: str, body: BodyIn) -> dict[str, Any]: ...

    async def patch(self, path: str, body: BodyIn) -> dict[str, Any]: ...

    async def get(self, path: str, query: Query = ()) -> dict[str, Any]: ...

    async def delete(self, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Way(Generic[Body]):
    """How an API is spoken: ``content`` makes of a body what ``aiohttp`` is given, ``complaint``
    reads code and words of an answer that says no."""

    root: str
    headers: Mapping[str, str]
    content: Callable[[Body], Mapping[str, Any]]
    complaint: Callable[[Mapping[str, Any]], tuple[str, str]]


class Rest(Generic[Body]):
    """``Api`` over HTTPS."""

    def __init__(self, session: aiohttp.ClientSession, way: Way[Body]) -> None:
        self._session = session
        self._way = way

    async def post(self, path: str, body: Body) -> dict[str, Any]:
        return await self._ask("POST", path, **self._way.content(body))

    async def patch(self, path: str, body: Body) -> dict[str, Any]:
        return await self._ask("PATCH", path, **self._way.content(body))

    async def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        return await self._ask("GET", path, params=list(query))

    async def delete(self, path: str) -> None:
        await self._ask("DELETE", path)

    async def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        does = method != "GET"
        try:
            async with self._session.request(
                method,
                f"{self._way.root.rstrip('/')}/{path}",
                headers=self._way.headers,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
                **content,
            ) as answer:
                return await self._read(answer, does=does)
        except aiohttp.ClientConnectorError as error:
            raise CarrierError(f"not reached: {error}", sent=False) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise CarrierError(f"no answer: {type(error).__name__}", sent=does) from error

    async def _read(self, answer: aiohttp.ClientResponse, *, does: bool) -> dict[str, Any]:
        raw = bytearray()
        async for piece in answer.content.iter_any():
            raw += piece
            if len(raw) > MAX_ANSWER_BYTES:
                break
        fields = _fields(bytes(raw))
        if answer.status < 300:
            if fields is None and not does:
                raise CarrierError(f"{answer.status}: the answer is not understood", sent=False)
            return fields or {}
        code, message = self._way.complaint(fields or {})
        message = message or answer.reason or ""
        if answer.status >= 500:
            raise CarrierError(f"{answer.status} {code}: {message}", sent=does)
        raise Refused(answer.status, code, message)


def list_in(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list in an answer. Raises CarrierError where it has none: it is another's,
    a proxy's perhaps, and tells nothing of what there is."""
    found: Any = answer.get(name)
    if not isinstance(found, list):
        raise CarrierError(f"the answer is not understood: it has no {name}", sent=False)
    return [cast(dict[str, Any], one) for one in cast(list[Any], found) if isinstance(one, dict)]


def _fields(raw: bytes) -> dict[str, Any] | None:
    """None for what is no JSON object."""
    try:
        found: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, Any], found) if isinstance(found, dict) else None
