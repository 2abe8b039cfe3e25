"""Whole calls of a served platform through simulated carriers: what the platform's user sees of
each, by API, webhooks and recording. One platform makes them all, a few at a time."""

from __future__ import annotations

import asyncio
import io
import json
import re
import wave
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from tests.fakes.carrier_sims import CarrierSim, a_carrier_sim
from tests.fakes.flows import END, flow, says, transfers
from tests.fakes.platforms import PATIENT, ServedPlatform, a_platform
from tests.fakes.webhook_receiver import WebhookReceiver, webhook_receiver
from tests.patience import patience, until

pytestmark = [pytest.mark.realtime, pytest.mark.talk, pytest.mark.timeout(240)]

HOSTED = ("twilio", "telnyx")
EVERY = (*HOSTED, "sip")
CALLER = "+14155559999"
QUICK, SLOW, VOICEMAIL, FAX, BUSY = (
    "+14155550011", "+14155550012", "+14155550005", "+14155550007", "+14155550001",
)  # fmt: skip
TORN = "+14155560012"
"""Somebody slow, whose media socket is reset five seconds after the answer."""

OPTIONS = ("--scenario", "quick", "--cps", "20", "--ring-ms", "200")
AT_ONCE = 3
"""As many as a small machine recognises and speaks for in time."""

RATES = {f"UPONAI_CPS_{name.upper()}": "5" for name in HOSTED}

GREETING = "Hello, on which day would you like to come and see us?"
LONG = (
    "I will now count slowly and clearly, and you need not say anything at all: one, two, three, "
    "four, five, six, seven, eight, nine, ten, eleven and twelve."
)
FAREWELL = "Thank you, and goodbye."
IDENTIFIERS = {"twilio": {"twilio_call_sid"}, "telnyx": set[str](), "sip": set[str]()}
EVENTS = ["call_started", "call_ended", "call_analyzed"]
TRANSFERS = ["transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended"]


TALKS = flow(
    says("ask", GREETING, always_edge="bye"),
    says("bye", FAREWELL, skip_response_edge="end"),
    END,
    start_speaker="user",
)
COUNTS = flow(says("count", LONG, always_edge="end"), END)
LEAVES = flow(says("bye", FAREWELL, skip_response_edge="end"), END)
HANDS_OVER = flow(
    says("hello", "One moment.", skip_response_edge="sales"),
    transfers(FAX, {"type": "cold_transfer"}, "end"),
    END,
)


@dataclass
class Bench:
    """A platform, its carriers, its user's webhooks; agents and numbers by name."""

    platform: ServedPlatform
    sim: CarrierSim
    hook: WebhookReceiver
    agents: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    async def add(self, name: str, script: dict[str, Any], **more: Any) -> None:
        told = {"webhook_url": self.hook.url("/hook"), "webhook_events": EVENTS + TRANSFERS}
        self.agents[name] = await self.platform.add_flow_agent(script, **told, **more)

    async def buy(self) -> None:
        bound = [{"agent_id": self.agents["talks"], "weight": 1}]
        both = {"outbound_agents": bound, "inbound_agents": bound}
        for carrier in HOSTED:
            wish = {"number_provider": carrier, "area_code": 212, **both}
            made = await self.platform.request("POST", "/create-phone-number", wish)
            self.numbers[carrier] = made["phone_number"]
        self.numbers["sip"] = "+14155550100"
        await self.platform.import_number(self.numbers["sip"], self.sim.sip, **both)

    async def call(self, carrier: str, to_number: str, agent: str) -> str:
        """Places a call as soon as the limit of calls a second lets it."""
        chosen = {"override_agent_id": self.agents[agent]}
        async with patience():
            while True:
                try:
                    return await self.platform.call(self.numbers[carrier], to_number, **chosen)
                except AssertionError as error:
                    if "rate_limited" not in str(error):
                        raise
                await asyncio.sleep(0.2)

    async def over(self, call_id: str) -> dict[str, Any]:
        """The call, once all is known and told of it."""
        call = await self.platform.until_analyzed(call_id, timeout_s=120)
        await self.told(call_id, "call_analyzed")
        return call

    async def told(self, call_id: str, event: str) -> None:
        """Waits for a webhook of a call."""
        await until(lambda: event in self.events_of(call_id))

    def events_of(self, call_id: str) -> list[str]:
        bodies = [json.loads(got.body) for got in self.hook.got]
        return [body["event"] for body in bodies if body["call"]["call_id"] == call_id]


Flow = Callable[[Bench, str], Awaitable[dict[str, Any]]]


