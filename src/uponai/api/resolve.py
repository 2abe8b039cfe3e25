"""From an agent's name to what one call will use: version, overrides, engine, made final.

The result is kept with the call, so that later edits change nothing for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uponai.api import versioned
from uponai.api.engines import ENGINES, engine_of
from uponai.api.roots import tags_of
from uponai.api.services import ApiServices
from uponai.dialer.inbound import draw
from uponai.domain.errors import UserError
from uponai.domain.limits import Variant
from uponai.storage.base import PhoneNumber
from uponai.wire.override import PATH, call_agent, overridden_agent, overridden_engine
from uponai.wire.tags import Tags, call_tag
from uponai.wire.validate import Json

NO_OUTBOUND_AGENT = "No outbound agent id set up for phone number."


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """Which agent, which version of it, what is changed for this call; ``weight``: it was drawn."""

    agent_id: str
    version: int | str | None = None
    override: Any = None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class ResolvedAgent:
    """An agent and its response engine as one call uses them."""

    agent_id: str
    version: int
    agent: Json
    engine: Json


def outbound_choice(
    services: ApiServices, number: PhoneNumber, request: Mapping[str, Any]
) -> AgentChoice:
    """The agent asked for, else one drawn from the number's. Raises UserError."""
    override = request.get("agent_override")
    agent_id, version = request.get("override_agent_id"), request.get("override_agent_version")
    if agent_id is not None:
        return AgentChoice(str(agent_id), version, override)
    chance = int.from_bytes(services.entropy(8)) / 2**64
    bound = draw(number.config.get("outbound_agents") or [], chance)
    if bound is None:
        raise UserError(NO_OUTBOUND_AGENT, code="no_agent")
    own = bound.get("agent_version")
    chosen = own if version is None else version
    return AgentChoice(str(bound["agent_id"]), chosen, override, float(bound["weight"]))


def drawn(phone_number: str, choice: AgentChoice, agent: ResolvedAgent) -> Variant | None:
    """What the statistics of the number's agents keep of a draw; None: none was made."""
    if choice.weight is None:
        return None
    return Variant(phone_number, agent.agent_id, agent.version, choice.weight)


async def resolve(services: ApiServices, workspace_id: str, choice: AgentChoice) -> ResolvedAgent:
    """Raises Unknown for an agent, version or engine that is not there, InvalidField for a bad
    override, TargetRefused for an override that leads to a private address.
    """
    item = await versioned.find(services, workspace_id, "agent", choice.agent_id, choice.version)
    changed = overridden_agent(item.config, choice.override)
    if choice.override is not None:
        versioned.check_urls(services, choice.override, PATH)
    kind = str(changed["response_engine"]["type"])
    engine = await engine_of(services, workspace_id, changed)
    final = overridden_engine(kind, {} if engine is None else engine.config, choice.override)
    named: Json = {}
    if engine is not None:
        named = {ENGINES[kind][1]: engine.id, "version": engine.version}
    workspace = await services.storage.accounts.workspace(workspace_id)
    webhook_url = workspace.webhook_url if workspace is not None else None
    tags = await tags_of(services, workspace_id, item.id)
    tag = call_tag(tags, item.version, choice.version)
    own: Json = final.get("default_dynamic_variables") or {}
    defaults = {**own, **_tagged(tags, choice.version)}
    return ResolvedAgent(
        item.id,
        item.version,
        {**call_agent(changed, webhook_url), **({"agent_tag": tag} if tag else {})},
        {
            **final,
            **({"default_dynamic_variables": defaults} if defaults else {}),
            **named,
        },
    )


def _tagged(tags: Tags, asked: int | str | None) -> Mapping[str, str]:
    """The dynamic variables of the tag that was asked for; they go before the agent's defaults."""
    tag = tags.get(asked) if isinstance(asked, str) else None
    return (tag or {}).get("dynamic_variables") or {}
