"""Malformed SIP and RTP at a live edge with a call in progress, which must not notice.

``./dev soak edge [--sip N] [--rtp N]``: 10,000 datagrams of each unless told otherwise, damaged
copies of real messages and packets mixed with noise. The caller hums all the while.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import struct
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.fakes.edges import a_call

from uponai.link import control
from uponai.media import tones

BATCH = 20
LONGEST_GAP_S = 0.1
INVITE = (
    b"INVITE sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK%d;rport\r\n"
    b"From: <sip:a@x>;tag=%d\r\nTo: <sip:b@x>\r\nCall-ID: soak%d\r\nCSeq: 1 %s\r\n"
    b"Contact: <sip:a@127.0.0.1:9>\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s"
)
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 9 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
)
METHODS = (b"INVITE", b"BYE", b"CANCEL", b"ACK", b"INFO", b"REFER", b"NOTIFY", b"BREW")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``dropped``: messages that could not be read; ``heard_s``: what came of the caller."""

    dropped: int
    ended: bool
    heard_s: float
    lines: int
    loudest_gap_s: float

    @property
    def problems(self) -> list[str]:
        found = []
        if self.ended:
            found.append("the call ended")
        if self.lines != 1:
            found.append(f"{self.lines} lines instead of one")
        if self.loudest_gap_s > LONGEST_GAP_S:
            found.append(f"the caller was not heard for {self.loudest_gap_s:.2f} s")
        if not self.dropped:
            found.append("nothing was dropped")
        return found


def damaged(data: bytes, draw: np.random.Generator) -> bytes:
    """``data`` with some bytes changed, cut or doubled; now and then noise in its place."""
    if draw.random() < 0.2:
        return draw.integers(0, 256, int(draw.integers(0, 1_400))).astype(np.uint8).tobytes()
    torn = bytearray(data)
    for _ in range(int(draw.integers(1, 8))):
        at = int(draw.integers(0, len(torn)))
        kind = int(draw.integers(0, 3))
        if kind == 0:
            torn[at] = int(draw.integers(0, 256))
        elif kind == 1:
            del torn[at : at + int(draw.integers(1, 60))]
        else:
            torn[at:at] = torn[at : at + 60]
        torn = torn or bytearray(b"\0")
    return bytes(torn)


def sip_message(n: int, draw: np.random.Generator) -> bytes:
    method = METHODS[int(draw.integers(0, len(METHODS)))]
    whole = INVITE % (n, n, n, method, len(SDP), SDP)
    return damaged(whole.replace(b"INVITE sip", method + b" sip", 1), draw)


def rtp_packet(draw: np.random.Generator) -> bytes:
    head = struct.pack(
        "!BBHII", 0x80, int(draw.integers(0, 128)), int(draw.integers(0, 65_536)),
        int(draw.integers(0, 2**32)), int(draw.integers(0, 2**32)),
    )  # fmt: skip
    return damaged(head + bytes(160), draw)


async def attack(folder: Path, sip: int, rtp: int) -> Outcome:
    """Both floods at an edge that holds one call."""
    draw = np.random.default_rng(4475)
    async with a_call(folder) as ((edge, ear), (other, _), brain, far_brain):
        line, far_line = await brain.line(), await far_brain.line()
        _, rtp_port = other.ears()[0].latch.target
        started = len(line.heard)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for n in range(max(sip, rtp)):
                if n % 1_000 == 0:
                    await far_line.say(tones.tone((440,), 1_000))
                if n < sip:
                    sender.sendto(sip_message(n, draw), ("127.0.0.1", edge.sip_port))
                if n < rtp:
                    sender.sendto(rtp_packet(draw), ("127.0.0.1", rtp_port))
                if n % BATCH == 0:
                    await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        heard = line.pcm[started // 2 :]
        edge.command(control.WantLines())
        answered = [s for s in ear.of(control.Lines)[-1].lines if s.state == "answered"]
        return Outcome(
            edge.refusals[0],
            bool(ear.of(control.Ended)),
            len(heard) / 8_000,
            len(answered),
            gap_s(heard),
        )


def gap_s(heard: np.ndarray) -> float:
    """The longest silence between two loud stretches of 20 ms: the caller's tone never pauses."""
    loud = [
        float(np.abs(heard[at : at + 160].astype(int)).max()) > 1_000
        for at in range(0, len(heard) - 159, 160)
    ]
    inside = [at for at, is_loud in enumerate(loud) if is_loud]
    return max((b - a - 1 for a, b in zip(inside, inside[1:], strict=False)), default=50) * 0.02


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev soak edge")
    parser.add_argument("--sip", type=int, default=10_000)
    parser.add_argument("--rtp", type=int, default=10_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(attack(Path(folder), options.sip, options.rtp))
    sys.stdout.write(f"{outcome}\n")
    for problem in outcome.problems:
        sys.stdout.write(f"PROBLEM: {problem}\n")
    return len(outcome.problems)
