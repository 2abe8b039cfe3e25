"""How many calls one core of an edge holds, with audio both ways, recording and media link.

Run: python -m bench edge [CALLS ...]. An edge in a process of its own calls far ends in this one,
which speak every 20 ms and time what they hear by the kernel's clock; a brain, also here, hears
every call and speaks on it. The same far ends then talk to a bare echo of datagrams. Told are CPU
time by call and second, packets lost, how uneven the packets left, memory, and set-ups a second.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import numpy as np
import uvloop
from aiohttp import WSMsgType, web

from uponai.domain.capacity import Breath, Capacity
from uponai.edge.main import Edge, run_edge
from uponai.edge.settings import EdgeConfig
from uponai.link import control
from uponai.link.media import (
    AudioEntry,
    Quality,
    Start,
    Stop,
    decode_from_line,
    pack_audio,
    unpack_audio,
)
from uponai.media.tones import tone
from uponai.tasks import TaskGroup, spawn

SECONDS = 15
SETTLE_S = 3
SETUPS = 1_000
AT_ONCE = 100
SAMPLED = 24
SLOTS = 4
TOKEN = "bench"
READY = "READY "
SO_TIMESTAMPNS = 35
HEAD = struct.Struct(">BBHII")
SPEECH = (np.resize(tone((300.0, 700.0), 1_000), 8_000)).astype(np.int16).tobytes()
ANSWER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


class Child:
    """Another process: its CPU time and memory."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, *arguments: str) -> tuple[Child, str]:
        """The process and what it said once it was ready."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.edge", *arguments, stdout=asyncio.subprocess.PIPE
        )
        child = cls(process)
        return child, await child._ready()

    async def _ready(self) -> str:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line.startswith(READY.encode()):
                self._log = spawn(self._drain(self.process.stdout), name="log of a child")
                return line.decode().removeprefix(READY)
        raise RuntimeError("a child did not start")

    async def _drain(self, log: asyncio.StreamReader) -> None:
        while await log.read(65_536):
            pass

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", text)
        return int(found[1]) / 1024 if found else 0.0

    async def stop(self) -> None:
        self.process.terminate()
        await self.process.wait()


class FarEnd:
    """One talker: a socket, whom it talks to, and when what it heard had come."""

    def __init__(self, *, timed: bool) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.target: tuple[str, int] | None = None
        self.sequence = 0
        self.heard = 0
        self.first = self.last = -1
        self.came: list[float] = []
        self._timed = timed
        if timed:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        asyncio.get_running_loop().add_reader(self.socket, self._readable)

    def reset(self) -> None:
        self.heard, self.first, self.last = 0, -1, -1
        self.came.clear()

    def speak(self) -> None:
        if self.target is not None:
            head = HEAD.pack(0x80, 0, self.sequence & 0xFFFF, 160 * self.sequence, self.port)
            self.sequence += 1
            self.socket.sendto(head + b"\x2f\x9c" * 80, self.target)

    def _readable(self) -> None:
        try:
            for _ in range(16):
                if self._timed:
                    data, notes, _, _ = self.socket.recvmsg(400, 64)
                    seconds, nanos = struct.unpack("@qq", notes[0][2][:16])
                    self.came.append(seconds + nanos / 1e9)
                else:
                    data = self.socket.recv(400)
                if 192 <= data[1] < 224:
                    continue  # a report for the far end at the port before
                number = data[2] << 8 | data[3]
                self.heard += 1
                self.last = max(self.last, number) if self.first >= 0 else number
                self.first = number if self.first < 0 else self.first
        except OSError:
            return

    @property
    def lost(self) -> int:
        """Holes in what came (a run is shorter than the wrap, unless it began near it)."""
        return max(0, self.last - self.first + 1 - self.heard) if self.last >= self.first else 0

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()


class FarEnds:
    """All talkers, speaking in four groups over each 20 ms."""

    def __init__(self) -> None:
        self.all: list[FarEnd] = []
        self.by_call: dict[str, FarEnd] = {}

    def add(self) -> FarEnd:
        self.all.append(FarEnd(timed=len(self.all) % 16 == 0 and len(self.all) < 16 * SAMPLED))
        return self.all[-1]

    async def talk(self) -> None:
        due, slot = time.monotonic(), 0
        while True:
            for far in self.all[slot::SLOTS]:
                far.speak()
            slot = (slot + 1) % SLOTS
            due += 0.02 / SLOTS
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def reset(self) -> None:
        for far in self.all:
            far.reset()

    def jitter_ms(self) -> tuple[float, float, float]:
        """Median, 99th percentile and worst of how far packets lay from 20 ms apart."""
        gaps = [np.abs(np.diff(np.array(far.came)) - 0.02) for far in self.all if len(far.came) > 9]
        every = np.concatenate(gaps) * 1_000 if gaps else np.zeros(1)
        return float(np.median(every)), float(np.percentile(every, 99)), float(every.max())

    def close(self) -> None:
        for far in self.all:
            far.close()
        self.all.clear()


class Callee(asyncio.DatagramProtocol):
    """Answers every INVITE at once and every BYE; understands nothing else."""

    def __init__(self, ends: FarEnds, *, talks: bool) -> None:
        self.ends = ends
        self.talks = talks

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode("latin-1")
        method = text.partition(" ")[0]
        if method not in {"INVITE", "BYE"}:
            return
        head = re.findall(r"(?im)^((?:via|from|to|call-id|cseq):.*)\r$", text)
        lines = [f"{x};tag=far" if x[:3].lower() == "to:" and "tag=" not in x else x for x in head]
        body = ""
        if method == "INVITE":
            far = self._far(text)
            body = ANSWER.format(port=far.port)
            here = self.transport.get_extra_info("sockname")[1]
            lines += [f"Contact: <sip:far@127.0.0.1:{here}>", "Content-Type: application/sdp"]
        reply = ["SIP/2.0 200 OK", *lines, f"Content-Length: {len(body)}", "", body]
        self.transport.sendto("\r\n".join(reply).encode(), addr)

    def _far(self, text: str) -> FarEnd:
        call_id = re.search(r"(?im)^call-id:\s*(\S+)", text)
        port = re.search(r"(?m)^m=audio (\d+)", text)
        assert call_id is not None and port is not None
        if not self.talks:
            return self.ends.all[0] if self.ends.all else self.ends.add()
        far = self.ends.by_call.get(call_id[1])
        if far is None:
            far = self.ends.by_call[call_id[1]] = self.ends.add()
            far.target = ("127.0.0.1", int(port[1]))
        return far


class Brain:
    """Hears every line and speaks on it without a pause."""

    def __init__(self) -> None:
        self.frames = 0
        self.lines: dict[int, int] = {}
        self.quality: dict[int, Quality] = {}
        self._socket: web.WebSocketResponse | None = None
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/media/link", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"ws://127.0.0.1:{self._runner.addresses[0][1]}/media/link"

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = link = web.WebSocketResponse(compress=False, max_msg_size=2**24)
        await link.prepare(request)
        async for message in link:
            if message.type is WSMsgType.BINARY:
                self.frames += sum(1 for _ in unpack_audio(message.data))
                continue
            told = decode_from_line(message.data)
            if isinstance(told, Start):
                self.lines[told.channel] = told.next_position
            elif isinstance(told, Stop):
                self.lines.pop(told.channel, None)
            elif isinstance(told, Quality):
                self.quality[told.channel] = told
        return link

    async def speak(self) -> None:
        """A second of speech on every line each second, two ahead."""
        due = time.monotonic()
        while True:
            for part in np.array_split(np.array(list(self.lines)), 10):
                entries: list[AudioEntry] = []
                for channel in part.tolist():
                    at = self.lines.get(channel)
                    if at is not None:
                        ahead = SPEECH * (2 if at == 0 else 1)
                        entries.append(AudioEntry(channel, at, ahead))
                        self.lines[channel] = at + len(ahead) // 2
                if entries and self._socket is not None and not self._socket.closed:
                    await self._socket.send_bytes(pack_audio(entries))
                due += 0.1
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()


class Dialer:
    """The control socket of the edge."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.answered = asyncio.Semaphore(0)
        self.ended = asyncio.Semaphore(0)
        self.on_answer: Callable[[str], None] | None = None
        self.orders: asyncio.Queue[control.Command] = asyncio.Queue()

    async def send(self) -> None:
        while True:
            await self._socket.send_str(control.encode_command(await self.orders.get()))

    async def receive(self) -> None:
        async for message in self._socket:
            envelope = control.decode_event(message.data)
            event = envelope.event
            if envelope.seq % 50 == 0:
                self.orders.put_nowait(control.Ack(envelope.boot, envelope.seq))
            if isinstance(event, control.Answered):
                self.answered.release()
                if self.on_answer is not None:
                    self.on_answer(event.call_id)
            elif isinstance(event, control.Ended):
                if event.cause != "local_hangup":
                    print("ended:", event.cause, event.text)
                self.ended.release()


