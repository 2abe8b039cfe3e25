"""Dialer and edge are killed by ``kill -9`` while calls go out: each number rings once at most,
and every call ends. ``./dev soak dialer`` does the same 200 times, also with the whole platform."""

from __future__ import annotations

import pytest
from tests.fakes.crashes import crash_run, crashing_dialer
from tests.fakes.sipp import AVAILABLE

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]
KILLS = {"edge": 10, "dialer": 10}


async def test_twenty_kills_ring_nobody_twice_and_lose_no_call(tmp_path):
    async with crashing_dialer(tmp_path) as world:
        found = await crash_run(world, tasks=100, kills=KILLS, seed=1)
    assert found.faults == []
    assert found.kills == KILLS
    assert sum(found.reasons.values()) == 100
    assert found.reasons["dial_busy: Busy Here"] > 10, found.reasons
