"""A telephone line in virtual time: a caller who speaks by script, and fake ears, mouth and mind.

Audio is not simulated, only its clock: voice is a span of line samples with words in it, speech of
the agent plays at 15 characters a second. Everything is told to the conversation as events, in
order, and everything that was told or commanded is kept with its time.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from uponai.domain.transcript import Utterance
from uponai.engine import commands as c
from uponai.engine import events as e
from uponai.engine.conversation import Conversation
from uponai.engine.settings import Settings

RATE = 8_000
WINDOW = 256
CHARS_PER_S = 15.0

Reply = list[tuple[float, Any]]
Responder = Callable[[c.Ask], Reply]


@dataclass(frozen=True)
class Voice:
    """The caller speaks ``text`` from ``start`` to ``end`` (samples); noise has no text."""

    start: int
    end: int
    text: str

    def words_between(self, first: int, last: int) -> list[tuple[str, int, int]]:
        words = self.text.split()
        if not words:
            return []
        step = (self.end - self.start) / len(words)
        spans = [
            (word, int(self.start + at * step), int(self.start + (at + 1) * step))
            for at, word in enumerate(words)
        ]
        return [span for span in spans if first <= (span[1] + span[2]) // 2 < last]


def text_reply(text: str, delay: float = 0.15, **done: Any) -> Responder:
    """Always the same words."""
    return lambda ask: [
        (delay, e.ReplyText(ask.ask, text)),
        (delay + 0.1, e.ReplyDone(ask.ask, **done)),
    ]


@dataclass
class _Playing:
    speech: int
    samples: int
    from_sample: int
    started: int | None = None


@dataclass
class Sim:
    """``run()`` until the line is closed or ``until_s``."""

    settings: Settings
    responder: Responder
    asr_s: float = 0.12
    eot_p: Callable[[c.JudgeEndOfTurn], float | None] = lambda judge: 0.9
    tts_s: float = 0.04
    tools: dict[str, tuple[float, str]] = field(default_factory=dict)
    conversation: Conversation | None = None
    resumed: bool = False
    voices: list[Voice] = field(default_factory=list)
    log: list[tuple[float, Any]] = field(default_factory=list)
    after_agent: list[Callable[[Sim], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = 0.0
        self.sample = 0
        self.over = False
        self.talk = self.conversation or Conversation(self.settings)
        self._heap: list[tuple[float, int, Any]] = []
        self._order = itertools.count()
        self._speeches: dict[int, int] = {}
        self._queue: list[_Playing] = []
        self._cancelled_asks: set[int] = set()
        self._cancelled: set[int] = set()
        self._stops = 0
        self._hangup_after = False
        self._closed = False
        self._agent_was_on = False

    # The script

    def say(self, at_s: float, text: str, duration_s: float | None = None) -> Sim:
        """The caller says ``text`` at ``at_s`` (0.35 s a word unless told)."""
        seconds = duration_s if duration_s is not None else max(0.3, 0.35 * len(text.split()))
        self.voices.append(Voice(int(at_s * RATE), int((at_s + seconds) * RATE), text))
        return self

    def answer(self, text: str, after_s: float = 0.6, duration_s: float | None = None) -> Sim:
        """The caller says ``text`` when the agent has finished its next turn."""
        self.after_agent.append(lambda sim: sim.say(sim.now + after_s, text, duration_s) and None)
        return self

    def hang_up(self, after_s: float = 0.5) -> Sim:
        """The caller hangs up when the agent has finished its next turn."""
        self.after_agent.append(lambda sim: sim.at(sim.now + after_s, sim._remote_hangup))
        return self

    def at(self, when: float, event: Any) -> Sim:
        """Tell ``event`` (or call it) at ``when``."""
        heapq.heappush(self._heap, (when, next(self._order), event))
        return self

    # The clock

    def run(self, until_s: float = 120.0) -> Sim:
        self.tell(e.LineOpened(self.sample, resumed=self.resumed))
        while not self.over and self.now < until_s:
            tick = self.sample + WINDOW
            tick_at = tick / RATE
            due = self.talk.deadline()
            next_at = min(tick_at, self._heap[0][0] if self._heap else tick_at)
            if due is not None and due < next_at:
                self.now = max(self.now, due)
                self.tell(e.TimePassed())
                continue
            if self._heap and self._heap[0][0] <= tick_at:
                when, _, event = heapq.heappop(self._heap)
                self.now = max(self.now, when)
                if callable(event):
                    event()
                elif self._wanted(event):
                    self.tell(event)
                continue
            self.now, self.sample = tick_at, tick
            if not self._closed:
                self._play_until(tick)
                self.tell(e.SpeechLikely(tick, 0.95 if self._voiced(tick) else 0.02))
                self._cue()
        return self

    def tell(self, event: Any) -> None:
        if not isinstance(event, e.SpeechLikely):
            self.log.append((self.now, event))
        for command in self.talk.handle(event, self.now):
            self.log.append((self.now, command))
            self._execute(command)

    # What happened

    def commands(self, *kinds: type) -> list[Any]:
        return [item for _, item in self.log if isinstance(item, kinds)]

    def times(self, kind: type) -> list[float]:
        return [at for at, item in self.log if isinstance(item, kind)]

    def transcript(self) -> list[str]:
        entries = self.talk.state.entries
        return [f"{x.role}: {x.content}" for x in entries if isinstance(x, Utterance)]

    # Inside

    def _voiced(self, sample: int) -> bool:
        return any(v.start < sample <= v.end for v in self.voices)

    def _wanted(self, event: Any) -> bool:
        ask = getattr(event, "ask", None)
        return ask is None or ask not in self._cancelled_asks

    def _cue(self) -> None:
        on = bool(self._queue)
        if self._agent_was_on and not on and self.after_agent:
            if self.talk.state.floor != "thinking":
                self.after_agent.pop(0)(self)
        self._agent_was_on = on

    def _remote_hangup(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.clear()
            self.tell(e.LineClosed("remote_hangup", self.sample))

    def _local_hangup(self) -> None:
        if not self._closed:
            self._closed = True
            self.tell(e.LineClosed("local_hangup", self.sample))

    def _play_until(self, sample: int) -> None:
        at = self.sample - WINDOW
        while self._queue:
            head = self._queue[0]
            if head.started is None:
                head.started = at
                self.tell(e.SpeechStarted(head.speech, at))
                continue
            end = head.started + head.samples - head.from_sample
            if end > sample:
                return
            at = end
            self._queue.pop(0)
            self.tell(e.SpeechFinished(head.speech, end))
        if self._hangup_after:
            self._local_hangup()

    def _execute(self, command: Any) -> None:
        does = {
            c.Transcribe: self._transcribe,
            c.JudgeEndOfTurn: self._judge,
            c.Ask: self._ask,
            c.CancelAsk: lambda command: self._cancelled_asks.add(command.ask),
            c.Say: self._say,
            c.CancelSpeech: self._cancel,
            c.Play: self._play,
            c.StopPlaying: self._stop,
            c.RunTool: self._run_tool,
            c.HangUp: self._hang_up,
            c.Finish: self._finish,
        }.get(type(command))
        if does is not None:
            does(command)

    def _transcribe(self, command: c.Transcribe) -> None:
        first, last = command.from_sample, command.to_sample
        words = [word for voice in self.voices for word in voice.words_between(first, last)]
        found = e.Recognized(
            command.utterance,
            command.revision,
            " ".join(word[0] for word in words),
            tuple(e.SpokenWord(word, a / RATE, b / RATE) for word, a, b in words),
            self.asr_s * 1000,
        )
        self.at(self.now + self.asr_s, found)

    def _judge(self, command: c.JudgeEndOfTurn) -> None:
        p = self.eot_p(command)
        if p is not None:
            guess = e.ProposedEndOfTurn(command.utterance, command.revision, p)
            self.at(self.now + 0.04, guess)

    def _ask(self, command: c.Ask) -> None:
        for delay, event in self.responder(command):
            self.at(self.now + delay, event)

    def _say(self, command: c.Say) -> None:
        samples = int(len(command.text) / CHARS_PER_S * RATE)
        self._speeches[command.speech] = samples
        self.at(self.now + self.tts_s, e.SpeechFirstAudio(command.speech))
        self.at(self.now + self.tts_s, e.SpeechSynthesized(command.speech, samples))

    def _cancel(self, command: c.CancelSpeech) -> None:
        self._cancelled.add(command.speech)
        self._queue = [known for known in self._queue if known.speech != command.speech]

    def _play(self, command: c.Play) -> None:
        assert command.speech not in self._cancelled, "played what was cancelled"
        samples = self._speeches[command.speech]
        playing = _Playing(command.speech, samples, command.from_sample)
        stops = self._stops
        self.at(self.now + self.tts_s, lambda: self._arrive(playing, stops))

    def _arrive(self, playing: _Playing, stops: int) -> None:
        if playing.speech not in self._cancelled and stops == self._stops:
            self._queue.append(playing)

    def _stop(self, command: c.StopPlaying) -> None:
        heard = {
            known.speech: known.from_sample
            + (0 if known.started is None else max(0, self.sample - known.started))
            for known in self._queue
        }
        self._queue.clear()
        self._stops += 1
        self.at(self.now + 0.02, e.PlaybackStopped(self.sample, heard))

    def _run_tool(self, command: c.RunTool) -> None:
        delay, content = self.tools.get(command.name, (0.3, "ok"))
        self.at(self.now + delay, e.ToolReturned(command.tool_call_id, content, True))

    def _hang_up(self, command: c.HangUp) -> None:
        if command.after_playout:
            self._hangup_after = True
            return
        self._queue.clear()
        self.at(self.now + 0.05, self._local_hangup)

    def _finish(self, command: c.Finish) -> None:
        self.over = True


def by_cause(**replies: str | Iterable[Any]) -> Responder:
    """Texts by cause; a list is used up in turn (its last one stays)."""
    lists = {k: [v] if isinstance(v, str) else list(v) for k, v in replies.items()}

    def respond(ask: c.Ask) -> Reply:
        texts = lists.get(ask.cause, ["Okay."])
        text = texts.pop(0) if len(texts) > 1 else texts[0]
        if callable(text):
            return text(ask)
        return text_reply(text)(ask)

    return respond
