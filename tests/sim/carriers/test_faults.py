"""What a bad network makes of a media stream, in virtual time."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import numpy as np
import pytest
from tests.fakes.hosted import End
from tests.virtual_time import run

from uponai.media import g711
from uponai.media.g711 import Pcm
from uponai.sim.carriers.stream import MediaStream
from uponai.sim.carriers.telnyx_stream import TelnyxWords
from uponai.sim.carriers.twilio_stream import TwilioWords
from uponai.sim.network import Faults, Road
from uponai.tasks import TaskGroup, loop_s

LOUD: Pcm = np.full(160, 4_000, dtype=np.int16)
WORDS = (
    TwilioWords("AC1", "CA1", "MZ1", {}),
    TelnyxWords("user", "v3:1", "session", "stream", ("+1", "+2"), ""),
)


class Steady:
    """Always loud, and remembers how loud the other side was."""

    def __init__(self) -> None:
        self.hung_up = False
        self.heard: list[int] = []

    def tick(self, heard: Pcm) -> Pcm:
        self.heard.append(int(np.abs(heard).max()))
        return LOUD

    def press(self, digit: str) -> None:
        """Keys are not looked at."""

    async def aclose(self) -> None:
        """Nothing is held."""


class Customer:
    """Ten seconds of a stream: ``frames`` as ``(when, media message)``."""

    def __init__(self, words: Any, faults: Faults) -> None:
        self.voice = Steady()
        self.frames: list[tuple[float, dict[str, Any]]] = []
        self.closed_s: float | None = None
        self.last = ""
        self._words, self._faults = words, faults

    async def listen(self) -> None:
        ours, theirs = End(), End()
        ours.other, theirs.other = theirs, ours
        stream = MediaStream(self._words, theirs, self.voice, Road(self._faults, "seed"))
        tasks = TaskGroup()
        running = tasks.spawn(stream.run(), name="stream")
        payload = base64.b64encode(g711.encode(np.tile(LOUD, 500), "PCMU")).decode()
        sent = {"event": "media", "streamSid": "MZ1", "media": {"payload": payload}}
        await ours.send(json.dumps(sent))
        tasks.spawn(self._read(ours), name="reader")
        await asyncio.sleep(10.0)
        stream.stop()
        await running
        await tasks.aclose()

    async def _read(self, end: End) -> None:
        while (text := await end.receive()) is not None:
            message = json.loads(text)
            self.last = message["event"]
            if message["event"] == "media":
                self.frames.append((loop_s(), message))
        self.closed_s = loop_s()

    @property
    def loud(self) -> list[bool]:
        """Which of the frames that came have sound."""
        payloads = [message["media"]["payload"] for _, message in self.frames]
        return [bool(g711.decode(base64.b64decode(one), "PCMU").max() > 100) for one in payloads]


@pytest.fixture(params=WORDS, ids=["twilio", "telnyx"])
def words(request: pytest.FixtureRequest) -> Any:
    return request.param


def listened(words: Any, **faults: Any) -> Customer:
    customer = Customer(words, Faults(**faults))
    run(customer.listen())
    return customer


def test_a_good_network_carries_everything_both_ways(words: Any) -> None:
    customer = listened(words)
    assert len(customer.frames) >= 499
    assert all(customer.loud)
    assert all(customer.voice.heard[1:499])
    assert customer.last == "stop"


def test_what_is_lost_is_silence_and_the_stream_has_no_holes(words: Any) -> None:
    customer = listened(words, loss=0.2)
    assert len(customer.frames) >= 499
    chunks = [int(message["media"]["chunk"]) for _, message in customer.frames]
    assert chunks == list(range(1, len(chunks) + 1))
    assert 0.7 < np.mean(customer.loud) < 0.9
    assert 0.7 < np.mean([level > 0 for level in customer.voice.heard[:500]]) < 0.9


def test_one_way_audio(words: Any) -> None:
    customer = listened(words, mute=True)
    assert not any(customer.loud)
    assert all(customer.voice.heard[1:499])
    customer = listened(words, deaf=True)
    assert all(customer.loud)
    assert not any(customer.voice.heard)


def test_what_is_late_keeps_its_order(words: Any) -> None:
    customer = listened(words, delay_s=0.3, jitter_s=0.1)
    chunks = [int(message["media"]["chunk"]) for _, message in customer.frames]
    assert chunks == sorted(chunks)
    # A frame of 20 ms counts its time stamp from the beginning of the stream.
    late = [at - int(message["media"]["timestamp"]) / 1000 for at, message in customer.frames]
    assert min(late) - late[0] > -0.11
    assert max(late) - min(late) > 0.04
    assert not any(customer.voice.heard[:14])


def test_a_reset_connection_says_no_goodbye(words: Any) -> None:
    customer = listened(words, reset_after_s=5.0)
    assert len(customer.frames) == pytest.approx(250, abs=3)
    assert customer.last == "media"
    assert customer.closed_s is not None
