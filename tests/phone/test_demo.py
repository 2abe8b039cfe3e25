"""``uponai demo`` from the command line to the recording: what a newcomer sees first."""

from __future__ import annotations

import asyncio
import json
import re
import wave
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from tests.fakes.demos import Demo, demo, traces
from tests.fakes.servers import provider_context

from uponai.providers.base import RecognitionSettings
from uponai.providers.moonshine import Moonshine

pytestmark = [pytest.mark.realtime, pytest.mark.talk, pytest.mark.timeout(320)]

GREETING = (
    "Hello, this is Ava, the AI assistant of Maple Dental. You are due for a check-up. What day and"
    " time would suit you?"
)
AGENT_SAYS = [
    GREETING,
    "Thank you. What name should I put it under?",
    "You are booked for {day} at 3 PM, Peter Johnson. Do you have any questions?",
    "It takes about thirty minutes. Is there anything else?",
    "Thank you, and see you then. Goodbye.",
]
PERSON_SAYS = [
    "Hello?",
    "Tomorrow at three PM would be good.",
    "It's Peter Johnson.",
    "Great. How long does it take?",
    "No, that is all. Thank you, goodbye.",
]


def channels(file):
    """Agent and person, 8 kHz PCM each."""
    with wave.open(str(file)) as recording:
        assert (recording.getnchannels(), recording.getframerate()) == (2, 8_000)
        frames = recording.readframes(recording.getnframes())
    both = np.frombuffer(frames, "<i2").reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def utterances(pcm, pause_ms=700):
    """The stretches of sound between long pauses."""
    frames = pcm[: len(pcm) // 160 * 160].reshape(-1, 160).astype(float)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) > 100)
    breaks = np.flatnonzero(np.diff(loud) > pause_ms // 20)
    starts = loud[np.concatenate([[0], breaks + 1])]
    ends = loud[np.concatenate([breaks, [len(loud) - 1]])]
    pairs = zip(starts, ends, strict=True)
    return [pcm[max(0, a - 5) * 160 : (b + 10) * 160] for a, b in pairs]


def words(text):
    """Words as they sound, so that spellings of the same thing are equal."""
    plain = re.sub(r"[^a-z0-9 ]", "", text.lower().replace("-", "").replace("p.m.", "pm"))
    same = {"3pm": "3 pm", "three": "3", "thirty": "30", "its": "it is"}
    return " ".join(same.get(word, word) for word in plain.split()).split()


def error_rate(wanted, found):
    """Word error rate: words replaced, missing and added, by the number of words wanted."""
    left, right = words(wanted), words(found)
    row = list(range(len(right) + 1))
    for at, word in enumerate(left, 1):
        before, row = row, [at]
        for other, same in enumerate(right, 1):
            replaced = before[other - 1] + (word != same)
            row.append(min(replaced, before[other] + 1, row[-1] + 1))
    return row[-1] / len(left)


def said_by(record, role):
    """One side of the record's transcript."""
    lines = [item["content"] for item in record["transcript_object"] if item["role"] == role]
    return " ".join(lines)


async def heard(*sides):
    """What the embedded recogniser makes of each of these sides of recordings."""
    async with provider_context() as context:
        ears = Moonshine(context)
        texts = [
            [(await ears.recognize(one, RecognitionSettings())).text for one in utterances(side)]
            for side in sides
        ]
        await ears.aclose()
    return [" ".join(found) for found in texts]


def recordings(folder: Path, record):
    return channels(folder / f"{record['call_id']}-recording-two-channel.wav")


class Runs(NamedTuple):
    """All scenarios, and five calls at once. ``records`` by scenario; ``left``: what is left."""

    scenarios: Demo
    crowd: Demo
    records: dict[str, Any]
    folder: Path
    left: list[str]


async def both(folder):
    """Five at once begin when nobody talks in the other demo for a while."""
    quiet = asyncio.Event()

    async def scenarios():
        def shown(line):
            if "scenario: busy" in line:
                quiet.set()

        try:
            return await demo(folder, "--scenario", "all", limit_s=280, on_line=shown)
        finally:
            quiet.set()

    async def crowd():
        await quiet.wait()
        return await demo(folder, "--calls", "5", limit_s=200)

    return await asyncio.gather(scenarios(), crowd())


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    before = traces()
    run, crowd = asyncio.run(both(folder))
    scenarios = ("answer", "busy", "no-answer", "voicemail", "barge-in")
    records = dict(zip(scenarios, run.records, strict=False))
    return Runs(run, crowd, records, folder, traces().since(before))


def test_all_scenarios_come_out_as_they_should_and_leave_nothing_behind(everything):
    run = everything.scenarios
    assert run.status == 0, run.shown
    assert len(run.records) == 5
    assert "WRONG" not in run.shown
    assert everything.left == []


async def test_an_agent_books_an_appointment(everything):
    run, record = everything.scenarios, everything.records["answer"]
    assert record["call_status"] == "ended"
    assert record["duration_ms"] <= 60_000
    assert record["metadata"]["customer_id"] == "cust_1042"
    assert record["custom_sip_headers"] == {"X-Campaign": "check-up-reminders"}
    items = record["transcript_with_tool_calls"]
    (call,) = [item for item in items if item["role"] == "tool_call_invocation"]
    (result,) = [item for item in items if item["role"] == "tool_call_result"]
    assert (call["name"], result["successful"]) == ("book_appointment", True)
    assert all(record["latency"][name]["num"] for name in ("e2e", "asr", "llm", "tts"))
    assert record["call_analysis"]["call_successful"] is True
    assert "Agent   Hello, this is Ava" in run.shown
    assert "signatures verified" in run.shown

    agent, person = recordings(everything.folder, record)
    agent_heard, person_heard = await heard(agent, person)
    agent_says = " ".join(AGENT_SAYS).format(day=json.loads(call["arguments"])["day"])
    person_says = " ".join(PERSON_SAYS)
    assert error_rate(agent_says, said_by(record, "agent")) < 0.2
    assert error_rate(agent_says, agent_heard) < 0.2
    assert error_rate(person_says, said_by(record, "user")) < 0.2
    assert error_rate(person_says, person_heard) < 0.2


@pytest.mark.parametrize(
    ("scenario", "reason"), [("busy", "dial_busy"), ("no-answer", "dial_no_answer")]
)
def test_nobody_is_reached(everything, scenario, reason):
    record = everything.records[scenario]
    assert (record["call_status"], record["disconnection_reason"]) == ("not_connected", reason)
    assert "start_timestamp" not in record
    assert "call_failed" in everything.scenarios.shown


async def test_a_machine_is_left_a_message_after_its_beep(everything):
    record = everything.records["voicemail"]
    assert record["disconnection_reason"] == "voicemail_reached"
    assert record["call_analysis"]["in_voicemail"] is True
    agent, person = recordings(everything.folder, record)
    beep_ends = np.flatnonzero(np.abs(person) > 1_000)[-1]
    (message,) = await heard(agent[beep_ends:])
    wanted = "You are due for a check-up. Please call us back at your convenience. Goodbye."
    assert words(wanted)[-9:] == words(message)[-9:]


async def test_an_agent_that_is_interrupted_falls_silent_and_keeps_what_was_heard(everything):
    record = everything.records["barge-in"]
    said = [i["content"] for i in record["transcript_object"] if i["role"] == "agent"]
    assert GREETING.startswith(said[0])
    assert said[0] != GREETING
    agent, _ = recordings(everything.folder, record)
    (first,) = await heard(utterances(agent)[0])
    assert error_rate(said[0], first) < 0.35
    assert "suit you" not in first


async def test_five_at_once_all_end_well(everything):
    run = everything.crowd
    assert run.status == 0, run.shown
    assert len({record["call_id"] for record in run.records}) == 5
    said, sides = [], []
    for record in run.records:
        said += [said_by(record, "agent"), said_by(record, "user")]
        sides += recordings(everything.folder, record)
    assert error_rate(" ".join(said), " ".join(await heard(*sides))) < 0.2
