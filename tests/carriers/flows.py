"""Whole calls through the adapters of carriers that host them: what their tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.fakes.hosted import HostedStage
from tests.live.house import House, play
from tests.live.test_brain import shop_call, shopkeeper

from uponai.carriers.base import LostDial
from uponai.domain.call import CallState
from uponai.domain.ending import Ending
from uponai.sim.carriers.phone import Phone

TO = "+14155550101"
FROM = "+14155550100"
HUMAN = "+14155550199"


def staged(
    make: Callable[..., HostedStage],
    phones: dict[str, Phone],
    scene: Callable[[Any], Awaitable[None]],
    *,
    call: Any = None,
    **account: Any,
) -> House:
    """Play ``scene`` with a shop's agent and these phones behind the numbers."""

    async def whole(house: House) -> None:
        built = make(house, phones, **account)
        await asyncio.sleep(0)
        await scene(built)
        await built.aclose()

    return play(whole, call or shop_call(), script=shopkeeper)


def ending(house: House) -> Ending:
    found = house.row().ending
    assert found is not None
    return found


def said(house: House, role: str) -> list[str]:
    entries = house.row().report["transcript_object"]
    return [entry["content"] for entry in entries if entry["role"] == role]


async def until_over(built: HostedStage, limit_s: float = 60.0) -> None:
    async with asyncio.timeout(limit_s):
        while built.house.row().state is not CallState.ENDED:
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)


def lost(**more: Any) -> LostDial:
    return LostDial("call_1", 1, 1, FROM, TO, **more)
