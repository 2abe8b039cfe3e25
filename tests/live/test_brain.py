"""Whole calls through a brain: models, storage and line faked, turn-taking and record real."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.fakes.line import FakeLine, split_channels
from tests.live.house import House, call_of, greeted, play, roles, say, until, until_quiet

from uponai.domain.call import CallState
from uponai.live.report import from_checkpoint
from uponai.media.tones import beep
from uponai.providers.base import ChatEvent, ChatRequest, TextDelta, ToolCalled, ToolRequest

SHOP: dict[str, Any] = {
    "general_prompt": "You sell shoes to {{name}}.",
    "begin_message": "Hello {{name}}, this is the shoe shop.",
    "start_speaker": "agent",
    "general_tools": [
        {
            "type": "custom",
            "name": "find_shoes",
            "url": "https://example.com/shoes",
            "parameters": {"type": "object", "properties": {"size": {"type": "string"}}},
            "response_variables": {"price": "$.price"},
        },
        {"type": "end_call", "name": "end_call"},
    ],
}
STORY = (
    "Once there was a shoe. It was made by hand. It was worn by a king. "
    "It was lost at sea. It was found again."
)


def shopkeeper(request: ChatRequest) -> Sequence[ChatEvent]:
    last = request.messages[-1]
    if last.role == "tool":
        return [TextDelta("They cost 90 dollars.")]
    words = last.content.lower()
    if "size" in words:
        return [ToolCalled(ToolRequest("t1", "find_shoes", '{"size": "42"}'))]
    if "bye" in words:
        goodbye = '{"execution_message": "Goodbye Anna."}'
        return [ToolCalled(ToolRequest("t2", "end_call", goodbye))]
    if "story" in words:
        return [TextDelta(STORY)]
    return [TextDelta("Tell me more.")]


def shop_call(**more: Any) -> Any:
    return call_of(SHOP, request={"retell_llm_dynamic_variables": {"name": "Anna"}}, **more)


def test_a_line_that_ends_before_the_news_of_its_answer_is_told_as_answered() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await line.run(0.5)
        line.hang_up()
        await line.run(5)

    house = play(scene, replace(shop_call(), state=CallState.RINGING, answered_ms=None))
    assert house.calls.told == ["call_started", "call_ended"]
    assert house.row().answered_ms is not None


def test_a_stop_while_the_call_is_still_loaded_is_not_lost() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        while not house.brain.request_stop("call_1"):
            await asyncio.sleep(0)
        assert house.row().lease_holder is None
        await line.run(2)
        assert line.over

    house = play(scene, replace(shop_call(), lease_holder=None))
    ending = house.row().ending
    assert ending is not None and ending.reason == "manual_stopped"


def test_a_whole_conversation() -> None:
    async def scene(house: House) -> None:
        house.functions.answers = [(200, '{"price": 90}')]
        line = await greeted(house, "shoe shop.")
        await say(line, "shoes in size 42 please")
        await until(lambda: "dollars." in line.heard, line)
        await line.run(0.5)
        await say(line, "tell me a story")
        await until(lambda: "by hand." in line.heard, line)
        await say(line, "stop it now I want to go")
        await until(lambda: "Tell me more." in line.heard, line)
        await line.run(0.5)
        await say(line, "bye")
        await line.run(20)
        assert line.over

    house = play(scene, shop_call(), script=shopkeeper)
    row = house.row()
    assert row.state is CallState.ENDED and row.ending is not None
    assert row.ending.reason == "agent_hangup"
    assert house.calls.told == ["call_ended"]
    assert row.duration_ms is not None and 10_000 < row.duration_ms < 60_000
    report = row.report
    said = report["transcript_with_tool_calls"]
    assert roles(said) == [
        "agent",
        "user",
        "tool_call_invocation",
        "tool_call_result",
        "agent",
        "user",
        "agent",
        "user",
        "agent",
        "user",
        "agent",
        "tool_call_invocation",
        "tool_call_result",
    ]
    texts = [entry["content"] for entry in report["transcript_object"]]
    assert texts[0] == "Hello Anna, this is the shoe shop."
    assert texts[1] == "shoes in size 42 please"
    assert texts[2] == "They cost 90 dollars."
    assert texts[4].startswith("Once there was a shoe. It was made by hand.")
    assert "found again" not in texts[4]
    assert texts[-1] == "Goodbye Anna."
    invocation = next(e for e in said if e["role"] == "tool_call_invocation")
    assert invocation["name"] == "find_shoes" and json.loads(invocation["arguments"]) == {
        "size": "42"
    }
    result = next(e for e in said if e["role"] == "tool_call_result")
    assert result["content"] == '{"price": 90}' and result["successful"]
    assert report["collected_dynamic_variables"] == {"price": "90"}
    body = json.loads(house.functions.requests[0].body)
    assert body["call"]["call_id"] == "call_1"
    assert "User: shoes in size 42 please" in body["call"]["transcript"]
    for metric in ("e2e", "asr", "llm", "tts"):
        assert report["latency"][metric]["num"] >= 1
    assert 0 < report["latency"]["e2e"]["p50"] < 3_000
    assert report["llm_token_usage"]["num_requests"] >= 5
    words = report["transcript_object"][1]["words"]
    assert [word["word"] for word in words] == ["shoes", "in", "size", "42", "please"]
    assert all(0 < word["start"] < word["end"] < 60 for word in words)
    assert [entry.content for _, entry in house.said if hasattr(entry, "role")] == texts
    system = house.providers.llm.requests[0].messages[0].content if house.providers.llm else ""
    assert system.startswith("You sell shoes to Anna.")


def test_caller_hangs_up_while_the_agent_speaks() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: len(line.heard) > 12, line)
        line.hang_up()
        await asyncio.sleep(5)

    row = play(scene, shop_call(), script=shopkeeper).row()
    assert row.ending is not None and row.ending.reason == "user_hangup"
    heard = row.report["transcript"]
    assert heard.startswith("Agent: Hello Anna") and "shop" not in heard


def test_two_calls_on_one_link_do_not_mix() -> None:
    async def scene(house: House) -> None:
        socket = house.link()
        lines = [house.line(f"call_{n}", socket, channel=n) for n in (1, 2)]
        for line in lines:
            line.start()
        await pump(lines, 3.0)
        assert all("shoe shop." in line.heard for line in lines)
        lines[1].hang_up()
        await pump(lines[:1], 1.0)
        assert house.row("call_2").state is CallState.ENDED
        assert house.row("call_1").state is CallState.ANSWERED

    async def pump(lines: list[FakeLine], seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            await asyncio.sleep(0.02)
            split_channels(lines)
            for line in lines:
                line.tick()

    play(scene, shop_call(), shop_call(call_id="call_2"), script=shopkeeper)


def test_unknown_call_and_stale_fence_are_refused() -> None:
    async def scene(house: House) -> None:
        for line in (house.line("call_9"), house.line("call_1", fence=7)):
            line.start()
            await line.run(1)
            assert line.refused is not None and "stale" in line.refused.reason
        assert house.brain.call_ids == frozenset()

    play(scene, shop_call(), script=shopkeeper)


def test_storage_that_does_not_answer_makes_the_brain_refuse() -> None:
    async def scene(house: House) -> None:
        house.calls.down = True
        line = house.line()
        line.start()
        await line.run(1)
        assert line.refused is not None and "storage" in line.refused.reason

    play(scene, shop_call(), script=shopkeeper)


def test_draining_brain_takes_no_new_call() -> None:
    async def scene(house: House) -> None:
        house.brain.drain()
        line = house.line()
        line.start()
        await line.run(1)
        assert line.refused is not None and line.refused.reason == "draining"

    play(scene, shop_call(), script=shopkeeper)


def test_a_call_that_cannot_be_talked_is_ended_with_the_reason() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await line.run(2)
        assert line.over

    row = play(scene, shop_call(agent={"voice_id": "missing"}), script=shopkeeper).row()
    assert row.ending is not None and row.ending.reason == "error_retell"
    assert "no such voice" in row.ending.detail


def test_database_outage_does_not_end_the_call_and_its_ending_is_written_later() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: "shoe shop." in line.heard, line)
        house.calls.down = True
        house.checkpoints.failures = 1_000
        await line.run(5)
        await say(line, "hello there")
        await until(lambda: "Tell me more." in line.heard, line)
        line.hang_up()
        await asyncio.sleep(10)
        assert house.row().state is CallState.ANSWERED
        left = house.checkpoints.refused[-1]
        assert left.ending is not None and left.ending[0].reason == "user_hangup"
        assert "User: hello there" in from_checkpoint(left)["transcript"]
        house.calls.down = False
        await asyncio.sleep(15)
        assert house.row().state is CallState.ENDED
        assert house.brain.call_ids == frozenset()

    house = play(scene, shop_call(), script=shopkeeper)
    assert "User: hello there" in house.row().report["transcript"]


def test_an_ending_that_waits_for_storage_keeps_its_lease() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: "shoe shop." in line.heard, line)
        house.calls.endings_down = True
        line.hang_up()
        await asyncio.sleep(5)
        before = house.calls.renewals
        await asyncio.sleep(30)
        assert house.row().state is CallState.ANSWERED
        assert house.calls.renewals >= before + 3
        house.calls.endings_down = False
        await asyncio.sleep(15)
        assert house.row().state is CallState.ENDED
        assert house.brain.call_ids == frozenset()

    play(scene, shop_call(), script=shopkeeper)


def test_line_comes_back_on_another_link_within_the_grace() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: "Hello" in line.heard, line)
        line.socket.close()
        line.socket = house.link()
        await line.run(1)
        line.start(resumed=True)
        await until(lambda: line.heard.endswith("shoe shop."), line)
        await line.run(0.5)
        await say(line, "are you there")
        await until(lambda: "Tell me more." in line.heard, line)
        assert line.heard.startswith("Hello Anna, this is the shoe shop.")
        line.hang_up()
        await asyncio.sleep(3)

    row = play(scene, shop_call(), script=shopkeeper).row()
    assert row.ending is not None and row.ending.reason == "user_hangup"


def test_line_that_does_not_come_back_ends_the_call() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: "Hello" in line.heard, line)
        line.socket.close()
        await asyncio.sleep(4)
        assert house.row().state is CallState.ANSWERED
        await asyncio.sleep(6)

    row = play(scene, shop_call(), script=shopkeeper).row()
    assert row.ending is not None and row.ending.kind.status == "error"


def test_another_brain_goes_on_from_the_last_checkpoint() -> None:
    async def scene(house: House) -> None:
        line = await greeted(house, "shoe shop.")
        await say(line, "I want shoes")
        await until(lambda: "Tell me more." in line.heard, line)
        await until_quiet(line)
        await house.brain.aclose()
        house.brain = house.another_brain("host-b")
        line.socket = house.link()
        await line.run(1)
        line.start(resumed=True)
        await line.run(2)
        await say(line, "in size 42")
        house.functions.answers = [(200, '{"price": 90}')]
        await until(lambda: "dollars." in line.heard, line)
        line.hang_up()
        await asyncio.sleep(3)

    house = play(scene, shop_call(), script=shopkeeper)
    texts = [entry["content"] for entry in house.row().report["transcript_object"]]
    assert texts[:3] == ["Hello Anna, this is the shoe shop.", "I want shoes", "Tell me more."]
    assert "in size 42" in texts
    assert house.row().ending is not None and house.row().lease_holder == "host-b"


def test_a_call_taken_by_somebody_else_is_left_without_a_word() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: "Hello" in line.heard, line)
        house.renew_fence()
        await line.run(3)
        assert house.brain.call_ids == frozenset()
        assert not line.over and line.hung_up is None

    house = play(scene, shop_call(), script=shopkeeper)
    assert house.row().state is CallState.ANSWERED and house.calls.told == []


def test_stop_on_request() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: "Hello" in line.heard, line)
        assert house.brain.request_stop("call_1")
        assert not house.brain.request_stop("call_2")
        await line.run(2)
        assert line.over

    row = play(scene, shop_call(), script=shopkeeper).row()
    assert row.ending is not None and row.ending.reason == "manual_stopped"


def test_bad_frames_lose_nothing() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        for frame in ("{", '{"type":"start"}', '{"type":"nonsense"}', b"\x01\x02", b"\0" * 40):
            line.socket.to_brain.put_nowait(frame)
        line.start()
        await until(lambda: "shoe shop." in line.heard, line)

    play(scene, shop_call(), script=shopkeeper)


def test_last_checkpoint_tells_the_whole_conversation() -> None:
    async def scene(house: House) -> None:
        line = await greeted(house, "shoe shop.")
        await say(line, "I want shoes")
        await until(lambda: "Tell me more." in line.heard, line)
        await until_quiet(line)

    house = play(scene, shop_call(), script=shopkeeper)
    checkpoint = house.checkpoints.rows["call_1"]
    report = from_checkpoint(checkpoint)
    assert report["transcript"] == (
        "Agent: Hello Anna, this is the shoe shop.\nUser: I want shoes\nAgent: Tell me more.\n"
    )
    assert report["latency"]["e2e"]["num"] == 1
    json.dumps(checkpoint.state)


def test_pressed_digits_become_a_turn() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: "shoe shop." in line.heard, line)
        for digit in "42#":
            line.press(digit)
            await line.run(0.2)
        await until(lambda: "Tell me more." in line.heard, line)
        line.hang_up()
        await asyncio.sleep(3)

    agent = {"user_dtmf_options": {"termination_key": "#"}}
    house = play(scene, shop_call(agent=agent), script=shopkeeper)
    digits = [e for e in house.row().report["transcript_with_tool_calls"] if e["role"] == "dtmf"]
    assert [entry["digit"] for entry in digits][:2] == ["4", "2"]
    llm = house.providers.llm
    assert llm is not None and llm.requests[0].messages[-1].content.startswith("(pressed 4 2")


def test_message_is_left_after_the_beep_of_a_machine() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await line.run(0.1)
        await say(line, "we are not available please leave a message after the tone")
        await line.run(1.0)
        line.say(beep(1_000.0, 500))
        await line.run(20)
        assert line.over

    agent = {"voicemail_option": {"action": {"type": "static_text", "text": "Call {{name}} back."}}}
    engine = {**SHOP, "start_speaker": "user"}
    call = call_of(engine, agent, request={"retell_llm_dynamic_variables": {"name": "Anna"}})
    row = play(scene, call, script=shopkeeper).row()
    assert row.ending is not None and row.ending.reason == "voicemail_reached"
    assert row.report["in_voicemail"] is True
    assert row.report["transcript"].endswith("Agent: Call Anna back.\n")


def test_ending_that_cannot_be_told_is_left_to_the_reaper() -> None:
    async def scene(house: House) -> None:
        line = house.line()
        line.start()
        await until(lambda: "Hello" in line.heard, line)
        house.tell_breaks = True
        line.hang_up()
        await asyncio.sleep(60)
        assert house.brain.call_ids == frozenset()

    house = play(scene, shop_call(), script=shopkeeper)
    assert house.row().state is CallState.ANSWERED and "call_1" in house.checkpoints.rows
