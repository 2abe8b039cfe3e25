"""A brain with everything around it faked, and lines into it, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.fakes.calls import FakeCalls, FakeCheckpoints
from tests.fakes.functions import FakeFunctions
from tests.fakes.line import FakeLine, MemorySocket
from tests.fakes.providers import FakeProviders, Script, spoken
from tests.virtual_time import run

from uponai.domain.call import Call, CallState
from uponai.domain.errors import UserError
from uponai.domain.transcript import Entry
from uponai.domain.webhook import NewWebhook
from uponai.flow.graph import Json
from uponai.live.brain import Brain
from uponai.live.llm_socket import OpenSocket, TextSocket, no_sockets
from uponai.live.services import BrainServices, BrainTimers
from uponai.storage.base import Tell
from uponai.tasks import TaskGroup, loop_s


def call_of(
    engine: dict[str, Any],
    agent: dict[str, Any] | None = None,
    call_id: str = "call_1",
    **more: Any,
) -> Call:
    kind = "conversation-flow" if "nodes" in engine else "retell-llm"
    return Call(
        call_id=call_id,
        workspace_id="org_1",
        direction="outbound",
        from_number="+14155550100",
        to_number="+14155550101",
        agent_id="agent_1",
        agent_version=0,
        created_ms=0,
        state=CallState.ANSWERED,
        fence=1,
        answered_ms=1,
        agent={"voice_id": "v", "response_engine": {"type": kind}, **(agent or {})},
        engine=engine,
        **more,
    )


class House:
    """``calls`` is the database of all brains made here; ``said`` what observers were told."""

    def __init__(self, *calls: Call, script: Script | None = None) -> None:
        self.calls = FakeCalls(*calls)
        self.checkpoints = FakeCheckpoints()
        self.functions = FakeFunctions([])
        self.providers = FakeProviders(script)
        self.tasks = TaskGroup()
        self.open_socket: OpenSocket = no_sockets
        self.tell_breaks = False
        self.agents: dict[str, tuple[Json, Json]] = {}
        self.transfers: list[tuple[str, dict[str, Any]]] = []
        self.said: list[tuple[str, Entry]] = []
        self.sockets: list[asyncio.Task[None]] = []
        self.brain = self.another_brain("host-a")

    def another_brain(self, holder: str) -> Brain:
        services = BrainServices(
            calls=self.calls,  # type: ignore[arg-type]
            checkpoints=self.checkpoints,
            providers=self.providers,
            functions=self.functions,
            tell_started=lambda call: [NewWebhook("call_started", "http://x", call.call_id)],
            tell_ended=self._tell,
            tell_transfer=self._tell_transfer,
            on_entry=lambda call_id, entry: self.said.append((call_id, entry)),
            open_socket=self._open_socket,
            find_agent=self._find_agent,
        )
        return Brain(holder, services, BrainTimers(grace_s=5.0, lease_ms=3_000))

    async def _open_socket(self, url: str, timeout_ms: int) -> TextSocket:
        return await self.open_socket(url, timeout_ms)

    async def _find_agent(
        self, workspace_id: str, agent_id: str, version: int | str | None
    ) -> tuple[Json, Json]:
        if agent_id not in self.agents:
            raise UserError(f"there is no agent {agent_id}")
        return self.agents[agent_id]

    def _tell_transfer(self, event: str, details: Mapping[str, Any]) -> Tell:
        self.transfers.append((event, dict(details)))
        return lambda call: [NewWebhook(event, "http://x", call.call_id)]

    def _tell(self, call: Call) -> list[NewWebhook]:
        if self.tell_breaks:
            raise KeyError("a field that is not there")
        return [NewWebhook("call_ended", "http://x", call.call_id)]

    def line(
        self, call_id: str = "call_1", socket: MemorySocket | None = None, **more: Any
    ) -> FakeLine:
        """A line holder's channel; without ``socket`` on a link of its own."""
        return FakeLine(call_id, socket or self.link(), **more)

    def link(self, brain: Brain | None = None) -> MemorySocket:
        socket = MemorySocket()
        served = (brain or self.brain).serve_socket(socket)
        self.sockets.append(self.tasks.spawn(served, name="socket"))
        return socket

    def row(self, call_id: str = "call_1") -> Call:
        return self.calls.rows[call_id]

    def renew_fence(self, call_id: str = "call_1") -> None:
        row = self.row(call_id)
        self.calls.rows[call_id] = replace(row, fence=row.fence + 1, lease_holder="other")


def play(
    scene: Callable[[House], Awaitable[None]], *calls: Call, script: Script | None = None
) -> House:
    """Run a scene; afterwards nothing may be left running in the brain."""
    houses: list[House] = []

    async def whole() -> None:
        house = House(*calls, script=script)
        houses.append(house)
        await scene(house)
        await house.brain.aclose()
        await house.tasks.aclose()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"left running: {left}"

    run(whole())
    return houses[0]


async def until(happened: Callable[[], bool], line: FakeLine, limit_s: float = 30.0) -> None:
    """Let the line tick until something has happened."""
    end_s = loop_s() + limit_s
    while not happened():
        assert loop_s() < end_s, f"not within {limit_s} s; heard {line.heard!r}"
        assert not line.over, f"the line is over; heard {line.heard!r}"
        await line.run(0.02)


async def until_quiet(line: FakeLine, quiet_s: float = 0.6) -> None:
    """Let the line tick until the agent has said nothing for a while."""
    quiet = 0.0
    while quiet < quiet_s and not line.over:
        await line.run(0.02)
        quiet = 0.0 if line.played[-1].any() else quiet + 0.02


async def greeted(house: House, words: str) -> FakeLine:
    """A new line, half a second after the agent has said ``words`` on it."""
    line = house.line()
    line.start()
    await until(lambda: words in line.heard, line)
    await line.run(0.5)
    return line


async def say(line: FakeLine, text: str) -> None:
    """The caller says ``text``; returns with its last letter."""
    line.say(spoken(text))
    await line.run(len(text) * 0.05)


def roles(entries: Sequence[dict[str, Any]]) -> list[str]:
    return [entry["role"] for entry in entries]
