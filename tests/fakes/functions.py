"""The guarded HTTP client of function calls, answering from a list."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from uponai.http import HttpAnswer


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]
    timeout_ms: int


@dataclass
class FakeFunctions:
    """``answers`` in order: (status, body), or an exception to raise; ``delay_s`` before each."""

    answers: list[tuple[int, str] | Exception]
    delay_s: float = 0.0
    requests: list[Request] = field(default_factory=list)

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_ms: int = 10_000,
    ) -> HttpAnswer:
        self.requests.append(Request(method, url, body or b"", headers or {}, timeout_ms))
        await asyncio.sleep(self.delay_s)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return HttpAnswer(answer[0], {}, answer[1].encode())
