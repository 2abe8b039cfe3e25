"""A task of a batch becomes a call: number, weighted agent, configuration as they are now."""

from __future__ import annotations

from dataclasses import dataclass, field

from uponai.api.calls import may_call
from uponai.api.resolve import AgentChoice, ResolvedAgent, drawn, outbound_choice, resolve
from uponai.api.services import ApiServices
from uponai.dialer.permit import Refused
from uponai.domain.call import Call
from uponai.domain.ids import call_id
from uponai.domain.limits import Variant
from uponai.storage.base import Batch, PhoneNumber
from uponai.storage.base_batches import Task
from uponai.wire.create_call import kept

FRESH_MS = 1_000
"""How long an agent that was read serves for the next tasks."""


@dataclass
class TaskCalls:
    """Makes the calls of tasks, as create-phone-call would at this moment."""

    services: ApiServices
    _agents: dict[tuple[str, str, str], tuple[int, ResolvedAgent]] = field(
        default_factory=dict[tuple[str, str, str], tuple[int, ResolvedAgent]]
    )

    async def make(
        self, batch: Batch, task: Task, number: PhoneNumber
    ) -> tuple[Call, Variant | None]:
        """Raises UserError for a task that may not be called."""
        services = self.services
        wanted = {**task.request, "from_number": batch.from_number}
        to_number = str(wanted["to_number"])
        choice = outbound_choice(services, may_call(services, number, wanted), wanted)
        if wanted.get("honor_internal_dnc") is True and (
            await services.storage.limits.may_not_be_called(batch.workspace_id, to_number)
        ):
            raise Refused("is marked do-not-call in this workspace", code="do_not_call")
        agent = await self._agent(batch.workspace_id, choice)
        now = services.now_ms()
        call = Call(
            call_id=call_id(services.entropy(32)),
            workspace_id=batch.workspace_id,
            direction="outbound",
            from_number=number.phone_number,
            to_number=to_number,
            agent_id=agent.agent_id,
            agent_version=agent.version,
            created_ms=now,
            due_ms=now,
            carrier=number.carrier,
            request=kept(wanted),
            agent=agent.agent,
            engine=agent.engine,
            batch_call_id=batch.batch_call_id,
            batch_task=task.position,
        )
        return call, drawn(number.phone_number, choice, agent)

    async def _agent(self, workspace_id: str, choice: AgentChoice) -> ResolvedAgent:
        if choice.override is not None:
            return await resolve(self.services, workspace_id, choice)
        key = (workspace_id, choice.agent_id, str(choice.version))
        now = self.services.now_ms()
        read_ms, agent = self._agents.get(key, (0, None))
        if agent is None or now - read_ms >= FRESH_MS:
            self._agents = {
                known: held for known, held in self._agents.items() if now - held[0] < FRESH_MS
            }
            agent = await resolve(self.services, workspace_id, choice)
            self._agents[key] = (now, agent)
        return agent
