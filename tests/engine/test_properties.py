"""Whatever happens on the line: nothing raises, nothing is stuck, nothing unheard is recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uponai.domain.transcript import Utterance
from uponai.engine import commands as c
from uponai.engine import events as e
from uponai.engine.conversation import Conversation
from uponai.engine.settings import DigitOptions, Settings, VoicemailOption
from uponai.engine.turn import Floor

_TEXTS = st.sampled_from(
    [
        "",
        "uh-huh",
        "okay",
        "hello",
        "I would like to",
        "no wait",
        "bye, thank you",
        "please leave a message after the tone",
        "for sales press one or stay on the line",
        "tomorrow at three",
    ]
)
_SETTINGS = st.builds(
    Settings,
    direction=st.sampled_from(["inbound", "outbound"]),
    start_speaker=st.sampled_from(["agent", "user"]),
    begin_message=st.sampled_from([None, "", "Hello, this is Maple Dental. How are you?"]),
    begin_message_delay_ms=st.sampled_from([0, 800]),
    begin_after_user_silence_ms=st.sampled_from([None, 2_000]),
    responsiveness=st.sampled_from([0.0, 1.0]),
    interruption_sensitivity=st.sampled_from([0.0, 0.4, 1.0]),
    reminder_max_count=st.sampled_from([0, 1]),
    end_call_after_silence_ms=st.sampled_from([10_000, 600_000]),
    max_call_duration_ms=st.sampled_from([60_000, 3_600_000]),
    voicemail=st.sampled_from(
        [
            None,
            VoicemailOption("hangup"),
            VoicemailOption("static_text", "Please call us back."),
            VoicemailOption("prompt", "Leave a message."),
        ]
    ),
    ivr_hangup=st.booleans(),
    allow_dtmf_interruption=st.booleans(),
    digits=st.sampled_from([DigitOptions(), DigitOptions(2, "#", 1_000)]),
)
# What may happen next; the world fills in numbers that the engine gave, or wrong ones.
_MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "voice",
                "voice",
                "silence",
                "silence",
                "text",
                "text",
                "no text",
                "guess",
                "reply",
                "reply",
                "done",
                "done",
                "ends",
                "tool",
                "end_call",
                "node",
                "reply failed",
                "audio",
                "no audio",
                "plays",
                "plays",
                "played",
                "played",
                "stopped",
                "returned",
                "digit",
                "beep",
                "answerer",
                "time",
                "time",
                "time",
                "restore",
            ]
        ),
        st.integers(0, 40),
        _TEXTS,
    ),
    max_size=60,
)


class World:
    """Answers commands at random times and with random numbers, as a broken world might."""

    def __init__(self, configured: Settings) -> None:
        self.settings = configured
        self.talk = Conversation(configured)
        self.now = 100.0
        self.sample = 0
        self.parts: list[tuple[int, int]] = [(0, 0)]
        self.asks = [0]
        self.speeches: dict[int, str] = {}
        self.cancelled: set[int] = set()
        self.on_line: list[int] = []
        self.stopped_ones: list[int] = []
        self.tools = ["nobody"]
        self.ran: list[str] = []
        self.finished = 0

    def tell(self, event: Any) -> None:
        out = self.talk.handle(event, self.now)
        for at, command in enumerate(out):
            assert not self.finished, "a command after Finish"
            self._note(command)
            if isinstance(command, c.Finish):
                self.finished += 1
                assert at == len(out) - 1

    def _note(self, command: Any) -> None:
        match command:
            case c.Transcribe():
                assert 0 <= command.from_sample <= command.to_sample
                assert command.to_sample - command.from_sample < 60 * e.RATE_HZ
                self.parts.append((command.utterance, command.revision))
            case c.Ask():
                self.asks.append(command.ask)
                json.dumps(dict(command.mind))
            case c.Say():
                assert command.speech not in self.speeches
                self.speeches[command.speech] = command.text
            case c.CancelSpeech():
                self.cancelled.add(command.speech)
                self.on_line = [s for s in self.on_line if s != command.speech]
            case c.Play():
                assert command.speech in self.speeches
                assert command.speech not in self.cancelled, "played what was cancelled"
                assert command.speech not in self.on_line, "played twice"
                self.on_line.append(command.speech)
            case c.StopPlaying():
                self.stopped_ones, self.on_line = list(self.on_line), []
            case c.RunTool():
                assert command.tool_call_id not in self.ran, "a function ran twice"
                self.ran.append(command.tool_call_id)
                self.tools.append(command.tool_call_id)
            case c.SaveCheckpoint():
                json.dumps(command.state)
            case _:
                pass

    def move(self, kind: str, n: int, text: str) -> None:
        self.now += 0.05
        part = self.parts[-1 - n % min(2, len(self.parts))]
        ask = self.asks[-1 - n % min(2, len(self.asks))]
        speech = self.on_line[0] if self.on_line else n
        if kind in ("voice", "silence"):
            for _ in range(n):
                self.sample += 256
                self.now += 0.032
                self.tell(e.SpeechLikely(self.sample, 0.9 if kind == "voice" else 0.0))
            return
        if kind == "time":
            due = self.talk.deadline()
            if due is not None:
                self.now = max(self.now, due)
                self.tell(e.TimePassed())
            return
        if kind == "restore":
            self._restore()
            return
        if kind == "played" and self.on_line:
            self.on_line.pop(0)
        events: dict[str, Any] = {
            "text": e.Recognized(*part, text),
            "no text": e.RecognitionFailed(*part, "down"),
            "guess": e.ProposedEndOfTurn(*part, n / 40),
            "reply": e.ReplyText(ask, text + ". "),
            "done": e.ReplyDone(ask, {"n": n}),
            "ends": e.ReplyDone(ask, ends_call=True),
            "tool": e.ReplyToolCall(ask, f"t{n}", "look", "{}", wait=n % 3 > 0),
            "end_call": e.ReplyToolCall(ask, f"t{n}", "end", "{}", kind="end_call"),
            "node": e.ReplyNodeEntered(ask, "a", "A", "b", "B"),
            "reply failed": e.ReplyFailed(ask, "down"),
            "audio": e.SpeechSynthesized(speech, 400 * n),
            "no audio": e.SpeechFailed(speech, "down"),
            "plays": e.SpeechStarted(speech, self.sample),
            "played": e.SpeechFinished(speech, self.sample),
            "stopped": e.PlaybackStopped(self.sample, dict.fromkeys(self.stopped_ones, n * 100)),
            "returned": e.ToolReturned(self.tools[-1], "ok", n % 2 == 0, 1.0, {"v": "1"}),
            "digit": e.DigitPressed("0123456789*#"[n % 12], self.sample),
            "beep": e.BeepHeard(self.sample),
            "answerer": e.AnswererProposed(n % 4 > 0, n % 3 == 0, self.sample),
        }
        self.tell(events[kind])

    def _restore(self) -> None:
        if self.finished:
            return
        snapshot = json.loads(json.dumps(self.talk.snapshot()))
        self.talk = Conversation.restore(self.settings, snapshot)
        self.on_line.clear()
        self.tell(e.LineOpened(self.sample, resumed=True))


@settings(max_examples=400)
@given(_SETTINGS, _MOVES)
def test_any_world(configured: Settings, moves: list[tuple[str, int, str]]) -> None:
    world = World(configured)
    world.tell(e.LineOpened())
    for move in moves:
        world.move(*move)
        state = world.talk.state
        assert state.settled <= len(state.entries)
        if world.finished:
            assert state.floor is Floor.OVER
            assert world.talk.deadline() is None
        else:
            assert world.talk.deadline() is not None, f"stuck in {state.floor}"
    _let_time_pass(world)
    assert world.finished == 1, "a call that only time passes in must end"


def _let_time_pass(world: World) -> None:
    """Nobody answers any more: deadlines alone must bring the call to its end."""
    for _ in range(3_000):
        due = world.talk.deadline()
        if due is None:
            return
        before = world.now
        world.now = max(world.now, due)
        world.tell(e.TimePassed())
        later = world.talk.deadline()
        if later is not None and later <= before and world.now == before:
            _assert_progress(world)
    raise AssertionError(f"never over: {world.talk.state.floor}")


def _assert_progress(world: World) -> None:
    """A few deadlines may be due at once, never endlessly many."""
    for _ in range(20):
        due = world.talk.deadline()
        if due is None or due > world.now:
            return
        world.tell(e.TimePassed())
    raise AssertionError(f"spins in {world.talk.state.floor}")


@settings(max_examples=150)
@given(_SETTINGS, _MOVES)
def test_only_words_of_started_speech_are_recorded(
    configured: Settings, moves: list[tuple[str, int, str]]
) -> None:
    world = World(configured)
    world.tell(e.LineOpened())
    heard: set[int] = set()
    for kind, n, text in moves:
        if kind == "restore":
            continue
        on_line = list(world.on_line)
        world.move(kind, n, text)
        if kind in ("plays", "played", "stopped", "time"):
            heard.update(on_line)
            heard.update(world.stopped_ones)
    words = {w for s in heard for w in world.speeches.get(s, "").split()}
    for entry in world.talk.state.entries:
        if isinstance(entry, Utterance) and entry.role == "agent":
            assert set(entry.content.split()) <= words


def test_events_after_the_end_are_ignored() -> None:
    world = World(Settings())
    world.tell(e.LineOpened())
    world.tell(e.LineClosed("remote_hangup", 800))
    assert world.finished == 1
    for event in (e.LineOpened(), e.SpeechLikely(256, 0.9), e.TimePassed(), e.StopRequested()):
        assert world.talk.handle(event, 200.0) == []


@pytest.mark.parametrize("event", [e.StopRequested(), e.LineClosed("lost", 0)])
def test_over_before_it_opened(event: Any) -> None:
    talk = Conversation(Settings())
    assert isinstance(talk.handle(event, 1.0)[-1], c.Finish)
