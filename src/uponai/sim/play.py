"""A phone call placed and followed through the public API, as a customer's program would do it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp

from uponai.client import AsyncUponAI, Record
from uponai.sim.receiver import Received, Receiver
from uponai.sim.scenario import Scenario
from uponai.sim.unfold import Line, Unfolding
from uponai.sim.verdict import Expectation, missing_events, problems
from uponai.sim.waiting import Say, patiently
from uponai.tasks import monotonic_s

POLL_S = 0.3
CALL_LIMIT_S = 300.0
EVENTS_LIMIT_S = 20.0
DOWNLOAD_LIMIT_S = 30.0
SHORT_RING_MS = 5_000
RECORDINGS = (
    ("recording_url", "recording.wav"),
    ("recording_multi_channel_url", "recording-two-channel.wav"),
)

OnStatus = Callable[[str], None]
OnLine = Callable[[Line], None]


class CallStuck(Exception):
    """A call that does not end."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who hears of a call while it happens."""

    status: OnStatus
    line: OnLine


@dataclass(frozen=True, slots=True)
class Played:
    """A call that is over. ``problems`` is empty when it went as expected."""

    record: Record
    webhooks: Sequence[Received]
    recordings: Mapping[str, Path]
    problems: Sequence[str]


def request(scenario: Scenario | None, booking_url: str, agent_id: str) -> dict[str, Any]:
    """The guide's parameters of create-phone-call, apart from the numbers."""
    wanted: dict[str, Any] = {
        "override_agent_id": agent_id,
        "metadata": {"campaign": "check-up reminders", "customer_id": "cust_1042"},
        "retell_llm_dynamic_variables": {
            "customer_name": "Peter Johnson",
            "booking_url": booking_url,
        },
        "custom_sip_headers": {"X-Campaign": "check-up-reminders"},
    }
    if scenario is Scenario.NO_ANSWER:
        wanted["agent_override"] = {"agent": {"ring_duration_ms": SHORT_RING_MS}}
    return wanted


class Player:
    """Places calls and follows them to their end."""

    def __init__(self, client: AsyncUponAI, receiver: Receiver, output: Path, say: Say) -> None:
        self._client = client
        self._receiver = receiver
        self._output = output
        self._say = say

    async def play(self, wanted: Mapping[str, Any], expected: Expectation, watch: Watch) -> Played:
        """One call, from the request to its recordings. Raises CallStuck and client errors."""
        call = await self._client.call.create_phone_call(**wanted)
        call_id = str(call["call_id"])
        try:
            record = await self._follow(call_id, watch)
        except asyncio.CancelledError:
            await self._stop(call_id)
            raise
        arriving = self._receiver.until(call_id, expected.events, EVENTS_LIMIT_S)
        complete = await patiently("waiting for the webhooks", arriving, self._say)
        record = await self._client.call.retrieve(call_id)
        hooks = self._receiver.events_of(call_id)
        found = problems(record, expected)
        if not complete:
            missing = missing_events([hook.event for hook in hooks], expected)
            found.append(f"these webhooks did not come: {', '.join(missing)}")
        if not all(hook.verified for hook in hooks):
            found.append("a webhook came with a wrong signature")
        downloading = self._download(record)
        files, failures = await patiently("fetching the recordings", downloading, self._say)
        return Played(record, hooks, files, [*found, *failures])

    async def _follow(self, call_id: str, watch: Watch) -> Record:
        unfolding = Unfolding()
        status = ""
        until_s = monotonic_s() + CALL_LIMIT_S
        while monotonic_s() < until_s:
            record = await self._client.call.retrieve(call_id)
            over = record["call_status"] not in ("registered", "ongoing")
            lines = unfolding.feed(_items(record), over=over)
            if record["call_status"] != status and not over:
                status = str(record["call_status"])
                watch.status(status)
            for line in lines:
                watch.line(line)
            if over:
                watch.status(str(record["call_status"]))
                return record
            await asyncio.sleep(POLL_S)
        await self._stop(call_id)
        raise CallStuck(f"call {call_id} has not ended after {CALL_LIMIT_S:.0f} s")

    async def _stop(self, call_id: str) -> None:
        await asyncio.shield(
            asyncio.gather(self._client.call.stop(call_id), return_exceptions=True)
        )

    async def _download(self, record: Record) -> tuple[dict[str, Path], list[str]]:
        files: dict[str, Path] = {}
        failures: list[str] = []
        for name, suffix in RECORDINGS:
            url = record.get(name)
            if not url:
                continue
            file = self._output / f"{record['call_id']}-{suffix}"
            try:
                await _fetch(str(url), file)
                files[name] = file
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                failures.append(f"{urlsplit(str(url)).path} was not to be had: {error}")
        if record.get("start_timestamp") and not files and not failures:
            failures.append("an answered call has no recording")
        return files, failures


def _items(record: Record) -> list[Mapping[str, Any]]:
    return cast(list[Mapping[str, Any]], record.get("transcript_with_tool_calls") or [])


async def _fetch(url: str, file: Path) -> None:
    timeout = aiohttp.ClientTimeout(total=DOWNLOAD_LIMIT_S)
    async with (
        aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
        session.get(url) as response,
    ):
        data = await response.read()
    await asyncio.to_thread(_write, file, data)


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
