"""A dialer and an edge as processes of their own, killed by ``kill -9`` while calls are placed.

The callees are one SIPp that rings, is busy, and notes number and Call-ID of every INVITE.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import random
import secrets
import signal
import sys
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import aiohttp
from tests.fakes import crash_role
from tests.fakes.platforms import KEY, SHORT_TIMERS, ServedPlatform
from tests.fakes.sipp import SCENARIOS, free_port, listens, media_port_option
from tests.patience import patience
from tests.storage.worlds import ORG, a_call

from uponai.config import child_environment
from uponai.storage.base import CallQuery, PhoneNumber
from uponai.storage.sql import open_storage

NUMBER = "+14155550100"
LONGEST_WAIT_S = 20.0
FLOW = {
    "start_speaker": "user",
    "nodes": [
        {"id": "a", "type": "end", "instruction": {"type": "static_text", "text": "Bye."}},
    ],
    "start_node_id": "a",
}


class Program:
    """One life of a process that runs a Python program."""

    def __init__(self, process):
        self._process = process

    @classmethod
    async def launch(cls, argv, env, log):
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, *argv, env=env, stdin=asyncio.subprocess.DEVNULL, stdout=log,
                stderr=log,
            )
        )  # fmt: skip

    @property
    def alive(self):
        return self._process.returncode is None

    def signal(self, number):
        self._process.send_signal(number)

    async def gone(self):
        await self._process.wait()


class Fork:
    """One life of a process that is forked from one which has imported everything already."""

    def __init__(self, process):
        self._process = process

    @classmethod
    async def launch(cls, context, target, *arguments):
        process = context.Process(target=target, args=arguments, daemon=True)
        await asyncio.to_thread(process.start)
        return cls(process)

    @property
    def alive(self):
        return self._process.is_alive()

    def signal(self, number):
        os.kill(self._process.pid, number)

    async def gone(self):
        await asyncio.to_thread(self._process.join)


class Role:
    """A process that is started again after each kill; it is up once it listens on ``port``.

    ``launch`` begins a new life of it.
    """

    def __init__(self, name, port, launch):
        self.name = name
        self.kills = 0
        self._port = port
        self._launch = launch
        self._life = None

    async def start(self):
        self._life = await self._launch()

    async def up(self):
        async with patience():
            while True:
                assert self._life.alive, f"{self.name} died by itself"
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                except OSError:
                    await asyncio.sleep(0.02)
                    continue
                writer.close()
                return

    async def kill_often(self, moments, progress):
        """Kill it and start it again whenever ``progress()`` has come to one of ``moments``."""
        for moment in moments:
            await self.up()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_WAIT_S):
                    while progress() < moment:
                        await asyncio.sleep(0.01)
            await self.kill()
            await self.start()
        await self.up()

    async def kill(self):
        assert self._life.alive, f"{self.name} died by itself"
        self._life.signal(signal.SIGKILL)
        await self._life.gone()
        self.kills += 1

    async def stop(self):
        if self._life is None or not self._life.alive:
            return
        self._life.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(15):
                await self._life.gone()
        except TimeoutError:
            await self.kill()


class Crowd:
    """Any number of callees behind one SIPp."""

    def __init__(self, port, notes):
        self.port = port
        self._notes = notes

    def rung(self):
        """The distinct Call-IDs of every number that an INVITE reached."""
        seen = defaultdict(set)
        if self._notes.exists():
            for line in self._notes.read_text().splitlines():
                callee, _, call_id = line.partition(" ")
                seen[callee.removeprefix("sip:")].add(call_id)
        return seen


@asynccontextmanager
async def a_crowd(folder, rings_ms):
    """Callees who ring for ``rings_ms`` and are busy then."""
    scenario, notes = folder / "crowd.xml", folder / "crowd.log"
    text = (SCENARIOS / "crowd.xml").read_text().replace("@RINGS_MS@", str(rings_ms))
    scenario.write_text(text)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "sipp", "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port), "-t", "u1", "-nostdin",
        media_port_option(), str(free_port()), "-trace_logs", "-log_file", str(notes),
        "-deadcall_wait", "60s",
        cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await listens(port, "u1")
        yield Crowd(port, notes)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGUSR1)
            try:
                async with asyncio.timeout(5):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


@dataclass
class Outcome:
    """What became of the tasks: reasons counted, and everything that is not as it must be."""

    seconds: float = 0.0
    kills: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    attempts: Counter = field(default_factory=Counter)
    unrung: int = 0
    faults: list[str] = field(default_factory=list)


class Crashing:
    """The roles, the callees, and the database in which the calls stand.

    ``place`` takes all numbers, and returns once there is a task for each.
    """

    def __init__(self, roles, crowd, database_url, place, workspace_id=None):
        self.roles = roles
        self.crowd = crowd
        self.place = place
        self._database_url = database_url
        self._workspace_id = workspace_id

    async def all_over(self, tasks, timeout_s):
        """The calls of all tasks once they have ended, or as they are when the time is over."""
        storage = await open_storage(self._database_url)
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    calls = await self._calls(storage)
                    if len(calls) >= tasks and all(call.ending for call in calls):
                        return calls
                    await asyncio.sleep(0.5)
        except TimeoutError:
            return await self._calls(storage)
        finally:
            await storage.aclose()

    async def _calls(self, storage):
        mine = self._workspace_id or (await storage.accounts.workspaces())[0].workspace_id
        return await storage.calls.find(CallQuery(mine, limit=1_000_000))

    def judge(self, numbers, calls):
        """Every task one call, every call over, no number rung twice, none never tried."""
        found = Outcome(kills=Counter({role.name: role.kills for role in self.roles}))
        rung = self.crowd.rung()
        by_number = defaultdict(list)
        for call in calls:
            by_number[call.to_number].append(call)
        for number in numbers:
            mine = by_number[number]
            if len(mine) != 1:
                found.faults.append(f"{number}: {len(mine)} calls")
                continue
            (call,) = mine
            if call.ending is None:
                found.faults.append(f"{number}: {call.call_id} is still {call.state}")
                continue
            times = len(rung.get(number, ()))
            found.attempts[call.attempt] += 1
            found.unrung += times == 0
            found.reasons[f"{call.ending.reason}: {call.ending.detail}"] += 1
            if times > 1:
                found.faults.append(f"{number}: rung {times} times: {rung[number]}")
            # An INVITE that was journalled and then lost with the edge never rang: it says so.
            if times == 0 and call.ending.reason not in ("error_retell", "dial_failed"):
                found.faults.append(f"{number}: never rung, yet {call.ending}")
        strangers = set(rung) - set(numbers)
        if strangers:
            found.faults.append(f"numbers rung that nobody asked for: {sorted(strangers)[:5]}")
        return found


def as_batch(platform):
    """Places all calls as one batch."""

    async def place(numbers):
        tasks = [{"to_number": number} for number in numbers]
        await platform.request(
            "POST", "/create-batch-call", {"from_number": NUMBER, "tasks": tasks}
        )

    return place


@asynccontextmanager
async def crashing(folder, *, rings_ms=400, database_url=None):
    """``uponai serve`` as two roles, both up, with the callees' trunk imported."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    url = database_url or f"sqlite:///{data / 'uponai.db'}"
    port, control = (free_port() for _ in range(2))
    async with a_crowd(folder, rings_ms) as crowd, AsyncExitStack() as stack:
        env = {
            **child_environment({}),
            **SHORT_TIMERS,
            "UPONAI_DATA_DIR": str(data),
            "DATABASE_URL": url,
            "UPONAI_API_KEY": KEY,
            "UPONAI_PORT": str(port),
            "UPONAI_ALLOW_PRIVATE_TARGETS": f"127.0.0.1:{crowd.port}",
            "UPONAI_EDGE_SIP_HOST": "127.0.0.1",
            "UPONAI_EDGE_SIP_PORT": str(free_port()),
            "UPONAI_EDGE_CONTROL_PORT": str(control),
            "UPONAI_EDGE_CONTROL_TOKEN": secrets.token_hex(8),
            "UPONAI_CONCURRENCY_LIMIT": "4000",
            "UPONAI_CPS_CUSTOM": "200",
            "UPONAI_MODELS_PRELOAD": "false",
            "UPONAI_TIMERS_UNKNOWN_LIMIT_MS": "60000",
        }
        init = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "uponai", "init", "--data", str(data), env=env,
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert await init.wait() == 0
        log = stack.enter_context((folder / "log").open("wb"))
        serve = ("-m", "uponai", "serve", "--role")
        roles = [
            Role(name, up_port, partial(Program.launch, (*serve, name), env, log))
            for name, up_port in (("edge", control), ("platform", port))
        ]
        for role in roles:
            stack.push_async_callback(role.stop)
            await role.start()
        session = await stack.enter_async_context(aiohttp.ClientSession())
        platform = ServedPlatform(f"http://127.0.0.1:{port}", data, session, init)
        for role in roles:
            await role.up()
        agent = await platform.add_flow_agent(FLOW)
        bound = [{"agent_id": agent, "weight": 1}]
        await platform.import_number(NUMBER, f"127.0.0.1:{crowd.port}", outbound_agents=bound)
        yield Crashing(roles, crowd, url, as_batch(platform))


