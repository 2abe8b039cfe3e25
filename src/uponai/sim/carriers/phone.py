"""Who is called: a phone that rings and is answered, or is not, and the voice behind it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from uponai.link.media import (
    AudioEntry,
    Clear,
    Cleared,
    Dtmf,
    HangUp,
    Mark,
    Marked,
    Refuse,
    Start,
    Stop,
    decode_from_brain,
    encode,
    pack_audio,
    unpack_audio,
)
from uponai.media.g711 import Pcm
from uponai.media.mix import to_bytes, to_pcm
from uponai.media.pace import FRAME_SAMPLES, Pace
from uponai.sim.network import Faults, faults_of
from uponai.sim.people import People, Talker
from uponai.sim.scenario import Fate, Subscriber
from uponai.tasks import TaskGroup

QUIET: Pcm = np.zeros(FRAME_SAMPLES, dtype=np.int16)
QUIET.flags.writeable = False
_CHANNEL = 1


class Voice(Protocol):
    """An answered phone, 20 ms at a time."""

    @property
    def hung_up(self) -> bool:
        """Whether its owner has ended the call."""
        ...

    def tick(self, heard: Pcm) -> Pcm:
        """Hears 160 samples at 8 kHz and says as many."""
        ...

    def press(self, digit: str) -> None:
        """A key that the other side pressed."""
        ...

    async def aclose(self) -> None:
        """The line is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Phone:
    """``voice`` is made for each call, by the call's own id; ``faults`` are its network's."""

    fate: Fate = Fate.ANSWERED
    ring_s: float = 1.0
    voice: Callable[[str], Voice] | None = None
    faults: Faults = field(default_factory=Faults)


def phone_of(who: Subscriber, people: People) -> Phone:
    """The phone of somebody."""
    faults = faults_of(who.network)
    if who.fate is not Fate.ANSWERED:
        return Phone(who.fate, who.ring_s, faults=faults)
    talker = people.talker(who.scenario)
    return Phone(who.fate, who.ring_s, lambda call_id: Spoken(call_id, talker), faults)


def press_keys(voice: Voice | None, digits: str) -> None:
    """Let an answered phone hear keys; ``w`` is a pause."""
    if voice is None:
        return
    for digit in digits.replace("w", ""):
        voice.press(digit)


class Spoken:
    """A voice at the other end of a media link: a persona's brain, a script."""

    def __init__(self, call_id: str, talker: Talker) -> None:
        self.hung_up = False
        self._frames: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._pace = Pace()
        self._line_sample = 0
        self._ending = False
        self._tasks = TaskGroup()
        self._keys: deque[str] = deque()
        self._tell(Start(_CHANNEL, call_id, 1))
        self._tasks.spawn(talker.serve_socket(self), name="phone")

    def tick(self, heard: Pcm) -> Pcm:
        entry = AudioEntry(_CHANNEL, self._line_sample, to_bytes(heard))
        self._frames.put_nowait(pack_audio([entry]))
        spoken = self._pace.pull()
        self._line_sample += FRAME_SAMPLES
        for mark in self._pace.take_marks():
            self._tell(Marked(_CHANNEL, mark, self._pace.played_position, self._line_sample))
        if self._ending and self._pace.queued_samples == 0:
            self.hung_up = True
        return QUIET if spoken is None else spoken

    def press(self, digit: str) -> None:
        self._tell(Dtmf(_CHANNEL, digit, self._line_sample))

    async def aclose(self) -> None:
        self._tell(Stop(_CHANNEL, "remote_hangup", self._line_sample))
        self._frames.put_nowait(None)
        for task in list(self._tasks.tasks):
            await asyncio.wait({task}, timeout=2.0)
        await self._tasks.aclose()

    # ``Socket``, for the talker

    async def receive(self) -> str | bytes | None:
        return await self._frames.get()

    async def send_bytes(self, data: bytes) -> None:
        for _, position, pcm in unpack_audio(data):
            self._pace.push(position, to_pcm(pcm))

    async def send_text(self, text: str) -> None:
        message = decode_from_brain(text)
        match message:
            case Mark():
                self._pace.mark(message.mark, message.position)
            case Clear():
                dropped = self._pace.clear()
                self._tell(Cleared(_CHANNEL, message.clear, *dropped, self._line_sample))
            case HangUp():
                self._ending = True
                if not message.after_playout:
                    self.hung_up = True
            case Refuse():
                self.hung_up = True
            case _:
                # A phone neither transfers nor holds.
                return

    def _tell(self, message: Start | Dtmf | Marked | Cleared | Stop) -> None:
        self._frames.put_nowait(encode(message))
