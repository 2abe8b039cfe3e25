"""What is done about an answering machine or a phone menu, once it is known for one."""

from __future__ import annotations

from typing import Final

from uponai.engine.agent import Agent
from uponai.engine.caller import Caller
from uponai.engine.commands import StopPlaying
from uponai.engine.desk import Desk
from uponai.engine.endpoint import Phase
from uponai.engine.reply import Leave
from uponai.engine.voicemail import Answerer, Stage, Voicemail

AFTER_GREETING_S: Final = 3.0  # a machine that gives no beep records by then
MESSAGE_LIMIT_S: Final = 45.0
SECOND_BEEP_S: Final = 15.0


class Machine:
    """Methods that find the call over give the ``Leave`` to hang up with."""

    def __init__(self, desk: Desk, agent: Agent, caller: Caller) -> None:
        self._desk = desk
        self._agent = agent
        self._caller = caller
        self.voicemail = Voicemail(desk.settings)
        self._waiting_since = 0.0
        self._message_began = 0.0

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
        match self.voicemail.judge(text, endpoint.ended - endpoint.began, turns):
            case Answerer.MACHINE:
                return self._found()
            case Answerer.MENU:
                self._desk.note("phone menu")
                return Leave("ivr_reached") if self._desk.settings.ivr_hangup else None
            case Answerer.PERSON:
                return None

    def beep(self) -> Leave | None:
        """A beep: evidence, or the sign to speak."""
        voicemail, now = self.voicemail, self._desk.now
        if voicemail.stage is Stage.WAITING:
            self.leave_message()
        elif voicemail.stage is Stage.SPEAKING:
            if not voicemail.restarted and now - self._message_began < SECOND_BEEP_S:
                # What was said before the beep was not recorded.
                voicemail.restarted = True
                self._silence_agent()
                self.leave_message()
        elif voicemail.beep(self._desk.line_s, self._desk.record.caller_turns) is Answerer.MACHINE:
            leave = self._found()
            if self.is_dealt_with:
                self.leave_message()
            return leave
        return None

    def message_at(self) -> float | None:
        """When to speak to a machine that gives no beep."""
        if self.voicemail.stage is not Stage.WAITING:
            return None
        latest = self._waiting_since + MESSAGE_LIMIT_S
        if self._caller.endpoint.phase is Phase.SPEAKING:
            return latest
        ended = self._caller.hearing.voice_end
        return min(latest, self._desk.clock.when(ended) + AFTER_GREETING_S)

    def leave_message(self) -> None:
        """Say the message, then hang up."""
        self.voicemail.stage = Stage.SPEAKING
        self._message_began = self._desk.now
        option, leave = self._desk.settings.voicemail, Leave("voicemail_reached")
        if option is not None and option.action == "static_text":
            self._agent.say_line(option.text, "voicemail", leave)
            return
        self._agent.ask("voicemail")
        if self._agent.live is not None:
            self._agent.live.leave = leave

    def _found(self) -> Leave | None:
        option = self._desk.settings.voicemail
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
