"""An arriving call becomes a row: number, agent, configuration as it is now; or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from uponai import log
from uponai.api.resolve import drawn
from uponai.api.services import ApiServices
from uponai.app.inbound_agent import InboundAgents, Taker
from uponai.app.refusals import Refusals
from uponai.app.trunk_proof import TooManyGuesses, TrunkProof
from uponai.carriers.base import CallArrived
from uponai.dialer.inbound import sip_variables
from uponai.dialer.permit import why_not_from, why_not_taken
from uponai.dialer.ports import LetRing, ProofWanted
from uponai.dialer.waiting import REGISTERED
from uponai.domain.call import Call, CallChange, CallState
from uponai.domain.ending import Ending
from uponai.domain.ids import call_id as new_call_id
from uponai.domain.limits import Admission
from uponai.seal import SealBroken
from uponai.storage.base import PhoneNumber, Tell
from uponai.wire.create_call import kept
from uponai.wire.validate import Json

FORBIDDEN = 403
NOT_HERE = 404
GONE = 410
UNAVAILABLE = 480
DECLINED = 603
CALL_ID = "call_"
VARIABLES = "retell_llm_dynamic_variables"

_log = log.get("uponai.inbound")


@dataclass(frozen=True, slots=True)
class _Arrival:
    """``call_id``: as the webhook hears it, and as the record is called in the end."""

    event: CallArrived
    number: PhoneNumber
    call_id: str


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes arrivals. ``holder`` and ``lease_ms`` are the dialer's, who follows them."""

    services: ApiServices
    agents: InboundAgents
    proof: TrunkProof
    holder: str
    lease_ms: int
    tell_ended: Tell
    refusals: Refusals = field(default_factory=Refusals)

    async def arrive(self, event: CallArrived, ring: LetRing) -> Call | ProofWanted | int:
        """The stored call to accept, what it must prove, or the SIP code to refuse with."""
        if event.to_number.startswith(CALL_ID):
            return await self._joined(event)
        number = await self.services.storage.numbers.get(event.to_number)
        if number is None or _passes_by(number, event):
            return NOT_HERE
        arrival = _Arrival(event, number, new_call_id(self.services.entropy(32)))
        config = number.config
        unwanted = await self._unwanted(arrival)
        if unwanted is not None:
            return unwanted
        if config.get("inbound_auth_required") and event.authorization is not None:
            unproven = await self._unproven(arrival, event.authorization)
            if unproven is not None:
                return unproven
        taker = await self.agents.bound(number)
        if config.get("inbound_webhook_url"):
            await ring(self.agents.patience.at_most_ms)
            taker = await self.agents.asked(number, event, arrival.call_id, taker)
        if taker.agent is None:
            return await self._refuse(arrival, _nobody(taker, config))
        return await self._add(arrival, taker)

    async def _joined(self, event: CallArrived) -> Call | int:
        """A registered call that is dialled now. Its id, which nobody guesses, is the ticket."""
        calls = self.services.storage.calls
        call = await calls.get(event.to_number)
        if call is None or call.carrier != REGISTERED:
            return NOT_HERE
        now = self.services.now_ms()
        if now >= call.due_ms:
            return GONE
        given: Mapping[str, str] = call.request.get(VARIABLES) or {}
        variables = {**sip_variables(event.headers), **given}
        fields = {
            "carrier": event.carrier,
            "lease_holder": self.holder,
            "lease_until_ms": now + self.lease_ms,
            "request": {**call.request, **({VARIABLES: variables} if variables else {})},
        }
        return await calls.change(call.call_id, call.fence, CallChange.JOIN, fields) or GONE

    async def _unproven(self, arrival: _Arrival, authorization: str) -> ProofWanted | int | None:
        now_s, source = self.services.now_ms() / 1000, arrival.event.source
        try:
            wanted = self.proof.challenge(arrival.number, source, authorization, now_s)
        except TooManyGuesses:
            return FORBIDDEN
        except (LookupError, SealBroken) as error:
            return await self._refuse(arrival, Ending("network_blocked", str(error), FORBIDDEN))
        if wanted is None:
            return None
        if authorization:
            _log.warning("trunk did not prove itself", source=source)
        return ProofWanted(wanted)

    async def _add(self, arrival: _Arrival, taker: Taker) -> Call:
        """Written at once; the dialer takes a place for it, or lets it ring for one."""
        agent, choice, number = taker.agent, taker.choice, arrival.number
        assert agent is not None and choice is not None
        now = self.services.now_ms()
        call = Call(
            call_id=arrival.call_id,
            workspace_id=number.workspace_id,
            direction="inbound",
            from_number=arrival.event.from_number,
            to_number=arrival.event.to_number,
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
            request=_request(arrival.event, taker),
        )
        admission = Admission(None, variant=drawn(number.phone_number, choice, agent))
        return await self.services.storage.calls.add(call, admission=admission)

    async def _unwanted(self, arrival: _Arrival) -> int | None:
        """The code for a caller whom the number's lists keep out; None for others. Of a strange
        address one try a minute is on record: anybody can send as many as he likes."""
        number, event = arrival.number, arrival.event
        strange = why_not_from(event.source, number.config)
        why = strange or why_not_taken(event.from_number, number.config)
        if why is None:
            return None
        now = self.services.now_ms()
        if strange and not self.refusals.is_news(number.phone_number, event.source, now):
            return FORBIDDEN
        return await self._refuse(arrival, Ending("network_blocked", why, FORBIDDEN))

    async def _refuse(self, arrival: _Arrival, ending: Ending) -> int:
        """Nobody takes it: a record that says why."""
        now = self.services.now_ms()
        call = Call(
            call_id=arrival.call_id,
            workspace_id=arrival.number.workspace_id,
            direction="inbound",
            from_number=arrival.event.from_number,
            to_number=arrival.event.to_number,
            agent_id="",
            agent_version=0,
            created_ms=now,
            carrier=arrival.number.carrier,
            state=CallState.RINGING,
            fence=1,
        )
        await self.services.storage.calls.add(call)
        fields = {"ended_ms": now}
        await self.services.storage.calls.end(call.call_id, 1, ending, fields, self.tell_ended)
        return ending.sip_code or UNAVAILABLE


def _passes_by(number: PhoneNumber, event: CallArrived) -> bool:
    """Whether the call came past the number's own carrier, which alone vouches for its calls:
    anybody can send an INVITE to an open port."""
    if event.carrier == number.carrier:
        return False
    _log.warning("number called past its carrier", source=event.source, by=event.carrier)
    return True


def _nobody(taker: Taker, config: Mapping[str, Any]) -> Ending:
    """Why nobody takes it. Declined is what its owner declined: the webhook answered."""
    trouble = f"inbound webhook: {taker.trouble}" if taker.trouble else ""
    asked = bool(config.get("inbound_webhook_url"))
    if asked and not trouble and not taker.why:
        declined = "the inbound webhook named no agent, and none is bound to the number"
        return Ending("user_declined", declined, DECLINED)
    why = taker.why or "no inbound agent is bound to the number"
    return Ending("dial_failed", "; ".join(filter(None, (why, trouble))), UNAVAILABLE)


def _request(event: CallArrived, taker: Taker) -> Json:
    """What the record keeps, as of a call that is placed; the webhook's word counts more."""
    wished: Mapping[str, str] = taker.wishes.get("dynamic_variables") or {}
    variables = {**sip_variables(event.headers), **wished}
    return {
        **kept(taker.wishes),
        **({VARIABLES: variables} if variables else {}),
        **({"inbound_webhook_error": taker.trouble} if taker.trouble else {}),
    }