async def callee(ends: FarEnds, *, talks: bool) -> tuple[asyncio.DatagramTransport, int]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Callee(ends, talks=talks), local_addr=("127.0.0.1", 0)
    )
    return transport, transport.get_extra_info("sockname")[1]


def told(what: str, calls: int, used: tuple[float, float], ends: FarEnds) -> str:
    cpu, wall = used
    median, p99, worst = ends.jitter_ms()
    lost = sum(far.lost for far in ends.all)
    heard = sum(far.heard for far in ends.all)
    each = 1_000 * cpu / wall / calls
    return (
        f"{what:5} {calls:4} calls: {100 * cpu / wall:4.0f} % of a core,"
        f" {each:.2f} ms a call-second ({1_000 / each:.0f} calls a core), lost {lost} of {heard},"
        f" uneven by {median:.1f} ms, p99 {p99:.1f}, worst {worst:.1f}"
    )


async def measure(child: Child, ends: FarEnds) -> tuple[float, float]:
    """CPU and wall time of the child, in seconds."""
    await asyncio.sleep(SETTLE_S)
    ends.reset()
    cpu, wall = child.cpu_s(), time.monotonic()
    await asyncio.sleep(SECONDS)
    return child.cpu_s() - cpu, time.monotonic() - wall


async def hold(child: Child, dialer: Dialer, brain: Brain, calls: int) -> None:
    ends, tasks = FarEnds(), TaskGroup()
    transport, port = await callee(ends, talks=True)
    before_mb = child.rss_mb()
    order(dialer, brain, port, calls, "hold")
    for _ in range(calls):
        await dialer.answered.acquire()
    tasks.spawn(ends.talk(), name="far ends")
    used = await measure(child, ends)
    print(told("edge", calls, used, ends))
    lost = sum(told.packets_lost for told in brain.quality.values())
    mos = min((told.mos for told in brain.quality.values()), default=0.0)
    each_mb = (child.rss_mb() - before_mb) / calls
    print(f"      at the edge: lost {lost}, worst MOS {mos}; {each_mb:.2f} MB a call")
    for n in range(calls):
        dialer.orders.put_nowait(control.End(f"hold_{n}_{calls}", "done"))
    for _ in range(calls):
        await dialer.ended.acquire()
    await tasks.aclose()
    ends.close()
    transport.close()
    brain.quality.clear()


