"""A simulated Telnyx: calls that ring phones, obey commands and tell of it by signed webhooks.

From https://developers.telnyx.com/docs/voice/programmable-voice (Call Control v2). ``telnyx_rest``
is its REST API, ``telnyx_stream`` the words of its media streaming.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from uponai.sim.carriers.detection import Detection, Heard, Overheard
from uponai.sim.carriers.outside import Outside
from uponai.sim.carriers.phone import Phone, Voice
from uponai.sim.carriers.stream import MediaStream
from uponai.sim.carriers.telnyx_call import SimCall, TelnyxAccount
from uponai.sim.carriers.telnyx_stream import TelnyxWords
from uponai.sim.limits import AccountLimits
from uponai.sim.scenario import Fate
from uponai.tasks import TaskGroup, now_ms

WINDOW_S = 5.0
DELIVERIES = 3
MOST_EVENTS = 10_000

_UNANSWERED: dict[Fate, tuple[str, int]] = {
    Fate.BUSY: ("user_busy", 486),
    Fate.DECLINED: ("call_rejected", 603),
    Fate.NO_ANSWER: ("timeout", 487),
    Fate.INVALID: ("not_found", 404),
    Fate.UNREACHABLE: ("unspecified", 503),
}
CHANNELS_FULL = ("call_rejected", 403)
"""403 User channel limit exceeded D1:
https://developers.telnyx.com/docs/voice/sip-trunking/configuration/concurrent-limits"""

_REJECTED = {"USER_BUSY": ("user_busy", 486), "NOT_FOUND": ("not_found", 404)}


_DETECTED: Mapping[Heard, tuple[str, str]] = {
    "person": ("detection", "human_residence"),
    "machine": ("detection", "machine"),
    "beep": ("greeting", "beep_detected"),
    "silence": ("greeting", "no_beep_detected"),
    "unknown": ("detection", "silence"),
}


