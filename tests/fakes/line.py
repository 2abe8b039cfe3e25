"""A line holder in memory: speaks the media link to a brain, plays its audio by the loop's clock.

The real playout clock (``media.pace``) paces and answers marks and clears, so that what a test
hears is what a phone would have played.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from tests.fakes.providers import read

from uponai.link.media import (
    AudioEntry,
    Clear,
    Cleared,
    Dtmf,
    HangUp,
    Listen,
    Mark,
    Marked,
    Overheard,
    Refer,
    Referred,
    Refuse,
    SendDtmf,
    Start,
    Stop,
    decode_from_brain,
    encode,
    pack_audio,
    unpack_audio,
)
from uponai.media.pace import FRAME_SAMPLES, Pace
from uponai.providers.base import Pcm

TICK_S = 0.02
_SILENCE = np.zeros(FRAME_SAMPLES, dtype=np.int16)


class MemorySocket:
    """A WebSocket between two coroutines."""

    def __init__(self) -> None:
        self.to_brain: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.from_brain: deque[str | bytes] = deque()
        self.closed = False

    async def receive(self) -> str | bytes | None:
        return await self.to_brain.get()

    async def send_text(self, text: str) -> None:
        self._take(text)

    async def send_bytes(self, data: bytes) -> None:
        self._take(data)

    def _take(self, frame: str | bytes) -> None:
        if self.closed:
            raise OSError("closed")
        self.from_brain.append(frame)

    def close(self) -> None:
        self.closed = True
        self.to_brain.put_nowait(None)


@dataclass
class FakeLine:
    """One phone line on a socket. ``run`` ticks until the line is over."""

    call_id: str
    socket: MemorySocket
    fence: int = 1
    channel: int = 1
    line_sample: int = 0
    pace: Pace = field(default_factory=Pace)
    played: list[Pcm] = field(default_factory=list)
    messages: list[object] = field(default_factory=list)
    hung_up: HangUp | None = None
    refused: Refuse | None = None
    over: bool = False
    most_ahead: int = 0
    of: str = ""
    beside: list[FakeLine] = field(default_factory=list["FakeLine"])
    _speech: deque[Pcm] = field(default_factory=deque)
    _read: tuple[int, str] = (0, "")

    def listen(self, *, heard: str = "") -> None:
        """Tell the brain that the line can be heard before its answer, which is ``start``."""
        at = self.line_sample
        self._send(Listen(self.channel, self.call_id, self.fence, line_sample=at, heard=heard))

    @property
    def overheard(self) -> list[Overheard]:
        """What the brain has understood before the answer."""
        return [message for message in self.messages if isinstance(message, Overheard)]

    def start(self, *, resumed: bool = False, heard: str = "") -> None:
        """Tell the brain that the line is here."""
        self._send(
            Start(
                self.channel,
                self.call_id,
                self.fence,
                line_sample=self.line_sample,
                resumed=resumed,
                next_position=self.pace.next_position,
                played_position=self.pace.played_position,
                heard=heard,
                of=self.of,
            )
        )

    def second(self, number: int = 1) -> FakeLine:
        """Whoever is called for this line's caller answered: their line, which ticks with it."""
        made = FakeLine(
            f"{self.call_id}.leg{number}",
            self.socket,
            self.fence,
            self.channel + number,
            of=self.call_id,
        )
        self.beside.append(made)
        self.refers("answered", 200)
        made.start()
        return made

    def say(self, pcm: Pcm) -> None:
        """The caller begins to speak now (behind what is still being said)."""
        for at in range(0, len(pcm), FRAME_SAMPLES):
            frame = pcm[at : at + FRAME_SAMPLES]
            self._speech.append(np.pad(frame, (0, FRAME_SAMPLES - len(frame))))

    def press(self, digit: str) -> None:
        self._send(Dtmf(self.channel, digit, self.line_sample))

    def refers(
        self,
        state: Literal["progress", "answered", "done", "joined", "failed"],
        code: int | None = None,
        *,
        here: bool = False,
    ) -> None:
        """How the transfer that was asked for goes on."""
        text = {200: "OK", 486: "Busy Here"}.get(code or 0, "")
        self._send(Referred(self.channel, state, code, text, self.line_sample, here))

    @property
    def referred(self) -> list[Refer]:
        """Transfers that the brain has asked for."""
        return [message for message in self.messages if isinstance(message, Refer)]

    @property
    def pressed(self) -> str:
        """Keys that the brain has pressed."""
        return "".join(m.digits for m in self.messages if isinstance(m, SendDtmf))

    def hang_up(self, cause: str = "remote_hangup") -> None:
        """The other side has hung up."""
        if not self.over:
            self.over = True
            self._send(Stop(self.channel, cause, self.line_sample))

    async def run(self, seconds: float = 600.0) -> None:
        """Tick by the loop's clock until the line is over, or for ``seconds``."""
        for _ in range(round(seconds / TICK_S)):
            await asyncio.sleep(TICK_S)
            self.tick()
            if self.over:
                return

    def tick(self) -> None:
        """20 ms of line: take what the brain sent, send the caller's audio, play the agent's."""
        if self.beside:
            split_channels([self, *self.beside])
        for other in self.beside:
            other.tick()
        while self.socket.from_brain:
            self.take(self.socket.from_brain.popleft())
        if self.over:
            return
        frame = self._speech.popleft() if self._speech else _SILENCE
        audio = pack_audio([AudioEntry(self.channel, self.line_sample, frame.tobytes())])
        self.socket.to_brain.put_nowait(audio)
        self.most_ahead = max(self.most_ahead, self.pace.queued_samples)
        out = self.pace.pull()
        self.played.append(_SILENCE if out is None else out)
        self.line_sample += FRAME_SAMPLES
        for mark in self.pace.take_marks():
            position = self.pace.played_position
            self._send(Marked(self.channel, mark, position, self.line_sample))
        if self.hung_up is not None and (
            not self.hung_up.after_playout or self.pace.queued_samples == 0
        ):
            self.hang_up("local_hangup")

    def take(self, frame: str | bytes) -> None:
        """One frame from the brain."""
        if isinstance(frame, bytes):
            for entry in unpack_audio(frame):
                self.pace.push(entry.first_sample, np.frombuffer(entry.pcm, dtype=np.int16))
            return
        message = decode_from_brain(frame)
        self.messages.append(message)
        match message:
            case Mark():
                self.pace.mark(message.mark, message.position)
            case Clear():
                drop = self.pace.clear()
                self._send(
                    Cleared(
                        self.channel,
                        message.clear,
                        drop.played_position,
                        drop.dropped_until,
                        self.line_sample,
                    )
                )
            case HangUp():
                self.hung_up = message
            case Refuse():
                self.refused = message
                self.over = True

    @property
    def heard(self) -> str:
        """What the caller has heard of the agent so far."""
        voiced = [frame for frame in self.played if frame is not _SILENCE]
        if len(voiced) != self._read[0]:
            self._read = (len(voiced), read(np.concatenate(self.played)))
        return self._read[1]

    def _send(self, message: Listen | Start | Dtmf | Marked | Cleared | Referred | Stop) -> None:
        text = encode(message)
        json.loads(text)
        self.socket.to_brain.put_nowait(text)


def split_channels(lines: Sequence[FakeLine]) -> None:
    """Lines that share a socket: hand each what the brain sent on its own channel."""
    socket = lines[0].socket
    frames = list(socket.from_brain)
    socket.from_brain.clear()
    for frame in frames:
        if isinstance(frame, str):
            channel = json.loads(frame)["channel"]
            next(line for line in lines if line.channel == channel).take(frame)
            continue
        for entry in unpack_audio(frame):
            piece = pack_audio([entry])
            next(line for line in lines if line.channel == entry.channel).take(piece)
