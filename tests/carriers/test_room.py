"""A host that holds as many carrier lines as it can takes no further ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.fakes.carrier_media import FarEnd, PlainCarrier
from tests.fakes.hosted import HostedStage, LetterPhone, phone
from tests.fakes.telnyx import TelnyxStage
from tests.fakes.twilio import TwilioStage
from tests.live.house import House, call_of, play
from tests.live.test_brain import shop_call

from uponai.carriers.base import CallArrived, HungUp, NumberWish
from uponai.carriers.base_media import Ticket
from uponai.live.carrier_line import LineKeeping
from uponai.live.carrier_lines import CarrierLines

TO, FROM = "+14155550101", "+14155550100"
each = pytest.mark.parametrize("make", [TwilioStage, TelnyxStage], ids=["twilio", "telnyx"])


def staged(
    make: Callable[..., HostedStage], scene: Callable[[Any], Awaitable[None]], most_lines: int
) -> None:
    async def whole(house: House) -> None:
        phones = {TO: phone(LetterPhone(hang_up_s=5.0), ring_s=3.0)}
        built = make(house, phones, most_lines=most_lines)
        await asyncio.sleep(0)
        await scene(built)
        await built.aclose()

    play(whole, shop_call())


@each
def test_an_order_waits_while_there_is_no_room(make: Callable[..., HostedStage]) -> None:
    async def scene(built: Any) -> None:
        await built.dial()
        assert len(built.sim.calls) == 1
        await built.dial()
        (told,) = [event for event in built.events if isinstance(event, HungUp)]
        assert told.no_room
        assert len(built.sim.calls) == 1
        await asyncio.sleep(20.0)
        built.events.clear()
        await built.carrier.dial(built.order())
        assert not any(isinstance(event, HungUp) and event.no_room for event in built.events)

    staged(make, scene, most_lines=1)


@each
def test_a_caller_is_refused_while_there_is_no_room(make: Callable[..., HostedStage]) -> None:
    async def scene(built: Any) -> None:
        await built.shop.buy(NumberWish(phone_number=FROM))
        call = built.sim.ring_in(TO, FROM, phone(LetterPhone()))
        await asyncio.sleep(3.0)
        assert call.is_final
        assert not any(isinstance(event, CallArrived) for event in built.events)

    staged(make, scene, most_lines=0)


def test_lines_are_counted_until_they_are_over() -> None:
    calls = [call_of(shop_call().engine, call_id=f"call_{at}") for at in range(3)]

    async def scene(house: House) -> None:
        async def answered_ms(call_id: str) -> int | None:
            return None

        lines = CarrierLines(house.brain, LineKeeping(answered_ms, return_s=0.5, most_lines=2))
        assert lines.has_room(1)
        assert not lines.has_room(2)
        ends = [FarEnd() for _ in range(2)]
        for at, end in enumerate(ends):
            house.tasks.spawn(lines.serve(PlainCarrier(), end), name="media")
            end.start(f"ref{at}", Ticket(f"call_{at}", 1, 1))
        await asyncio.sleep(0.2)
        assert not lines.has_room(0)
        ends[0].stop()
        await asyncio.sleep(2.0)
        assert lines.has_room(0)
        await lines.aclose()

    play(scene, *calls)
