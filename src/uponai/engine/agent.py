"""The agent's side: replies from the responder, their speech on the line, their function calls."""

from __future__ import annotations

from dataclasses import replace

from uponai.domain.transcript import Entry, NodeTransition, ToolInvocation, ToolResult
from uponai.engine.commands import Ask, AskCause, CancelAsk, CancelSpeech, Measured
from uponai.engine.desk import Desk
from uponai.engine.events import (
    PlaybackStopped,
    ReplyDone,
    ReplyFailed,
    ReplyNodeEntered,
    ReplyNoted,
    ReplyText,
    ReplyToolCall,
    SpeechFailed,
    SpeechFinished,
    SpeechFirstAudio,
    SpeechStarted,
    SpeechSynthesized,
    ToolReturned,
)
from uponai.engine.ledger import Ledger
from uponai.engine.record import CallerTurn
from uponai.engine.reply import Leave, Piece, Reply
from uponai.engine.speech import Speech, planned, utterance
from uponai.engine.tools import AFTER_WORDS, TIMED_OUT, Tools
from uponai.engine.words import normalised

ReplyEvent = ReplyText | ReplyToolCall | ReplyNodeEntered | ReplyNoted | ReplyDone | ReplyFailed
SpeechEvent = (
    SpeechFirstAudio
    | SpeechSynthesized
    | SpeechFailed
    | SpeechStarted
    | SpeechFinished
    | PlaybackStopped
)
_SAID_AHEAD = 2  # pieces synthesised for a reply that may never be wanted
_FILLED: frozenset[AskCause] = frozenset({"caller", "tool", "digits"})


