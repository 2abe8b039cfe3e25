"""Ten whole calls in a row, then five at once twice, on one installation: all must book.

Prints a line per call and a summary; exits non-zero when one call fails or anything is left over.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fakes.booking import CALLEE, NUMBER, a_booking_platform


def booked(call):
    """Whether the appointment was made and both sides were heard."""
    entries = call.get("transcript_with_tool_calls", [])
    results = [entry for entry in entries if entry["role"] == "tool_call_result"]
    ended = (call["call_status"], call.get("disconnection_reason"))
    said = call.get("transcript", "")
    return (
        ended[0] == "ended"
        and ended[1] in ("agent_hangup", "user_hangup")
        and any(result.get("successful") for result in results)
        and said.count("Agent: ") >= 3
        and said.count("User: ") >= 3
    )


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident_mb(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) // 1024


def held(platform):
    """Open descriptors and resident MB of the two children."""
    pids = [int((platform.data / "run" / f"{name}.pid").read_text()) for name in
            ("edge", "platform")]  # fmt: skip
    return {"fds": [descriptors(pid) for pid in pids], "mb": [resident_mb(pid) for pid in pids]}


async def one(platform):
    call_id = await platform.call(NUMBER, CALLEE)
    call = await platform.until_analyzed(call_id, timeout_s=120)
    ok = booked(call)
    e2e = call.get("latency", {}).get("e2e", {})
    sys.stdout.write(
        f"{call_id} {'booked' if ok else 'FAILED'} {call['call_status']} "
        f"{call.get('disconnection_reason')} {call.get('duration_ms', 0) / 1000:.1f} s "
        f"e2e p50 {e2e.get('p50')} max {e2e.get('max')}\n"
    )
    if not ok:
        sys.stdout.write(call.get("transcript", "") + "\n")
    sys.stdout.flush()
    return ok, e2e.get("values", [])


async def soak(in_a_row, at_once, rounds):
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with a_booking_platform(home) as (platform, _):
            verdicts.append(await one(platform))
            before = held(platform)
            for _ in range(in_a_row - 1):
                verdicts.append(await one(platform))
            for _ in range(rounds):
                verdicts += await asyncio.gather(*(one(platform) for _ in range(at_once)))
            after = held(platform)
            left = [path.name for path in (home / "data" / "tape").iterdir()]
    good = sum(ok for ok, _ in verdicts)
    values = sorted(value for _, e2e in verdicts for value in e2e)
    sys.stdout.write(
        f"{good} of {len(verdicts)} calls booked; e2e p50 {statistics.median(values):.0f} ms, "
        f"p95 {values[int(len(values) * 0.95)]:.0f} ms of {len(values)} turns; "
        f"after the first call {before}, at the end {after}; tapes left {left}\n"
    )
    leaked = any(end > start + 8 for start, end in zip(before["fds"], after["fds"], strict=True))
    return good == len(verdicts) and not leaked and not left


def run(arguments: Sequence[str]) -> int:
    """The number of failures: 0 or 1, what failed is on standard output."""
    parser = argparse.ArgumentParser(prog="./dev soak calls")
    parser.add_argument("--in-a-row", type=int, default=10)
    parser.add_argument("--at-once", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args(arguments)
    return 0 if asyncio.run(soak(given.in_a_row, given.at_once, given.rounds)) else 1
