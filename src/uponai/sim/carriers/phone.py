"""Who is called: a phone that rings and is answered, or is not, and the voice behind it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
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
from uponai.live.line import Socket
from uponai.media.g711 import Pcm
from uponai.media.mix import to_bytes, to_pcm
from uponai.media.pace import FRAME_SAMPLES, Pace
from uponai.media.tones import silence, tone
from uponai.tasks import TaskGroup

QUIET: Pcm = np.zeros(FRAME_SAMPLES, dtype=np.int16)
QUIET.flags.writeable = False
_CHANNEL = 1


class Fate(StrEnum):
    """What becomes of a call to a phone."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    DECLINED = "declined"
    INVALID = "invalid"
    UNREACHABLE = "unreachable"


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
    """``voice`` is made for each call, by the call's own id."""

    fate: Fate = Fate.ANSWERED
    ring_s: float = 1.0
    voice: Callable[[str], Voice] | None = None


class Looped:
    """Plays the same sound for ever: a fax machine, music on hold."""

    def __init__(self, sound: Pcm) -> None:
        self._sound = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES]
        self._at = 0
        self.hung_up = False

    def tick(self, heard: Pcm) -> Pcm:
        del heard
        frame = self._sound[self._at : self._at + FRAME_SAMPLES]
        self._at = (self._at + FRAME_SAMPLES) % len(self._sound)
        return frame

    def press(self, digit: str) -> None:
        """Nobody listens."""

    async def aclose(self) -> None:
        """Nothing is held."""


def fax() -> Looped:
    """The answer tone of a fax machine (CED, 2100 Hz; ITU-T T.30)."""
    return Looped(np.concatenate((tone((2_100.0,), 3_000), silence(400))))


def hold_music() -> Looped:
    """A phrase of notes, over and over."""
    notes = (392.0, 494.0, 587.0, 494.0, 440.0, 523.0, 659.0, 523.0)
    return Looped(np.concatenate([tone((note,), 400, -18.0) for note in notes]))


class Talker(Protocol):
    """A brain, or whoever else serves the media link."""

    async def serve_socket(self, socket: Socket) -> None: ...


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
