"""Somebody to phone: a SIP address that rings, answers and talks.

``answer`` talks by a persona (a conversation flow) with the platform's own ears and voice;
``voicemail`` and ``barge-in`` follow a script; ``busy`` and ``no-answer`` do what they say.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from aiohttp import WSMsgType, web

from uponai import log
from uponai.domain.call import Call, CallState
from uponai.link import control
from uponai.link.media import LINK_RATE_HZ
from uponai.live.assembly import Providers
from uponai.live.brain import Brain
from uponai.live.line import Socket
from uponai.live.services import BrainServices
from uponai.live.tools import FunctionCaller
from uponai.media.resample import Resampler
from uponai.providers.base import VoiceSettings
from uponai.sim.memory import MemoryCalls, MemoryCheckpoints
from uponai.sim.phone_line import LineSettings, PhoneLine, new_token
from uponai.sim.script import INTERRUPTER, VOICEMAIL
from uponai.sim.scripted import Pcm, ScriptedVoice
from uponai.tasks import TaskGroup, now_ms


class Scenario(StrEnum):
    """What the callee does with a call."""

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    VOICEMAIL = "voicemail"
    BARGE_IN = "barge-in"


SCRIPTS = {Scenario.VOICEMAIL: VOICEMAIL, Scenario.BARGE_IN: INTERRUPTER}
RING_FOREVER_MS = 3_600_000
_WORKSPACE = "org_callee"


@dataclass(frozen=True, slots=True)
class CalleeConfig:
    """Where the callee is reached and who it is. Port 0 takes a free one."""

    data: Path
    scenario: Scenario = Scenario.ANSWER
    sip_host: str = "127.0.0.1"
    sip_port: int = 0
    rtp_first: int = 40_000
    rtp_last: int = 44_998
    voice_id: str = ""
    persona: Mapping[str, Any] | None = None


class _Talker(Protocol):
    async def serve_socket(self, socket: Socket) -> None: ...


def persona() -> dict[str, Any]:
    """The person of the demo: a conversation flow."""
    text = resources.files("uponai.sim").joinpath("data/callee.json").read_text(encoding="utf-8")
    return cast(dict[str, Any], json.loads(text))


class Callee:
    """One SIP address and the person behind it."""

    def __init__(
        self, config: CalleeConfig, providers: Providers, functions: FunctionCaller
    ) -> None:
        self._config = config
        self._providers = providers
        self._functions = functions
        self._calls = MemoryCalls()
        self._token = new_token()
        self._tasks = TaskGroup()
        self._runner: web.AppRunner | None = None
        self._line: PhoneLine | None = None
        self._talker: _Talker | None = None
        self._brain: Brain | None = None
        self._link_url = ""
        self._log = log.get("uponai.callee")

    @property
    def sip_address(self) -> str:
        """``host:port`` of SIP."""
        port = self._line.sip_port if self._line is not None else 0
        return f"{self._config.sip_host}:{port}"

    async def start(self) -> None:
        """Listen. Raises OSError, or ChildDied where a port is taken."""
        self._talker = await self._talking()
        await self._serve_link()
        waits_ms = RING_FOREVER_MS if self._config.scenario is Scenario.NO_ANSWER else 10_000
        config = self._config
        self._line = PhoneLine(
            LineSettings(
                data=config.data,
                token=self._token,
                sip_host=config.sip_host,
                sip_port=config.sip_port,
                rtp_first=config.rtp_first,
                rtp_last=config.rtp_last,
                accept_timeout_ms=waits_ms,
            ),
            self._on_event,
        )
        await self._line.start()

    async def over(self) -> None:
        """Returns when the phone line is gone without having been asked to go."""
        if self._line is not None:
            await self._line.lost.wait()

    async def aclose(self) -> None:
        """Hang up and leave nothing behind."""
        if self._line is not None:
            await self._line.aclose()
        if self._brain is not None:
            await self._brain.aclose()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._tasks.aclose()

    async def _talking(self) -> _Talker:
        script = SCRIPTS.get(self._config.scenario)
        if script is not None:
            voice = ScriptedVoice(script, self._speak)
            await voice.prepare()
            return voice
        services = BrainServices(
            calls=self._calls,
            checkpoints=MemoryCheckpoints(),
            providers=self._providers,
            functions=self._functions,
        )
        self._brain = Brain("callee", services)
        return self._brain

    async def _speak(self, text: str) -> Pcm:
        chosen = self._providers.text_to_speech(self._config.voice_id)
        resampler = Resampler(chosen.tts.rate_hz, LINK_RATE_HZ)
        settings = VoiceSettings(chosen.voice_id, chosen.model)
        pieces = [resampler.process(pcm) async for pcm in chosen.tts.synthesize(text, settings)]
        return np.concatenate([*pieces, resampler.flush()])

    async def _serve_link(self) -> None:
        app = web.Application()
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = cast(tuple[str, int], self._runner.addresses[0])[1]
        self._link_url = f"ws://127.0.0.1:{port}/link"

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self._token}":
            raise web.HTTPUnauthorized
        socket = web.WebSocketResponse(max_msg_size=1 << 22)
        await socket.prepare(request)
        if self._talker is not None:
            await self._talker.serve_socket(_LinkSocket(socket))
        return socket

    def _on_event(self, event: control.Event) -> None:
        line = self._line
        if line is None or not isinstance(event, control.Incoming):
            return
        match self._config.scenario:
            case Scenario.BUSY:
                line.command(control.Reject(event.line_key, 486, "Busy Here"))
            case Scenario.NO_ANSWER:
                self._log.info("lets it ring", line=event.line_key)
            case _:
                call = self._call(event)
                self._calls.calls[call.call_id] = call
                line.command(control.Accept(event.line_key, call.call_id, 1, (self._link_url,)))

    def _call(self, event: control.Incoming) -> Call:
        flow = self._config.persona or persona()
        agent = {
            "voice_id": self._config.voice_id,
            "response_engine": {"type": "conversation-flow"},
        }
        return Call(
            call_id=f"callee_{secrets.token_hex(8)}",
            workspace_id=_WORKSPACE,
            direction="inbound",
            from_number=event.from_number,
            to_number=event.to_number,
            agent_id="agent_callee",
            agent_version=0,
            created_ms=now_ms(),
            state=CallState.RINGING,
            fence=1,
            agent=agent,
            engine=flow,
        )


class _LinkSocket:
    """An aiohttp server socket as the brain's ``Socket``."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
            return cast(str | bytes, message.data)
        return None

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)
