"""What one may do to simulated calls, and what is answered to those who ask for something else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.functions import FakeFunctions
from tests.fakes.hosted import LetterPhone, phone
from tests.fakes.providers import FakeProviders
from tests.sim.carriers.test_messages import TwilioCustomer
from tests.virtual_time import run

from uponai.cli.carrier_sim import is_loopback
from uponai.sim.carriers.control import ControlRoom, Refused, shown
from uponai.sim.carriers.twilio import TwilioSim
from uponai.sim.carriers.twilio_call import TwilioAccount
from uponai.sim.network import Faults
from uponai.sim.people import People
from uponai.sim.phone_line import LineSettings
from uponai.sim.scenario import Directory
from uponai.sim.trunk import Trunk

NUMBER, CALLER = "+14155550100", "+14155550199"
WISH = {"from": CALLER, "to": NUMBER, "scenario": "fax-calling"}


class Room:
    """A control room over a simulated Twilio with one number, whose calls are answered."""

    def __init__(self) -> None:
        answer = '<Response><Connect><Stream url="wss://customer.example/m"/></Connect></Response>'
        customer = TwilioCustomer({"/voice": answer})
        self.sim = TwilioSim(TwilioAccount(), lambda number: phone(LetterPhone()), customer)
        number = {"phone_number": NUMBER, "voice_url": "https://customer.example/voice"}
        self.sim.numbers["PN1"] = number
        self.people = People("v", FakeProviders(), FakeFunctions([]))
        trunk = Trunk(LineSettings(Path("nowhere")), self.people)
        self.room = ControlRoom((self.sim,), trunk, Directory(), self.people)

    async def aclose(self) -> None:
        await self.sim.aclose()
        await self.people.aclose()


def test_somebody_calls_a_number_and_is_disturbed() -> None:
    async def scene() -> None:
        bench = Room()
        sid = bench.room.ring_in(WISH | {"network": "loss"}).sid
        call = bench.sim.calls[sid]
        assert call.road.faults.loss == 0.05
        await asyncio.sleep(2.0)
        assert shown(call)["status"] == "in-progress"
        bench.room.disturb(sid, "network", {"delay_ms": 250, "mute": True})
        assert call.road.faults == Faults(delay_s=0.25, mute=True)
        bench.room.disturb(sid, "press", {"digits": "1#"})
        bench.room.disturb(sid, "hangup", {})
        await asyncio.sleep(2.0)
        assert [one["status"] for one in bench.room.listed()] == ["completed"]
        with pytest.raises(Refused, match="no media socket"):
            bench.room.disturb(sid, "reset", {})
        await bench.aclose()

    run(scene())


@pytest.mark.parametrize(
    ("wish", "status", "told"),
    [
        ({"from": CALLER}, 400, "to: expected a text"),
        (WISH | {"from": 1}, 400, "from: expected a text"),
        (WISH | {"scenario": "dragon"}, 400, "scenario: one of answer, busy"),
        (WISH | {"network": 5}, 400, "network: one of good, loss"),
        (WISH | {"to": "+14155550123"}, 404, "to: not a number of an account"),
    ],
)
def test_wishes_that_cannot_be_met_name_the_field(
    wish: dict[str, Any], status: int, told: str
) -> None:
    async def scene() -> None:
        bench = Room()
        with pytest.raises(Refused, match=told) as refused:
            bench.room.ring_in(wish)
        assert refused.value.args[0] == status
        assert not bench.room.listed()
        await bench.aclose()

    run(scene())


@pytest.mark.parametrize(
    ("what", "asked", "status"),
    [
        ("explode", {}, 404),
        ("network", {"loss_percent": 101}, 400),
        ("network", {"delay_ms": "soon"}, 400),
        ("press", {"digits": "1"}, 409),
    ],
)
def test_disturbances_that_do_not_exist_or_fit_change_nothing(
    what: str, asked: dict[str, Any], status: int
) -> None:
    async def scene() -> None:
        bench = Room()
        sid = bench.room.ring_in(WISH).sid
        with pytest.raises(Refused) as refused:
            bench.room.disturb(sid, what, asked)
        assert refused.value.args[0] == status
        with pytest.raises(Refused, match="no such call"):
            bench.room.disturb("CA0", "hangup", {})
        await bench.aclose()

    run(scene())


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.0.1", True), ("::1", True), ("localhost", True)]
    + [("0.0.0.0", False), ("::", False), ("192.0.2.7", False), ("sim.example.com", False)],
)
def test_which_addresses_are_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