def order(dialer: Dialer, brain: Brain, port: int, calls: int, name: str) -> None:
    trunk = control.Trunk(f"127.0.0.1:{port}", "UDP")
    for n in range(calls):
        call_id = f"{name}_{n}_{calls}"
        brains = (brain.url,)
        dialer.orders.put_nowait(control.Dial(call_id, 1, 1, "100", "200", trunk, brains))


async def echo(calls: int) -> None:
    child, line = await Child.start("--echo", str(calls))
    ends, tasks = FarEnds(), TaskGroup()
    for port in json.loads(line):
        ends.add().target = ("127.0.0.1", port)
    tasks.spawn(ends.talk(), name="far ends")
    print(told("echo", calls, await measure(child, ends), ends))
    await tasks.aclose()
    ends.close()
    await child.stop()


async def set_up(child: Child, dialer: Dialer, brain: Brain) -> None:
    """Calls answered and hung up at once, so many at a time."""
    ends = FarEnds()
    transport, port = await callee(ends, talks=False)
    dialer.on_answer = lambda call_id: dialer.orders.put_nowait(control.End(call_id, "done"))
    trunk = control.Trunk(f"127.0.0.1:{port}", "UDP")
    cpu, wall = child.cpu_s(), time.monotonic()
    for n in range(SETUPS + AT_ONCE):
        if n >= AT_ONCE:
            await dialer.ended.acquire()
        if n < SETUPS:
            brains = (brain.url,)
            dialer.orders.put_nowait(control.Dial(f"set_{n}", 1, 1, "100", "200", trunk, brains))
    cpu, wall = child.cpu_s() - cpu, time.monotonic() - wall
    each_ms = 1_000 * cpu / SETUPS
    print(f"set-up, answer and hang-up of {SETUPS} calls: {SETUPS / wall:.0f} a second,", end=" ")
    print(f"{each_ms:.1f} ms of CPU each ({1_000 / each_ms:.0f} a second of one core)")
    transport.close()
    ends.close()


