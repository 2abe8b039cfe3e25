"""What is done about an answering machine or a phone menu, once it is known for one."""

from __future__ import annotations

from math import inf
from typing import Final

from uponai.engine.agent import Agent
from uponai.engine.caller import Caller
from uponai.engine.commands import StopPlaying
from uponai.engine.desk import Desk
from uponai.engine.endpoint import Phase
from uponai.engine.events import AnswererProposed
from uponai.engine.reply import Leave
from uponai.engine.voicemail import Answerer, Stage, Voicemail

AFTER_GREETING_S: Final = 3.0  # a machine that gives no beep records by then
GREETING_LIMIT_S: Final = 90.0  # what sounds for longer than this takes no message
SECOND_BEEP_S: Final = 15.0
GREETING_AGAIN_S: Final = 0.4  # voice over the message: the greeting had only paused
HEARD_OUT_S: Final = 1.5  # a menu does not pause for longer before it names its first key
SUSPECTED_S: Final = 30.0  # words that tell nothing for so long do not refute the carrier
_MAX_TAKEN_BACK = 2  # our own echo must not keep us from speaking for ever
_BEEP_TAIL_SAMPLES = 2_400  # voice longer after a beep than this: it belonged to the greeting


class Machine:
    """Methods that find the call over give the ``Leave`` to hang up with."""

    def __init__(self, desk: Desk, agent: Agent, caller: Caller) -> None:
        self._desk = desk
        self._agent = agent
        self._caller = caller
        self.voicemail = Voicemail(desk.settings)
        self._suspected_since = 0.0
        self._beep_told = False  # by the carrier that suspects
        self._waiting_since = 0.0
        self._message_began = 0.0
        self._beep_sample: int | None = None
        self._after_beep = False  # the message is being recorded for sure
        self._taken_back = 0

    @property
    def is_dealt_with(self) -> bool:
        """The call is about leaving a message; nobody is talked with."""
        return self.voicemail.stage in (Stage.WAITING, Stage.SPEAKING)

    def suspect(self, text: str) -> Leave | None:
        """Look at the newest words for signs of a machine."""
        turns = self._desk.record.caller_turns
        if not text or not self.voicemail.listens(self._desk.line_s, turns):
            return None
        endpoint = self._caller.endpoint
        found = self.voicemail.judge(text, endpoint.ended - endpoint.began, turns)
        self._caller.withheld = self.voicemail.suspected
        match found:
            case Answerer.MACHINE:
                return self._found()
            case Answerer.MENU:
                self._desk.note("phone menu")
                return Leave("ivr_reached") if self._desk.settings.ivr_hangup else None
            case Answerer.PERSON:
                return None

    def forewarned(self) -> Leave | None:
        """A greeting before the answer, as some networks play it: a machine answers."""
        record = self._desk.record
        if record.caller_turns or not self.voicemail.listens(self._desk.line_s, 0):
            return None
        found = self.voicemail.judge_early(record.before_answer)
        return self._found() if found is Answerer.MACHINE else None

    def beep(self, line_sample: int) -> Leave | None:
        """A beep: evidence, or the sign to speak."""
        voicemail, now = self.voicemail, self._desk.now
        self._beep_sample = line_sample
        if voicemail.stage is Stage.WAITING:
            self._speak_if_quiet()
        elif voicemail.stage is Stage.SPEAKING:
            if not voicemail.restarted and now - self._message_began < SECOND_BEEP_S:
                # What was said before the beep was not recorded.
                voicemail.restarted = True
                self._silence_agent()
                self.leave_message()
        elif voicemail.beep(self._desk.line_s, self._desk.record.caller_turns) is Answerer.MACHINE:
            leave = self._found()
            if self.is_dealt_with:
                self._speak_if_quiet()
            return leave
        return None

    def proposed(self, told: AnswererProposed) -> Leave | None:
        """What the carrier heard: a suspicion, or the sign to speak. A beep that it tells of while
        the message is being left is the one that the message waited for."""
        voicemail = self.voicemail
        if not told.is_machine:
            return None
        if told.beep and voicemail.stage in (Stage.LISTENING, Stage.WAITING):
            self._beep_sample = told.line_sample
        if voicemail.stage is Stage.LISTENING:
            return self._suspect_with(told)
        if told.beep and voicemail.stage is Stage.WAITING:
            self._speak_if_quiet()
        return None

    def _suspect_with(self, told: AnswererProposed) -> Leave | None:
        """Until the words are heard out, nothing is answered: a menu may yet name its keys."""
        voicemail, suspected = self.voicemail, self.voicemail.suspected
        voicemail.proposed(self._desk.line_s, self._desk.record.caller_turns)
        if not voicemail.suspected:
            return None
        if not suspected:
            self._suspected_since = self._desk.now
            self._caller.withhold()
        self._beep_told = self._beep_told or told.beep
        return self.time_passed()

    def _certain_at(self) -> float | None:
        """When a suspicion that no word refutes is a fact: in the silence behind the words."""
        if not self.voicemail.suspected or self._caller.deaf:
            return None
        latest = self._suspected_since + SUSPECTED_S
        endpoint = self._caller.endpoint
        if endpoint.phase is not Phase.REST and endpoint.text is None:
            return latest
        silence_s = 0.0 if self._beep_told else HEARD_OUT_S
        ended = self._desk.clock.when(self._caller.hearing.voice_end)
        return min(latest, ended + silence_s)

    def deadline(self) -> float | None:
        """When to believe the carrier, to speak to a machine that gives no beep, or to fall silent
        because its greeting goes on after all."""
        match self.voicemail.stage:
            case Stage.LISTENING:
                return self._certain_at()
            case Stage.WAITING:
                return min(self._waiting_since + GREETING_LIMIT_S, self._message_at())
            case Stage.SPEAKING:
                return self._greeting_again_at()
            case Stage.OFF:
                return None

    def time_passed(self) -> Leave | None:
        """Do what is due."""
        due, now = self.deadline(), self._desk.now
        if due is None or now < due:
            return None
        if self.voicemail.stage is Stage.LISTENING:
            return self._confirmed()
        if self.voicemail.stage is Stage.SPEAKING:
            self._taken_back += 1
            self._silence_agent()
            self.voicemail.stage = Stage.WAITING
        elif now >= self._waiting_since + GREETING_LIMIT_S:
            self._desk.note("greeting without end")
            return Leave("voicemail_reached")
        else:
            self.leave_message()
        return None

    def _confirmed(self) -> Leave | None:
        self.voicemail.confirmed()
        leave = self._found()
        if self._beep_told and self.is_dealt_with:
            self._speak_if_quiet()
        return leave

    def _message_at(self) -> float:
        if self._caller.endpoint.phase is Phase.SPEAKING:
            return inf
        wait_s = 0.0 if self._beep_was_last() else AFTER_GREETING_S
        return self._desk.clock.when(self._caller.hearing.voice_end) + wait_s

    def _beep_was_last(self) -> bool:
        """Nothing was said since the newest beep."""
        ended, beep = self._caller.hearing.voice_end, self._beep_sample
        return beep is not None and ended <= beep + _BEEP_TAIL_SAMPLES

    def _greeting_again_at(self) -> float | None:
        """When voice over our message has lasted too long to be a crackle. After a beep the
        machine only listens, and what sounds is not its greeting."""
        hearing = self._caller.hearing
        if not hearing.voiced or self._after_beep or self._taken_back >= _MAX_TAKEN_BACK:
            return None
        return self._desk.clock.when(hearing.began) + GREETING_AGAIN_S

    def _speak_if_quiet(self) -> None:
        """After a beep; one within the greeting waits for the end of the words around it."""
        if self._caller.endpoint.phase is not Phase.SPEAKING:
            self.leave_message()

    def leave_message(self) -> None:
        """Say the message, then hang up."""
        self._caller.keep_place()
        self.voicemail.stage = Stage.SPEAKING
        self._message_began = self._desk.now
        self._after_beep = self._beep_was_last()
        option, leave = self._desk.settings.voicemail, Leave("voicemail_reached")
        if option is not None and option.action == "static_text":
            self._agent.say_line(option.text, "voicemail", leave)
            return
        self._agent.ask("voicemail")
        if self._agent.live is not None:
            self._agent.live.leave = leave

    def _found(self) -> Leave | None:
        option = self._desk.settings.voicemail
        self._caller.withheld = False
        self._desk.note("voicemail", evidence=tuple(self.voicemail.evidence))
        if option is None:
            self.voicemail.stage = Stage.OFF
            return None
        if option.action == "hangup":
            return Leave("voicemail_reached")
        self.voicemail.stage = Stage.WAITING
        self._waiting_since = self._desk.now
        self._caller.deaf = True
        self._caller.greeting_due = False
        self._silence_agent()
        return None

    def _silence_agent(self) -> None:
        """Whatever the agent says or is about to say: not now."""
        if self._agent.ledger.released():
            self._agent.ledger.hear_until(self._desk.line_sample)
            self._desk.do(StopPlaying())
        self._caller.abandon()