class Agent:
    """At most one reply is ``live`` (committed) and one ``held`` (speculative) at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.ledger = Ledger(desk.settings.timing)
        self.tools = Tools()
        self.live: Reply | None = None
        self.held: Reply | None = None
        self.holding = False  # the caller may be taking the floor: release nothing
        self.may_fill = False  # nobody else speaks: a filler would not disturb
        self.replies: dict[int, Reply] = {}
        self.asks = 0
        self._turns = 0

    # Asking

    def ask(
        self,
        cause: AskCause,
        text: str = "",
        *,
        held: bool = False,
        ended_sample: int | None = None,
        tool_call_ids: tuple[str, ...] = (),
    ) -> None:
        """Have the responder answer; ``held``: on speculation, nothing of it is released."""
        record = self._desk.record
        self.asks += 1
        reply = self._new(self.asks, cause, text)
        if cause == "tool":
            self._refresh()
        entries = record.entries(planned=cause == "tool")
        mind, variables = dict(record.mind), dict(record.variables)
        self._desk.do(Ask(self.asks, cause, text, entries, mind, variables, tool_call_ids))
        if held:
            self.held = reply
        else:
            self._go_live(reply, ended_sample)

    def answer(self, text: str, ended_sample: int | None) -> None:
        """The caller's turn is over: keep the speculative reply if it answers the same words."""
        reply = self.held
        if reply is not None and normalised(reply.caller_text) == normalised(text):
            self.held = None
            self._go_live(reply, ended_sample)
            return
        self.drop_held()
        self.ask("caller", text, ended_sample=ended_sample)

    def speculate(self, text: str) -> None:
        """Begin to answer words that may not be the last of the turn."""
        if self.held is not None and normalised(self.held.caller_text) == normalised(text):
            return
        self.drop_held()
        self.ask("caller", text, held=True)

    def say_line(
        self, text: str, cause: AskCause | None = None, leave: Leave | None = None
    ) -> None:
        """Say words of our own; ``leave``: and hang up after them."""
        reply = self._new(0, cause, "")
        reply.feed(text)
        reply.flush()
        reply.leave = leave
        reply.done = ReplyDone(0, self._desk.record.mind)
        self._go_live(reply, None)

    def drop_held(self) -> None:
        """The speculation was wrong."""
        reply, self.held = self.held, None
        if reply is not None:
            self._abandon(reply)

    # What the caller's voice does to it

    def give_way(self) -> CallerTurn | None:
        """The caller has the floor. What was not heard is given up; what was done stands.

        Gives the caller's last turn back if its answer had no effect at all: then that turn was
        not over, and the answer is taken back as if it had never been asked for.
        """
        reply = self.live
        self.holding = False
        if reply is None or not self._is_retractable(reply):
            self._interrupt()
            return None
        self.live = None
        self._abandon(reply)
        record = self._desk.record
        record.mind = dict(reply.mind_before)
        turn, record.pending = record.pending, None
        return turn

    def go_on(self) -> None:
        """Release everything that waits, in order, from where it was heard."""
        self.holding = False
        held = self.held.turn if self.held else 0
        for known in self.ledger.waiting():
            if known.turn != held:
                self._desk.do_all(self.ledger.release(known.speech, self._desk.now))

    @property
    def is_busy(self) -> bool:
        """It has words on the line, in the making, or owes them."""
        return self.live is not None or bool(self.tools.awaited() or self.tools.owed)

    # Events of a reply

    def told(self, event: ReplyEvent) -> None:
        """Something came of a reply that is still wanted; the rest is ignored."""
        reply = next((r for r in self.replies.values() if r.ask and r.ask == event.ask), None)
        if reply is None or reply.done is not None:
            return
        reply.last_event_at = self._desk.now
        match event:
            case ReplyText(text=text):
                self._first_text(reply)
                reply.firm = reply.firm or event.firm
                reply.feed(text)
            case ReplyToolCall() | ReplyNodeEntered() | ReplyNoted():
                if isinstance(event, ReplyToolCall):
                    self._first_text(reply)
                reply.flush()
                reply.items.append(event)
            case ReplyDone():
                reply.flush()
                reply.done = event
            case ReplyFailed():
                self._fail(reply, event.error)
                return
        self._pump(reply)

    def tool_returned(self, event: ToolReturned) -> bool:
        """True if somebody waited for it."""
        result = self.tools.returned(event, self._desk.line_s)
        if result is None:
            return False
        record = self._desk.record
        record.add(result)
        record.variables.update(event.variables)
        record.collected.update(event.variables)
        return True

    # Events of speech

    def voiced(self, event: SpeechEvent) -> None:
        """The fate of a speech, or of all of them."""
        known: Speech | None = None
        match event:
            case SpeechFirstAudio():
                known = self.ledger.first_audio(event.speech, self._desk.now)
            case SpeechSynthesized():
                self.ledger.synthesized(event.speech, event.samples, self._desk.now)
            case SpeechFailed():
                if self.ledger.failed(event.speech, self._desk.now) is not None:
                    self._desk.note("speech failed", error=event.error)
            case SpeechStarted():
                known = self.ledger.started(event.speech, event.line_sample, self._desk.now)
            case SpeechFinished():
                known = self.ledger.finished(event.speech, event.line_sample, self._desk.now)
            case PlaybackStopped():
                self.ledger.stopped(event.heard)
        if known is not None:
            self._measure_tts(known)
            self._on_the_line(known)
        self._refresh()

    def sweep(self) -> list[Reply]:
        """Close the turns that are over; gives those that were not interrupted."""
        ended: list[Reply] = []
        held = self.held
        for reply in list(self.replies.values()):
            spoken = self.ledger.of(reply.turn)
            if reply is held or not reply.closed or not all(known.over for known in spoken):
                continue
            self._settle(reply)
            reply.unspoken = bool(spoken) and all(known.failed for known in spoken)
            self._desk.record.close_place(reply.turn, utterance(spoken))
            self.ledger.forget(reply.turn)
            del self.replies[reply.turn]
            self._desk.do_all(self.tools.take_waiting(reply.turn))
            if reply is self.live:
                self.live = None
                ended.append(reply)
                for run in self.tools.running.values():
                    run.told_at = self._desk.now
        return ended

    # Deadlines

    def deadline(self) -> float | None:
        """When something is overdue."""
        timing = self._desk.settings.timing
        due: list[float] = []
        for reply in self.replies.values():
            if reply is not self.held and reply.done is None:
                due.append(max(reply.committed_at or 0.0, reply.last_event_at) + timing.reply_s)
                if self._may_fill(reply):
                    due.append((reply.committed_at or 0.0) + timing.filler_s)
        for run in self.tools.running.values():
            if run.call.kind not in AFTER_WORDS:
                due.append(run.since + timing.tool_s)
            if run.call.wait and self.may_fill and self.live is None:
                due.append(run.told_at + timing.tool_filler_s)
        watch = self.ledger.watch()
        if watch is not None:
            due.append(watch[1])
        return min(due, default=None)

    def time_passed(self) -> None:
        """Do what is due by now."""
        now, timing = self._desk.now, self._desk.settings.timing
        for reply in list(self.replies.values()):
            if reply is not self.held and reply.done is None:
                self._late_reply(reply)
        for tool_call_id in self.tools.expired(now, timing.tool_s):
            self._desk.note("function timed out", tool_call_id=tool_call_id)
            self.tool_returned(ToolReturned(tool_call_id, TIMED_OUT, successful=False))
        for run in self.tools.awaited():
            if self.may_fill and self.live is None and now >= run.told_at + timing.tool_filler_s:
                self.say_line(self._desk.settings.lines.moment)
        watch = self.ledger.watch()
        if watch is not None and now >= watch[1]:
            self._overdue_speech(watch[0])

    # Inside

    def _is_retractable(self, reply: Reply) -> bool:
        """It has had no effect: no word of it was on the line, no function ran."""
        if reply.settled or self._desk.record.pending is None:
            return False
        return not any(known.heard or known.playing for known in self.ledger.waiting())

    def _interrupt(self) -> None:
        held = self.held.turn if self.held else 0
        for known in self.ledger.waiting():
            if known.turn != held:
                self._desk.do(known.cancel())
        for reply in [reply for reply in self.replies.values() if reply.turn != held]:
            self._silence(reply)
        self.live = None
        self.sweep()

    def _refresh(self) -> None:
        """Bring the places of what is being spoken up to date."""
        for turn, reply in self.replies.items():
            if reply.settled:
                speeches = self.ledger.of(turn)
                self._desk.record.spoken(turn, utterance(speeches), planned(speeches))

    def _new(self, ask: int, cause: AskCause | None, text: str) -> Reply:
        self._turns += 1
        now = self._desk.now
        reply = Reply(self._turns, ask, cause, text, now, dict(self._desk.record.mind))
        reply.last_event_at = now
        self.replies[reply.turn] = reply
        return reply

    def _go_live(self, reply: Reply, ended_sample: int | None) -> None:
        before, self.live = self.live, reply
        if before is not None and not before.closed:
            self._silence(before)
        reply.committed_at = self._desk.now
        reply.ended_sample = ended_sample
        if reply.first_text_at is not None:
            self._desk.do(Measured("llm", _ms(reply.first_text_at - reply.asked_at)))
        for known in self.ledger.waiting():
            if known.turn == reply.turn and known.has_audio:
                self._measure_tts(known)
        self._pump(reply)

    def _first_text(self, reply: Reply) -> None:
        if reply.first_text_at is None:
            reply.first_text_at = self._desk.now
            if reply.committed_at is not None:
                self._desk.do(Measured("llm", _ms(reply.first_text_at - reply.asked_at)))

    def _pump(self, reply: Reply) -> None:
        """Do what the reply has come to, as far as it may."""
        if reply is self.held:
            self._say_ahead(reply)
            return
        while reply.items:
            match reply.items.popleft():
                case Piece() as piece:
                    self._speak(reply, piece)
                case ReplyToolCall() as call:
                    self._run(reply, call)
                case ReplyNodeEntered() as entered:
                    self._note(reply, _transition(entered))
                case ReplyNoted(entry=entry):
                    self._note(reply, replace(entry, at_s=self._desk.line_s))
        if reply.done is not None and not reply.closed:
            self._close(reply)

    def _say_ahead(self, reply: Reply) -> None:
        for item in list(reply.items)[:_SAID_AHEAD]:
            if not isinstance(item, Piece):
                return
            if item.speech is None:
                said = self.ledger.say(item.text, reply.turn, self._desk.now)
                item.speech = said.speech
                self._desk.do(said)

    def _speak(self, reply: Reply, piece: Piece) -> None:
        if reply.muted:
            return
        reply.said += 1
        if piece.speech is None:
            said = self.ledger.say(piece.text, reply.turn, self._desk.now)
            piece.speech = said.speech
            self._desk.do(said)
        if not self.holding:
            self._desk.do_all(self.ledger.release(piece.speech, self._desk.now))

    def _run(self, reply: Reply, call: ReplyToolCall) -> None:
        if call.speak_during and not reply.said:
            self._speak(reply, Piece(call.speak_during))
        reply.acted = True
        self._settle(reply)
        if reply.said:
            self._desk.record.keep_place(reply.turn)
        at_s = self._desk.line_s
        entry = ToolInvocation(call.tool_call_id, call.name, call.arguments, call.kind, at_s)
        if call.kind == "end_call":
            if call.tool_call_id not in self.tools.seen:
                self.tools.seen.add(call.tool_call_id)
                self._desk.record.add(entry)
                self._desk.record.add(ToolResult(call.tool_call_id, "ok", at_s=at_s))
            reply.leave = Leave("agent_hangup")
            return
        run = self.tools.start(call, self._desk.now)
        if run is not None:
            self._desk.record.add(entry)
            if call.kind in AFTER_WORDS:
                self.tools.after_words(run, reply.turn)
            else:
                self._desk.do(run)

    def _note(self, reply: Reply, entry: Entry) -> None:
        reply.acted = True
        if reply.settled:
            self._desk.record.add(entry)
        else:
            reply.noted.append(entry)

    def _settle(self, reply: Reply) -> None:
        if reply.settled:
            return
        reply.settled = True
        self._desk.record.settle()
        for entry in reply.noted:
            self._desk.record.add(entry)
        reply.noted.clear()

    def _close(self, reply: Reply) -> None:
        """The reply is complete: the responder's new state holds."""
        done = reply.done
        reply.closed = True
        if done is None or not reply.ask:
            return
        record = self._desk.record
        record.mind = dict(done.mind)
        record.variables.update(done.variables)
        record.collected.update(done.variables)
        if done.tokens:
            record.tokens.append(done.tokens)
        if done.successful is not None:
            record.successful = done.successful
        if done.ends_call and not reply.muted:
            reply.leave = reply.leave or Leave("agent_hangup")

    def _silence(self, reply: Reply) -> None:
        """Nothing more of it is to be said; a function it called must still be heard of."""
        reply.leave = None
        reply.items = type(reply.items)(item for item in reply.items if not isinstance(item, Piece))
        self._settle(reply)
        if reply.done is None:
            if reply.acted:
                reply.muted = True
                return
            self._desk.do(CancelAsk(reply.ask))
        reply.closed = True

    def _abandon(self, reply: Reply) -> None:
        if reply.done is None:
            self._desk.do(CancelAsk(reply.ask))
        for known in self.ledger.of(reply.turn):
            if not known.over:
                self._desk.do(known.cancel())
        self.ledger.forget(reply.turn)
        self.replies.pop(reply.turn, None)

    def _fail(self, reply: Reply, error: str) -> None:
        self._desk.note("reply failed", error=error, cause=reply.cause)
        reply.flush()
        if reply is self.held:
            # The commit finds nothing to keep and asks again.
            self.held = None
            reply.done = ReplyDone(reply.ask)
            self._abandon(reply)
            return
        reply.failed = reply.is_idle() and not reply.muted
        reply.done = ReplyDone(reply.ask, reply.mind_before)
        self._pump(reply)

    def _may_fill(self, reply: Reply) -> bool:
        wanted = reply.cause in _FILLED and not reply.fillers and self.may_fill
        return wanted and reply is self.live and reply.is_idle()

    def _late_reply(self, reply: Reply) -> None:
        now, timing = self._desk.now, self._desk.settings.timing
        committed = reply.committed_at or 0.0
        if now >= max(committed, reply.last_event_at) + timing.reply_s:
            self._desk.do(CancelAsk(reply.ask))
            self._fail(reply, "no answer in time")
        elif self._may_fill(reply) and now >= committed + timing.filler_s:
            reply.fillers += 1
            said = self.ledger.say(self._desk.settings.lines.moment, reply.turn, now)
            self._desk.do(said, *self.ledger.release(said.speech, now))

    def _overdue_speech(self, known: Speech) -> None:
        self._desk.note("speech overdue", speech=known.speech, playing=known.playing)
        self._desk.do(CancelSpeech(known.speech))
        if known.playing:
            self.ledger.hear_until(self._desk.line_sample)
            self.ledger.finished(known.speech, self._desk.line_sample, self._desk.now)
        else:
            self.ledger.failed(known.speech, self._desk.now)

    def _measure_tts(self, known: Speech) -> None:
        reply = self.replies.get(known.turn)
        if reply is None or reply.tts_measured or reply is self.held:
            return
        if reply.committed_at is not None and known.audio_at is not None:
            reply.tts_measured = True
            self._desk.do(Measured("tts", _ms(known.audio_at - known.said_at)))

    def _on_the_line(self, known: Speech) -> None:
        reply = self.replies.get(known.turn)
        if reply is None or not known.runs:
            return
        self._settle(reply)
        self._desk.record.keep_place(reply.turn)
        ended, reply.ended_sample = reply.ended_sample, None
        started = known.runs[0][1]
        if ended is not None and started > ended:
            self._desk.do(Measured("e2e", (started - ended) / 8))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _transition(entered: ReplyNodeEntered) -> NodeTransition:
    return NodeTransition(
        entered.former_node_id,
        entered.former_node_name,
        entered.new_node_id,
        entered.new_node_name,
        entered.transition_type,
    )
