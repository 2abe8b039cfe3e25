"""The driver holds no rule: what it is told to do happens, in order, whatever breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from tests.fakes.functions import FakeFunctions
from tests.fakes.providers import FakeStt, FakeTts, FakeVad
from tests.virtual_time import run

from uponai.engine.commands import (
    Ask,
    CancelAsk,
    Command,
    Finish,
    Measured,
    RunTool,
    SaveCheckpoint,
    Say,
    Transcribe,
)
from uponai.engine.events import (
    Event,
    LineOpened,
    RecognitionFailed,
    Recognized,
    ReplyDone,
    ReplyFailed,
    ReplyText,
    SpeechFailed,
    TimePassed,
    ToolReturned,
)
from uponai.live.driver import CallDriver, Organs, TransferCommand
from uponai.live.hearing import Hearing
from uponai.live.line import Line
from uponai.live.listener import Listener, Recognizer
from uponai.live.mind import ReplyEvent
from uponai.live.mouth import Mouth
from uponai.live.report import Measurements
from uponai.live.tools import ToolContext, Tools
from uponai.live.voice import SpeechCache, Voice
from uponai.providers.base import RecognitionSettings, VoiceSettings
from uponai.tasks import TaskGroup, loop_s


class Script:
    """A machine that answers the n-th event with the n-th list and keeps what it was told."""

    def __init__(self, *answers: list[Command], due_s: float | None = None) -> None:
        self.answers = list(answers)
        self.due_s = due_s
        self.told: list[tuple[float, Event]] = []

    def handle(self, event: Event, now: float) -> list[Command]:
        self.told.append((now, event))
        if isinstance(event, TimePassed):
            self.due_s = None
        return self.answers.pop(0) if self.answers else []

    def deadline(self) -> float | None:
        return self.due_s

    def kinds(self) -> list[type[Event]]:
        return [type(event) for _, event in self.told]


class Broken(Script):
    """Raises at the first event."""

    def handle(self, event: Event, now: float) -> list[Command]:
        raise KeyError(event)


class Mind:
    """Says one word, then nothing for ``delay_s``."""

    def __init__(self, delay_s: float = 0.1, *, breaks: bool = False, stops: bool = False) -> None:
        self.delay_s, self.breaks, self.stops = delay_s, breaks, stops

    async def reply(self, ask: Ask) -> AsyncIterator[ReplyEvent]:
        yield ReplyText(ask.ask, "word")
        await asyncio.sleep(self.delay_s)
        if self.breaks:
            raise RuntimeError("mind broke")
        if not self.stops:
            yield ReplyDone(ask.ask, tokens=7)


class Keeper:
    def __init__(self) -> None:
        self.saved: list[int] = []
        self.endings: list[Finish] = []

    def save(self, turn: int, state: Mapping[str, Any]) -> None:
        self.saved.append(turn)

    def finish(self, ending: Finish) -> None:
        self.endings.append(ending)


class NoTransfers:
    """For conversations in which nobody is handed over."""

    def carry_out(self, command: TransferCommand) -> None:
        raise AssertionError(command)


class Stage:
    """A driver around ``machine`` with fakes for organs."""

    def __init__(self, machine: Script, mind: Mind, stt: FakeStt, tts: FakeTts) -> None:
        self.machine, self.keeper, self.tasks = machine, Keeper(), TaskGroup()
        self.measured = Measurements()
        line = Line()
        self.ears = Hearing(FakeVad()).open(0, beeps=False)
        recognizer = Recognizer(stt, RecognitionSettings())
        voice = Voice(tts, VoiceSettings("v"), SpeechCache())
        context = ToolContext(lambda: {}, lambda: {})
        organs = Organs(
            Listener(self.ears, recognizer, None, self.tasks, self.feed),
            Mouth(voice, line, self.tasks, self.feed),
            mind,
            Tools({}, FakeFunctions([]), context, self.tasks),
            NoTransfers(),
            line,
            self.keeper,
            self.measured,
        )
        self.driver = CallDriver("call_1", machine, organs, self.tasks)

    def feed(self, event: Event) -> None:
        self.driver.feed(event)


def perform(
    machine: Script,
    scene: Callable[[Stage], Awaitable[None]],
    mind: Mind | None = None,
    stt: FakeStt | None = None,
    tts: FakeTts | None = None,
) -> Stage:
    async def whole() -> Stage:
        stage = Stage(machine, mind or Mind(), stt or FakeStt(), tts or FakeTts())
        await scene(stage)
        stage.driver.close()
        await stage.tasks.aclose()
        return stage

    return run(whole())


async def opened(stage: Stage) -> None:
    stage.feed(LineOpened())
    await asyncio.sleep(30)


def test_deadline_wakes_the_machine_once_and_never_early() -> None:
    stage = perform(Script([], due_s=2.5), opened)
    assert stage.machine.kinds() == [LineOpened, TimePassed]
    assert stage.machine.told[1][0] >= 2.5


def test_reply_is_fed_as_it_comes_and_tokens_are_counted() -> None:
    stage = perform(Script([Ask(1, "caller", "hi", (), {})]), opened)
    assert stage.machine.kinds() == [LineOpened, ReplyText, ReplyDone]
    assert stage.measured.tokens == [7]


def test_reply_that_breaks_or_breaks_off_is_a_failure() -> None:
    for mind in (Mind(breaks=True), Mind(stops=True)):
        stage = perform(Script([Ask(1, "caller", "hi", (), {})]), opened, mind)
        assert stage.machine.kinds() == [LineOpened, ReplyText, ReplyFailed]


def test_cancelled_reply_is_heard_of_no_more() -> None:
    machine = Script([Ask(1, "caller", "hi", (), {})], [CancelAsk(1)])
    stage = perform(machine, opened, Mind(delay_s=5))
    assert machine.kinds() == [LineOpened, ReplyText]
    assert not [task for task in stage.tasks.tasks if "ask" in task.get_name()]


def test_a_machine_that_breaks_ends_the_call_with_an_error() -> None:
    stage = perform(Broken(), opened)
    assert [ending.reason for ending in stage.keeper.endings] == ["error_retell"]
    assert stage.driver.over


def test_after_finish_nothing_is_fed() -> None:
    stage = perform(Script([Finish("user_hangup")]), opened)
    stage.feed(LineOpened())
    assert stage.machine.kinds() == [LineOpened]
    assert stage.keeper.endings == [Finish("user_hangup")]


def test_checkpoints_measurements_and_functions_go_where_they_belong() -> None:
    machine = Script([SaveCheckpoint(4, {}), Measured("e2e", 512.34), RunTool("t1", "x", "{}")])
    stage = perform(machine, opened)
    assert stage.keeper.saved == [4]
    assert stage.measured.latency_ms == {"e2e": [512.3]}
    assert machine.kinds() == [LineOpened, ToolReturned]


def test_recognition_is_tried_twice_then_told_as_failed() -> None:
    async def scene(stage: Stage) -> None:
        stage.ears.push(0, b"\x01\x01" * 8_000)
        await opened(stage)

    wanted: list[Command] = [Transcribe(1, 1, 0, 8_000)]
    stage = perform(Script(wanted), scene, stt=FakeStt(failures=1))
    assert stage.machine.kinds() == [LineOpened, Recognized]
    stage = perform(Script(wanted), scene, stt=FakeStt(failures=2))
    assert stage.machine.kinds() == [LineOpened, RecognitionFailed]


def test_recognition_of_nothing_is_an_empty_text() -> None:
    stage = perform(Script([Transcribe(1, 1, 0, 8_000)]), opened)
    assert stage.machine.told[1][1] == Recognized(1, 1, "")


def test_voice_that_fails_is_told() -> None:
    stage = perform(Script([Say(1, "hello")]), opened, tts=FakeTts(failures=1))
    assert stage.machine.kinds() == [LineOpened, SpeechFailed]


def test_a_minute_of_call_takes_no_time() -> None:
    async def scene(stage: Stage) -> None:
        await asyncio.sleep(60)
        assert loop_s() >= 60

    perform(Script(), scene)
