"""Whoever waits more than a second is told what for."""

from __future__ import annotations

import asyncio

import pytest
from tests.virtual_time import run

from uponai.sim.waiting import patiently


async def nap(seconds):
    await asyncio.sleep(seconds)
    return "done"


def test_short_waits_are_silent_and_long_ones_are_told():
    words = []
    assert run(patiently("quick", nap(0.5), words.append)) == "done"
    assert words == []
    assert run(patiently("slow", nap(7.0), words.append)) == "done"
    assert words[0] == "slow ..."
    assert len(words) == 2


def test_what_fails_fails_here():
    async def breaks():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run(patiently("it", breaks(), print))
