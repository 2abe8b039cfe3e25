"""The caller's side: voice and pauses, the contest for the floor, finished turns."""

from __future__ import annotations

from uponai.domain.transcript import Utterance
from uponai.engine.agent import Agent
from uponai.engine.barge_in import BargeIn, Contest, Ruling, Scene, Step
from uponai.engine.commands import Measured, StopPlaying, Transcribe
from uponai.engine.desk import Desk
from uponai.engine.endpoint import CHUNK_SAMPLES, Endpoint, Heard, Phase, Verdict
from uponai.engine.events import (
    RATE_HZ,
    PlaybackStopped,
    RecognitionFailed,
    Recognized,
    SpeechLikely,
)
from uponai.engine.hear import Hearing, Sound
from uponai.engine.record import CallerTurn
from uponai.engine.words import is_greeting

_GRACE_S = 0.25  # the clock may run ahead of the audio by this before it decides in its stead
_STALL_S = 1.5
_CONTESTED_CHUNK_SAMPLES = 6 * RATE_HZ
_GREETING_SAMPLES = 12_000  # 1.5 s: "Hello?" may meet the agent's first words
_WORTH_ASKING_SAMPLES = 4_800  # 0.6 s of voice without words deserves a "didn't catch that"
_CUT_IN_SAMPLES = 6_400  # interrupted this early, the agent had cut in