async def outbound(bench: Bench, carrier: str) -> dict[str, Any]:
    return await bench.over(await bench.call(carrier, QUICK, "talks"))


async def inbound(bench: Bench, carrier: str) -> dict[str, Any]:
    number = bench.numbers[carrier]
    if carrier == "telnyx":
        # From an order it learns where this platform is.
        await bench.sim.between(number, QUICK)
    wish = {"from": CALLER, "to": number, "scenario": "quick"}
    await bench.sim.post("/sim/calls", wish)
    async with patience():
        while True:
            for call in await bench.platform.request("POST", "/v2/list-calls", {}):
                if (call["direction"], call["to_number"]) == ("inbound", number):
                    return await bench.over(call["call_id"])
            await asyncio.sleep(0.2)


async def voicemail(bench: Bench, carrier: str) -> dict[str, Any]:
    return await bench.over(await bench.call(carrier, VOICEMAIL, "talks"))


async def busy(bench: Bench, carrier: str) -> dict[str, Any]:
    return await bench.over(await bench.call(carrier, BUSY, "talks"))


async def agent_leaves(bench: Bench, carrier: str) -> dict[str, Any]:
    return await bench.over(await bench.call(carrier, FAX, "leaves"))


async def callee_leaves(bench: Bench, carrier: str) -> dict[str, Any]:
    call_id = await bench.call(carrier, SLOW, "counts")
    await bench.told(call_id, "call_started")
    await bench.sim.hang_up(bench.numbers[carrier], SLOW)
    return await bench.over(call_id)


async def transfer(bench: Bench, carrier: str) -> dict[str, Any]:
    call_id = await bench.call(carrier, "+14155558012", "hands over")
    await bench.told(call_id, "transfer_bridged")
    await bench.sim.hang_up(bench.numbers[carrier], "+14155558012")
    return await bench.over(call_id)


async def torn_socket(bench: Bench, carrier: str) -> dict[str, Any]:
    return await bench.over(await bench.call(carrier, TORN, "counts"))


FLOWS: tuple[tuple[Flow, tuple[str, ...]], ...] = (
    (outbound, EVERY),
    (inbound, HOSTED),
    (voicemail, HOSTED),
    (busy, EVERY),
    (agent_leaves, HOSTED),
    (callee_leaves, HOSTED),
    (transfer, HOSTED),
    (torn_socket, HOSTED),
)


@dataclass
class Seen:
    """What the user has of a call. ``sound``: the share of 20 ms frames with sound in the
    recording's channels, agent and person."""

    call: dict[str, Any]
    events: list[str]
    sound: tuple[float, ...] = ()

    def said(self, role: str) -> str:
        entries = self.call.get("transcript_object") or []
        return " ".join(entry["content"] for entry in entries if entry["role"] == role)


