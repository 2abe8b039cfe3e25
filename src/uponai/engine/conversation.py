"""One conversation: the one place that decides. Events in, commands out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uponai.domain.transcript import Digit, Utterance
from uponai.engine.agent import Agent
from uponai.engine.barge_in import Contest
from uponai.engine.caller import Caller
from uponai.engine.commands import Command, Finish, HangUp, SaveCheckpoint
from uponai.engine.desk import Desk
from uponai.engine.dtmf import Digits
from uponai.engine.endpoint import Phase
from uponai.engine.events import (
    RATE_HZ,
    AgentTuned,
    AnswererProposed,
    BeepHeard,
    DigitPressed,
    EarlyMediaHeard,
    Event,
    LineClosed,
    LineOpened,
    PlaybackStopped,
    ProposedEndOfTurn,
    RecognitionFailed,
    Recognized,
    ReplyDone,
    ReplyFailed,
    ReplyNodeEntered,
    ReplyNoted,
    ReplyOffered,
    ReplyText,
    ReplyToolCall,
    SpeechFailed,
    SpeechFinished,
    SpeechFirstAudio,
    SpeechLikely,
    SpeechStarted,
    SpeechSynthesized,
    StopRequested,
    TimePassed,
    ToolReturned,
    TransferBegun,
    TransferDecided,
    TransferMet,
    TransferTold,
)
from uponai.engine.hear import PRE_ROLL_SAMPLES
from uponai.engine.idle import Idle
from uponai.engine.machine import Machine
from uponai.engine.memory import Parts, put_back, taken
from uponai.engine.record import CallerTurn, Record
from uponai.engine.reply import Leave, Reply
from uponai.engine.settings import Settings, tuned
from uponai.engine.state import State
from uponai.engine.transfer import REASON, Stage, Transfer, TransferEvent
from uponai.engine.turn import Floor, Turn
from uponai.engine.voicemail import Answerer

_BEGIN_AGAIN_S = 0.25
_BEGIN_TRIES = 8  # two seconds: then the agent speaks whoever else does
_MAX_SPEECH_FAILURES = 3

_CLOSED: dict[str, str] = {
    "remote_hangup": "user_hangup",
    "local_hangup": "manual_stopped",
    "media_timeout": "error_no_audio_received",
}


class Conversation:
    """Feed ``handle`` every event and call it with ``TimePassed`` when ``deadline()`` is due."""

    def __init__(
        self,
        settings: Settings,
        variables: Mapping[str, str] | None = None,
        mind: Mapping[str, Any] | None = None,
    ) -> None:
        record = Record(variables=dict(variables or {}), mind=dict(mind or {}))
        self._settings = settings
        self._record = record
        self._desk = Desk(settings, record)
        self._agent = Agent(self._desk)
        self._caller = Caller(self._desk, self._agent)
        self._idle = Idle(settings)
        self._digits = Digits(settings.digits)
        self._machine = Machine(self._desk, self._agent, self._caller)
        self._transfer = Transfer(self._desk, self._agent, self._caller)
        self._turn = Turn()
        self._opened = False
        self._begun = False
        self._begin_at: float | None = None
        self._begin_tries = 0
        self._restored = False
        self._failures = 0
        self._leaving: Leave | None = None
        self._leave_by: float | None = None
        self._ending: Finish | None = None
        self._due: float | None = None

    # The machine

    def handle(self, event: Event, now: float) -> list[Command]:
        """What is to be done about ``event``. After ``Finish``: nothing any more."""
        if self._ending is not None:
            return []
        desk = self._desk
        desk.now = now
        out: list[Command] = []
        desk.out = out
        if not self._opened:
            self._before_open(event)
        elif isinstance(event, SpeechLikely):
            desk.clock.mark(event.at_sample, now)
            if self._leaving is not None or not self._caller.window(event):
                return out
        elif self._leaving is not None:
            self._while_leaving(event)
        else:
            self._dispatch(event)
        self._advance()
        return out

    def deadline(self) -> float | None:
        """When ``TimePassed`` is wanted at the latest. None before the line opens and at the end.

        While the line is open there always is one.
        """
        return self._due

    @property
    def state(self) -> State:
        record = self._record
        return State(
            floor=self._turn.floor,
            entries=record.entries(),
            settled=record.settled,
            variables=dict(record.variables),
            collected=dict(record.collected),
            mind=dict(record.mind),
            tokens=tuple(record.tokens),
            successful=record.successful,
            in_voicemail=self._machine.voicemail.found is Answerer.MACHINE,
            voicemail_evidence=tuple(self._machine.voicemail.evidence),
            turns=record.turns,
            ending=self._ending,
        )

    def snapshot(self) -> dict[str, Any]:
        """All that another brain needs to go on, as JSON."""
        return taken(self._parts(), begun=self._begun)

    @classmethod
    def restore(cls, settings: Settings, snapshot: Mapping[str, Any]) -> Conversation:
        """Go on from a checkpoint; the next event is ``LineOpened(resumed=True)``."""
        made = cls(settings, snapshot.get("variables"), snapshot.get("mind"))
        put_back(snapshot, made._parts())
        made._begun = bool(snapshot.get("begun"))
        made._restored = True
        return made

    def _parts(self) -> Parts:
        return Parts(self._record, self._agent, self._caller, self._machine, self._transfer)

    # Dispatch

    def _before_open(self, event: Event) -> None:
        match event:
            case LineOpened():
                self._open(event)
            case EarlyMediaHeard(text=text):
                self._record.before_answer = text
                self._caller.endpoint.floor = -PRE_ROLL_SAMPLES
            case StopRequested(reason=reason):
                self._desk.do(HangUp(reason))
                self._finish(reason)
            case LineClosed(cause=cause):
                self._finish(_CLOSED.get(cause, "error_retell"), cause)
            case _:
                pass

    def _dispatch(self, event: Event) -> None:
        agent, caller = self._agent, self._caller
        match event:
            case Recognized() | RecognitionFailed():
                caller.recognized(event)
                self._suspect_machine()
            case ProposedEndOfTurn():
                caller.endpoint.proposed(event.utterance, event.revision, event.p)
            case (
                ReplyText()
                | ReplyToolCall()
                | ReplyNodeEntered()
                | ReplyNoted()
                | ReplyDone()
                | ReplyFailed()
            ):
                agent.told(event)
            case PlaybackStopped():
                caller.stopped(event)
            case (
                SpeechFirstAudio()
                | SpeechSynthesized()
                | SpeechFailed()
                | SpeechStarted()
                | SpeechFinished()
            ):
                agent.voiced(event)
            case ToolReturned():
                agent.tool_returned(event)
            case TransferBegun() | TransferTold() | TransferMet() | TransferDecided():
                self._transfer_moves(event)
            case _:
                self._dispatch_line(event)

    def _dispatch_line(self, event: Event) -> None:
        match event:
            case DigitPressed():
                self._pressed(event)
            case BeepHeard(line_sample=line_sample) if not self._transfer.is_on:
                self._deal_with_machine(self._machine.beep(line_sample))
            case AnswererProposed() if not self._transfer.is_on:
                self._deal_with_machine(self._machine.proposed(event))
            case EarlyMediaHeard(text=text):
                self._record.before_answer = text
                self._deal_with_machine(self._machine.forewarned())
            case ReplyOffered() if not (self._transfer.is_on or self._caller.deaf):
                self._stop_waiting_to_begin()
                self._agent.drop_held()
                self._agent.ask("interrupt")
            case AgentTuned(change=change):
                self._tune(change)
            case LineClosed():
                self._closed(event)
            case StopRequested(reason=reason):
                self._leave_now(reason)
                self._finish(reason)
            case TimePassed():
                self._time_passed()
            case _:
                pass

    def _while_leaving(self, event: Event) -> None:
        """Hung up: only the end of the line, and of what was being said, still matters."""
        leaving = self._leaving or Leave("agent_hangup")
        match event:
            case LineClosed():
                self._agent.ledger.hear_until(event.line_sample)
                self._hear_out(leaving)
            case StopRequested():
                self._finish(leaving.reason, leaving.detail)
            case TimePassed():
                if self._leave_by is not None and self._desk.now >= self._leave_by:
                    self._finish(leaving.reason, leaving.detail)
            case Recognized() | RecognitionFailed():
                if (
                    self._caller.endpoint.recognized(event)
                    and self._caller.endpoint.text is not None
                ):
                    self._finish(leaving.reason, leaving.detail)
            case SpeechStarted() | SpeechFinished() | PlaybackStopped():
                self._agent.voiced(event)
            case ToolReturned():
                self._agent.tool_returned(event)
            case TransferTold() if self._transfer.stage is Stage.GONE:
                self._transfer_moves(event)
            case _:
                pass

    # After every event

    def _advance(self) -> None:
        if self._ending is None and self._opened and self._leaving is None:
            self._settle()
        if self._ending is None:
            self._turn.move(self._floor())
            floor = self._turn.floor
            quiet = floor is Floor.IDLE and self._begin_at is None
            self._idle.quiet(self._desk.now, is_quiet=quiet and not self._caller.deaf)
            self._due = self._next_deadline()
        else:
            self._turn.move(Floor.OVER)
            self._due = None

    def _settle(self) -> None:
        """Let everything that the event made ready happen."""
        agent, caller = self._agent, self._caller
        for reply in agent.sweep():
            self._agent_finished(reply)
        if agent.ledger.failures_in_row >= _MAX_SPEECH_FAILURES:
            self._leave_now("error_retell", "speech synthesis failed")
        if caller.asr_failures >= self._settings.max_failures:
            caller.asr_failures = 0
            agent.say_line(self._settings.lines.trouble, leave=Leave("error_asr"))
        if self._leaving is not None:
            return
        agent.may_fill = caller.is_still and not self._transfer.is_on
        self._answer_tools()
        caller.advance()
        if caller.life:
            caller.life = False
            self._idle.life(self._desk.now)
        if caller.committed:
            caller.committed = False
            self._stop_waiting_to_begin()
            self._save()

    def _answer_tools(self) -> None:
        """Have the responder go on with the results it waited for."""
        agent = self._agent
        if not agent.tools.owed or agent.tools.awaited() or not self._caller.is_still:
            return
        unfinished = [r for r in agent.replies.values() if r.done is None and r is not agent.held]
        if not unfinished and (agent.live is None or agent.live.leave is None):
            agent.drop_held()
            agent.ask("tool", tool_call_ids=agent.tools.take_owed())

    def _agent_finished(self, reply: Reply) -> None:
        """An agent turn was spoken to its end."""
        if reply.leave is not None:
            self._hang_up(reply.leave)
            return
        if self._transfer.was_said(reply.turn):
            self._leave_transferred(Leave(REASON))
            return
        empty = reply.is_empty() and reply.cause in ("caller", "voicemail")
        if reply.failed or reply.unspoken or empty:
            self._make_good(reply)
            return
        if reply.ask and reply.said:
            self._failures = 0
        self._idle.agent_spoke(self._desk.now, reminder=reply.cause == "reminder")
        self._caller.endpoint.learn(cut_in=False)
        if reply.said or reply.acted:
            self._save()

    def _make_good(self, reply: Reply) -> None:
        """The responder had no words: never leave the caller in silence."""
        lines = self._settings.lines
        self._failures += 1
        if self._machine.is_dealt_with:
            self._leave_now("voicemail_reached")
        elif self._failures >= self._settings.max_failures:
            leave = Leave("error_retell", "no reply")
            self._agent.say_line(lines.trouble, leave=leave)
        elif reply.cause == "begin":
            self._agent.say_line(lines.hello, "begin")
        elif reply.cause == "reminder":
            self._agent.say_line(lines.still_there, "reminder")
        else:
            self._agent.say_line(lines.repeat)

    def _floor(self) -> Floor:
        if self._leaving is not None:
            return Floor.LEAVING
        if not self._opened:
            return Floor.SHUT
        agent, caller = self._agent, self._caller
        if caller.barge.contest is not Contest.CLEAR:
            return Floor.CONTESTED
        if caller.endpoint.phase is not Phase.REST:
            return Floor.CONTESTED if agent.is_busy else Floor.CALLER
        if agent.ledger.released():
            return Floor.AGENT
        return Floor.THINKING if agent.is_busy else Floor.IDLE

    def _save(self) -> None:
        self._record.turns += 1
        self._desk.do(SaveCheckpoint(self._record.turns, self.snapshot()))

    # The beginning

    def _open(self, event: LineOpened) -> None:
        now = self._desk.now
        self._opened = True
        self._desk.clock.mark(event.line_sample, now)
        self._idle.line_opened(now, event.line_sample / RATE_HZ)
        handed_over = self._transfer.resumed()
        if handed_over is not None:
            self._leave_transferred(handed_over)
        settings = self._settings
        self._deal_with_machine(self._machine.forewarned())
        if self._leaving is not None:
            return
        if self._begun or (self._restored and self._record.turns):
            self._begun = True
        elif settings.start_speaker == "agent" and settings.begin_message != "":
            self._caller.greeting_due = True
            self._begin_at = now + settings.begin_message_delay_ms / 1000
            if self._begin_at <= now:
                self._begin()
        elif settings.begin_after_user_silence_ms is not None:
            self._begin_at = now + settings.begin_after_user_silence_ms / 1000
        else:
            self._begun = True

    def _begin(self) -> None:
        """Say the first words, unless the caller is speaking right now."""
        still = self._caller.is_still and not self._caller.withheld
        if not still and self._begin_tries < _BEGIN_TRIES:
            self._begin_tries += 1
            self._begin_at = self._desk.now + _BEGIN_AGAIN_S
            return
        self._stop_waiting_to_begin()
        self._caller.greeting_due = False
        self._agent.drop_held()
        if self._settings.begin_message:
            self._agent.say_line(self._settings.begin_message, "begin")
        else:
            self._agent.ask("begin")

    def _stop_waiting_to_begin(self) -> None:
        if (
            not self._caller.greeting_due
            or self._begin_at is None
            or self._desk.now >= self._begin_at
        ):
            self._begin_at = None
            self._begun = True

    def _tune(self, change: Mapping[str, Any]) -> None:
        self._settings = self._desk.settings = tuned(self._settings, change)
        self._caller.endpoint.responsiveness = self._settings.responsiveness
        self._caller.barge.tune(self._settings)
        self._idle.tune(self._settings)

    # The caller's other signs

    def _pressed(self, event: DigitPressed) -> None:
        if not self._settings.allow_user_dtmf:
            return
        self._record.add(Digit(event.digit))
        self._caller.life = True
        if self._settings.allow_dtmf_interruption:
            self._caller.cut_off()
        if self._digits.press(event.digit, self._desk.now):
            self._digits_complete()

    def _digits_complete(self) -> None:
        self._caller.pressed(CallerTurn(self._digits.take(), from_digits=True))

    def _suspect_machine(self) -> None:
        text, self._caller.text = self._caller.text, ""
        if self._transfer.is_on:
            return
        self._deal_with_machine(self._machine.suspect(text))

    def _deal_with_machine(self, leave: Leave | None) -> None:
        if leave is not None:
            self._leave_now(leave.reason)
        elif self._machine.is_dealt_with:
            self._begin_at = None
            self._begun = True

    # Time

    def _next_deadline(self) -> float | None:
        if not self._opened:
            return None
        if self._leaving is not None:
            return self._leave_by
        idle = self._idle
        due = [
            idle.longest_at(),
            idle.inactive_at() if self._may_expire() else None,
            idle.reminder_at(),
            self._begin_at,
            self._digits.due_at,
            self._machine.deadline(),
            self._transfer.due_at,
            self._agent.deadline(),
            self._caller.deadline(),
        ]
        return min(at for at in due if at is not None)

    def _may_expire(self) -> bool:
        """Whoever is speaking is not inactive; sound without words soon loses the floor."""
        return self._turn.floor is Floor.IDLE and self._begin_at is None

    def _time_passed(self) -> None:
        now, idle = self._desk.now, self._idle
        if now >= idle.longest_at():
            self._leave_now("max_duration_reached")
            return
        if self._may_expire() and now >= idle.inactive_at():
            self._leave_now("inactivity")
            return
        self._caller.time_passed()
        self._agent.time_passed()
        self._transfer.time_passed()
        if self._digits.due_at is not None and now >= self._digits.due_at:
            self._digits_complete()
        if self._begin_at is not None and now >= self._begin_at:
            self._begin()
        self._deal_with_machine(self._machine.time_passed())
        if self._leaving is not None:
            return
        reminder_at = idle.reminder_at()
        if reminder_at is not None and now >= reminder_at and self._caller.is_still:
            idle.reminded(now)
            self._agent.ask("reminder")

    # Somebody else

    def _transfer_moves(self, event: TransferEvent) -> None:
        transfer, before = self._transfer, self._transfer.stage
        leave = transfer.moves(event)
        if leave is not None:
            self._leave_transferred(leave)
        elif transfer.stage is Stage.HERE and before is not Stage.HERE:
            self._leaving = self._leave_by = None
            self._idle.life(self._desk.now)
        if transfer.stage is not before:
            self._save()

    def _leave_transferred(self, leave: Leave) -> None:
        """The conversation is over; the line goes on where it carries the callers' own talk."""
        joined = self._transfer.joined
        self._leave_now(leave.reason, leave.detail, hang_up=not joined)
        watched_until = self._desk.now + self._settings.timing.transfer_watch_s
        self._leave_by = self._idle.longest_at() if joined else watched_until

    # The end

    def _hang_up(self, leave: Leave) -> None:
        """Everything was said: end the line."""
        self._desk.do(HangUp(leave.reason, after_playout=True))
        self._leaving = leave
        self._leave_by = self._desk.now + self._settings.timing.leave_s

    def _leave_now(self, reason: str, detail: str = "", *, hang_up: bool = True) -> None:
        """End the line, whatever is being said; or only the conversation."""
        self._agent.ledger.hear_until(self._desk.line_sample)
        self._caller.abandon()
        if hang_up:
            self._desk.do(HangUp(reason))
        self._leaving = Leave(reason, detail)
        self._leave_by = self._desk.now + self._settings.timing.leave_s

    def _closed(self, event: LineClosed) -> None:
        """The line is gone."""
        self._desk.clock.mark(event.line_sample, self._desk.now)
        self._agent.ledger.hear_until(event.line_sample)
        reason = _CLOSED.get(event.cause, "error_retell")
        left = self._transfer.line_closed(event.cause)
        if left is not None:
            self._finish(left.reason, left.detail)
            return
        self._agent.drop_held()
        self._hear_out(Leave(reason, event.cause))

    def _hear_out(self, leave: Leave) -> None:
        """What was just being said is still recognised for the record."""
        if self._caller.last_words():
            self._leaving = leave
            self._leave_by = self._desk.now + self._settings.timing.last_words_s
        else:
            self._finish(leave.reason, leave.detail)

    def _finish(self, reason: str, detail: str = "") -> None:
        """Write down what is still open, and be over."""
        caller, record = self._caller, self._record
        caller.abandon()
        self._transfer.close()
        if caller.endpoint.phase is not Phase.REST:
            heard = caller.endpoint.take()
            said = Utterance("user", heard.text, heard.words) if heard.text else None
            record.add_heard(heard.utterance, said)
        self._ending = Finish(reason, detail)
        self._desk.do(self._ending)
