"""The WebSockets to the brains: one per brain URL, every line of this edge multiplexed on it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

import aiohttp

from uponai import log
from uponai.edge.line import Line
from uponai.link import control
from uponai.link.codec import LinkError
from uponai.link.media import (
    Clear,
    Dismiss,
    FromBrain,
    FromLine,
    HangUp,
    Hold,
    Join,
    Mark,
    Overheard,
    Refer,
    Refuse,
    SendDtmf,
    decode_from_brain,
    encode,
    pack_audio,
    unpack_audio,
)
from uponai.media.g711 import Pcm
from uponai.media.mix import to_bytes, to_pcm
from uponai.tasks import TaskGroup

CONNECT_TIMEOUT_S: Final = 3.0
HEARTBEAT_S: Final = 4.0
MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024
MAX_BACKLOG_FRAMES: Final = 250
"""Five seconds of ticks that the brain did not read: it is as good as dead."""

Lost = Callable[[Line, str | None], None]
"""A line's brain is gone; its URL when it refused the line."""

_log = log.get("uponai.edge.link")


class BrainLink:
    """One connection. It is tried once; when it breaks, every line on it is lost."""

    def __init__(self, url: str, lost: Lost) -> None:
        self.url = url
        self._shown = url.partition("?")[0]  # a query may hold a token
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.closed = False
        self._lost = lost
        self._lines: dict[int, Line] = {}
        self._next_channel = 1
        self._outbox: deque[str | bytes] = deque()
        self._wake = asyncio.Event()
        self._audio: list[tuple[int, int, bytes]] = []

    def attach(self, line: Line) -> None:
        """Carry ``line`` from now on."""
        channel = self._next_channel
        self._next_channel += 1
        self._lines[channel] = line
        line.attach(self, channel)

    def release(self, line: Line) -> None:
        """Carry ``line`` no longer."""
        if self._lines.get(line.channel) is line:
            del self._lines[line.channel]
        line.detach()

    def tell(self, message: FromLine) -> None:
        """Queue a message, in order with the audio."""
        self._outbox.append(encode(message))
        self._wake.set()

    def add_audio(self, channel: int, line_sample: int, pcm: Pcm) -> None:
        """Put a frame into this tick's binary frame."""
        self._audio.append((channel, line_sample, to_bytes(pcm)))

    def flush(self) -> None:
        """Queue this tick's binary frame."""
        if self._audio:
            if len(self._outbox) <= 2 * MAX_BACKLOG_FRAMES:
                self._outbox.append(pack_audio(self._audio))
            self._audio.clear()
            self._wake.set()

    async def run(self, session: aiohttp.ClientSession, token: str) -> None:
        """Connect, carry, and give the lines back at the end."""
        tasks = TaskGroup()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                socket = await session.ws_connect(
                    self.url,
                    headers={"Authorization": f"Bearer {token}"},
                    heartbeat=HEARTBEAT_S,
                    max_msg_size=MAX_MESSAGE_BYTES,
                    compress=0,
                )
            async with socket:
                self._set_opened(opened=True)
                tasks.spawn(self._send(socket), name="brain link sender")
                await self._receive(socket)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            _log.info("brain link failed", url=self._shown, error=str(error))
        finally:
            self.closed = True
            self._set_opened(opened=False)
            await tasks.aclose()
            self._give_back()

    def _set_opened(self, *, opened: bool) -> None:
        if not self.opened.done():
            self.opened.set_result(opened)

    def _give_back(self) -> None:
        lines, self._lines = self._lines, {}
        for line in lines.values():
            line.detach()
            self._lost(line, None)

    async def _send(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            while len(self._outbox) <= MAX_BACKLOG_FRAMES:
                while self._outbox:
                    frame = self._outbox.popleft()
                    if isinstance(frame, str):
                        await socket.send_str(frame)
                    else:
                        await socket.send_bytes(frame)
                    if len(self._outbox) > MAX_BACKLOG_FRAMES:
                        break
                else:
                    self._wake.clear()
                    await self._wake.wait()
            _log.warning("brain reads too slowly, link dropped", url=self._shown)
        except (ConnectionError, aiohttp.ClientError) as error:
            _log.info("brain link broke", url=self._shown, error=str(error))
        await socket.close()

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            try:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self._take_audio(message.data)
                elif message.type is aiohttp.WSMsgType.TEXT:
                    self._obey(decode_from_brain(message.data))
            except LinkError as error:
                _log.warning("brain frame ignored", url=self._shown, error=str(error))

    def _take_audio(self, frame: bytes) -> None:
        for channel, position, pcm in unpack_audio(frame):
            line = self._lines.get(channel)
            if line is not None and not line.is_early:
                line.pace.push(position, to_pcm(pcm))

    def _obey(self, message: FromBrain) -> None:
        line = self._lines.get(message.channel)
        if line is None:
            return
        match message:
            case Overheard():
                line.early_words.take(message)
            case Refuse():
                _log.info("brain refuses", call_id=line.call_id, reason=message.reason)
                del self._lines[message.channel]
                line.detach(refused=True)
                self._lost(line, self.url)
            case _ if not line.is_early:
                self._obey_on_air(line, message)
            case _:
                _log.warning("brain may not speak before the answer", call_id=line.call_id)

    def _obey_on_air(self, line: Line, message: FromBrain) -> None:
        match message:
            case Mark():
                line.pace.mark(message.mark, message.position)
            case Clear():
                line.clear(message.clear)
            case HangUp():
                line.hang_up(message.reason, after_playout=message.after_playout)
            case SendDtmf():
                line.ask(control.SendDtmf(line.call_id, message.digits))
            case Hold():
                line.ask(control.Hold(line.call_id, message.on))
            case Refer() | Join() | Dismiss():
                line.ask(message)
            case _:
                pass


class BrainLinks:
    """Every connection to a brain, made when first asked for."""

    def __init__(self, token: str, lost: Lost) -> None:
        self._token = token
        self._lost = lost
        self._links: dict[str, BrainLink] = {}
        self._tasks = TaskGroup()
        self._session: aiohttp.ClientSession | None = None

    def __iter__(self) -> Iterator[BrainLink]:
        return iter(list(self._links.values()))

    async def open(self, url: str) -> BrainLink | None:
        """The connection to ``url``, or None when it cannot be made within three seconds."""
        link = self._links.get(url)
        if link is None or link.closed:
            if self._session is None:
                self._session = aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S)
                )
            link = self._links[url] = BrainLink(url, self._lost)
            self._tasks.spawn(self._run(link, self._session), name="brain link")
        opened = await asyncio.shield(link.opened)
        return link if opened and not link.closed else None

    async def _run(self, link: BrainLink, session: aiohttp.ClientSession) -> None:
        try:
            await link.run(session, self._token)
        finally:
            if self._links.get(link.url) is link:
                del self._links[link.url]

    async def aclose(self) -> None:
        """Close every connection, what is queued first."""
        await self._tasks.aclose()
        if self._session is not None:
            await self._session.close()
