"""A brain's end of the media link: a small server that records and, if asked, answers back."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import numpy as np
from aiohttp import WSMsgType, web
from tests.patience import patience

from uponai.link.media import (
    AudioEntry,
    Clear,
    Dtmf,
    HangUp,
    Listen,
    Mark,
    Overheard,
    Refuse,
    Start,
    Stop,
    decode_from_line,
    encode,
    pack_audio,
    unpack_audio,
)


class FakeLine:
    """One channel as the brain sees it, since its ``Start`` or ``Listen``."""

    def __init__(self, socket, start: Start | Listen):
        self.socket = socket
        self.start = start
        self.channel = start.channel
        self.position = start.next_position if isinstance(start, Start) else 0
        self.messages = []
        self.heard = bytearray()
        self.first_sample = None
        self.missed_samples = 0

    @property
    def pcm(self):
        return np.frombuffer(bytes(self.heard), dtype=np.int16)

    def of(self, kind):
        return [message for message in self.messages if isinstance(message, kind)]

    async def say(self, pcm, mark=None):
        """Send ``pcm`` at once, and a mark behind it."""
        for at in range(0, len(pcm), 8_000):
            part = pcm[at : at + 8_000].astype(np.int16).tobytes()
            await self.socket.send_bytes(
                pack_audio([AudioEntry(self.channel, self.position, part)])
            )
            self.position += len(part) // 2
        if mark is not None:
            await self.send(Mark(self.channel, mark, self.position))

    async def clear(self, name="clear"):
        await self.send(Clear(self.channel, name))

    async def hang_up(self, reason="agent_hangup", *, after_playout=False):
        await self.send(HangUp(self.channel, reason, after_playout))

    async def send(self, message):
        await self.socket.send_str(encode(message))


class FakeBrain:
    """``async with FakeBrain() as brain``: listens on a port of its own.

    ``refuse``: turns every line away. ``echo``: says back what it hears. ``start_up`` serves again
    on the same port after ``shut_down``. ``early``: lines that are only listened to; once they
    stop, ``understood`` was said on them (None: that is never told).
    """

    def __init__(self, *, token="secret", refuse=False, echo=False):
        self.token = token
        self.refuse = refuse
        self.echo = echo
        self.lines: list[FakeLine] = []
        self.early: list[FakeLine] = []
        self.understood: str | None = ""
        self.connections = 0
        self.changed = asyncio.Event()
        self.port = 0
        self._runner = None
        self._sockets = set()

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/media/link"

    async def __aenter__(self):
        await self.start_up()
        return self

    async def __aexit__(self, *_):
        await self.shut_down()

    async def start_up(self):
        app = web.Application()
        app.router.add_get("/media/link", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def shut_down(self):
        """Drop every connection, as a killed process does, and listen no more."""
        for socket in list(self._sockets):
            socket._req.transport.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def line(self, number=0):
        """The ``number``-th line that was ever started here."""
        await self.until(lambda: len(self.lines) > number)
        return self.lines[number]

    async def early_line(self, number=0):
        """The ``number``-th line that was ever to be listened to here."""
        await self.until(lambda: len(self.early) > number)
        return self.early[number]

    async def until(self, true):
        """Wait until ``true()``, looked at after every message and frame."""
        async with patience():
            while not true():
                self.changed.clear()
                await self.changed.wait()

    async def _serve(self, request):
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=401)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        self.connections += 1
        self._sockets.add(socket)
        channels: dict[int, FakeLine] = {}
        try:
            async for message in socket:
                if message.type is WSMsgType.BINARY:
                    await self._audio(message.data, channels)
                else:
                    await self._text(decode_from_line(message.data), socket, channels)
                self.changed.set()
        finally:
            self._sockets.discard(socket)
        return socket

    async def _text(self, message, socket, channels):
        if isinstance(message, Start):
            if self.refuse:
                await socket.send_str(encode(Refuse(message.channel, "not mine")))
                return
            line = channels[message.channel] = FakeLine(socket, message)
            self.lines.append(line)
        if isinstance(message, Listen):
            line = channels[message.channel] = FakeLine(socket, message)
            self.early.append(line)
        line = channels.get(message.channel)
        if line is not None:
            line.messages.append(message)
            early = isinstance(line.start, Listen) and isinstance(message, Stop)
            if early and self.understood is not None:
                await line.send(Overheard(line.channel, self.understood, last=True))

    async def _audio(self, frame, channels):
        replies = defaultdict(bytes)
        for channel, sample, pcm in unpack_audio(frame):
            line = channels.get(channel)
            if line is None:
                continue
            if line.first_sample is None:
                line.first_sample = sample
            skipped = sample - line.first_sample - len(line.heard) // 2
            assert skipped >= 0
            # An edge that stood still leaves out what it has missed.
            line.missed_samples += skipped
            line.heard += bytes(2 * skipped) + pcm
            replies[line] = bytes(pcm)
        if self.echo:
            for line, pcm in replies.items():
                await line.say(np.frombuffer(pcm, dtype=np.int16))


__all__ = ["Dtmf", "FakeBrain", "FakeLine", "Stop"]
