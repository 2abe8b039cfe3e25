"""The calls of an edge: control commands in, SIP news in; lines, journal and events out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from uponai import log
from uponai.domain.capacity import Capacity
from uponai.edge.asks import Asks
from uponai.edge.attempts import Attempts
from uponai.edge.brain_link import BrainLink, BrainLinks
from uponai.edge.call import Call
from uponai.edge.early_media import EXPLAINED
from uponai.edge.journal import Entry, is_safe_id
from uponai.edge.legs import Legs
from uponai.edge.line import Company, Line, LineLimits, put_on_air
from uponai.edge.look_up import LookUps
from uponai.edge.outcome import LastWord, Outcome, outcome
from uponai.edge.parts import Parts
from uponai.edge.placing import Placing
from uponai.edge.ports import RtpSocket
from uponai.edge.reach import DialError
from uponai.edge.roster import Roster
from uponai.edge.seek import seek_brain
from uponai.edge.successors import Successors
from uponai.edge.ticker import Ticker
from uponai.link import control
from uponai.link.media import LINK_RATE_HZ, Stop
from uponai.media import tones
from uponai.media.mix import to_pcm
from uponai.media.rtp import RtpStream
from uponai.media.tape import TapeHead
from uponai.sip import commands as news
from uponai.sip.events import Answer, HangUp
from uponai.sip.journal import DialogJournal
from uponai.sip.offer import AudioAgreement
from uponai.tasks import TaskGroup, monotonic_s, now_ms

TAPE_PATIENCE_S: Final = 5.0
_TICK_MS: Final = 20
_log = log.get("uponai.edge.calls")


class Switchboard:
    """Owns every call. Nothing in it waits except in tasks of its own."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._config = parts.config
        self._calls = Roster()
        self._by_line: dict[Line, Call] = {}
        self.attempts = Attempts()
        self._closing: dict[str, control.LineState] = {}
        self._leaving: set[str] = set()
        self._leaving_for: str | None = None
        self._empty = asyncio.Event()
        self._tasks = TaskGroup()
        self.links = BrainLinks(parts.config.token, self._brain_lost)
        self.capacity = Capacity(parts.config.max_lines)
        self.ticker = Ticker(self.links, self._ticked, parts.sockets.read)
        self.legs = Legs(self, lambda call, digits: self.asks.press(call, digits))
        self._placing = Placing(parts, self._calls, self.finish, (self.links, self._tasks))
        media, leave = self._placing.answer_media, self.leave_dialog
        self.successors = Successors(self._calls, parts.sip, media, leave)
        self.look_ups = LookUps(self, parts.journal, parts.publish, self._tasks)
        self.asks = Asks(self, parts.sip, parts.publish, self.legs)
        self._company = Company(to_pcm(parts.config.company), tones.waiting())

    @property
    def calls(self) -> list[Call]:
        """Every call that is not over."""
        return self._calls.all()

    def leave_dialog(self, key: str) -> None:
        """Hang up what SIP knows by this key; no call of ours is in it any more."""
        self._leaving.add(key)
        self._parts.sip.handle(HangUp(key))

    def _ticked(self, late_s: float, now_s: float, ticks: int) -> None:
        before = self.capacity.ceiling
        self.capacity.ticked(late_s, len(self._calls), now_s, ticks)
        if self.capacity.ceiling < before:
            _log.warning(
                "audio comes late, taking fewer calls",
                calls=len(self._calls),
                ceiling=self.capacity.ceiling,
            )

    def lines(self) -> control.Lines:
        """The picture of this moment; a call is in it until its ``Ended`` was told."""
        states = [call.state() for call in self.calls if call.first is None]
        held = [state for state in states if state is not None]
        return control.Lines((*held, *self._closing.values()), self._parts.probes.states())

    async def leave(self, reason: str, patience_s: float) -> None:
        """Hang up every call; return when the far sides have answered, or patience is over.

        Nobody wanted these ends: they are told as a restart of the edge.
        """
        self._leaving_for = reason
        for call in self.calls:
            self.hang_up(call, reason)
        self._empty.clear()
        self._note_empty()
        try:
            async with asyncio.timeout(patience_s):
                await self._empty.wait()
        except TimeoutError:
            _log.warning("some calls did not end in time", calls=len(self._calls))
        for call in self.calls:
            self.finish(call, Outcome("cancelled", None, reason))

    async def aclose(self) -> None:
        """Stop ticking and let go of everything, without telling the far sides."""
        self.ticker.stop()
        await self._tasks.aclose()
        await self.links.aclose()
        for call in self.calls:
            self._let_go(call, "edge_restart")
        self._parts.sockets.shut()

    # -- commands -------------------------------------------------------------------------------

    def dial(self, dial: control.Dial) -> None:
        """Begin a call; the same attempt twice is the same call, an outdated order is none."""
        if not is_safe_id(dial.call_id):
            text = "call_id: expected letters, digits, _ . -"
            self._parts.publish(
                control.Ended(dial.call_id, dial.attempt, "protocol", False, now_ms(), None, text)
            )
            return
        if not self.attempts.take(dial.call_id, dial.attempt, dial.fence):
            _log.warning("order refused: had before, or outdated", call_id=dial.call_id)
            return
        key = f"{dial.call_id}.{dial.attempt}"
        call = Call(key, dial.call_id, dial.attempt, dial.fence, dial.brains)
        call.order, call.trunk = dial, dial.trunk
        self.place(call, dial)

    def place(self, call: Call, dial: control.Dial) -> None:
        """Begin ``call`` if there is room."""
        full = self.capacity.room(len(self._calls)) == 0
        self._calls.add(call)
        if full:
            self.finish(call, Outcome("full", None, "the edge has no free line"))
            return
        call.encryption = dial.trunk.media_encryption
        self._placing.begin(call, dial)

    def accept(self, accept: control.Accept) -> None:
        """Answer a call that came in."""
        call = Call(accept.line_key, accept.call_id, 0, accept.fence, accept.brains, "ringing")
        call.trunk = accept.trunk
        if not is_safe_id(accept.call_id) or self._calls.find(accept.line_key) is not None:
            _log.warning("accept refused: call_id may not name a file, or accepted before")
            return
        call.encryption = accept.trunk.media_encryption
        self.attempts.remember(accept.call_id, 0, accept.fence)
        self._calls.add(call)
        try:
            self._parts.sip.handle(Answer(call.key, self._placing.answer_media(call)))
        except (DialError, ValueError) as error:
            self._parts.sip.handle(HangUp(call.key))
            self.finish(call, Outcome("protocol", None, str(error)))

    def end(self, call_id: str, reason: str) -> None:
        """Hang up every attempt at ``call_id``."""
        for call in self.calls:
            if call.call_id == call_id:
                self.hang_up(call, reason)

    def hang_up(self, call: Call, reason: str) -> None:
        """CANCEL, BYE, or no INVITE at all, by how far the call is."""
        if call.line is not None:
            call.line.end("local_hangup", reason)
        elif call.ending is None:
            call.ending = reason
            self._parts.sip.handle(HangUp(call.key))

    def offer_brains(self, call_id: str, brains: tuple[str, ...]) -> None:
        """Other URLs for a line that asked for them."""
        for call in self.calls:
            if call.call_id == call_id:
                call.brains = brains
                call.asked = False
                call.brains_came.set()

    # -- SIP ------------------------------------------------------------------------------------

    def journal(self, dialog: DialogJournal) -> Awaitable[None] | None:
        """Keep the dialog. Before an INVITE leaves this is waited for, later it is not."""
        call = self._calls.find(dialog.call_key) or self.successors.answered(dialog.call_key)
        if call is None:
            return None
        call.dialog = dialog.to_dict()
        if dialog.phase != "inviting":
            self._parts.journal.keep_soon(self._entry(call))
            return None
        return self._before_invite(call, dialog)

    async def _before_invite(self, call: Call, dialog: DialogJournal) -> None:
        await self._parts.journal.keep(self._entry(call))
        if dialog.cseq == 1 and call.first is None:
            event = control.Dialling(call.call_id, call.attempt, dialog.call_id)
            self._parts.publish(event)

    def _entry(self, call: Call, ended: control.Ended | None = None) -> Entry:
        return Entry(
            call.call_id, call.attempt, call.dialog, call.answered_at_ms, ended, call.fence
        )

    def news(self, word: news.CallNews) -> None:
        """Something happened to a call of ours (``IncomingCall`` is for the front desk)."""
        call = self._calls.find(word.call_key)
        if call is None:
            self._left(word)
            return
        match word:
            case news.Ringing():
                self._rings(call, word)
            case news.Answered() | news.Confirmed():
                self._stands(call, word.media)
            case news.MediaChanged(_, media):
                self._agreed(call, media)
            case news.DtmfReceived(_, digit):
                self._pressed(call, digit)
            case news.Referred():
                self.asks.referred(call, word)
            case news.Failed() if self._placing.goes_on(call, word):
                pass
            case news.Failed() | news.RemoteHungUp() | news.HungUp() | news.Lost():
                self.finish(call, outcome(word))
            case news.IncomingCall():
                return

    def _agreed(self, call: Call, media: AudioAgreement) -> None:
        if call.carried is not None:
            call.carried.agree(media)

    def _pressed(self, call: Call, digit: str) -> None:
        if call.line is not None:
            call.line.press(digit)

    def _left(self, word: news.CallNews) -> None:
        if isinstance(word, LastWord):
            self.successors.failed(word.call_key)
            self._leaving.discard(word.call_key)
            self._note_empty()

    def _rings(self, call: Call, word: news.Ringing) -> None:
        code = word.code
        if word.early_media is not None:
            self._overhear(call, word.early_media)
        if call.stage == "dialling":
            call.stage = "ringing"
        if code not in call.told_codes:
            call.told_codes.add(code)
            if call.first is not None:
                self.legs.rings(call, code)
                return
            self._parts.publish(control.Ringing(call.call_id, call.attempt, code))

    def _overhear(self, call: Call, media: AudioAgreement) -> None:
        """A brain hears what sounds before the answer; of several phones, the one that told last.

        A second leg is not listened to: its caller goes on hearing our own ringing tone.
        """
        if call.early is not None:
            call.early.agree(media)
        elif call.line is None and call.rtp is not None and call.first is None:
            line = call.early = self._new_line(call, call.rtp)
            line.is_early = True
            line.agree(media)
            self._seek(call)

    def _stands(self, call: Call, media: AudioAgreement) -> None:
        """The call is answered: the line begins with the next tick, or goes on and may speak."""
        if call.line is not None:
            call.line.agree(media)
            return
        if call.rtp is None:
            return
        call.stage = "answered"
        call.answered_at_ms = now_ms()
        early, call.early = call.early, None
        line = call.line = early or self._new_line(call, call.rtp)
        line.agree(media)
        if self._config.record and call.first is None:
            head = TapeHead(LINK_RATE_HZ, 0, call.answered_at_ms)
            line.tape = self._parts.deck.record(call.call_id, call.fence, head)
        self._parts.journal.keep_soon(self._entry(call))
        if call.first is not None:
            self.legs.stands(call)
            return
        self._parts.publish(
            control.Answered(call.call_id, call.attempt, call.answered_at_ms, line.voice.codec)
        )
        if early is None:
            self._seek(call)
        else:
            put_on_air(early)
            call.brains_came.set()  # a search that goes on pauses no longer

    def _new_line(self, call: Call, rtp: RtpSocket) -> Line:
        config = self._config
        stream = RtpStream(secrets.randbits(32), secrets.randbits(16), secrets.randbits(32))

        def over(cause: control.Cause, reason: str) -> None:
            self._line_over(call, cause, reason)

        line = Line(call.call_id, call.fence, stream, (rtp.send, rtp.send_report), over)
        line.ask = lambda order: self.asks.ask(call, order)
        line.of = call.first.call_id if call.first is not None else ""
        line.company = self._company
        line.limits = LineLimits(
            config.company_limit_ms // _TICK_MS, config.media_timeout_ms // _TICK_MS
        )
        self._parts.sockets.listen(rtp, line.receive, line.reports.receive)
        self._by_line[line] = call
        self.ticker.add(line)
        return line

    def _line_over(self, call: Call, cause: control.Cause, reason: str) -> None:
        call.ending = reason
        self.leave_dialog(call.key)
        text = "" if cause == "local_hangup" else reason
        self.finish(call, Outcome(cause, None, text))

    # -- brains ---------------------------------------------------------------------------------

    def _seek(self, call: Call) -> None:
        self._tasks.spawn(
            seek_brain(call, self.links, self._brain_wanted), name="edge brain search"
        )

    def _brain_wanted(self, call: Call) -> None:
        if not call.asked and call.stage == "answered":
            call.asked = True
            self._parts.publish(control.BrainWanted(call.call_id))

    def _brain_lost(self, line: Line, refused_by: str | None) -> None:
        call = self._by_line.get(line)
        if call is None:
            return
        if call.first is not None:
            return  # it goes where the caller's line goes
        if refused_by is not None:
            call.refused.add(refused_by)
        self._seek(call)

    # -- the end --------------------------------------------------------------------------------

    def finish(self, call: Call, how: Outcome) -> None:
        """The call is over: let go of everything it held and report it, once."""
        if not self._calls.remove(call):
            return
        if call.ending is not None and call.ending == self._leaving_for:
            how = replace(how, cause="edge_restart")
        answered = call.answered_at_ms is not None
        state = call.state()
        samples = call.line_samples
        self.legs.first_over(call)
        taped = self._let_go(call, how.cause)
        ended = control.Ended(
            call.call_id,
            call.attempt,
            how.cause,
            answered,
            now_ms(),
            how.sip_code,
            how.text,
            samples,
            call.ending or "",
        )
        if call.first is not None:
            # Nobody is told of its end, and so nobody acknowledges it.
            self._parts.journal.forget(call.call_id, call.attempt)
            self._note_empty()
            self.legs.over(call, how)
            return
        early = call.early
        if state is not None and taped is not None:
            self._closing[call.key] = state
            self._tasks.spawn(self._tell_taped(call, ended, taped), name="edge last word")
        elif state is not None and early is not None and how.cause in EXPLAINED:
            self._closing[call.key] = state
            self._tasks.spawn(self._tell_heard(call, ended, early), name="edge last word")
        else:
            self._tell(call, ended)

    async def _tell_taped(self, call: Call, ended: control.Ended, taped: Future[None]) -> None:
        """Whoever hears of the end finds the recording whole."""
        try:
            async with asyncio.timeout(TAPE_PATIENCE_S):
                await asyncio.wrap_future(taped)
        except TimeoutError:
            _log.error("recording not on disk in time", call_id=call.call_id)
        self._closing.pop(call.key, None)
        self._tell(call, ended)

    async def _tell_heard(self, call: Call, ended: control.Ended, early: Line) -> None:
        """An announcement before the failure says more than its code."""
        heard = await early.early_words.whole() if early.link else early.early_words.text
        if isinstance(early.link, BrainLink):
            early.link.release(early)
        self._closing.pop(call.key, None)
        self._tell(call, replace(ended, heard=heard))

    def _tell(self, call: Call, ended: control.Ended) -> None:
        self.attempts.ended(ended)
        self._parts.journal.keep_soon(self._entry(call, ended))
        self._parts.publish(ended)
        self._note_empty()

    def _note_empty(self) -> None:
        if not (self._calls or self._leaving or self._closing):
            self._empty.set()

    def _let_go(self, call: Call, cause: control.Cause) -> Future[None] | None:
        """Free what the call held; the future of its tape, if it has one."""
        call.stage = "ended"
        line, taped = call.carried, None
        if line is not None:
            self.ticker.remove(line)
            self._by_line.pop(line, None)
            line.tell_quality()
            line.reports.goodbye()
            if isinstance(line.link, BrainLink):
                line.link.tell(Stop(line.channel, cause, line.line_sample))
                if not line.is_early or cause not in EXPLAINED:
                    line.link.release(line)
            line.close()
            if line.tape is not None:
                taped = line.tape.close()
                line.tape = None
        if call.rtp is not None:
            self._parts.sockets.close(call.rtp, monotonic_s())
            call.rtp = None
        call.brains_came.set()
        return taped
