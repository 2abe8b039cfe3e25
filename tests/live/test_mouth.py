"""The mouth against a real playout clock, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.fakes.line import FakeLine, MemorySocket
from tests.fakes.providers import LETTER_SAMPLES, FakeTts
from tests.virtual_time import run

from uponai.engine.commands import CancelSpeech, Play, Say
from uponai.engine.events import (
    Event,
    PlaybackStopped,
    SpeechFailed,
    SpeechFinished,
    SpeechFirstAudio,
    SpeechStarted,
    SpeechSynthesized,
)
from uponai.link.media import (
    MAX_AHEAD_MS,
    Cleared,
    Marked,
    Start,
    decode_from_line,
    unpack_audio,
)
from uponai.live.line import Line, Outlet
from uponai.live.mouth import Mouth
from uponai.live.voice import SpeechCache, Voice
from uponai.providers.base import VoiceSettings
from uponai.tasks import TaskGroup

LONG = "a long sentence that takes quite some time to be said on the phone, " * 4


class Bench:
    """A mouth, a line, and what the mouth told."""

    def __init__(self, tts: FakeTts | None = None, cache: SpeechCache | None = None) -> None:
        self.tts = tts or FakeTts()
        self.tasks = TaskGroup()
        self.events: list[Event] = []
        self.link = Line()
        voice = Voice(self.tts, VoiceSettings("v"), cache or SpeechCache())
        self.mouth = Mouth(voice, self.link, self.tasks, self.events.append)
        self.line = FakeLine("call_1", MemorySocket())
        self.connect()

    def connect(self, *, resumed: bool = False) -> None:
        self.socket = self.line.socket
        outlet = Outlet(self.socket)
        self.tasks.spawn(outlet.run(), name="writer")
        self.tasks.spawn(self._listen(self.socket, outlet), name="reader")
        self.line.start(resumed=resumed)

    async def _listen(self, socket: MemorySocket, outlet: Outlet) -> None:
        while (frame := await socket.receive()) is not None:
            if isinstance(frame, bytes):
                for entry in unpack_audio(frame):
                    self.mouth.tick(entry.first_sample + len(entry.pcm) // 2)
                continue
            match decode_from_line(frame):
                case Start() as start:
                    self.link.attach(outlet, start.channel)
                    self.mouth.open(start)
                case Marked() as report:
                    self.mouth.marked(report)
                case Cleared() as report:
                    self.mouth.cleared(report)
                case _:
                    pass
        self.link.detach()

    def kinds(self) -> list[tuple[str, int]]:
        return [(type(e).__name__, getattr(e, "speech", -1)) for e in self.events]


def on_bench(play: Callable[[Bench], Awaitable[None]], bench: Callable[[], Bench] = Bench) -> Bench:
    made: list[Bench] = []

    async def scene() -> None:
        made.append(bench())
        await play(made[0])
        await made[0].tasks.aclose()

    run(scene())
    return made[0]


def test_speech_is_held_until_released_and_told_from_begin_to_end() -> None:
    async def play(b: Bench) -> None:
        b.mouth.say(Say(1, "hello there"))
        await b.line.run(2)
        assert b.line.heard == ""
        b.mouth.play(Play(1))
        await b.line.run(2)

    b = on_bench(play)
    assert b.line.heard == "hello there"
    assert b.kinds() == [
        ("SpeechFirstAudio", 1),
        ("SpeechSynthesized", 1),
        ("SpeechStarted", 1),
        ("SpeechFinished", 1),
    ]
    started, finished = b.events[2], b.events[3]
    assert isinstance(started, SpeechStarted) and isinstance(finished, SpeechFinished)
    length = 11 * LETTER_SAMPLES
    assert abs(finished.line_sample - started.line_sample - length) <= 320
    assert b.events[1] == SpeechSynthesized(1, length)


def test_released_speeches_play_in_order_of_release() -> None:
    async def play(b: Bench) -> None:
        b.mouth.say(Say(1, "one."))
        b.mouth.say(Say(2, "two."))
        b.mouth.say(Say(3, "three."))
        for speech in (1, 3, 2):
            b.mouth.play(Play(speech))
        await b.line.run(3)

    assert on_bench(play).line.heard == "one.three.two."


def test_never_more_than_five_seconds_ahead() -> None:
    async def play(b: Bench) -> None:
        b.mouth.say(Say(1, LONG))
        b.mouth.play(Play(1))
        await b.line.run(20)

    b = on_bench(play)
    assert b.line.heard == LONG
    assert 2 * 8_000 < b.line.most_ahead <= MAX_AHEAD_MS * 8
    assert b.line.pace.overflowed_samples == 0


def test_stop_tells_what_was_heard_and_it_can_go_on_from_there() -> None:
    async def play(b: Bench) -> None:
        b.mouth.say(Say(1, "first part. "))
        b.mouth.say(Say(2, "second part."))
        b.mouth.play(Play(1))
        b.mouth.play(Play(2))
        await b.line.run(0.4)
        b.mouth.stop()
        await b.line.run(1)
        stopped = b.events[-1]
        assert isinstance(stopped, PlaybackStopped)
        assert set(stopped.heard) == {1, 2} and stopped.heard[2] == 0
        assert abs(stopped.heard[1] - 0.36 * 8_000) <= 640
        assert b.line.heard == "first part. "[: len(b.line.heard)]
        b.mouth.play(Play(1, stopped.heard[1]))
        b.mouth.play(Play(2))
        await b.line.run(2)

    b = on_bench(play)
    assert b.kinds()[-4:] == [
        ("SpeechStarted", 1),
        ("SpeechFinished", 1),
        ("SpeechStarted", 2),
        ("SpeechFinished", 2),
    ]
    assert b.line.heard.endswith("second part.")
    whole = sum(int((frame != 0).sum()) for frame in b.line.played)
    assert whole == len("first part. second part.") * LETTER_SAMPLES


def test_stop_with_nothing_on_the_line_is_answered_at_once() -> None:
    async def play(b: Bench) -> None:
        b.mouth.stop()
        assert isinstance(b.events[-1], PlaybackStopped)

    on_bench(play)


def test_cancelled_speech_is_never_heard() -> None:
    async def play(b: Bench) -> None:
        b.mouth.say(Say(1, "never. "))
        b.mouth.say(Say(2, "ever."))
        b.mouth.play(Play(1))
        b.mouth.cancel(CancelSpeech(1))
        b.mouth.play(Play(2))
        await b.line.run(2)

    assert on_bench(play).line.heard == "ever."


def test_voice_that_fails_says_so() -> None:
    async def play(b: Bench) -> None:
        b.mouth.say(Say(1, "no."))
        b.mouth.say(Say(2, "yes."))
        b.mouth.play(Play(1))
        b.mouth.play(Play(2))
        await b.line.run(2)

    b = on_bench(play, lambda: Bench(FakeTts(failures=1)))
    assert isinstance(b.events[0], SpeechFailed)
    assert b.line.heard == "yes."


def test_a_line_said_before_is_not_synthesised_again() -> None:
    cache = SpeechCache()

    async def play(b: Bench) -> None:
        b.mouth.say(Say(1, "hello."))
        await b.line.run(1)

    on_bench(play, lambda: Bench(cache=cache))
    again = on_bench(play, lambda: Bench(cache=cache))
    assert again.tts.texts == []
    assert isinstance(again.events[0], SpeechFirstAudio)


def test_audio_lost_with_a_link_is_sent_again_on_the_next() -> None:
    text = "the whole of this sentence is heard although the link broke in the middle of it."

    async def play(b: Bench) -> None:
        b.mouth.say(Say(1, text))
        b.mouth.play(Play(1))
        await b.line.run(1)
        old = b.line.socket
        b.line.socket = MemorySocket()
        old.close()
        await asyncio.sleep(0.5)
        await b.line.run(1)
        b.connect(resumed=True)
        await b.line.run(8)

    b = on_bench(play)
    assert b.line.heard == text
    assert b.kinds()[-1] == ("SpeechFinished", 1)
    assert [kind for kind, _ in b.kinds()].count("SpeechFinished") == 1
