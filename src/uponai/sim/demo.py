"""The demo as a whole: stage, agent, one or more calls; what a person sees of it is elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from uponai.client import AsyncUponAI
from uponai.client.webhooks import Webhooks
from uponai.sim.cast import FROM_NUMBER, TO_NUMBER, Casting, Trunk, create_agent
from uponai.sim.play import Played, Player, Watch, request
from uponai.sim.scenario import Scenario
from uponai.sim.stage import Stage, StagePlan, new_api_key
from uponai.sim.verdict import ANY_CALL, EXPECTED, Expectation
from uponai.sim.waiting import patiently


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody outside who is to be called.

    ``to`` is a SIP URI, or a number that the trunk ``termination_uri`` reaches; ``target`` is the
    ``host:port`` that it leads to, ``our_host`` the address of ours that it is told.
    """

    to: str
    termination_uri: str
    target: str
    our_host: str
    transport: str = "UDP"
    from_number: str = FROM_NUMBER
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """``scenarios`` are played one after the other, each by ``calls`` calls at once.

    ``guest`` is called in place of our own callee; then the scenarios mean nothing.
    """

    output: Path
    scenarios: Sequence[Scenario] = (Scenario.ANSWER,)
    calls: int = 1
    keep: bool = False
    prompt: bool = False
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    flow: Mapping[str, Any] | None = None
    guest: Guest | None = None


class Audience(Protocol):
    """Who is shown the demo."""

    def progress(self, text: str) -> None: ...

    def opened(self, stage: Stage) -> None: ...

    def scene(self, scenario: Scenario) -> None: ...

    def watch(self, number: int) -> Watch:
        """Who hears of call ``number`` (from 1) while it happens."""
        ...

    def played(self, played: Played) -> None: ...

    def kept(self, stage: Stage, agent_id: str) -> None:
        """The stage stays up until somebody ends it."""
        ...


async def run_demo(plan: DemoPlan, audience: Audience) -> list[Played]:
    """All calls, in order. Raises StageError, CallStuck and client errors; leaves nothing behind.

    With ``keep`` it does not return: the stage stays up until this is cancelled.
    """
    key = new_api_key()
    stage = Stage(_stage_plan(plan), Webhooks(key).verify, key, audience.progress)
    try:
        await stage.open(None if plan.guest else plan.scenarios[0])
        audience.opened(stage)
        async with AsyncUponAI(key, base_url=stage.url) as client:
            return await _perform(plan, stage, client, audience)
    finally:
        await patiently("taking the stage down", stage.aclose(), audience.progress)


def _stage_plan(plan: DemoPlan) -> StagePlan:
    guest = plan.guest
    if guest is None:
        return StagePlan(keep=plan.keep, extra=plan.settings)
    host = "127.0.0.1" if guest.our_host == "127.0.0.1" else "0.0.0.0"
    return StagePlan(guest.target, plan.keep, host, guest.our_host, plan.settings)


async def _perform(
    plan: DemoPlan, stage: Stage, client: AsyncUponAI, audience: Audience
) -> list[Played]:
    guest, receiver = plan.guest, stage.receiver
    casting = Casting(_trunk(stage.target, guest), plan.prompt, plan.flow)
    agent_id = await create_agent(
        client, casting, webhook_url=receiver.webhook_url, booking_url=receiver.booking_url
    )
    player = Player(client, receiver, plan.output, audience.progress)
    everything: list[Played] = []
    for scenario in (None,) if guest else plan.scenarios:
        if scenario is not None and everything:
            await stage.play(scenario)
        if scenario is not None and len(plan.scenarios) > 1:
            audience.scene(scenario)
        wanted = request(scenario, receiver.booking_url, agent_id)
        wanted["from_number"] = casting.trunk.from_number
        wanted["to_number"] = guest.to if guest else TO_NUMBER
        if guest is not None:
            wanted["ignore_e164_validation"] = True
        expected = EXPECTED[scenario] if scenario is not None else ANY_CALL
        everything += await _scene(player, plan.calls, (wanted, expected), audience)
    if plan.keep:
        audience.kept(stage, agent_id)
        await asyncio.Event().wait()
    return everything


def _trunk(target: str, guest: Guest | None) -> Trunk:
    if guest is None:
        return Trunk(target)
    return Trunk(
        guest.termination_uri, guest.transport, guest.from_number, guest.username, guest.password
    )


async def _scene(
    player: Player, calls: int, wanted: tuple[dict[str, Any], Expectation], audience: Audience
) -> list[Played]:
    playing = [player.play(*wanted, audience.watch(number)) for number in range(1, calls + 1)]
    ended = await asyncio.gather(*playing, return_exceptions=True)
    failures = [one for one in ended if isinstance(one, BaseException)]
    played = [one for one in ended if isinstance(one, Played)]
    for one in played:
        audience.played(one)
    if failures:
        raise failures[0]
    return played
