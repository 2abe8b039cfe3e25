"""Who takes an arriving call: one drawn from the number's agents, or whom its webhook names.

What the webhook says wrongly, or not at all, costs no call that a bound agent can take; the
call's record says what was wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from uponai import log
from uponai.api.resolve import AgentChoice, ResolvedAgent, resolve
from uponai.api.services import ApiServices
from uponai.carriers.base import CallArrived
from uponai.dialer.inbound import draw
from uponai.domain.errors import UserError
from uponai.storage.base import PhoneNumber
from uponai.webhooks.question import Patience, Unanswered, ask
from uponai.webhooks.worker import Sender, SigningKey
from uponai.wire.inbound import BadAnswer, question, wishes

_OVERRIDES = ("override_agent_id", "override_agent_version", "agent_override")
_log = log.get("uponai.inbound")


@dataclass(frozen=True, slots=True)
class Taker:
    """``agent`` None: nobody takes it; ``why`` says so where an agent was named that cannot.

    ``wishes`` is what the webhook asked for; ``trouble`` what kept us from asking or following it.
    """

    agent: ResolvedAgent | None = None
    choice: AgentChoice | None = None
    why: str = ""
    wishes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class InboundAgents:
    """``signing_key`` is the workspace's; None: the question goes out unsigned."""

    services: ApiServices
    sender: Sender
    signing_key: SigningKey
    patience: Patience = field(default_factory=Patience)

    async def bound(self, number: PhoneNumber) -> Taker:
        """One drawn from the agents that are bound to the number."""
        chance = int.from_bytes(self.services.entropy(8)) / 2**64
        one = draw(number.config.get("inbound_agents") or [], chance)
        if one is None:
            return Taker()
        weight = float(one.get("weight", 1))
        choice = AgentChoice(str(one["agent_id"]), one.get("agent_version"), weight=weight)
        return await self._resolved(number, choice)

    async def asked(
        self, number: PhoneNumber, event: CallArrived, call_id: str, bound: Taker
    ) -> Taker:
        """Whom the number's webhook wants instead of ``bound``, and what else it wants."""
        agent = bound.agent
        known = (agent.agent_id, agent.version) if agent is not None else None
        body = question(call_id, event.from_number, event.to_number, known)
        url = str(number.config["inbound_webhook_url"])
        try:
            key = await self.signing_key(number.workspace_id)
            said = wishes(await ask(self.sender, url, body, key, self.patience))
        except (Unanswered, BadAnswer) as error:
            return _troubled(bound, call_id, str(error))
        taker = replace(bound, wishes=said)
        choice = _wished(bound.choice, said)
        if choice is None:
            return taker
        wanted = await self._resolved(number, choice)
        if wanted.agent is None:
            # What it said of the call itself still holds.
            rest = {name: said[name] for name in said if name not in _OVERRIDES}
            return _troubled(replace(bound, wishes=rest), call_id, wanted.why)
        return replace(wanted, wishes=said)

    async def _resolved(self, number: PhoneNumber, choice: AgentChoice) -> Taker:
        try:
            agent = await resolve(self.services, number.workspace_id, choice)
        except UserError as error:
            return Taker(choice=choice, why=error.message.replace("request/body/", ""))
        return Taker(agent, choice)


def _wished(bound: AgentChoice | None, said: Mapping[str, Any]) -> AgentChoice | None:
    """None where nothing is to change, or there is nobody to change it of."""
    if not any(name in said for name in _OVERRIDES):
        return None
    version, override = said.get("override_agent_version"), said.get("agent_override")
    named = said.get("override_agent_id")
    if named is not None:
        return AgentChoice(str(named), version, override)
    if bound is None:
        return None
    return replace(bound, version=bound.version if version is None else version, override=override)


def _troubled(bound: Taker, call_id: str, why: str) -> Taker:
    _log.warning("inbound webhook not followed", call_id=call_id, error=why)
    return replace(bound, trouble=why)