async def compare(sizes: list[int]) -> None:
    print(
        "load average", *(f"{load:.1f}" for load in os.getloadavg()), "on", os.cpu_count(), "cores"
    )
    brain, tasks = Brain(), TaskGroup()
    await brain.start()
    tasks.spawn(brain.speak(), name="brain speaks")
    with tempfile.TemporaryDirectory() as folder:
        child, url = await Child.start("--edge", folder)
        try:
            await _through(child, url.strip(), brain, sizes)
        finally:
            await child.stop()
            await tasks.aclose()
            await brain.stop()


async def _through(child: Child, url: str, brain: Brain, sizes: list[int]) -> None:
    tasks = TaskGroup()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, headers=headers) as socket,
    ):
        dialer = Dialer(socket)
        for run in (dialer.send(), dialer.receive()):
            tasks.spawn(run, name="bench")
        for calls in sizes:
            await hold(child, dialer, brain, calls)
            await echo(calls)
        await set_up(child, dialer, brain)
        await tasks.aclose()


async def be_edge(folder: Path) -> None:
    config = EdgeConfig(
        data=folder, token=TOKEN, sip_port=0, tls_port=0, max_lines=4_000, port_quarantine_s=1.0
    )

    def ready(edge: Edge) -> None:
        # Whoever else is busy on the machine, the edge takes all that it is given.
        edge._board.capacity = Capacity(config.max_lines, Breath(bad_share=2.0))
        print(READY + edge.control_url, flush=True)

    await run_edge(config, ready)


async def be_echo(count: int) -> None:
    loop = asyncio.get_running_loop()

    def back(bound: socket.socket) -> None:
        data, address = bound.recvfrom(1_500)
        bound.sendto(data, address)

    bounds = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for bound in bounds:
        bound.setblocking(False)
        bound.bind(("127.0.0.1", 0))
        loop.add_reader(bound, back, bound)
    print(READY + json.dumps([bound.getsockname()[1] for bound in bounds]), flush=True)
    await asyncio.Event().wait()


def main() -> None:
    match sys.argv[1:]:
        case ["--edge", folder]:
            uvloop.run(be_edge(Path(folder)))
        case ["--echo", count]:
            uvloop.run(be_echo(int(count)))
        case sizes:
            uvloop.run(compare([int(size) for size in sizes] or [100, 400]))


if __name__ == "__main__":
    main()
