"""The brain's end of a line: what one call sends through the media link it has at the moment.

All calls of one socket share an ``Outlet``: an ordered outbox and one writer, so that nothing on
the way of a frame waits, and the audio of many calls leaves as one binary frame.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import Protocol

from uponai.link.media import (
    AudioEntry,
    Clear,
    Dismiss,
    HangUp,
    Join,
    Mark,
    Overheard,
    Refer,
    Refuse,
    SendDtmf,
    encode,
    pack_audio,
)
from uponai.providers.base import Pcm

MAX_FRAME_BYTES = 262_144


class Socket(Protocol):
    """A WebSocket, as far as a brain needs one."""

    async def receive(self) -> str | bytes | None:
        """The next frame; None when the socket is closed or lost."""
        ...

    async def send_text(self, text: str) -> None: ...

    async def send_bytes(self, data: bytes) -> None: ...


class Outlet:
    """What goes out of one socket, in order."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._items: deque[str | AudioEntry] = deque()
        self._wake = asyncio.Event()

    def put(self, item: str | AudioEntry) -> None:
        """Queue a text frame or one call's audio; never waits."""
        self._items.append(item)
        self._wake.set()

    async def run(self) -> None:
        """Write until cancelled, or until the socket raises OSError."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._items:
                item = self._items.popleft()
                if isinstance(item, str):
                    await self._socket.send_text(item)
                else:
                    await self._socket.send_bytes(pack_audio(self._gather(item)))

    def _gather(self, first: AudioEntry) -> list[AudioEntry]:
        """``first`` and the audio right behind it, as much as one frame should hold."""
        entries = [first]
        size = len(first.pcm)
        while self._items and size < MAX_FRAME_BYTES:
            item = self._items[0]
            if isinstance(item, str):
                break
            entries.append(item)
            size += len(item.pcm)
            self._items.popleft()
        return entries


class Line:
    """One call's channel. Between two links it swallows what is sent (see ``attached``)."""

    def __init__(self) -> None:
        self._outlet: Outlet | None = None
        self.channel = 0

    @property
    def attached(self) -> bool:
        return self._outlet is not None

    def attach(self, outlet: Outlet, channel: int) -> None:
        """From now on the line is reached here."""
        self._outlet = outlet
        self.channel = channel

    def detach(self) -> None:
        """The link is lost; the line may come back on another one."""
        self._outlet = None

    def audio(self, position: int, pcm: Pcm) -> None:
        """At most 32,767 samples whose first has ``position`` on the channel."""
        if self._outlet is not None:
            self._outlet.put(AudioEntry(self.channel, position, pcm.tobytes()))

    def mark(self, name: str, position: int) -> None:
        self._send(Mark(self.channel, name, position))

    def clear(self, name: str) -> None:
        self._send(Clear(self.channel, name))

    def hang_up(self, reason: str, *, after_playout: bool = False) -> None:
        self._send(HangUp(self.channel, reason, after_playout))

    def press(self, digits: str) -> None:
        """0-9 * # A-D; ``w`` pauses half a second."""
        self._send(SendDtmf(self.channel, digits))

    def refer(self, order: Refer) -> None:
        """Ask that the far side be handed on; answered by ``Referred``. The channel is set here."""
        self._send(replace(order, channel=self.channel))

    def join(self) -> None:
        """Join the caller with whoever answered."""
        self._send(Join(self.channel))

    def dismiss(self) -> None:
        """Hang up on whoever is called for the caller."""
        self._send(Dismiss(self.channel))

    def overheard(self, text: str, *, last: bool) -> None:
        """Tell what was said before the answer."""
        self._send(Overheard(self.channel, text, last))

    def _send(
        self, message: Overheard | Mark | Clear | HangUp | SendDtmf | Refer | Join | Dismiss
    ) -> None:
        if self._outlet is not None:
            self._outlet.put(encode(message))


def refuse(outlet: Outlet, channel: int, reason: str) -> None:
    """Tell the line holder to try the next brain."""
    outlet.put(encode(Refuse(channel, reason)))
