"""A client's own repeat never dials twice, and never swallows somebody else's call (trap 1)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import FastAPI
from tests.api.world import FROM, KEY, TO, World, api, world
from tests.patience import until

from uponai.domain.call import Call

BODY = {"from_number": FROM, "to_number": TO, "metadata": {"say": "the same"}}


class Wire:
    """One request as a server gives it to the application; ``hang_up`` closes the connection.

    ``asked`` is set once the application looks whether it is closed.
    """

    def __init__(self, app: FastAPI, body: Any, *, retry: int = 0) -> None:
        self._app = app
        self._body = json.dumps(body).encode()
        self._retry = retry
        self._given = False
        self.gone = asyncio.Event()
        self.asked = asyncio.Event()
        self.said: list[dict[str, Any]] = []

    def hang_up(self) -> None:
        self.gone.set()

    async def _receive(self) -> dict[str, Any]:
        if not self._given:
            self._given = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        self.asked.set()
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.said.append(message)

    async def run(self, path: str = "/v2/create-phone-call") -> str:
        """The id that was written, whoever reads it."""
        headers = [
            (b"authorization", f"Bearer {KEY}".encode()),
            (b"x-stainless-retry-count", str(self._retry).encode()),
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": ("192.0.2.1", 1),
            "server": ("api", 80),
        }
        await self._app(scope, self._receive, self._send)
        start = next(m for m in self.said if m["type"] == "http.response.start")
        assert start["status"] == 201, self.said
        answer = json.loads(b"".join(m.get("body", b"") for m in self.said))
        return answer.get("call_id") or answer["batch_call_id"]


class SlowCalls:
    """The world's calls, each written only when ``go`` is set; ``wanted`` is how many so far."""

    def __init__(self, w: World) -> None:
        self._calls = w.storage.calls
        self.go = asyncio.Event()
        self.began = asyncio.Event()
        self.wanted = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calls, name)

    async def add(self, call: Call, **how: Any) -> Call:
        self.wanted += 1
        self.began.set()
        await self.go.wait()
        return await self._calls.add(call, **how)


async def _ready(w: World) -> FastAPI:
    async with api(w) as a:
        await a.number(await a.agent())
    return w.app()


async def test_trap_1_a_retry_whose_first_answer_was_heard_is_another_call() -> None:
    async with world() as w:
        app = await _ready(w)
        first = await Wire(app, BODY).run()
        again = await Wire(app, BODY, retry=1).run()
        assert first != again
        assert w.added == 2


async def test_trap_1_a_retry_gets_the_call_whose_answer_nobody_heard_once() -> None:
    async with world() as w:
        app = await _ready(w)
        unheard = Wire(app, BODY)
        unheard.hang_up()
        first = await unheard.run()
        other = await Wire(app, {**BODY, "metadata": {}}, retry=1).run()
        again = await Wire(app, BODY, retry=1).run()
        once_more = await Wire(app, BODY, retry=1).run()
        assert again == first
        assert len({first, other, once_more}) == 3
        assert w.added == 3


async def test_trap_1_a_retry_on_another_host_gets_it_too() -> None:
    async with world() as w:
        unheard = Wire(await _ready(w), BODY)
        unheard.hang_up()
        first = await unheard.run()
        assert await Wire(w.app(), BODY, retry=1).run() == first


async def test_trap_1_two_people_told_the_same_are_both_called() -> None:
    async with world() as w:
        app = await _ready(w)
        lost = [Wire(app, BODY), Wire(app, BODY)]
        for wire in lost:
            wire.hang_up()
        made = {await wire.run() for wire in lost}
        assert len(made) == 2
        assert {await Wire(app, BODY, retry=1).run() for _ in lost} == made
        assert w.added == 2


async def test_trap_1_a_retry_waits_for_the_call_that_is_still_being_made() -> None:
    async with world() as w:
        await _ready(w)
        slow = SlowCalls(w)
        w.storage.calls = slow  # type: ignore[misc]
        app = w.app()
        first = Wire(app, BODY)
        making = asyncio.get_running_loop().create_task(first.run())
        await slow.began.wait()
        first.hang_up()
        assert not first.asked.is_set()
        retry = asyncio.get_running_loop().create_task(Wire(app, BODY, retry=1).run())
        await until(lambda: first.asked.is_set() or slow.wanted > 1)
        assert slow.wanted == 1
        assert not retry.done()
        slow.go.set()
        assert await retry == await making
        assert slow.wanted == 1
        assert await Wire(app, BODY, retry=1).run() != await making
        assert w.added == 2


async def test_trap_1_a_retry_is_not_given_a_call_whose_client_still_waits() -> None:
    async with world() as w:
        await _ready(w)
        slow = SlowCalls(w)
        w.storage.calls = slow  # type: ignore[misc]
        app = w.app()
        waits = asyncio.get_running_loop().create_task(Wire(app, BODY).run())
        await slow.began.wait()
        slow.began.clear()
        retry = asyncio.get_running_loop().create_task(Wire(app, BODY, retry=1).run())
        await slow.began.wait()
        slow.go.set()
        assert await retry != await waits


async def test_trap_1_batches_too() -> None:
    async with world() as w:
        app = await _ready(w)
        body = {"from_number": FROM, "tasks": [{"to_number": TO}]}
        unheard = Wire(app, body)
        unheard.hang_up()
        first = await unheard.run("/create-batch-call")
        assert await Wire(app, body, retry=1).run("/create-batch-call") == first
        assert await Wire(app, body, retry=1).run("/create-batch-call") != first
