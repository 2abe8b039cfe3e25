"""An arriving call becomes a row: number, weighted agent, configuration as it is now."""

from __future__ import annotations

from dataclasses import dataclass

from uponai.api.resolve import AgentChoice, ResolvedAgent, drawn, resolve
from uponai.api.services import ApiServices
from uponai.carriers.base import CallArrived
from uponai.dialer.inbound import draw, sip_variables
from uponai.dialer.permit import why_not_from, why_not_taken
from uponai.domain.call import Call, CallState
from uponai.domain.ending import Ending
from uponai.domain.errors import UserError
from uponai.domain.ids import call_id
from uponai.domain.limits import Admission, Variant
from uponai.storage.base import PhoneNumber, Tell

NOT_HERE = 404
FORBIDDEN = 403
UNAVAILABLE = 480


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes arrivals. ``holder`` and ``lease_ms`` are the dialer's, who follows them."""

    services: ApiServices
    holder: str
    lease_ms: int
    tell_ended: Tell

    async def arrive(self, event: CallArrived) -> Call | int:
        """The stored call to accept, or the SIP code to refuse with."""
        number = await self.services.storage.numbers.get(event.to_number)
        if number is None:
            return NOT_HERE
        config = number.config
        unwanted = why_not_from(event.source, config) or why_not_taken(event.from_number, config)
        if unwanted is not None:
            blocked = Ending("network_blocked", unwanted, FORBIDDEN)
            return await self._refuse(event, number, blocked)
        chance = int.from_bytes(self.services.entropy(8)) / 2**64
        bound = draw(number.config.get("inbound_agents") or [], chance)
        if bound is None:
            nobody = Ending("dial_failed", "no inbound agent is bound to the number", UNAVAILABLE)
            return await self._refuse(event, number, nobody)
        agent_id, weight = str(bound["agent_id"]), float(bound.get("weight", 1))
        choice = AgentChoice(agent_id, bound.get("agent_version"), weight=weight)
        try:
            agent = await resolve(self.services, number.workspace_id, choice)
        except UserError as error:
            unusable = Ending("dial_failed", error.message, UNAVAILABLE)
            return await self._refuse(event, number, unusable)
        return await self._add(event, number, agent, drawn(number.phone_number, choice, agent))

    async def _add(
        self,
        event: CallArrived,
        number: PhoneNumber,
        agent: ResolvedAgent,
        variant: Variant | None,
    ) -> Call:
        """Written at once; the dialer takes a place for it, or lets it ring for one."""
        now = self.services.now_ms()
        variables = sip_variables(event.headers)
        call = Call(
            call_id=call_id(self.services.entropy(32)),
            workspace_id=number.workspace_id,
            direction="inbound",
            from_number=event.from_number,
            to_number=event.to_number,
            agent_id=agent.agent_id,
            agent_version=agent.version,
            created_ms=now,
            carrier=number.carrier,
            state=CallState.RINGING,
            fence=1,
            lease_holder=self.holder,
            lease_until_ms=now + self.lease_ms,
            agent=agent.agent,
            engine=agent.engine,
            request={"retell_llm_dynamic_variables": variables} if variables else {},
        )
        admission = Admission(None, variant=variant)
        return await self.services.storage.calls.add(call, admission=admission)

    async def _refuse(self, event: CallArrived, number: PhoneNumber, ending: Ending) -> int:
        """Nobody takes it: refused before it rings, and a record that says why."""
        now = self.services.now_ms()
        call = Call(
            call_id=call_id(self.services.entropy(32)),
            workspace_id=number.workspace_id,
            direction="inbound",
            from_number=event.from_number,
            to_number=event.to_number,
            agent_id="",
            agent_version=0,
            created_ms=now,
            carrier=number.carrier,
            state=CallState.RINGING,
            fence=1,
        )
        await self.services.storage.calls.add(call)
        fields = {"ended_ms": now}
        await self.services.storage.calls.end(call.call_id, 1, ending, fields, self.tell_ended)
        return ending.sip_code or UNAVAILABLE