async def recorded(session: aiohttp.ClientSession, url: str) -> tuple[float, ...]:
    async with session.get(url) as answer:
        assert answer.status == 200
        data = await answer.read()
    with wave.open(io.BytesIO(data)) as recording:
        frames = recording.readframes(recording.getnframes())
        both = np.frombuffer(frames, "<i2").reshape(-1, recording.getnchannels())
    cut = both[: len(both) // 160 * 160].astype(float).reshape(-1, 160, both.shape[1])
    loud = np.sqrt((cut**2).mean(axis=1)) > 100
    return tuple(float(share) for share in loud.mean(axis=0))


class Table:
    """What was seen of every flow with every carrier."""

    def __init__(self) -> None:
        self._seen: dict[tuple[Flow, str], Seen | Exception] = {}

    async def keep(self, play: Flow, carrier: str, work: Awaitable[Seen]) -> None:
        try:
            self._seen[play, carrier] = await work
        except (AssertionError, TimeoutError) as error:
            self._seen[play, carrier] = error

    def of(self, play: Flow, carrier: str) -> Seen:
        found = self._seen[play, carrier]
        if isinstance(found, Exception):
            raise found
        return found


async def played(folder: Path) -> Table:
    """Every flow with every carrier, at once."""
    seen = Table()
    room = asyncio.Semaphore(AT_ONCE)
    async with (
        webhook_receiver() as hook,
        a_carrier_sim(folder / "sim", *OPTIONS) as sim,
    ):
        targets = (hook.authority, sim.sip)
        env = {**sim.env, **PATIENT, **RATES}
        del env["UPONAI_ALLOW_PRIVATE_TARGETS"]
        async with a_platform(folder / "data", targets=targets, **env) as platform:
            bench = Bench(platform, sim, hook)
            message = {"type": "static_text", "text": "Please call us back. Goodbye."}
            await bench.add("talks", TALKS, voicemail_option={"action": message})
            await bench.add("counts", COUNTS, interruption_sensitivity=0)
            await bench.add("leaves", LEAVES)
            await bench.add("hands over", HANDS_OVER)
            await bench.buy()

            async def one(play: Flow, carrier: str) -> Seen:
                async with room:
                    call = await play(bench, carrier)
                found = Seen(call, bench.events_of(call["call_id"]))
                if url := call.get("recording_multi_channel_url"):
                    found.sound = await recorded(platform.session, url)
                return found

            every = [(play, name) for play, names in FLOWS for name in names]
            await asyncio.gather(*(seen.keep(*which, one(*which)) for which in every))
            for number in bench.numbers.values():
                await platform.request("DELETE", f"/delete-phone-number/{number}")
    return seen


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    yield asyncio.run(played(tmp_path_factory.mktemp("flows")))


every = pytest.mark.parametrize("carrier", EVERY)
hosted = pytest.mark.parametrize("carrier", HOSTED)


def understood(found: Seen) -> bool:
    """Whether words of the person are on record: a machine that stalls tears some of them."""
    words = re.findall("[a-z]+", found.said("user").lower())
    return not {"hello", "tomorrow", "three"}.isdisjoint(words)


@every
def test_a_call_out_is_talked_and_ended_by_the_agent(seen: Table, carrier: str) -> None:
    found = seen.of(outbound, carrier)
    assert found.call["direction"] == "outbound"
    assert found.call["disconnection_reason"] == "agent_hangup"
    assert found.call.get("telephony_identifier", {}).keys() == IDENTIFIERS[carrier]
    assert found.said("agent") == f"{GREETING} {FAREWELL}"
    assert understood(found)
    assert found.events == EVENTS
    assert all(share > 0.05 for share in found.sound)
    assert len(found.sound) == 2


@hosted
def test_a_call_in_is_taken_and_talked(seen: Table, carrier: str) -> None:
    found = seen.of(inbound, carrier)
    assert (found.call["direction"], found.call["from_number"]) == ("inbound", CALLER)
    assert found.call["disconnection_reason"] == "agent_hangup"
    assert understood(found)
    assert found.said("agent").endswith(FAREWELL)
    assert sorted(found.events) == sorted(EVENTS)
    assert all(share > 0.05 for share in found.sound)


@hosted
def test_an_answering_machine_gets_its_message(seen: Table, carrier: str) -> None:
    found = seen.of(voicemail, carrier)
    assert found.call["disconnection_reason"] == "voicemail_reached"
    assert found.call["call_analysis"]["in_voicemail"] is True
    assert "Please call us back. Goodbye." in found.said("agent")
    assert sorted(found.events) == sorted(EVENTS)


@every
def test_a_busy_number_is_not_connected(seen: Table, carrier: str) -> None:
    found = seen.of(busy, carrier)
    assert found.call["call_status"] == "not_connected"
    assert found.call["disconnection_reason"] == "dial_busy"
    assert "recording_url" not in found.call
    assert sorted(found.events) == ["call_analyzed", "call_ended"]


@hosted
def test_the_agent_hangs_up_behind_its_last_word(seen: Table, carrier: str) -> None:
    found = seen.of(agent_leaves, carrier)
    assert found.call["disconnection_reason"] == "agent_hangup"
    assert found.said("agent") == FAREWELL
    assert found.sound[0] > 0.05


@hosted
def test_the_callee_hangs_up(seen: Table, carrier: str) -> None:
    found = seen.of(callee_leaves, carrier)
    assert found.call["disconnection_reason"] == "user_hangup"
    assert found.call["recording_url"]
    assert found.said("agent") != LONG


@hosted
def test_a_caller_is_handed_over_and_both_talk_until_they_hang_up(
    seen: Table, carrier: str
) -> None:
    found = seen.of(transfer, carrier)
    assert found.call["disconnection_reason"] == "call_transfer"
    assert found.call["transfer_destination"] == FAX
    assert set(found.events) == {*EVENTS, "transfer_started", "transfer_bridged"}


@hosted
def test_a_sentence_goes_on_after_its_socket_was_torn(seen: Table, carrier: str) -> None:
    found = seen.of(torn_socket, carrier)
    assert found.call["disconnection_reason"] == "agent_hangup"
    assert found.said("agent") == LONG
    assert sorted(found.events) == sorted(EVENTS)
    assert found.sound[0] > 0.2
