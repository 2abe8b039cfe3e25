"""Who answers at which number of a simulated carrier.

The last four digits of a number choose: ``BY_DIGITS``; any other number is the default scenario's.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from uponai.domain.call import Call, CallState
from uponai.link.media import LINK_RATE_HZ
from uponai.live.assembly import Providers
from uponai.live.brain import Brain
from uponai.live.line import Socket
from uponai.live.services import BrainServices
from uponai.live.tools import FunctionCaller
from uponai.media.g711 import Pcm
from uponai.media.resample import Resampler
from uponai.providers.base import VoiceSettings
from uponai.sim.callee import persona
from uponai.sim.carriers.phone import Fate, Phone, Spoken, Voice, fax, hold_music
from uponai.sim.memory import MemoryCalls, MemoryCheckpoints
from uponai.sim.script import INTERRUPTER, VOICEMAIL
from uponai.sim.scripted import ScriptedVoice
from uponai.tasks import now_ms


class Scenario(StrEnum):
    """What happens to who calls."""

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    DECLINED = "declined"
    INVALID = "invalid"
    VOICEMAIL = "voicemail"
    BARGE_IN = "barge-in"
    FAX = "fax"
    HOLD_MUSIC = "hold-music"


BY_DIGITS: Mapping[str, Scenario] = {
    "0001": Scenario.BUSY,
    "0002": Scenario.NO_ANSWER,
    "0003": Scenario.DECLINED,
    "0004": Scenario.INVALID,
    "0005": Scenario.VOICEMAIL,
    "0006": Scenario.BARGE_IN,
    "0007": Scenario.FAX,
    "0008": Scenario.HOLD_MUSIC,
    "0009": Scenario.ANSWER,
}

_FATES = {
    Scenario.BUSY: Fate.BUSY,
    Scenario.NO_ANSWER: Fate.NO_ANSWER,
    Scenario.DECLINED: Fate.DECLINED,
    Scenario.INVALID: Fate.INVALID,
}
_SCRIPTS = {Scenario.VOICEMAIL: VOICEMAIL, Scenario.BARGE_IN: INTERRUPTER}
_RING_S = {Scenario.NO_ANSWER: 3_600.0}


@dataclass(frozen=True, slots=True)
class Household:
    """How the people behind the numbers speak; ``ring_s`` how long they let it ring."""

    voice_id: str
    default: Scenario = Scenario.ANSWER
    ring_s: float = 1.0
    flow: Mapping[str, Any] | None = None


class _Script:
    """A scripted voice whose speech is made when first somebody calls."""

    def __init__(self, voice: ScriptedVoice) -> None:
        self._voice = voice
        self._making = asyncio.Lock()
        self._made = False

    async def serve_socket(self, socket: Socket) -> None:
        async with self._making:
            if not self._made:
                await self._voice.prepare()
                self._made = True
        await self._voice.serve_socket(socket)


class Phonebook:
    """``phone`` of every number."""

    def __init__(
        self, household: Household, providers: Providers, functions: FunctionCaller
    ) -> None:
        self._household = household
        self._providers = providers
        self._calls = MemoryCalls()
        self._scripted = {
            scenario: _Script(ScriptedVoice(script, self._speak))
            for scenario, script in _SCRIPTS.items()
        }
        self._brain = Brain(
            "callee",
            BrainServices(
                calls=self._calls,
                checkpoints=MemoryCheckpoints(),
                providers=providers,
                functions=functions,
            ),
        )

    async def aclose(self) -> None:
        await self._brain.aclose()

    def phone(self, number: str) -> Phone:
        """Who is behind a number."""
        return self.of(BY_DIGITS.get(number[-4:], self._household.default))

    def of(self, scenario: Scenario) -> Phone:
        """A phone that does this."""
        ring_s = _RING_S.get(scenario, self._household.ring_s)
        if scenario in _FATES:
            return Phone(_FATES[scenario], ring_s)
        return Phone(Fate.ANSWERED, ring_s, lambda call_id: self._voice(scenario, call_id))

    def _voice(self, scenario: Scenario, call_id: str) -> Voice:
        match scenario:
            case Scenario.FAX:
                return fax()
            case Scenario.HOLD_MUSIC:
                return hold_music()
            case Scenario.VOICEMAIL | Scenario.BARGE_IN:
                return Spoken(call_id, self._scripted[scenario])
            case _:
                return Spoken(self._person(), self._brain)

    def _person(self) -> str:
        """The id of a call that a persona takes."""
        household = self._household
        engine = dict(household.flow or persona())
        agent = {
            "voice_id": household.voice_id,
            "response_engine": {"type": "conversation-flow"},
        }
        call = Call(
            call_id=f"callee_{secrets.token_hex(8)}",
            workspace_id="org_callee",
            direction="inbound",
            from_number="",
            to_number="",
            agent_id="agent_callee",
            agent_version=0,
            created_ms=now_ms(),
            state=CallState.RINGING,
            fence=1,
            agent=agent,
            engine=engine,
        )
        self._calls.calls[call.call_id] = call
        return call.call_id

    async def _speak(self, text: str) -> Pcm:
        chosen = self._providers.text_to_speech(self._household.voice_id)
        resampler = Resampler(chosen.tts.rate_hz, LINK_RATE_HZ)
        settings = VoiceSettings(chosen.voice_id, chosen.model)
        pieces = [resampler.process(pcm) async for pcm in chosen.tts.synthesize(text, settings)]
        return np.concatenate([*pieces, resampler.flush()])
