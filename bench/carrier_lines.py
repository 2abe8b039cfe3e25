"""What a brain costs that carriers bring 50 lines to, each by a media socket of its own.

    python -m bench carrier_lines [LINES] [SECONDS]

Twilio's dialect, Silero, every other part of a conversation faked, in virtual time: the figure is
CPU of this process per second of a call, callers talking a third of it, and does not depend on what
else the machine does.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from tests.live.house import House, call_of
from tests.virtual_time import run

from uponai.carriers.base_media import HookAnswer, HookRequest, LineOrders, Ticket, Tickets
from uponai.carriers.twilio.dialect import StreamDialect
from uponai.live.carrier_line import LineKeeping
from uponai.live.carrier_lines import CarrierLines
from uponai.media import g711
from uponai.providers.base import VadSession
from uponai.providers.silero import SileroActivity
from uponai.tasks import loop_s

FRAME_S = 0.02
AGENT: dict[str, Any] = {
    "start_speaker": "user",
    "start_node_id": "a",
    "nodes": [{"id": "a", "type": "conversation", "instruction": {"type": "prompt", "text": "x"}}],
}


class Orders:
    """Whatever is ordered is done."""

    async def hang_up(self, carrier_ref: str) -> None: ...

    async def press(self, carrier_ref: str, ticket: Ticket, digits: str) -> bool:
        return False

    async def transfer(self, carrier_ref: str, ticket: Ticket, transfer: Any) -> None: ...


class Carrier:
    """A ``MediaCarrier`` whose tickets are JSON in clear."""

    tickets = Tickets(str, str)

    @property
    def orders(self) -> LineOrders:
        return Orders()

    async def hook(self, request: HookRequest) -> HookAnswer:
        return HookAnswer()

    def admits(self, upgrade: HookRequest) -> bool:
        return True

    def dialect(self) -> StreamDialect:
        return StreamDialect()


class Caller:
    """A media socket that says ``frames`` over and over, one every 20 ms from ``phase_s`` on."""

    def __init__(self, call_id: str, frames: Sequence[str], phase_s: float, seconds: float) -> None:
        ticket = Carrier.tickets.issue(Ticket(call_id, 1, 1))
        given = {"callSid": call_id, "streamSid": "MZ", "customParameters": {"ticket": ticket}}
        self._start = json.dumps({"event": "start", "start": given})
        self._frames = frames
        self._at_s = loop_s() + phase_s
        self._until_s = self._at_s + seconds
        self._next = -1

    async def receive(self) -> str | None:
        if self._next < 0:
            self._next = 0
            return self._start
        await asyncio.sleep(self._at_s - loop_s())
        if self._at_s >= self._until_s:
            return None
        self._at_s += FRAME_S
        self._next += 1
        return self._frames[self._next % len(self._frames)]

    async def send_text(self, text: str) -> None: ...

    async def close(self) -> None: ...


def speech(seed: int) -> list[str]:
    """Six seconds of media frames: noise in the rhythm of syllables for two, then G.711 silence."""
    rng = np.random.default_rng(seed)
    at = np.arange(16_000) / 8_000
    voice = rng.normal(0, 1_500, 16_000) * (np.sin(2 * np.pi * 3 * at) > -0.3)
    pcm = np.concatenate((voice, np.zeros(32_000))).astype(np.int16)
    frames = [pcm[first : first + 160] for first in range(0, len(pcm), 160)]
    coded = [base64.b64encode(g711.encode(frame, "PCMU")).decode() for frame in frames]
    return [json.dumps({"event": "media", "media": {"payload": text}}) for text in coded]


class Counting(SileroActivity):
    """How often the model is asked, and for how many windows."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = self.windows = 0

    def judge(self, due: Sequence[tuple[VadSession, Any]]) -> list[float]:
        self.runs, self.windows = self.runs + 1, self.windows + len(due)
        return super().judge(due)


def main() -> None:
    words = sys.argv[1:]
    lines = int(words[0]) if words else 50
    seconds = float(words[1]) if len(words) > 1 else 12.0
    said = [speech(seed) for seed in range(lines)]

    async def scene() -> None:
        house = House(*(call_of(AGENT, call_id=f"call_{at}") for at in range(lines)))
        house.providers.voice_activity = activity = Counting()  # type: ignore[assignment]
        brain = house.another_brain("host-b")

        async def answered_ms(call_id: str) -> int | None:
            return None

        held = CarrierLines(brain, LineKeeping(answered_ms))
        callers = [
            Caller(f"call_{at}", said[at], FRAME_S * at / lines, seconds) for at in range(lines)
        ]
        began_s = time.process_time()
        served = [
            house.tasks.spawn(held.serve(Carrier(), caller), name="media") for caller in callers
        ]
        await asyncio.wait(served)
        spent_ms = (time.process_time() - began_s) * 1000
        each_ms = spent_ms / (lines * seconds)
        print(f"{lines} lines: {each_ms:.2f} ms of CPU per call-second, ", end="")  # noqa: T201
        print(f"{activity.windows / max(activity.runs, 1):.1f} windows a run of the model")  # noqa: T201
        await brain.aclose()
        await held.aclose()
        await house.tasks.aclose()

    run(scene())


if __name__ == "__main__":
    main()
