"""Requests of ours within an answered call: hold, refresh, INFO, REFER.

RFC 3261 §14.1 (re-INVITE, glare), RFC 3311 (UPDATE), RFC 4028 (refresh), RFC 3515 (REFER with its
NOTIFY), RFC 6086 (INFO). One request is under way at a time; the others wait their turn, so that
keys keep their order and offers never cross our own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from uponai.sip.auth import Authenticator
from uponai.sip.commands import MediaChanged, Referred, ReferState
from uponai.sip.errors import SdpMismatchError, SipParseError
from uponai.sip.exchange import CallCommand, OpenTransaction, RequestArrived
from uponai.sip.keys import RELAY_TYPE, info_body
from uponai.sip.message import PHRASES, Request, Response
from uponai.sip.offer import OfferAnswer
from uponai.sip.session import SessionTimer, asked, read_min_se, read_session_expires
from uponai.sip.stack import SDP_TYPE, Fields, Stack

MAX_WAITING = 64
REFER_PATIENCE_S = 180.0
_MAX_TRIES = 4


class Purpose(Enum):
    """What a request is for."""

    HOLD = "hold"
    REFRESH = "refresh"
    KEY = "key"
    REFER = "refer"


@dataclass(slots=True)
class _Ask:
    """One request that waits or is under way; offers and session fields are made at its turn."""

    purpose: Purpose
    method: str
    fields: Fields = ()
    body: bytes = b""
    tries: int = 0
    min_se_s: int = 0
    cseq: int = field(default=0)


Send = Callable[[str, Fields, bytes], OpenTransaction]


class Asker:
    """``gone`` once an answer (or silence) showed that the far side has no such call any more."""

    def __init__(
        self, call_key: str, stack: Stack, media: OfferAnswer, auth: Authenticator, send: Send
    ) -> None:
        self.call_key = call_key
        self.auth = auth
        self.timer = SessionTimer()
        self.peer_updates = False
        self.owns_call_id = False
        self.gone = False
        self._stack = stack
        self._media = media
        self._send = send
        self._waiting: deque[_Ask] = deque()
        self._now: _Ask | None = None
        self._again_at: float | None = None
        self._refer_until: float | None = None

    @property
    def offers(self) -> bool:
        """Whether an offer of ours is under way, so that one of theirs must wait (491)."""
        return self._now is not None and self._again_at is None and self._now.method == "INVITE"

    def deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        times = (self._again_at, self._refer_until, self.timer.due)
        return min((time for time in times if time is not None), default=None)

    def stop(self) -> None:
        """The call ends: nothing more is asked."""
        self._waiting.clear()
        self._now = self._again_at = self._refer_until = None
        self.timer.stop()

    # -- orders ---------------------------------------------------------------------------------

    def hold(self, on: bool) -> list[CallCommand]:  # noqa: FBT001
        """Offer ``sendonly``, or the whole stream again."""
        self._media.holding = on
        return self._ask(_Ask(Purpose.HOLD, "INVITE"))

    def key(self, digit: str, duration_ms: int) -> list[CallCommand]:
        """Tell of a key by INFO."""
        fields = (("Content-Type", RELAY_TYPE),)
        return self._ask(_Ask(Purpose.KEY, "INFO", fields, info_body(digit, duration_ms)))

    def refer(self, fields: Fields) -> list[CallCommand]:
        """Ask for a transfer; ``fields`` hold Refer-To."""
        if self._refer_until is not None:
            return [Referred(self.call_key, ReferState.FAILED, 491, "a transfer is under way")]
        return self._ask(_Ask(Purpose.REFER, "REFER", fields))

    def tick(self, now: float) -> list[CallCommand]:
        """Refresh, ask again after a glare, or stop waiting for a NOTIFY."""
        commands: list[CallCommand] = []
        if self._again_at is not None and now >= self._again_at:
            self._again_at = None
            commands += self._go()
        if self._refer_until is not None and now >= self._refer_until:
            self._refer_until = None
            commands.append(Referred(self.call_key, ReferState.FAILED, None, "no NOTIFY came"))
        if self.timer.due is not None and now >= self.timer.due:
            ours, self.timer.due = self.timer.ours, None
            if ours:
                method = "UPDATE" if self.peer_updates else "INVITE"
                commands += self._ask(_Ask(Purpose.REFRESH, method))
            else:
                self.gone = True
        return commands

    def _ask(self, ask: _Ask) -> list[CallCommand]:
        if len(self._waiting) >= MAX_WAITING:
            return []
        self._waiting.append(ask)
        return self._next()

    def _next(self) -> list[CallCommand]:
        if self._now is not None or not self._waiting:
            return []
        self._now = self._waiting.popleft()
        self.auth.begin()
        return self._go()

    def _go(self) -> list[CallCommand]:
        ask = self._now
        if ask is None:
            return []
        fields, body = ask.fields, ask.body
        if ask.method in {"INVITE", "UPDATE"}:
            fields = (*fields, *self._stack.abilities(), *self._session_fields(ask))
        if ask.method == "INVITE":
            body = self._media.offer()
            fields = (*fields, ("Content-Type", SDP_TYPE))
        opened = self._send(ask.method, fields, body)
        ask.cseq = opened.request.cseq.number
        return [opened]

    def _session_fields(self, ask: _Ask) -> Fields:
        interval_s = self.timer.interval_s
        if not interval_s:
            return ()
        refresher = "uac" if self.timer.ours else "uas"
        return asked(interval_s, max(ask.min_se_s, 90), refresher)

    # -- answers --------------------------------------------------------------------------------

    def answered(self, response: Response, now: float) -> list[CallCommand]:
        """A response to one of our requests; a 2xx to INVITE was acknowledged by the caller."""
        ask = self._now
        if ask is None or response.cseq != (ask.cseq, ask.method):
            return []
        if response.status < 200:
            return []
        if response.status < 300:
            return [*self._taken(ask, response, now), *self._done()]
        if response.status in {401, 407} and self.auth.learn(response):
            return self._go()
        ask.tries += 1
        if self._may_retry(ask, response, now):
            return [] if self._again_at is not None else self._go()
        return [*self._refused(ask, response.status, response.phrase), *self._done()]

    def failed(self, request: Request) -> list[CallCommand]:
        """No answer came to one of our requests."""
        ask = self._now
        if ask is None or request.cseq != (ask.cseq, ask.method):
            return []
        return [*self._refused(ask, None, "no answer"), *self._done()]

    def _done(self) -> list[CallCommand]:
        self._now = None
        return self._next()

    def _may_retry(self, ask: _Ask, response: Response, now: float) -> bool:
        """491: after a random while (§14.1); 422: with the interval they want (RFC 4028 §7.3)."""
        if ask.tries >= _MAX_TRIES:
            return False
        if response.status == 491 and ask.method in {"INVITE", "UPDATE"}:
            share = int(self._stack.tokens("glare")[:4], 16) / 65_536
            self._again_at = now + (2.1 + 1.9 * share if self.owns_call_id else 2.0 * share)
            return True
        if response.status == 422:
            ask.min_se_s = read_min_se(response.headers)
            self.timer.interval_s = max(self.timer.interval_s, ask.min_se_s)
            return True
        if ask.purpose is Purpose.REFRESH and ask.method == "UPDATE" and response.status == 405:
            ask.method = "INVITE"
            return True
        return False

    def _taken(self, ask: _Ask, response: Response, now: float) -> list[CallCommand]:
        commands: list[CallCommand] = []
        if ask.method in {"INVITE", "UPDATE"} and (self.timer.interval_s or ask.min_se_s):
            self.timer.agree(read_session_expires(response.headers), as_uac=True, now=now)
        if ask.method == "INVITE" and response.body:
            before = self._media.agreed
            try:
                agreed = self._media.accept(response.body)
            except (SipParseError, SdpMismatchError):
                agreed = before
            if agreed is not None and agreed != before:
                commands.append(MediaChanged(self.call_key, agreed))
        if ask.purpose is Purpose.REFER:
            if (response.headers.get("Refer-Sub") or "").strip().lower() == "false":
                commands.append(Referred(self.call_key, ReferState.DONE))
            else:
                self._refer_until = now + REFER_PATIENCE_S
        return commands

    def _refused(self, ask: _Ask, code: int | None, text: str) -> list[CallCommand]:
        if code == 481 or (code in {None, 408} and ask.method in {"INVITE", "UPDATE"}):
            self.gone = True
        if ask.purpose is Purpose.REFER:
            # Behind a silence or a proxy's 408 it may be calling all the same.
            refused = code not in {None, 408, 481}
            return [Referred(self.call_key, ReferState.FAILED, code, text, refused)]
        return []

    # -- NOTIFY ---------------------------------------------------------------------------------

    def notified(self, event: RequestArrived) -> tuple[int, list[CallCommand]]:
        """The code to answer a NOTIFY with, and what it tells."""
        headers = event.request.headers
        package = (headers.get("Event") or "").partition(";")[0].strip().lower()
        if package != "refer":
            return 489, []
        asking = self._now is not None and self._now.purpose is Purpose.REFER
        if self._refer_until is None and not asking:
            return 481, []
        code, phrase = _status_of(event.request.body)
        state = (headers.get("Subscription-State") or "").partition(";")[0].strip().lower()
        if code is None and state != "terminated":
            return 200, []
        if code is not None and code < 200 and state != "terminated":
            return 200, [Referred(self.call_key, ReferState.PROGRESS, code, phrase)]
        self._refer_until = None
        good = code is not None and 200 <= code < 300
        end = ReferState.DONE if good else ReferState.FAILED
        # A NOTIFY that overtook the 2xx to REFER ends the asking, too.
        more = self._done() if asking else []
        return 200, [Referred(self.call_key, end, code, phrase), *more]


def _status_of(body: bytes) -> tuple[int | None, str]:
    """The status line of a message/sipfrag body; some repeat the code in place of the phrase."""
    line = body[:200].decode("utf-8", "replace").strip().partition("\n")[0].strip()
    parts = line.split(" ", 2)
    if len(parts) < 2 or parts[0] != "SIP/2.0" or len(parts[1]) != 3 or not parts[1].isdecimal():
        return None, ""
    code = int(parts[1])
    phrase = parts[2] if len(parts) > 2 else parts[1]
    return code, PHRASES.get(code, "") if phrase == parts[1] else phrase
