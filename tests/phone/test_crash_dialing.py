"""Dialer and edge are killed by ``kill -9`` while calls go out: each number rings once at most,
and every call ends. ``./dev soak dialer`` does the same 200 times with the whole platform."""

from __future__ import annotations

import multiprocessing
import socket
from contextlib import AsyncExitStack
from functools import partial

import pytest
from tests.fakes.crashes import NUMBER, Crashing, Fork, Role, a_crowd, crash_run
from tests.fakes.sipp import AVAILABLE, free_port
from tests.phone import crash_role
from tests.storage.worlds import ORG, a_call

from uponai.storage.base import PhoneNumber
from uponai.storage.sql import open_storage

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]
KILLS = {"edge": 10, "dialer": 10}


async def test_twenty_kills_ring_nobody_twice_and_lose_no_call(tmp_path):
    database = f"sqlite:///{tmp_path / 'uponai.db'}"
    control, up = (free_port(socket.SOCK_STREAM) for _ in range(2))
    given = {
        "data": str(tmp_path / "edge"),
        "database": database,
        "sip_port": free_port(),
        "rtp_first": 58_000,
        "control_port": control,
        "up_port": up,
        "log": str(tmp_path / "log"),
    }
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.phone.crash_role"])
    async with a_crowd(tmp_path, 300) as crowd, AsyncExitStack() as stack:
        storage = await open_storage(database)
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
            for index, number in enumerate(numbers):
                call = a_call(f"task_{index}", from_number=NUMBER, to_number=number)
                await storage.calls.add(call)

        world = Crashing(roles, crowd, database, place, ORG)
        found = await crash_run(world, tasks=100, kills=KILLS, seed=1)
    assert found.faults == []
    assert found.kills == KILLS
    assert sum(found.reasons.values()) == 100
    assert found.reasons["dial_busy: Busy Here"] > 50, found.reasons
