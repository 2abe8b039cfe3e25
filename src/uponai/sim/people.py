"""The people behind simulated numbers: who talks at the other end of a line's media link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any, Protocol, cast

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
from uponai.sim.memory import MemoryCalls, MemoryCheckpoints
from uponai.sim.menu import CLINIC, Menu
from uponai.sim.scenario import Scenario
from uponai.sim.script import (
    FAX,
    FAX_CALLING,
    INTERRUPTER,
    ON_HOLD,
    QUICK,
    SLOW,
    VOICEMAIL,
    Script,
)
from uponai.sim.scripted import ScriptedVoice
from uponai.tasks import now_ms

_PLAYED: Mapping[Scenario, Script | Menu] = {
    Scenario.VOICEMAIL: VOICEMAIL,
    Scenario.BARGE_IN: INTERRUPTER,
    Scenario.QUICK: QUICK,
    Scenario.SLOW: SLOW,
    Scenario.MENU: CLINIC,
    Scenario.HOLD_MUSIC: ON_HOLD,
    Scenario.FAX: FAX,
    Scenario.FAX_CALLING: FAX_CALLING,
}


class Talker(Protocol):
    """Serves the media link, as a brain does."""

    async def serve_socket(self, socket: Socket) -> None: ...


def persona() -> dict[str, Any]:
    """The person of the demo: a conversation flow."""
    text = resources.files("uponai.sim").joinpath("data/callee.json").read_text(encoding="utf-8")
    return cast(dict[str, Any], json.loads(text))


class People:
    """``talker`` of every scenario; all speak with the voice ``voice_id``."""

    def __init__(self, voice_id: str, providers: Providers, functions: FunctionCaller) -> None:
        self._voice_id = voice_id
        self._providers = providers
        self._scripted = {
            scenario: ScriptedVoice(played, self._speak) for scenario, played in _PLAYED.items()
        }
        self._brain = Brain(
            "callee",
            BrainServices(
                calls=MemoryCalls(self._person),
                checkpoints=MemoryCheckpoints(),
                providers=providers,
                functions=functions,
            ),
        )

    async def prepare(self, scenario: Scenario) -> None:
        """Have ready what would otherwise be waited for in the first call."""
        if scenario in self._scripted:
            await self._scripted[scenario].prepare()

    async def aclose(self) -> None:
        await self._brain.aclose()

    def talker(self, scenario: Scenario) -> Talker:
        """Who takes an answered call."""
        return self._scripted.get(scenario, self._brain)

    def _person(self, call_id: str) -> Call:
        """A call as the persona takes it."""
        agent = {
            "voice_id": self._voice_id,
            "response_engine": {"type": "conversation-flow"},
        }
        return Call(
            call_id=call_id,
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
            engine=persona(),
        )

    async def _speak(self, text: str) -> Pcm:
        chosen = self._providers.text_to_speech(self._voice_id)
        resampler = Resampler(chosen.tts.rate_hz, LINK_RATE_HZ)
        settings = VoiceSettings(chosen.voice_id, chosen.model)
        pieces = [resampler.process(pcm) async for pcm in chosen.tts.synthesize(text, settings)]
        return np.concatenate([*pieces, resampler.flush()])
