"""A warm transfer through the whole platform; everybody behind the trunk is another edge."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest
from tests.edge.test_edge import loudness
from tests.edge.test_legs import hears
from tests.fakes.brain import FakeBrain
from tests.fakes.edges import an_edge
from tests.fakes.flows import flow, says, transfers
from tests.fakes.platforms import a_platform
from tests.fakes.webhook_receiver import webhook_receiver

from uponai.link import control
from uponai.link.media import Stop
from uponai.media import tones

pytestmark = [pytest.mark.realtime, pytest.mark.talk]

NUMBER, CALLER, SALES = "+14155550100", "+14155550101", "+14155550177"
EVENTS = ["transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended"]


def message(text):
    return {"type": "static_message", "message": text}


FLOW = flow(
    says("hello", "Hello, this is the shoe shop.", skip_response_edge="sales"),
    transfers(
        SALES,
        {
            "type": "warm_transfer",
            "on_hold_music": "none",
            "private_handoff_option": message("A caller is on the line who wants shoes."),
            "public_handoff_option": message("Here you are."),
        },
        "back",
    ),
    says("back", "They are gone."),
)


class Town:
    """Everybody behind the trunk, by the order in which they are called."""

    def __init__(self, far, brain):
        self._far = far
        self.brain = brain
        self._count = 0

    async def answers(self, number):
        """The next one that is called, who has that ``number``."""
        edge, ear = self._far
        self._count += 1
        incoming = await ear.wait_for(control.Incoming, self._count)
        assert incoming.to_number == number
        accept = control.Accept(incoming.line_key, f"them_{self._count}", 2, (self.brain.url,))
        edge.command(accept)
        return await self.brain.line(self._count - 1)

    def hangs_up(self, line):
        self._far[0].command(control.End(line.start.call_id, "enough"))


async def told_who_waits(town, caller, other):
    """Whoever answered says the agent's own first words, as a person would, and is spoken to."""
    voiced = np.flatnonzero(np.abs(caller.pcm[: 8 * 8_000].astype(int)) > 200)
    await other.say(caller.pcm[voiced[0] : voiced[-1]])
    at = len(other.pcm)
    await town.brain.until(lambda: loudness(other.pcm[max(at, len(other.pcm) - 4_000) :]) > 300)


async def joined(town, caller, other):
    """Each hears the other; the public message was said to both."""
    at = len(caller.pcm)
    await town.brain.until(lambda: loudness(caller.pcm[at:]) > 100)
    await caller.say(tones.tone((440,), 4_000))
    await other.say(tones.tone((1_000,), 4_000))
    await town.brain.until(lambda: hears(other, 440, 1_000) and hears(caller, 1_000, 440))


async def comes_back(platform, town):
    """They hang up too soon: the agent has the caller again, and says so."""
    call_id = await platform.call(NUMBER, CALLER)
    caller = await town.answers(CALLER)
    other = await town.answers(SALES)
    await town.brain.until(lambda: loudness(caller.pcm[-4_000:]) < 20)
    quiet = len(caller.pcm)
    await told_who_waits(town, caller, other)
    assert loudness(caller.pcm[quiet:]) < 20
    await joined(town, caller, other)
    await asyncio.sleep(1.0)  # the agent says its last words to both
    town.hangs_up(other)
    await town.brain.until(lambda: bool(other.of(Stop)))
    call = await platform.until_so(
        call_id, lambda call: "They are gone." in call.get("transcript", "")
    )
    assert call["call_status"] == "ongoing"
    assert "Agent: Here you are." in call["transcript"]
    town.hangs_up(caller)
    call = await platform.until_over(call_id)
    assert call["disconnection_reason"] == "user_hangup"
    results = [e for e in call["transcript_with_tool_calls"] if e["role"] == "tool_call_result"]
    assert "were gone after" in results[0]["content"]
    return call_id


async def outlives_the_platform(platform, town):
    """Killed while somebody is told who waits: they are told again, then have the caller."""
    call_id = await platform.call(NUMBER, CALLER)
    caller = await town.answers(CALLER)
    other = await town.answers(SALES)
    await told_who_waits(town, caller, other)
    platform.kill("platform")
    await platform.healthy()
    await told_who_waits(town, caller, other)
    await joined(town, caller, other)
    assert (await platform.get(call_id))["call_status"] == "ongoing"
    town.hangs_up(caller)
    call = await platform.until_over(call_id)
    assert call["disconnection_reason"] == "call_transfer"
    assert call["transfer_destination"] == SALES
    await town.brain.until(lambda: bool(other.of(Stop)))
    return call_id


async def ends_with_the_edge(platform, town):
    """Killed while the caller waits: the next edge hangs up on both, the brain ends the record."""
    call_id = await platform.call(NUMBER, CALLER)
    caller = await town.answers(CALLER)
    other = await town.answers(SALES)
    await told_who_waits(town, caller, other)
    platform.kill("edge")
    await town.brain.until(lambda: bool(caller.of(Stop) and other.of(Stop)))
    call = await platform.until_over(call_id)
    assert (call["call_status"], call["disconnection_reason"]) == ("error", "error_retell")
    assert "transfer_destination" not in call
    return call_id


async def test_warm_transfers_and_processes_that_die_during_one(tmp_path):
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "far") as far,
        webhook_receiver() as hook,
    ):
        trunk = f"127.0.0.1:{far[0].sip_port}"
        async with a_platform(
            tmp_path / "data",
            targets=(trunk, hook.authority),
            UPONAI_TIMERS_COMPANY_LIMIT_MS="20000",
        ) as platform:
            agent = await platform.add_flow_agent(
                FLOW, webhook_url=hook.url("/hook"), webhook_events=[*EVENTS, "call_ended"]
            )
            bound = {"outbound_agents": [{"agent_id": agent, "weight": 1}]}
            await platform.import_number(NUMBER, trunk, **bound)
            town = Town(far, brain)
            back = await comes_back(platform, town)
            gone = await outlives_the_platform(platform, town)
            lost = await ends_with_the_edge(platform, town)
            bodies = [json.loads(got.body) for got in await hook.until(11)]
    told = {(body["call"]["call_id"], body["event"]) for body in bodies}
    assert told == {
        *((back, event) for event in (*EVENTS[:3], "call_ended")),
        *((gone, event) for event in (EVENTS[0], EVENTS[1], EVENTS[3], "call_ended")),
        *((lost, event) for event in (EVENTS[0], EVENTS[2], "call_ended")),
    }
