"""The whole platform and a trunk that speaks before anybody answers (183 with SDP, by SIPp)."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.fakes.platforms import PATIENT, a_platform
from tests.fakes.sipp import AVAILABLE, sipp
from tests.fakes.sipp_script import (
    ANSWERED,
    HUNG_UP,
    SILENT,
    answer,
    ask,
    invited,
    pause,
    played,
    plays,
    recv,
    scenario,
    told,
)
from tests.phone.test_demo import words

from uponai.media.g711 import encode
from uponai.media.resample import resample
from uponai.media.tones import ringback
from uponai.providers.base import ProviderContext, VoiceSettings
from uponai.providers.hibari import RATE_HZ, Hibari

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]

SLACK_S = 1.5  # a loaded machine plays late
NOT_IN_SERVICE = "The number you have dialed is not in service. Please check the number."
HOLD_THE_LINE = "Your call is being connected. Please hold the line."
LEAVE_A_MESSAGE = "I cannot take your call. Please leave a message after the tone."
HELLO = {
    "start_speaker": "agent",
    "nodes": [
        {
            "id": "hello",
            "type": "conversation",
            "instruction": {"type": "static_text", "text": "Hello, this is Maple Dental."},
        }
    ],
    "start_node_id": "hello",
}


async def announcement(folder, text):
    """A second of ring-back and ``text`` as a file that SIPp plays, and its length in seconds."""
    with ThreadPoolExecutor(1) as pool:
        hibari = Hibari(ProviderContext(None, pool))
        pieces = [pcm async for pcm in hibari.synthesize(text, VoiceSettings("local-kenji"))]
    said = resample(np.concatenate(pieces), RATE_HZ, 8_000)
    coded = encode(np.concatenate((ringback()[:8_000], said)), "PCMU")
    path = folder / f"{len(text)}.pcmu"
    path.write_bytes(coded)
    return path, len(coded) / 8_000 + SLACK_S


async def test_what_is_announced_before_the_answer_is_heard_and_nobody_takes_a_turn(tmp_path):
    early = played(answer("183 Session Progress", sdp="sendrecv"))
    texts = (NOT_IN_SERVICE, HOLD_THE_LINE, LEAVE_A_MESSAGE)
    files = [await announcement(tmp_path, text) for text in texts]
    announced_s = {text: seconds for text, (_, seconds) in zip(texts, files, strict=True)}
    # Who gets no processor for a moment tears what is said: it is said twice.
    says = [plays(path, 2 * seconds - SLACK_S, 2) for path, seconds in files]
    # What a busy machine plays or understands late is not heard after the answer.
    answered = SILENT + pause(2_500) + played(ANSWERED)
    refuses = scenario(
        invited(), early, says[0], pause(2_000), answer("404 Not Found"), recv("ACK")
    )
    connects = scenario(invited(), early, says[1], answered, pause(4_000), ask("BYE", 1), told(200))
    is_a_machine = scenario(invited(), early, says[2], answered, HUNG_UP)
    async with (
        sipp(tmp_path / "a", refuses) as a,
        sipp(tmp_path / "b", connects) as b,
        sipp(tmp_path / "c", is_a_machine) as c,
    ):
        targets = tuple(f"127.0.0.1:{far.port}" for far in (a, b, c))
        async with a_platform(tmp_path / "data", targets=targets, **PATIENT) as platform:
            agent = await platform.add_flow_agent(
                HELLO, voicemail_option={"action": {"type": "hangup"}}
            )
            calls = []
            for n, target in enumerate(targets):
                bound = {"outbound_agents": [{"agent_id": agent, "weight": 1}]}
                await platform.import_number(f"+1415555007{n}", target, **bound)
                calls.append(await platform.call(f"+1415555007{n}", "+14155550199"))
            refused, connected, machine = await asyncio.gather(*map(platform.until_over, calls))
        for far in (a, b, c):
            passed, output = await far.passed()
            assert passed, output
    assert (refused["disconnection_reason"], refused["sip_status_code"]) == (
        "invalid_destination", 404,
    )  # fmt: skip
    announced = refused["disconnection_detail"].split("heard before:")[1]
    wanted = set(words(NOT_IN_SERVICE))
    assert len(wanted & set(words(announced))) > len(wanted) / 2, announced
    assert "start_timestamp" not in refused
    assert connected["disconnection_reason"] == "user_hangup"
    assert connected["transcript"].strip() == "Agent: Hello, this is Maple Dental."
    assert 0 < connected["duration_ms"] < 4_000 + 1_000 * announced_s[HOLD_THE_LINE]
    assert machine["disconnection_reason"] == "voicemail_reached"
    assert machine["transcript"] == ""
