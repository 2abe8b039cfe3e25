"""The far end of a line that follows a script: a media link without models."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
from numpy.typing import NDArray

from uponai.link.media import (
    LINK_RATE_HZ,
    TICK_SAMPLES,
    AudioEntry,
    HangUp,
    Start,
    Stop,
    decode_from_line,
    encode,
    pack_audio,
    unpack_audio,
)
from uponai.live.line import Socket
from uponai.sim.script import Reading, Script, Step

Pcm = NDArray[np.int16]
Speak = Callable[[str], Awaitable[Pcm]]

BEEP_HZ = 1_000
BEEP_MS = 500
_LEAD_MS = 300


def beep() -> Pcm:
    """The tone of an answering machine."""
    at = np.arange(LINK_RATE_HZ * BEEP_MS // 1000) / LINK_RATE_HZ
    return (np.sin(2 * np.pi * BEEP_HZ * at) * 9_000).astype(np.int16)


class _Channel:
    """One call: its place in the script, and how long its own voice still sounds."""

    def __init__(self, number: int, script: Script, position: int) -> None:
        self.number = number
        self.reading = Reading(script)
        self.position = position
        self.busy_samples = 0

    def queue(self, pcm: Pcm) -> bytes:
        """A binary frame of what we say now."""
        entries: list[AudioEntry] = []
        for start in range(0, len(pcm), 8_000):
            piece = pcm[start : start + 8_000]
            entries.append(AudioEntry(self.number, self.position, piece.tobytes()))
            self.position += len(piece)
        self.busy_samples += len(pcm)
        return pack_audio(entries)


class ScriptedVoice:
    """Serves media-link sockets as a brain would; every call follows the same script."""

    def __init__(self, script: Script, speak: Speak) -> None:
        self._script = script
        self._speak = speak
        self._audio: dict[str, Pcm] = {}

    async def prepare(self) -> None:
        """Make all speech beforehand, so that nothing has to be waited for in a call."""
        lead = np.zeros(LINK_RATE_HZ * _LEAD_MS // 1000, dtype=np.int16)
        for step in self._script.steps:
            if step.text and step.text not in self._audio:
                self._audio[step.text] = np.concatenate([lead, await self._speak(step.text)])

    async def serve_socket(self, socket: Socket) -> None:
        """Serve one edge until it closes its socket."""
        channels: dict[int, _Channel] = {}
        while (frame := await socket.receive()) is not None:
            if isinstance(frame, str):
                self._on_text(frame, channels)
                continue
            for entry in unpack_audio(frame):
                channel = channels.get(entry.channel)
                if channel is not None:
                    await self._on_audio(channel, entry, socket)

    def _on_text(self, frame: str, channels: dict[int, _Channel]) -> None:
        message = decode_from_line(frame)
        if isinstance(message, Start):
            channel = _Channel(message.channel, self._script, message.next_position)
            channels[message.channel] = channel
        elif isinstance(message, Stop):
            channels.pop(message.channel, None)

    async def _on_audio(self, channel: _Channel, entry: AudioEntry, socket: Socket) -> None:
        heard = np.frombuffer(entry.pcm, dtype="<i2").astype(np.float32)
        channel.busy_samples = max(0, channel.busy_samples - TICK_SAMPLES)
        rms = float(np.sqrt(np.mean(heard * heard))) if heard.size else 0.0
        step = channel.reading.tick(rms, busy=channel.busy_samples > 0)
        if step is not None:
            await socket.send_bytes(channel.queue(self._sound(step)))
        elif channel.reading.finished:
            await socket.send_text(encode(HangUp(channel.number, "script_over")))
        await asyncio.sleep(0)

    def _sound(self, step: Step) -> Pcm:
        return beep() if step.beep else self._audio[step.text]
