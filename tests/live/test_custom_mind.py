"""Calls of agents whose words come from a server of the user's own (custom LLM)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from tests.fakes.line import FakeLine
from tests.fakes.llm_server import FakeLlmServer, Json
from tests.live.house import House, call_of, play, say, until

from uponai.domain.call import Call
from uponai.link.media import Refer, SendDtmf

ENGINE = {"type": "custom-llm", "llm_websocket_url": "wss://llm.example.com/socket?key=1"}
GREETING = {"response_id": 0, "content": "Hello from my server.", "content_complete": True}
LAW = "This call is recorded. You may object at any time. Thank you."
ANSWERS: dict[str, Json] = {
    "bye": {"content": "Goodbye then.", "end_call": True},
    "human": {"content": "One second.", "transfer_number": "+14155550199"},
    "menu": {"digit_to_press": "12"},
    "silent": {},
    "law": {"content": LAW, "no_interruption_allowed": True},
    "story": {"content": LAW},
    "order": {},
}
KEEP = {"auto_reconnect": True, "call_details": True, "transcript_with_tool_calls": True}


def the_call(**agent: Any) -> Call:
    return call_of({}, {"response_engine": ENGINE, **agent})


def response(**fields: Any) -> Json:
    return {"response_type": "response", "content": "", "content_complete": True, **fields}


def last_words(frame: Json) -> str:
    turns = frame["transcript"]
    return turns[-1]["content"].lower() if turns and turns[-1]["role"] == "user" else ""


def clerk(frame: Json) -> Sequence[Json]:
    """Greets, asks back in two pieces, hangs up, transfers, presses, keeps silent."""
    if frame["interaction_type"] == "connected":
        return [response(**GREETING)] if frame["first"] else []
    id = frame.get("response_id")
    if frame["interaction_type"] == "reminder_required":
        return [response(response_id=id, content="Hello? I am waiting.")]
    return answer(frame, id) if frame["interaction_type"] == "response_required" else []


def answer(frame: Json, id: Any) -> Sequence[Json]:
    functions = frame.get("transcript_with_tool_calls") or []
    if functions and functions[-1]["role"] == "tool_call_result":
        return [response(response_id=id, content="Nobody is there.")]
    word = next((word for word in ANSWERS if word in last_words(frame)), "")
    if word == "order":
        call = {"tool_call_id": "x1"}
        return [
            {"response_type": "tool_call_invocation", **call, "name": "find", "arguments": "{}"},
            {"response_type": "tool_call_result", **call, "content": "found"},
            response(response_id=id, content="It is on its way."),
        ]
    if word:
        return [response(response_id=id, **ANSWERS[word])]
    old = response(response_id=int(id or 0) - 1, content="Stale words.")
    first = response(response_id=id, content="Which ", content_complete=False)
    return [old, first, response(response_id=id, content="one do you mean?")]


Scene = Callable[[House, FakeLine, FakeLlmServer], Awaitable[None]]


def talked(
    scene: Scene,
    config: Json | None = None,
    prepare: Callable[[FakeLlmServer], None] | None = None,
    **agent: Any,
) -> tuple[House, FakeLlmServer]:
    server = FakeLlmServer(clerk, config=config)
    if prepare is not None:
        prepare(server)

    async def whole(house: House) -> None:
        house.open_socket = server.open_socket
        line = house.line()
        line.start()
        await scene(house, line, server)
        await line.run(10)
        line.hang_up()
        await line.run(5)

    return play(whole, the_call(**agent)), server


def reason(house: House) -> str:
    ending = house.row().ending
    assert ending is not None
    return ending.reason


async def greeted(line: FakeLine) -> None:
    await until(lambda: "my server." in line.heard, line)
    await line.run(0.5)


def test_a_whole_conversation_by_the_users_server() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        await say(line, "I want shoes")
        await until(lambda: "you mean?" in line.heard, line)
        await line.run(0.5)
        await say(line, "my order please")
        await until(lambda: "its way." in line.heard, line)
        await line.run(0.5)
        await say(line, "bye")
        await line.run(5)
        assert line.over
        assert "Which one do you mean?" in line.heard and "Stale" not in line.heard

    house, server = talked(scene, config=KEEP)
    assert server.urls == ["wss://llm.example.com/socket/call_1?key=1"]
    assert reason(house) == "agent_hangup"
    assert server.of("call_details")[0]["call"]["call_id"] == "call_1"
    ids = [frame["response_id"] for frame in server.of("response_required")]
    assert ids == sorted(set(ids)) and ids[0] == 1
    asked = server.of("response_required")[-1]["transcript"]
    said = [(turn["role"], turn["content"]) for turn in asked]
    assert said[0] == ("agent", "Hello from my server.") and said[-1] == ("user", "bye")
    assert ("user", "I want shoes") in said
    updates = server.of("update_only")
    assert {frame["turntaking"] for frame in updates} == {"agent_turn", "user_turn"}
    report = house.row().report
    functions = [
        (one["role"], one["tool_call_id"])
        for one in report["transcript_with_tool_calls"]
        if one["role"].startswith("tool_call")
    ]
    assert functions == [("tool_call_invocation", "x1"), ("tool_call_result", "x1")]
    assert "llm_websocket_network_rtt" in report["latency"]
    assert server.sockets[0].closed


def test_it_may_say_nothing_and_reminds_when_asked_to() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        await say(line, "please be silent")
        await line.run(4)
        assert line.heard.endswith("my server.")
        await until(lambda: "I am waiting." in line.heard, line)

    _, server = talked(scene, reminder_trigger_ms=5_000)
    assert len(server.of("reminder_required")) == 1
    assert "transcript_with_tool_calls" not in server.of("update_only")[0]


def test_it_interrupts_when_it_has_something_to_say() -> None:
    def interrupt(content: str, *, complete: bool) -> Json:
        more = {"content": content, "content_complete": complete}
        return {"response_type": "agent_interrupt", "interrupt_id": 7, **more}

    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        server.sockets[0].tell(interrupt("Your taxi ", complete=False))
        server.sockets[0].tell(interrupt("is here.", complete=True))
        await until(lambda: "taxi is here." in line.heard, line)
        await say(line, "thank you very much")
        await until(lambda: "you mean?" in line.heard, line)

    talked(scene)


@pytest.mark.parametrize(("words", "whole"), [("the law please", True), ("a story please", False)])
def test_what_may_not_be_interrupted_is_said_to_its_end(words: str, whole: bool) -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        await say(line, words)
        await until(lambda: "This call" in line.heard, line)
        await say(line, "but I do not want that at all")
        await line.run(6)
        assert ("Thank you." in line.heard) is whole and line.heard.endswith("you mean?")

    talked(scene)


def test_it_hands_over_and_hears_of_the_failure() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        await say(line, "a human please")
        await until(lambda: any(isinstance(one, Refer) for one in line.messages), line)
        assert line.heard.endswith("One second.")
        line.refers("failed", 486)
        await until(lambda: "Nobody is there." in line.heard, line)

    house, _ = talked(scene, config=KEEP)
    assert [event for event, _ in house.transfers] == ["transfer_started", "transfer_cancelled"]


def test_it_presses_keys() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        await say(line, "menu")
        await until(lambda: any(isinstance(one, SendDtmf) for one in line.messages), line)

    talked(scene)


def test_a_connection_that_breaks_is_made_again_and_the_question_asked_again() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        server.sockets[0].drop(None)
        await line.run(1)
        await say(line, "I want shoes")
        await until(lambda: "you mean?" in line.heard, line)
        server.pongs = False
        await line.run(5)
        server.pongs = True
        await line.run(1)
        await say(line, "bye")
        await until(lambda: "Goodbye then." in line.heard, line)

    house, server = talked(scene, config=KEEP)
    assert len(server.urls) == 3 and reason(house) == "agent_hangup"


def test_an_open_question_is_asked_again_on_the_new_connection() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        server.answer = lambda frame: []
        await say(line, "I want shoes")
        await until(lambda: bool(server.of("response_required")), line)
        server.sockets[0].drop(None)
        server.answer = clerk
        await until(lambda: "you mean?" in line.heard, line, 4)

    talked(scene, config=KEEP)


def never_there(server: FakeLlmServer) -> None:
    server.refuses = 99


def test_a_server_that_is_not_there_ends_the_call() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await line.run(3)
        assert line.over

    house, server = talked(scene, prepare=never_there)
    assert reason(house) == "error_llm_websocket_open" and len(server.urls) == 3


def test_a_server_that_is_late_is_waited_for() -> None:
    def late(server: FakeLlmServer) -> None:
        server.refuses = 2

    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)

    house, _ = talked(scene, prepare=late)
    assert reason(house) == "user_hangup"


@pytest.mark.parametrize(
    ("config", "code", "expected"),
    [
        (None, None, "error_llm_websocket_lost_connection"),
        (None, 1011, "error_llm_websocket_runtime"),
        (KEEP, 1011, "error_llm_websocket_runtime"),
        (KEEP, 1000, "agent_hangup"),
    ],
)
def test_how_the_connection_ends_is_how_the_call_ends(
    config: Json | None, code: int | None, expected: str
) -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        server.sockets[0].drop(code)
        await line.run(5)
        assert line.over

    house, _ = talked(scene, config=config)
    assert reason(house) == expected


def test_a_goodbye_is_heard_when_the_server_closes_behind_it() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        await say(line, "a story please")
        await until(lambda: bool(server.of("response_required")), line)
        server.sockets[0].drop(1000)
        await line.run(9)
        assert line.over and line.heard.endswith("Thank you.")

    house, _ = talked(scene)
    assert reason(house) == "agent_hangup"


def test_a_server_that_is_lost_for_good() -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        server.pongs = False
        await line.run(30)
        assert line.over

    house, server = talked(scene, config=KEEP)
    assert reason(house) == "error_llm_websocket_lost_connection" and len(server.urls) == 3


@pytest.mark.parametrize("frame", ["not JSON", "[]", '{"response_type": "response"}', "{}"])
def test_frames_that_cannot_be_read_end_the_call(frame: str) -> None:
    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        server.sockets[0].tell(frame)
        await line.run(2)
        assert line.over

    house, _ = talked(scene)
    assert reason(house) == "error_llm_websocket_corrupt_payload"


def test_it_changes_how_turns_are_taken() -> None:
    change = {"interruption_sensitivity": 0, "reminder_trigger_ms": 4_000}

    async def scene(house: House, line: FakeLine, server: FakeLlmServer) -> None:
        await greeted(line)
        server.sockets[0].tell({"response_type": "update_agent", "agent_config": change})
        await say(line, "a story please")
        await until(lambda: "This call" in line.heard, line)
        await say(line, "but I do not want that at all")
        await until(lambda: "you mean?" in line.heard, line)
        assert "Thank you." in line.heard
        await until(lambda: "I am waiting." in line.heard, line, 6)

    talked(scene)