@asynccontextmanager
async def crashing_dialer(folder, *, rings_ms=300, database_url=None):
    """Dialer and edge alone, without API and models, forked and so up again at once."""
    folder.mkdir(parents=True, exist_ok=True)
    url = database_url or f"sqlite:///{folder / 'uponai.db'}"
    control, up = (free_port() for _ in range(2))
    given = {
        "data": str(folder / "edge"),
        "database": url,
        "sip_port": free_port(),
        "rtp_first": 58_000,
        "control_port": control,
        "up_port": up,
        "log": str(folder / "log"),
    }
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.fakes.crash_role"])
    async with a_crowd(folder, rings_ms) as crowd, AsyncExitStack() as stack:
        storage = await open_storage(url)
        stack.push_async_callback(storage.aclose)
        trunk = {"termination_uri": f"127.0.0.1:{crowd.port}", "transport": "UDP"}
        config = {"phone_number": NUMBER, "sip_outbound_trunk_config": trunk}
        await storage.numbers.add(PhoneNumber(NUMBER, ORG, "sip", config))
        roles = [
            Role(name, port, partial(Fork.launch, forks, crash_role.live, name, given))
            for name, port in (("edge", control), ("dialer", up))
        ]
        for role in roles:
            stack.push_async_callback(role.stop)
            await role.start()

        async def place(numbers):
            for number in numbers:
                call = a_call(f"task_{number[1:]}", from_number=NUMBER, to_number=number)
                await storage.calls.add(call)

        yield Crashing(roles, crowd, url, place, ORG)


async def crash_run(world, *, tasks, kills, seed, patience_s=120.0):
    """The judgement of ``tasks`` calls placed while each of ``kills`` (role to times) dies; the
    last fifth of them once nothing dies any more.

    The moments of the kills are drawn over the progress of the work, so that there is always
    some under way.
    """
    dice = random.Random(seed)
    numbers = [f"+1415{5_550_000 + n:07}" for n in range(tasks)]
    began = time.monotonic()
    first = tasks * 4 // 5
    await world.place(numbers[:first])
    async with asyncio.TaskGroup() as group:
        for role in world.roles:
            times = kills.get(role.name, 0)
            moments = sorted(dice.uniform(0, 0.9 * first) for _ in range(times))
            group.create_task(role.kill_often(moments, lambda: len(world.crowd.rung())))
    await world.place(numbers[first:])
    calls = await world.all_over(tasks, patience_s)
    outcome = world.judge(numbers, calls)
    outcome.seconds = time.monotonic() - began
    return outcome