class Caller:
    """Reads ``text`` (newest words recognised) and ``life`` (words or digits came) after events."""

    def __init__(self, desk: Desk, agent: Agent) -> None:
        self._desk = desk
        self._agent = agent
        settings = desk.settings
        self.hearing = Hearing()
        self.endpoint = Endpoint(settings.timing, settings.responsiveness)
        self.barge = BargeIn(settings)
        self.carry: CallerTurn | None = None  # a turn that turned out to go on
        self.waiting: list[CallerTurn] = []  # finished, to be answered when the agent can
        self.deaf = False  # a machine talks: write down, do not answer
        self.withheld = False  # may be a machine: what is said waits for its answer
        self.greeting_due = False  # the agent's first words are still to come
        self.text = ""
        self.life = False
        self.committed = False
        self.unheard_in_row = 0
        self.asr_failures = 0

    # Events

    def window(self, event: SpeechLikely) -> bool:
        """One VAD verdict. False if nothing can have come of it."""
        sound = self.hearing.feed(event.at_sample, event.p)
        match sound:
            case Sound.BEGAN:
                self._began()
            case Sound.PAUSED:
                self._paused(event.at_sample)
            case Sound.NOTHING:
                if self.endpoint.phase is Phase.REST:
                    return False
                if self.endpoint.phase is Phase.SPEAKING:
                    return self._sounding(event.at_sample)
                return self._pausing(event.at_sample)
        return True

    def recognized(self, event: Recognized | RecognitionFailed) -> None:
        """Words of the open utterance, or none to be had."""
        if self.endpoint.recognized(event):
            failed = isinstance(event, RecognitionFailed)
            self.asr_failures = self.asr_failures + 1 if failed else 0
            self._words_came()

    def stopped(self, event: PlaybackStopped) -> None:
        """The line fell silent as asked. An answer nobody waits for any more changes nothing."""
        if self.barge.contest is not Contest.STOPPING:
            return
        self._agent.voiced(event)
        ruling = self.barge.ruling
        self.barge.step(Step.STOPPED)
        if ruling is not None:
            self._apply(ruling, self.endpoint.text or "")
        elif self.endpoint.phase is Phase.REST:
            self._apply(Ruling.DISMISS, "")

    def pressed(self, digits: CallerTurn) -> None:
        """Digits that make a turn."""
        self._note_life()
        if not self.deaf:
            self.waiting.append(digits)

    def cut_off(self) -> None:
        """A digit interrupts the agent, whatever its sensitivity to voice."""
        if not self._agent.ledger.released():
            return
        if self.barge.contest in (Contest.CLEAR, Contest.OVERLAP):
            self._stop()
        if self.barge.contest is Contest.STOPPING:
            self.barge.ruling = Ruling.YIELD

    def withhold(self) -> None:
        """Answer nothing until it is known who is there; what is being answered goes on."""
        self.withheld = True
        self._agent.drop_held()

    def keep_place(self) -> None:
        """What is being heard comes before what is said now, in the record."""
        if self.endpoint.phase is not Phase.REST:
            self._desk.record.keep_heard(self.endpoint.utterance)

    def abandon(self) -> None:
        """The call takes another course: no contest, nothing to be answered, all written down."""
        self.barge.step(Step.ABANDON)
        self._agent.drop_held()
        turns = [self.carry, self._agent.give_way(), *self.waiting]
        self.carry = None
        self.waiting = []
        for turn in turns:
            if turn is not None and not turn.from_digits:
                self._desk.record.add(Utterance("user", turn.text, turn.words))

    # Time

    def deadline(self) -> float | None:
        """When the clock must decide because nothing else came."""
        due: list[float] = []
        if self.endpoint.phase is Phase.SPEAKING:
            due.append(self._desk.clock.now + _STALL_S)
        elif self._pause_counts and self.barge.contest is not Contest.STOPPING:
            due.append(self._desk.clock.when(self.endpoint.due_sample()) + _GRACE_S)
        if self.barge.contest is Contest.STOPPING:
            due.append(self.barge.stop_asked_at + self._desk.settings.timing.stop_s)
        return min(due, default=None)

    def time_passed(self) -> None:
        """Do what is due."""
        due, now = self.deadline(), self._desk.now
        if due is None or now < due:
            return
        sample = self._desk.line_sample
        if self.barge.contest is Contest.STOPPING:
            self._desk.note("no answer to stop playing")
            self._agent.ledger.hear_until(sample)
            self.stopped(PlaybackStopped(sample, {}))
        elif self.endpoint.phase is Phase.SPEAKING:
            self.hearing.fall_silent(sample)
            self._paused(sample)
        else:
            self._pausing(max(sample, self.endpoint.due_sample()))

    def advance(self) -> None:
        """After every event: settle what has become clear, answer what has waited."""
        contest = self.barge.contest
        agent = self._agent
        if contest is Contest.OVERLAP and not agent.ledger.released():
            if agent.live is None:
                self.barge.step(Step.AGENT_FINISHED)
                self._speculate()
            else:
                self.barge.step(Step.SPEECH_RAN_OUT)
                agent.holding = True
        elif contest is Contest.JUDGING and agent.live is None:
            self.barge.step(Step.YIELD)
            agent.holding = False
            self._speculate()
        free = self.is_still and not agent.is_busy and not (self.deaf or self.withheld)
        if self.waiting and free:
            self._answer_waiting()

    @property
    def is_still(self) -> bool:
        """No voice of the caller is being dealt with."""
        return self.endpoint.phase is Phase.REST and self.barge.contest is Contest.CLEAR

    @property
    def _pause_counts(self) -> bool:
        """Whether the pause may end the utterance: one for the record alone waits for its words."""
        written_only = self.deaf and self.endpoint.text is None
        return self.endpoint.phase is Phase.PAUSED and not written_only

    def last_words(self) -> bool:
        """The line is gone: have recognised what was being said. False if there is nothing."""
        endpoint = self.endpoint
        if endpoint.phase is Phase.REST or endpoint.text is not None:
            return False
        if endpoint.phase is Phase.SPEAKING:
            end = max(self.hearing.voice_end, endpoint.began)
            wanted = endpoint.voice_paused(end, self._desk.line_sample)
            self._desk.do_all(command for command in wanted if isinstance(command, Transcribe))
        return True

    # Voice

    def _began(self) -> None:
        agent, endpoint = self._agent, self.endpoint
        agent.drop_held()
        endpoint.voice_began(self.hearing.began)
        if self.barge.ruling is not Ruling.YIELD:
            self.barge.ruling = None
        live = agent.live
        if self.barge.contest is not Contest.CLEAR or live is None or self.deaf:
            return
        if live.firm or (live.leave is not None and live.leave.reason != "agent_hangup"):
            return
        if agent.ledger.released():
            self.barge.step(Step.SOUND_OVER_SPEECH)
        else:
            self.barge.step(Step.SOUND_BEFORE_SPEECH)
            agent.holding = True

    def _sounding(self, at_sample: int) -> bool:
        if self.barge.contest is Contest.OVERLAP:
            needed = self.barge.stop_after_samples(self._scene())
            voiced = self.hearing.voice_end - self.hearing.began
            if needed is not None and voiced >= needed:
                self._stop()
        clear = self.barge.contest is Contest.CLEAR
        limit = CHUNK_SAMPLES if clear else _CONTESTED_CHUNK_SAMPLES
        self._desk.do_all(self.endpoint.chunk(at_sample, limit))
        return bool(self._desk.out)

    def _paused(self, at_sample: int) -> None:
        if self.endpoint.phase is Phase.SPEAKING:
            self._desk.do_all(self.endpoint.voice_paused(self.hearing.voice_end, at_sample))

    def _pausing(self, at_sample: int) -> bool:
        verdict = self.endpoint.verdict(at_sample)
        if verdict is Verdict.WAIT or not self._pause_counts:
            return False
        match self.barge.contest:
            case Contest.CLEAR:
                self._commit()
            case Contest.JUDGING:
                self._apply(self.barge.rule(self.endpoint.text_so_far, self._scene()), "")
            case Contest.OVERLAP:
                self._rule(self.endpoint.text_so_far)
            case Contest.STOPPING:
                return False
        return True

    def _stop(self) -> None:
        self.barge.step(Step.STOP)
        self.barge.stop_asked_at = self._desk.now
        self._agent.holding = True
        self._desk.do(StopPlaying())

    # Words

    def _words_came(self) -> None:
        if self.endpoint.chunks_are_noise:
            self._noise()
            return
        text = self.endpoint.text
        self.text = self.endpoint.text_so_far
        if text is None:
            self._go_on_talking()
        elif self.barge.contest is not Contest.CLEAR:
            self._rule(text)
        elif text:
            self._speculate()
        elif self.carry is None:
            self._commit()

    def _go_on_talking(self) -> None:
        """Words of a long turn that goes on: the caller lives, and means to interrupt."""
        if self.text:
            self._note_life()
        if self.text and self.barge.contest is not Contest.CLEAR:
            self._rule(self.text)

    def _noise(self) -> None:
        """Sound without words that does not end: it must not hold the floor."""
        self._desk.note("noise")
        if self.barge.contest in (Contest.OVERLAP, Contest.JUDGING):
            self._apply(Ruling.DISMISS, "")
        elif self.barge.contest is Contest.STOPPING:
            self.barge.ruling = Ruling.DISMISS
            return
        else:
            self._desk.record.add_heard(self.endpoint.utterance, None)
            self.endpoint.drop()
        self.hearing.forget()

    def _rule(self, text: str) -> None:
        ruling = self.barge.rule(text, self._scene())
        contest = self.barge.contest
        if contest is Contest.STOPPING:
            self.barge.ruling = ruling
        elif contest is Contest.OVERLAP and ruling is Ruling.YIELD:
            self._stop()
            self.barge.ruling = ruling
        else:
            self._apply(ruling, text)

    def _apply(self, ruling: Ruling, text: str) -> None:
        """End the contest."""
        self._desk.note("barge-in", ruling=ruling.value, text=text)
        stopped = self.barge.contest is Contest.JUDGING
        if ruling is Ruling.YIELD:
            self._yield()
            return
        self.barge.step(Step.DISMISS)
        if ruling is Ruling.DISMISS and self.endpoint.phase is not Phase.REST:
            if stopped and not text:
                self.barge.alarm_was_false()
            self._write_down(self.endpoint.take(), is_backchannel=True)
        if stopped:
            self._agent.go_on()

    def _yield(self) -> None:
        self.barge.step(Step.YIELD)
        self.barge.alarm_was_real()
        waiting = self._agent.ledger.waiting()
        early = any(0 < known.heard < _CUT_IN_SAMPLES for known in waiting[:1])
        withdrawn = self._agent.give_way()
        if withdrawn is not None:
            self.carry = withdrawn
        if withdrawn is not None or early:
            self.endpoint.learn(cut_in=True)
        self._note_life()
        self._speculate()

    def _speculate(self) -> None:
        """Begin to answer, in case this was all."""
        agent, text = self._agent, self.endpoint.text
        if not text or self.deaf or self.withheld or self.greeting_due or self.waiting:
            return
        if self.barge.contest is Contest.CLEAR and not agent.is_busy:
            agent.speculate(_joined(self.carry, text))

    # Turns

    def _commit(self) -> None:
        heard = self.endpoint.take()
        carry, self.carry = self.carry, None
        text = _joined(carry, heard.text)
        if not text:
            self._desk.record.add_heard(heard.utterance, None)
            self._nothing_heard(heard)
            return
        self._note_life()
        self._desk.do(Measured("asr", heard.asr_ms))
        words = (carry.words if carry else ()) + heard.words
        turn = CallerTurn(text, words, heard.ended_sample)
        record = self._desk.record
        record.caller_turns += 1
        if self.deaf or (self.greeting_due and is_greeting(text)):
            record.add_heard(heard.utterance, Utterance("user", text, words))
        elif self.waiting or self.greeting_due or self.withheld or self._agent.is_busy:
            self.waiting.append(turn)
        else:
            record.pending = turn
            self._agent.answer(text, turn.ended_sample)
        self.committed = True

    def _answer_waiting(self) -> None:
        turns, self.waiting = self.waiting, []
        text = " ".join(turn.text for turn in turns)
        words = tuple(word for turn in turns for word in turn.words)
        only_digits = all(turn.from_digits for turn in turns)
        ended = turns[-1].ended_sample
        self._desk.record.pending = CallerTurn(text, words, ended, from_digits=only_digits)
        self._agent.drop_held()
        self._agent.ask("digits" if only_digits else "caller", text)
        self.committed = True

    def _nothing_heard(self, heard: Heard) -> None:
        """A sound without words: ask once, then let silence do its work."""
        long_enough = heard.ended_sample - heard.began_sample >= _WORTH_ASKING_SAMPLES
        if self.deaf or self.withheld or self._agent.is_busy or not (heard.failed or long_enough):
            return
        self.unheard_in_row += 1
        if self.unheard_in_row == 1 and not self.greeting_due:
            self._agent.say_line(self._desk.settings.lines.not_caught)

    def _write_down(self, heard: Heard, *, is_backchannel: bool) -> None:
        if heard.text:
            self._note_life()
            metadata = {"is_backchannel": True} if is_backchannel else {}
            self._desk.record.add(Utterance("user", heard.text, heard.words, metadata))

    def _note_life(self) -> None:
        self.life = True
        self.unheard_in_row = 0

    def _scene(self) -> Scene:
        live, ledger = self._agent.live, self._agent.ledger
        speeches = ledger.waiting()
        starts = [line for known in speeches for _, line in known.runs[:1]]
        first = min(starts, default=None)
        early = first is None or self.endpoint.began <= first + _GREETING_SAMPLES
        begins = live is not None and live.cause == "begin"
        return Scene(
            audible=any(known.heard or known.playing for known in speeches),
            greeting=begins and early,
            parting=live is not None and live.leave is not None,
            asked=ledger.last_heard.rstrip().endswith("?"),
        )


def _joined(carry: CallerTurn | None, text: str) -> str:
    return f"{carry.text} {text}".strip() if carry else text
