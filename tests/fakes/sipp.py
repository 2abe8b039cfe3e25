"""Real SIPp as the far side of a call (Debian package sip-tester)."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.patience import patience, until

from uponai import ports

SCENARIOS = Path(__file__).parent.parent / "phone" / "scenarios"
AVAILABLE = shutil.which("sipp") is not None


_CUE = """INFO sip:uas@127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKcue
From: <sip:test@127.0.0.1>;tag=test
To: <sip:uas@127.0.0.1>
Call-ID: {call_id}
CSeq: 1 INFO
Max-Forwards: 70
Content-Length: 0

"""


class Sipp:
    """A running scenario on ``port``."""

    def __init__(self, port, process, log=None):
        self.port = port
        self.process = process
        self._log = log

    async def passed(self):
        """Whether the scenario ran through as written."""
        async with patience():
            output, _ = await self.process.communicate()
        return self.process.returncode == 0, output.decode(errors="replace")[-2_000:]

    def cue(self, sip_call_id):
        """Have a scenario that waits for it (``sipp_script.CUED``) go on; for UDP."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            text = _CUE.format(call_id=sip_call_id).replace("\n", "\r\n")
            sender.sendto(text.encode(), ("127.0.0.1", self.port))

    async def notes(self, text):
        """Return once the scenario has noted ``text`` (``sipp_script.noted``)."""
        await until(lambda: self._log.exists() and text in self._log.read_text())


def free_port():
    """A port that nobody has, nor the three above it (SIPp takes them for audio and video)."""
    return ports.free_port("127.0.0.1", room=4)


@cache
def media_port_option():
    """The option that sets SIPp's port for audio: before 3.7 and since 3.7.3 it is ``-mp``, too."""
    known = subprocess.run(["sipp", "-h"], capture_output=True, check=False).stdout
    return "-min_rtp_port" if b"-min_rtp_port" in known else "-mp"


@asynccontextmanager
async def sipp(folder, scenario, *, transport="u1", calls=1, **words):
    """Run ``scenario`` for so many calls; ``@WORD@`` in it is replaced by ``words["WORD"]``.

    A scenario is the name of a file, or whole (``sipp_script.scenario``).
    """
    whole = scenario.startswith("<?xml")
    text = scenario if whole else (SCENARIOS / f"{scenario}.xml").read_text()
    for word, value in words.items():
        text = text.replace(f"@{word}@", str(value))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ("whole.xml" if whole else f"{scenario}.xml")
    path.write_text(text)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "sipp", "-sf", str(path), "-i", "127.0.0.1", "-p", str(port), "-t", transport,
        "-m", str(calls), "-nostdin", media_port_option(), str(free_port()),
        "-timeout", "240", "-timeout_error", "-trace_logs", "-log_file", str(folder / "notes.log"),
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        await listens(port, transport)
        yield Sipp(port, process, folder / "notes.log")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Counted(NamedTuple):
    """One INVITE as SIPp saw it. ``at_s`` is wall time."""

    at_s: float
    number: str
    call_id: str


@asynccontextmanager
async def counting_callees(folder):
    """``(port, read)``: callees who are all busy; ``read`` gives the INVITEs so far, by time."""
    port, notes = free_port(), Path(folder) / "count.log"
    process = await asyncio.create_subprocess_exec(
        "sipp", "-sf", str(SCENARIOS / "count.xml"), "-i", "127.0.0.1", "-p", str(port), "-t", "u1",
        "-nostdin", "-trace_logs", "-log_file", str(notes), "-deadcall_wait", "60s",
        cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    def read():
        lines = notes.read_text().splitlines() if notes.exists() else []
        words = [line.split() for line in lines if len(line.split()) == 4]
        return sorted(
            Counted(float(seconds) + float(micros) / 1e6, callee.removeprefix("sip:"), call_id)
            for callee, call_id, seconds, micros in words
        )

    try:
        await listens(port, "u1")
        yield port, read
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def listens(port, transport, *, host="127.0.0.1", on=nullcontext):
    """Return when somebody has bound ``port``; ``on``: within what the machine of ``host`` is."""
    name = ("udp" if transport == "u1" else "tcp") + ("6" if ":" in host else "")
    wanted = f":{port:04X} "

    def bound():
        with on():
            return wanted in Path("/proc/thread-self/net", name).read_text()

    await until(bound)


@asynccontextmanager
async def sipp_calling(folder, whole, target, *, transport="u1"):
    """Run a whole scenario that calls ``target``, a port of 127.0.0.1."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "whole.xml"
    path.write_text(whole)
    process = await asyncio.create_subprocess_exec(
        "sipp", "-sf", str(path), "-i", "127.0.0.1", "-t", transport, "-m", "1", "-nostdin",
        media_port_option(), str(free_port()), "-timeout", "240", "-timeout_error",
        f"127.0.0.1:{target}",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Sipp(0, process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
