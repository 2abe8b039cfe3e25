"""The simulated SIP trunk in a process of its own, called by an edge: people, faults, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from tests.fakes.brain import FakeBrain, FakeLine
from tests.fakes.edge_control import ControlEar
from tests.fakes.edges import an_edge, dial, edge_config
from tests.fakes.functions import FakeFunctions
from tests.fakes.providers import FakeProviders, read, spoken
from tests.patience import until

from uponai.edge.main import Edge
from uponai.link import control
from uponai.link.media import Quality
from uponai.sim.people import People
from uponai.sim.phone_line import LineSettings
from uponai.sim.scenario import Directory, Scenario
from uponai.sim.trunk import Trunk
from uponai.sim.trunk_line import TrunkLine, TrunkPlan

pytestmark = pytest.mark.realtime

PEOPLE = Directory(Scenario.QUICK, ring_s=0.0)


class Customer:
    """An edge with a brain that writes down what is heard."""

    def __init__(self, edge: Edge, ear: ControlEar, brain: FakeBrain, target: str) -> None:
        self.edge, self.ear, self.brain, self.target = edge, ear, brain, target

    async def call(self, number: str) -> FakeLine:
        """The line of an answered call; its call id is the number."""
        order = dial(self.target, [self.brain.url], call_id=number.strip("+"))
        self.edge.command(replace(order, to_number=number))
        await self.ear.wait_of(number.strip("+"), control.Answered)
        await self.brain.until(lambda: self._line(number) is not None)
        line = self._line(number)
        assert line is not None
        return line

    def _line(self, number: str) -> FakeLine | None:
        wanted = number.strip("+")
        return next((line for line in self.brain.lines if line.start.call_id == wanted), None)

    async def refused(self, number: str) -> int | None:
        """The final code of a call that nobody answers."""
        order = dial(self.target, [self.brain.url], call_id=number.strip("+"))
        self.edge.command(replace(order, to_number=number))
        return (await self.ear.wait_of(number.strip("+"), control.Ended)).sip_code

    async def hears(self, line: FakeLine, text: str) -> None:
        await self.brain.until(lambda: text in read(line.pcm))


@asynccontextmanager
async def a_customer(data: Path, target: str) -> AsyncIterator[Customer]:
    async with FakeBrain() as brain, an_edge(data) as (edge, ear):
        yield Customer(edge, ear, brain, target)


async def test_people_answer_by_their_numbers(tmp_path: Path) -> None:
    people = People("v", FakeProviders(), FakeFunctions([]))
    trunk = Trunk(LineSettings(tmp_path / "line", PEOPLE), people)
    await trunk.start()
    async with a_customer(tmp_path / "edge", trunk.sip_address) as customer:
        await asyncio.gather(
            once_untorn(a_machine_greets, customer),
            once_untorn(a_menu_takes_keys, customer),
            nobody_answers(customer),
            a_bad_network_shows(customer),
            the_callee_hangs_up(customer, trunk),
            once_untorn(partial(somebody_calls, trunk), customer),
        )
    await trunk.aclose()
    await people.aclose()


async def once_untorn(play: Callable[[Customer, int], Awaitable[None]], customer: Customer) -> None:
    """Play it once more where not all was understood: who gets no processor for a moment tears
    what is said."""
    for number in range(5):
        try:
            async with asyncio.timeout(15):
                return await play(customer, number)
        except TimeoutError:
            continue
    raise AssertionError("not understood, again and again")


async def a_machine_greets(customer: Customer, number: int) -> None:
    line = await customer.call(f"+141{number}5550005")
    await customer.hears(line, "reached Anna")


async def a_menu_takes_keys(customer: Customer, number: int) -> None:
    line = await customer.call(f"+141{number}5550010")
    await customer.hears(line, "Thank you")
    customer.edge.command(control.SendDtmf(f"141{number}5550010", "1"))
    pressed = len(line.pcm)
    await customer.hears(line, "this is Anna")
    assert "To speak to somebody" not in read(line.pcm[pressed:])


async def nobody_answers(customer: Customer) -> None:
    assert await customer.refused("+14155550001") == 486
    assert await customer.refused("+14155550003") == 603
    assert await customer.refused("+14155550004") == 404
    assert await customer.refused("+14155550013") == 503


async def a_bad_network_shows(customer: Customer) -> None:
    silent, cut = await asyncio.gather(customer.call("+14155540005"), customer.call("+14155560008"))
    lossy = await customer.call("+14155510008")
    # Announcement and music last for eight seconds; the connection breaks after five.
    await customer.brain.until(lambda: len(cut.pcm) >= 7 * 8_000 and not np.any(cut.pcm[-8_000:]))
    assert not np.any(silent.pcm)
    assert 0 < np.count_nonzero(cut.pcm) < 6.5 * 8_000
    customer.edge.command(control.End("14155510008", "bye"))
    await customer.brain.until(lambda: bool(lossy.of(Quality)))
    assert 1 < lossy.of(Quality)[-1].loss_percent < 15


async def the_callee_hangs_up(customer: Customer, trunk: Trunk) -> None:
    await customer.call("+14155550011")
    (call,) = [one for one in trunk.calls.values() if one.to_number == "+14155550011"]
    await until(lambda: trunk.calls[call.sid].status == "in-progress")
    trunk.hang_up(call)
    ended = await customer.ear.wait_of("14155550011", control.Ended)
    assert ended.cause == "remote_hangup"


async def somebody_calls(trunk: Trunk, customer: Customer, number: int) -> None:
    port = customer.edge.sip_port
    call = trunk.call_out("+14155559999", "+14155550100", Scenario.QUICK, f"127.0.0.1:{port}")
    event = await customer.ear.wait_for(control.Incoming, number + 1)
    assert (event.from_number, event.to_number) == ("+14155559999", "+14155550100")
    name = f"arrived_{number}"
    accept = control.Accept(event.line_key, name, 1, (customer.brain.url,))
    customer.edge.command(accept)
    await customer.brain.until(lambda: bool(customer._line(name)))
    line = customer._line(name)
    assert line is not None
    await customer.hears(line, "Hello?")
    await line.say(spoken("Which day?"))
    await customer.hears(line, "Tomorrow")
    trunk.hang_up(call)
    await customer.ear.wait_of(name, control.Ended)
    await until(lambda: trunk.calls[call.sid].status == "ended")


async def test_limits_of_the_trunk_are_answered_with_its_codes(tmp_path: Path) -> None:
    rings = Directory(Scenario.NO_ANSWER)
    plans = (TrunkPlan("", rings, concurrency=1), TrunkPlan("", rings, cps=1))
    codes: list[int | None] = []
    for number, plan in enumerate(plans):
        config = edge_config(tmp_path / f"trunk{number}")
        trunk = TrunkLine(config, plan)
        await trunk.start()
        async with a_customer(tmp_path / f"edge{number}", f"127.0.0.1:{trunk.sip_port}") as one:
            order = dial(one.target, [one.brain.url], call_id="first")
            one.edge.command(order)
            await one.ear.wait_of("first", control.Ringing)
            # However late they are, of two at once the second is too many within a second.
            for call_id in ("second", "third"):
                one.edge.command(replace(order, call_id=call_id))
            codes.append((await one.ear.wait_for(control.Ended)).sip_code)
        await trunk.aclose()
    assert codes == [403, 503]
