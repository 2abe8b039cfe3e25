"""A simulated Twilio: calls that ring phones, follow TwiML and tell of it by webhooks.

From https://www.twilio.com/docs/voice (call resource, TwiML, request signatures). ``twilio_rest``
is its REST API, ``twilio_stream`` its media streams.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from uponai import log
from uponai.sim.carriers.detection import Detection, Heard, Overheard
from uponai.sim.carriers.outside import Outside
from uponai.sim.carriers.phone import Phone, Voice
from uponai.sim.carriers.stream import MediaStream
from uponai.sim.carriers.twilio_call import Bridge, SimCall, TwilioAccount
from uponai.sim.carriers.twilio_stream import TwilioWords
from uponai.sim.limits import AccountLimits
from uponai.sim.scenario import Fate
from uponai.tasks import TaskGroup, loop_s, now_ms

API_VERSION = "2010-04-01"
BRIDGED_S = 120.0
"""How long two phones that were bridged talk, as nobody else hears them; then the second one hangs
up."""

_UNANSWERED: dict[Fate, tuple[str, int]] = {
    Fate.BUSY: ("busy", 486),
    Fate.DECLINED: ("busy", 603),
    Fate.NO_ANSWER: ("no-answer", 487),
    Fate.INVALID: ("failed", 404),
    Fate.UNREACHABLE: ("failed", 503),
}

Fields = Sequence[tuple[str, str]]


_ANSWERED_BY: Mapping[Heard, str] = {
    "person": "human",
    "beep": "machine_end_beep",
    "silence": "machine_end_silence",
    "unknown": "unknown",
}


class TwilioSim:
    """``phones`` says who is behind a number."""

    def __init__(
        self, account: TwilioAccount, phones: Callable[[str], Phone], outside: Outside
    ) -> None:
        self.account = account
        self.calls: dict[str, SimCall] = {}
        self.numbers: dict[str, dict[str, str]] = {}
        self.posted: list[tuple[str, dict[str, str], int]] = []
        self.bridged_s = BRIDGED_S
        self.queue_open = asyncio.Event()
        self.queue_open.set()
        self._phones = phones
        self._outside = outside
        self._tasks = TaskGroup()
        self.limits = AccountLimits(account.cps, account.concurrency, window_s=1.0)
        self._log = log.get("uponai.sim.twilio")

    async def aclose(self) -> None:
        await self._tasks.aclose()

    # Orders

    @property
    def calls_now(self) -> int:
        """Calls that are not over."""
        return sum(not call.is_final for call in self.calls.values())

    def order(self, call: SimCall, *, after_s: float = 0.0) -> None:
        """Dial it."""
        self.calls[call.sid] = call
        self._tasks.spawn(self._dial_out(call, after_s), name=f"sim call {call.sid}")

    def new_call(self, from_number: str, to_number: str, direction: str) -> SimCall:
        sid = new_sid("CA")
        return SimCall(sid, from_number, to_number, direction, self._phones(to_number))

    def ring_in(self, from_number: str, to_number: str, phone: Phone) -> SimCall:
        """Somebody with ``phone`` calls a number of the account. Raises KeyError: not bought."""
        number = next(one for one in self.numbers.values() if one["phone_number"] == to_number)
        call = SimCall(new_sid("CA"), from_number, to_number, "inbound", phone, status="ringing")
        call.callback = number.get("status_callback", "")
        self.calls[call.sid] = call
        self._tasks.spawn(self._take_in(call, number["voice_url"]), name=f"sim call {call.sid}")
        return call

    def update(self, call: SimCall, fields: Mapping[str, str]) -> None:
        """New TwiML, or an end, in the middle of a call."""
        if fields.get("Status") in ("completed", "canceled"):
            if call.status == "in-progress":
                self._finish(call, "completed")
            else:
                self._finish(call, "canceled")
            call.over.set()
        elif "Twiml" in fields:
            call.document = fields["Twiml"]
            call.updated.set()

    def hang_up(self, call: SimCall) -> None:
        """The phone's owner ends the call."""
        call.over.set()

    # The life of a call

    async def _dial_out(self, call: SimCall, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await _either(self.queue_open.wait(), call.over.wait())
        if not call.over.is_set():
            await self._told(call, "initiated", "initiated")
            call.status = "ringing"
            await self._told(call, "ringing", "ringing")
            rung_s = min(call.phone.ring_s, call.timeout_s)
            await _either(call.over.wait(), asyncio.sleep(rung_s))
        if call.over.is_set():
            await self._told(call, "completed", call.status)
            return
        fate = call.phone.fate if call.phone.ring_s < call.timeout_s else Fate.NO_ANSWER
        if fate is not Fate.ANSWERED:
            status, call.sip_code = _UNANSWERED[fate]
            self._finish(call, status)
            await self._told(call, "completed", status)
            return
        self._answered(call)
        self._tasks.spawn(self._told(call, "answered", "in-progress"), name="told answered")
        await self._converse(call, call.document)

    async def _take_in(self, call: SimCall, url: str) -> None:
        await self._converse(call, await self._ask(call, url))

    def _answered(self, call: SimCall) -> None:
        if call.status != "in-progress":
            call.status = "in-progress"
            call.started_ms = now_ms()
            call.sip_code = 200
            if call.phone.voice is not None:
                call.voice = self._voice(call, call.phone.voice(call.sid))

    def _voice(self, call: SimCall, voice: Voice) -> Voice:
        """Listened to, where ``DetectMessageEnd`` was ordered with ``AsyncAmd``."""
        if not call.answerer_callback:
            return voice

        def heard(what: Heard) -> None:
            word = _ANSWERED_BY.get(what)
            if word is not None:
                told = {"AnsweredBy": word, "MachineDetectionDuration": "3000"}
                asking = self._ask(call, call.answerer_callback, told)
                self._tasks.spawn(asking, name="told answerer")

        return Overheard(voice, Detection(heard))

    async def _converse(self, call: SimCall, document: str | None) -> None:
        """Follow TwiML until it is at its end, or the call is."""
        try:
            while document is not None and not call.over.is_set():
                call.updated.clear()
                done = await _either(
                    self._follow(call, document), call.updated.wait(), call.over.wait()
                )
                if call.updated.is_set():
                    self._part(call)
                document = call.document if call.updated.is_set() else done
        finally:
            if not call.is_final:
                self._finish(call, "completed" if call.status == "in-progress" else "canceled")
            call.over.set()
            if call.voice is not None:
                await call.voice.aclose()
        if call.bridge is not None:
            await self._left_alone(call, call.bridge)
        await self._told(call, "completed", call.status)

    async def _left_alone(self, call: SimCall, bridge: Bridge) -> None:
        """The caller hung up on a ``<Dial>``: its action is asked all the same."""
        answered = bridge.leg.status == "in-progress"
        self._part(call)
        fields = {"DialCallStatus": "completed" if answered else "no-answer"}
        if answered:
            fields["DialCallDuration"] = str(int(loop_s() - bridge.began_s))
        await self._ask(call, bridge.action, {**fields, "DialCallSid": bridge.leg.sid})

    def _part(self, call: SimCall) -> None:
        """Nobody is bridged any more."""
        if call.bridge is not None:
            self._finish(call.bridge.leg, "completed")
            call.bridge = None

    def _finish(self, call: SimCall, status: str) -> None:
        if not call.is_final:
            call.status = status
            call.ended_ms = now_ms()

    # TwiML

    async def _follow(self, call: SimCall, document: str) -> str | None:
        """Carry out one document; the next one, or None at the end."""
        for verb in ElementTree.fromstring(document):
            following = await self._verb(call, verb)
            if following is not None:
                return following or None
            if call.over.is_set():
                return None
        return None

    async def _verb(self, call: SimCall, verb: ElementTree.Element) -> str | None:
        """None: go on; text: another document; "" ends the call."""
        match verb.tag:
            case "Connect":
                self._answered(call)
                await self._stream(call, verb)
            case "Redirect":
                return await self._ask(call, (verb.text or "").strip()) or ""
            case "Pause":
                # Before anything else it leaves an arrived call ringing.
                await asyncio.sleep(float(verb.get("length", "1")))
            case "Play":
                await asyncio.sleep(0.25 * len(verb.get("digits", "")))
                call.press(verb.get("digits", ""))
            case "Dial":
                self._answered(call)
                return await self._dial(call, verb)
            case "Reject":
                self._finish(call, "busy" if verb.get("reason") == "busy" else "no-answer")
                return ""
            case "Hangup":
                return ""
            case _:
                self._log.warning("TwiML not simulated", verb=verb.tag)
        return None

    async def _stream(self, call: SimCall, connect: ElementTree.Element) -> None:
        noun = connect.find("Stream")
        if noun is None or call.voice is None:
            return
        url = noun.get("url", "")
        given = {one.get("name", ""): one.get("value", "") for one in noun.findall("Parameter")}
        try:
            signature = {"X-Twilio-Signature": self.sign(url, ())}
            socket = await self._outside.open_socket(url, signature)
            words = TwilioWords(self.account.sid, call.sid, new_sid("MZ"), given)
            call.stream = MediaStream(words, socket, call.voice, call.road)
            await call.stream.run()
        except OSError as error:
            self._log.info("stream error 31920", error=str(error))
        if call.voice.hung_up:
            call.over.set()

    async def _dial(self, call: SimCall, dial: ElementTree.Element) -> str | None:
        """Bridge to another phone; what follows is ``action``'s answer."""
        noun = next(iter(dial))
        target = (noun.text or "").strip().partition("?")[0]
        leg = self.new_call(dial.get("callerId") or call.from_number, target, "outbound-dial")
        self.calls[leg.sid] = leg
        bridge = call.bridge = Bridge(leg, dial.get("action", ""))
        await asyncio.sleep(leg.phone.ring_s)
        if leg.phone.fate is Fate.ANSWERED:
            status = "completed"
            leg.status, bridge.began_s = "in-progress", loop_s()
            if noun.get("statusCallback"):
                await self._ask(leg, noun.get("statusCallback", ""))
            await asyncio.sleep(self.bridged_s)
            more = {"DialCallDuration": str(int(self.bridged_s))}
        else:
            status, more = _UNANSWERED[leg.phone.fate][0], {}
        self._finish(leg, status)
        call.bridge = None
        if not bridge.action:
            return None
        fields = {"DialCallStatus": status, "DialCallSid": leg.sid, **more}
        return await self._ask(call, bridge.action, fields)

    # Webhooks

    def sign(self, url: str, fields: Fields) -> str:
        """``X-Twilio-Signature``: HMAC-SHA1 of the URL and its fields in the order of names."""
        text = url + "".join(f"{name}{value}" for name, value in sorted(fields))
        mac = hmac.new(self.account.token.encode(), text.encode(), hashlib.sha1)
        return base64.b64encode(mac.digest()).decode()

    async def _told(self, call: SimCall, event: str, status: str) -> None:
        if not call.callback or event not in call.told_events:
            return
        more = {
            "Timestamp": format_datetime(datetime.now(UTC)),  # noqa: TID251
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(call.sequence),
        }
        call.sequence += 1
        if event == "completed":
            seconds = ((call.ended_ms or 0) - (call.started_ms or call.ended_ms or 0)) // 1000
            more |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))}
            if call.sip_code is not None:
                more["SipResponseCode"] = str(call.sip_code)
        await self._ask(call, call.callback, {"CallStatus": status, **more})

    async def _ask(
        self, call: SimCall, url: str, more: Mapping[str, str] | None = None
    ) -> str | None:
        """POST a webhook; its answer, None where there is none. ``#rc=n`` sends it again."""
        address, _, overrides = url.partition("#")
        rules = dict(rule.split("=", 1) for rule in overrides.split("&") if "=" in rule)
        fields = {**self._about(call), **(more or {})}
        pairs = list(fields.items())
        headers = {"X-Twilio-Signature": self.sign(address, pairs)}
        for attempt in range(1 + int(rules.get("rc", "0"))):
            await asyncio.sleep(0.2 * attempt)
            with contextlib.suppress(OSError):
                status, text = await self._outside.post(address, pairs, headers)
                self.posted.append((address, fields, status))
                if status < 300:
                    return text or None
        return None

    def _about(self, call: SimCall) -> dict[str, str]:
        return {
            "AccountSid": self.account.sid,
            "ApiVersion": API_VERSION,
            "CallSid": call.sid,
            "CallStatus": call.status,
            "Called": call.to_number,
            "Caller": call.from_number,
            "Direction": call.direction,
            "From": call.from_number,
            "To": call.to_number,
        }


async def _either(*works: Any) -> Any:
    """Run all until one is done; its result. The others are cancelled and awaited."""
    group = TaskGroup()
    tasks = [group.spawn(work, name="sim either") for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await group.aclose()
    return next(task.result() for task in tasks if task in done)


def new_sid(kind: str) -> str:
    """An id in Twilio's form: two letters and 32 hex digits."""
    return kind + secrets.token_hex(16)
