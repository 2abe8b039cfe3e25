"""Makes the talk with whoever a transfer reaches, out of the call that is transferred."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from uponai.domain.call import Call
from uponai.domain.transcript import Entry, as_text
from uponai.engine.conversation import Conversation
from uponai.engine.settings import Settings, VoicemailOption
from uponai.flow.graph import Json, as_object
from uponai.live.assembly import (
    build_mind,
    build_recognizer,
    build_voice,
    call_variables,
    chosen_models,
    is_flow,
    scope,
    tools_of,
)
from uponai.live.conversing import settings_of
from uponai.live.handoff import SOMEBODY_WAITS, Words, Writer
from uponai.live.mind import ChosenModel
from uponai.live.second_leg import Role
from uponai.live.services import BrainServices
from uponai.live.transfer_order import Talk
from uponai.live.usher import Usher
from uponai.live.voice import SpeechCache

_LONG_MS: Final = 3_600_000
"""Only the call that is transferred ends such a talk for its length or its silence."""

_PRESS: Final[Json] = {"type": "press_digit", "name": "press_digit", "delay_ms": 0}


@dataclass(frozen=True, slots=True)
class OtherSide:
    """``entries`` is the conversation with the caller so far, ``variables`` what it has set."""

    call: Call
    services: BrainServices
    cache: SpeechCache
    entries: Callable[[], Sequence[Entry]]
    variables: Callable[[], Mapping[str, str]]

    async def words(self, talk: Talk) -> Words:
        """What both are told."""
        writer = Writer(self._models(), self.entries(), scope(self.call, self.variables()))
        private = await writer.write(talk.private, SOMEBODY_WAITS)
        return Words(private, await writer.write(talk.public))

    async def agents_call(self, talk: Talk) -> Call:
        """The call as the agent that talks with them sees it. Raises UserError for an agent that
        is not there, StorageUnavailable.
        """
        workspace_id = self.call.workspace_id
        agent, engine = await self.services.find_agent(
            workspace_id, talk.agent_id, talk.agent_version
        )
        prompt = "global_prompt" if "nodes" in engine else "general_prompt"
        told = f"{engine.get(prompt) or ''}\n\n{_situation(self.entries())}".strip()
        return replace(self.call, agent=agent, engine={**engine, prompt: told})

    def ushers(self, talk: Talk, words: Callable[[], Awaitable[Words]]) -> Role:
        """One that finds a person there and tells them who waits."""
        call, providers = self.call, self.services.providers
        settings = Settings(
            start_speaker="user" if talk.detects_person else "agent",
            reminder_max_count=0,
            end_call_after_silence_ms=_LONG_MS,
            max_call_duration_ms=_LONG_MS,
            voicemail=VoicemailOption("hangup") if talk.detects_person else None,
        )
        return Role(
            talk=Conversation(settings),
            responder=Usher(words, talk.menu_prompt, self._models()),
            voice=build_voice(call, providers, self.cache),
            recognizer=build_recognizer(call, providers, self.variables()),
            tools={"press_digit": _PRESS},
            ushers=True,
        )

    def agents(self, call: Call) -> Role:
        """The transfer agent, with ``call`` as ``agents_call`` gave it."""
        providers = self.services.providers
        variables = {**call_variables(call), **self.variables()}
        settings = replace(settings_of(call, variables), direction="outbound")
        option = as_object(as_object(call.agent.get("voicemail_option")).get("action"))
        return Role(
            talk=Conversation(settings, variables),
            responder=build_mind(call, providers),
            voice=build_voice(call, providers, self.cache),
            recognizer=build_recognizer(call, providers, variables),
            tools=tools_of(call.engine),
            bridges_machines=option.get("type") == "bridge_transfer",
        )

    def _models(self) -> tuple[ChosenModel, ...]:
        return chosen_models(self.call.engine, self.services.providers, by_name=is_flow(self.call))


def _situation(entries: Sequence[Entry]) -> str:
    return (
        "You speak with somebody who was called on behalf of a caller; the caller waits on hold and"
        " does not hear you. Find out whether they take the caller, then use your function for"
        " connecting the two, or the one for cancelling. The conversation with the caller so far:\n"
        f"{as_text(tuple(entries))}"
    )
