"""The far end of a line that follows a script: a media link without models."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Protocol

import numpy as np

from uponai.link.media import (
    TICK_SAMPLES,
    AudioEntry,
    Clear,
    Dtmf,
    HangUp,
    Start,
    Stop,
    decode_from_line,
    encode,
    pack_audio,
    unpack_audio,
)
from uponai.live.line import Socket
from uponai.media.g711 import Pcm
from uponai.media.tones import silence
from uponai.sim.menu import Menu, MenuReading
from uponai.sim.script import Reading, Script, Step
from uponai.sim.sounds import pcm_of

Speak = Callable[[str], Awaitable[Pcm]]

_LEAD_MS = 300


class Part(Protocol):
    """Where one call stands in what is played to it."""

    @property
    def finished(self) -> bool: ...

    def tick(self, rms: float, *, busy: bool) -> Step | None: ...

    def press(self, digit: str) -> bool: ...


def _part(played: Script | Menu) -> Part:
    return Reading(played) if isinstance(played, Script) else MenuReading(played)


def _texts(played: Script | Menu) -> Iterator[str]:
    if isinstance(played, Menu):
        yield from (played.prompt, played.wrong, played.farewell)
        for choice in played.choices.values():
            yield from _texts(choice.script)
    else:
        yield from (step.text for step in played.steps if step.text)


class _Channel:
    """One call: its place in the script, and how long its own voice still sounds."""

    def __init__(self, number: int, part: Part, position: int) -> None:
        self.number = number
        self.part = part
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
    """Serves media-link sockets as a brain would; every call is played the same."""

    def __init__(self, played: Script | Menu, speak: Speak) -> None:
        self._played = played
        self._speak = speak
        self._audio: dict[str, Pcm] = {}
        self._preparing = asyncio.Lock()

    async def prepare(self) -> None:
        """Make all speech beforehand, so that nothing has to be waited for in a call."""
        lead = silence(_LEAD_MS)
        async with self._preparing:
            for text in _texts(self._played):
                if text not in self._audio:
                    self._audio[text] = np.concatenate([lead, await self._speak(text)])

    async def serve_socket(self, socket: Socket) -> None:
        """Serve one edge until it closes its socket."""
        await self.prepare()
        channels: dict[int, _Channel] = {}
        while (frame := await socket.receive()) is not None:
            if isinstance(frame, str):
                await self._on_text(frame, channels, socket)
                continue
            for entry in unpack_audio(frame):
                channel = channels.get(entry.channel)
                if channel is not None:
                    await self._on_audio(channel, entry, socket)

    async def _on_text(self, frame: str, channels: dict[int, _Channel], socket: Socket) -> None:
        match decode_from_line(frame):
            case Start() as start:
                part = _part(self._played)
                channels[start.channel] = _Channel(start.channel, part, start.next_position)
            case Dtmf() as key if key.channel in channels:
                channel = channels[key.channel]
                if channel.part.press(key.digit) and channel.busy_samples > 0:
                    channel.busy_samples = 0
                    await socket.send_text(encode(Clear(channel.number, "key")))
            case Stop() as stop:
                channels.pop(stop.channel, None)
            case _:
                # Marks were not asked for, and transfers are not made.
                return

    async def _on_audio(self, channel: _Channel, entry: AudioEntry, socket: Socket) -> None:
        heard = np.frombuffer(entry.pcm, dtype="<i2").astype(np.float32)
        channel.busy_samples = max(0, channel.busy_samples - TICK_SAMPLES)
        rms = float(np.sqrt(np.mean(heard * heard))) if heard.size else 0.0
        step = channel.part.tick(rms, busy=channel.busy_samples > 0)
        if step is not None:
            await socket.send_bytes(channel.queue(self._sound(step)))
        elif channel.part.finished:
            await socket.send_text(encode(HangUp(channel.number, "script_over")))
        await asyncio.sleep(0)

    def _sound(self, step: Step) -> Pcm:
        return pcm_of(step.sound) if step.sound is not None else self._audio[step.text]