class TelnyxSim:
    """``phones`` says who is behind a number.

    ``hook_url`` is where webhooks of arriving calls go: as the last order wished, so that a
    customer need set nothing. ``bridged_s``: how long two phones that were bridged talk, as nobody
    else hears them, until ``bridge_ended_by`` hangs up.
    """

    def __init__(
        self, account: TelnyxAccount, phones: Callable[[str], Phone], outside: Outside
    ) -> None:
        self.account = account
        self.hook_url = account.hook_url
        self.bridged_s = 120.0
        self.bridge_ended_by: Literal["callee", "caller"] = "callee"
        self.calls: dict[str, SimCall] = {}
        self.numbers: dict[str, str] = {}
        self.bound: dict[str, str] = {}
        self.events: deque[dict[str, Any]] = deque(maxlen=MOST_EVENTS)
        self.posted: list[tuple[str, dict[str, Any], int]] = []
        self._phones = phones
        self._outside = outside
        self._tasks = TaskGroup()
        self.limits = AccountLimits(account.cps, account.concurrency, window_s=WINDOW_S)
        self._signer = account.signer

    async def aclose(self) -> None:
        await self._tasks.aclose()

    # Orders

    @property
    def calls_now(self) -> int:
        """Calls that are not over."""
        return sum(not call.is_final for call in self.calls.values())

    def order(self, wish: Mapping[str, Any], *, session_id: str = "") -> SimCall:
        """Dial it."""
        phone, full = self._phones(str(wish["to"])), self.limits.full(self.calls_now)
        call = self._new(str(wish["from"]), str(wish["to"]), "outgoing", phone)
        call.wish, call.client_state = dict(wish), str(wish.get("client_state", ""))
        call.session_id = session_id or call.session_id
        self.hook_url = str(wish.get("webhook_url") or self.hook_url)
        self._tasks.spawn(self._dial_out(call, full=full), name=f"sim call {call.sid}")
        return call

    def ring_in(self, from_number: str, to_number: str, phone: Phone) -> SimCall:
        """Somebody with ``phone`` calls a number. Raises StopIteration: not bought."""
        next(number for number in self.numbers.values() if number == to_number)
        call = self._new(from_number, to_number, "incoming", phone)
        self._tasks.spawn(self._take_in(call), name=f"sim call {call.sid}")
        return call

    def hang_up(self, call: SimCall) -> None:
        """The phone's owner ends the call."""
        if call.answered_ms is None:
            call.cause = ("originator_cancel", None)
        call.ended_by = "callee" if call.direction == "outgoing" else "caller"
        call.over.set()

    def _new(self, from_number: str, to_number: str, direction: str, phone: Phone) -> SimCall:
        call = SimCall(
            f"v3:{secrets.token_urlsafe(32)}",
            str(uuid.uuid4()),
            str(uuid.uuid4()),
            from_number,
            to_number,
            direction,
            phone,
        )
        self.calls[call.sid] = call
        self._tasks.spawn(self._deliver(call), name="sim webhooks")
        return call

    # Commands

    def obey(self, call: SimCall, command: str, body: Mapping[str, Any]) -> bool:
        """Whether it can be done now."""
        if "client_state" in body:
            call.client_state = str(body["client_state"])
        match command:
            case "answer" if call.direction == "incoming" and call.answered_ms is None:
                call.wish |= body
                call.picked_up.set()
            case "reject" if call.direction == "incoming" and call.answered_ms is None:
                call.cause = _REJECTED.get(str(body.get("cause")), ("call_rejected", 603))
                call.over.set()
            case "hangup":
                if call.answered_ms is None and call.direction == "outgoing":
                    call.cause = ("originator_cancel", 487)
                call.ended_by = "caller" if call.direction == "outgoing" else "callee"
                call.over.set()
            case "send_dtmf":
                call.press(str(body.get("digits", "")))
            case "client_state_update":
                pass
            case _:
                return self._obey_media(call, command, body)
        return True

    def _obey_media(self, call: SimCall, command: str, body: Mapping[str, Any]) -> bool:
        match command:
            case "streaming_start" if call.stream is None and call.answered_ms is not None:
                call.wish |= body
                self._start_stream(call)
            case "streaming_stop":
                if call.stream is not None:
                    call.stream.stop()
            case "transfer":
                self._tasks.spawn(self._transfer(call, body), name="sim transfer")
            case _:
                return False
        return True

    # The life of a call

    async def _dial_out(self, call: SimCall, *, full: bool) -> None:
        self._tell(call, "call.initiated", state="bridging", direction="outgoing")
        if full:
            call.cause = CHANNELS_FULL
            self._finish(call)
            return
        timeout_s = float(call.wish.get("timeout_secs", 30))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(call.phone.ring_s, timeout_s)):
                await call.over.wait()
        if call.over.is_set():
            self._finish(call)
            return
        fate = call.phone.fate if call.phone.ring_s < timeout_s else Fate.NO_ANSWER
        if fate is not Fate.ANSWERED:
            call.cause = _UNANSWERED[fate]
            self._finish(call)
            return
        await self._talk(call)

    async def _take_in(self, call: SimCall) -> None:
        self._tell(call, "call.initiated", state="parked", direction="incoming")
        await _first(call.picked_up, call.over)
        if call.over.is_set():
            self._finish(call)
        else:
            await self._talk(call)

    async def _talk(self, call: SimCall) -> None:
        call.status, call.answered_ms = "answered", now_ms()
        call.picked_up.set()
        if call.phone.voice is not None:
            call.voice = self._voice(call, call.phone.voice(call.sid))
        self._tell(call, "call.answered", state="answered")
        if call.wish.get("stream_url"):
            self._start_stream(call)
        await call.over.wait()
        call.cause = ("normal_clearing", 200)
        if call.stream is not None:
            call.stream.stop()
        if call.streaming is not None:
            await asyncio.wait({call.streaming}, timeout=1.0)
        if call.voice is not None:
            await call.voice.aclose()
        self._finish(call)

    def _voice(self, call: SimCall, voice: Voice) -> Voice:
        """Listened to, where premium answering-machine detection was ordered."""
        if call.wish.get("answering_machine_detection") != "premium":
            return voice

        def heard(what: Heard) -> None:
            event, result = _DETECTED[what]
            self._tell(call, f"call.machine.premium.{event}.ended", result=result)

        return Overheard(voice, Detection(heard))

    def _finish(self, call: SimCall) -> None:
        call.status, call.ended_ms = "hangup", now_ms()
        call.over.set()
        call.picked_up.set()
        cause, sip_code = call.cause
        self._tell(
            call,
            "call.hangup",
            state="hangup",
            hangup_cause=cause,
            hangup_source=call.ended_by,
            sip_hangup_cause="unspecified" if sip_code is None else str(sip_code),
            start_time=stamp(call.created_ms),
            end_time=stamp(call.ended_ms),
        )
        call.to_tell.put_nowait(None)

    def _start_stream(self, call: SimCall) -> None:
        call.streaming = self._tasks.spawn(self._stream(call), name="sim stream")

    async def _stream(self, call: SimCall) -> None:
        url, voice = str(call.wish.get("stream_url")), call.voice
        if voice is None:
            return
        numbers = (call.from_number, call.to_number)
        words = TelnyxWords(
            self.account.user_id, call.sid, call.session_id, str(uuid.uuid4()), numbers,
            call.client_state,
        )  # fmt: skip
        try:
            socket = await self._outside.open_socket(url, {})
        except OSError:
            self._tell(
                call, "streaming.failed", failure_reason="connection_failed",
                stream_id=words.stream_id, stream_type="websocket",
                stream_params={"stream_url": url, "track": "inbound_track"},
            )  # fmt: skip
            return
        self._tell(call, "streaming.started", stream_url=url)
        call.stream = stream = MediaStream(words, socket, voice, call.road)
        with contextlib.suppress(OSError):
            await stream.run()
        call.stream = None
        if voice.hung_up:
            self.hang_up(call)
        self._tell(call, "streaming.stopped", stream_url=url)

    async def _transfer(self, call: SimCall, body: Mapping[str, Any]) -> None:
        wish = {
            "to": body["to"],
            "from": body.get("from") or call.to_number,
            "timeout_secs": body.get("timeout_secs", 30),
            "client_state": body.get("target_leg_client_state", ""),
        }
        leg = self.order(wish, session_id=call.session_id)
        await _first(leg.picked_up, call.over)
        if leg.answered_ms is None:
            self.obey(leg, "hangup", {})
            return
        for one in (leg, call):
            self._tell(one, "call.bridged")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.bridged_s):
                await call.over.wait()
        self.hang_up(leg)
        parked = body.get("park_after_unbridge") == "self"
        if not parked or self.bridge_ended_by == "caller":
            self.hang_up(call)

    # Webhooks

    def _tell(self, call: SimCall, event_type: str, **more: Any) -> None:
        payload: dict[str, Any] = {
            "call_control_id": call.sid,
            "call_leg_id": call.leg_id,
            "call_session_id": call.session_id,
            "client_state": call.client_state or None,
            "connection_id": self.account.application,
            "from": call.from_number,
            "to": call.to_number,
            **more,
        }
        event = {
            "event_type": event_type,
            "id": str(uuid.uuid4()),
            "occurred_at": stamp(now_ms()),
            "payload": payload,
            "record_type": "event",
        }
        self.events.append(event)
        call.to_tell.put_nowait(event)

    async def _deliver(self, call: SimCall) -> None:
        """In order, each up to three times."""
        while (event := await call.to_tell.get()) is not None:
            url = str(call.wish.get("webhook_url") or self.hook_url)
            for attempt in range(1, DELIVERIES + 1):
                status = await self._post(url, event, attempt)
                if status < 300:
                    break
                await asyncio.sleep(0.3 * attempt)

    async def _post(self, url: str, event: dict[str, Any], attempt: int) -> int:
        whole = {"data": event, "meta": {"attempt": attempt, "delivered_to": url}}
        body = json.dumps(whole).encode()
        status = 503
        with contextlib.suppress(OSError):
            status, _ = await self._outside.post(url, body, self.sign(body))
            self.posted.append((url, event, status))
        return status

    def sign(self, body: bytes) -> dict[str, str]:
        """The headers of a webhook."""
        at = str(now_ms() // 1000)
        signature = self._signer.sign(f"{at}|".encode() + body)
        return {
            "Content-Type": "application/json",
            "Telnyx-Timestamp": at,
            "Telnyx-Signature-Ed25519": base64.b64encode(signature).decode(),
        }


async def _first(*events: asyncio.Event) -> None:
    """Until one of them is set."""
    group = TaskGroup()
    waits = [group.spawn(event.wait(), name="sim event") for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await group.aclose()


def stamp(at_ms: int) -> str:
    """ISO 8601, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat().replace("+00:00", "Z")
