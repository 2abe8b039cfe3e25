"""Calls that come in and wait for somebody to say what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from uponai.link import control
from uponai.sip.commands import CallNews, Failed, IncomingCall
from uponai.sip.errors import SipParseError
from uponai.sip.events import Reject, Ring
from uponai.sip.message import Request
from uponai.sip.uri import parse_uri

REFUSED: Final = 480
FULL: Final = 503
UNAUTHORIZED: Final = 401
FULL_RETRY_S: Final = 10
_MAX_HEADERS: Final = 40
_MAX_VALUE: Final = 1_000
_MAX_NUMBER: Final = 256
_MAX_AUTHORIZATION: Final = 2_000
_TOLD_HEADERS: Final = (
    "p-asserted-identity",
    "diversion",
    "history-info",
    "user-to-user",
    "to",
    "from",
    "call-id",
)


class FrontDesk:
    """Announces each incoming call and refuses it when nobody answers for it in time."""

    def __init__(
        self,
        publish: Callable[[control.Event], None],
        order: Callable[[Reject | Ring], None],
        accept_timeout_s: float,
        *,
        rings: bool = False,
    ) -> None:
        self._publish = publish
        self._order = order
        self._timeout_s = accept_timeout_s
        self._rings = rings
        self._waiting: dict[str, asyncio.TimerHandle] = {}

    @property
    def waiting(self) -> int:
        """How many calls wait here."""
        return len(self._waiting)

    def arrives(self, call: IncomingCall, *, anybody: bool, room: bool = True) -> None:
        """Somebody calls. With nobody on the control link it is 480 at once, before any ringing;
        without room for it 503, on which a trunk tries another host (RFC 3261 section 21.5.4).
        """
        if not room:
            self._order(Reject(call.call_key, FULL, "", (("Retry-After", str(FULL_RETRY_S)),)))
            return
        if not anybody:
            self._order(Reject(call.call_key, REFUSED))
            return
        loop = asyncio.get_running_loop()
        key = call.call_key
        self._waiting[key] = loop.call_later(self._timeout_s, self._give_up, key)
        if self._rings:
            self._order(Ring(key))
        self._publish(_incoming(call))

    def gone(self, word: CallNews) -> bool:
        """Whether ``word`` was about a call that waits here: the caller gave up."""
        timer = self._waiting.pop(word.call_key, None) if isinstance(word, Failed) else None
        if timer is None:
            return False
        timer.cancel()
        self._publish(control.IncomingGone(word.call_key))
        return True

    def take(self, line_key: str) -> bool:
        """Somebody takes the call; false when it does not wait any more."""
        timer = self._waiting.pop(line_key, None)
        if timer is not None:
            timer.cancel()
        return timer is not None

    def ring(self, line_key: str, for_s: float) -> None:
        """Let the call ring for so long from now. Harmless when it does not wait any more."""
        if not self.take(line_key):
            return
        loop = asyncio.get_running_loop()
        self._waiting[line_key] = loop.call_later(for_s, self._give_up, line_key)
        self._order(Ring(line_key))

    def reject(self, order: control.Reject) -> None:
        """Refuse the call with a code from 300 to 699 (anything else counts as 480)."""
        code = order.code if 300 <= order.code <= 699 else REFUSED
        if self.take(order.line_key):
            phrase = order.reason if code == order.code else ""
            fields: tuple[tuple[str, str], ...] = ()
            if order.contact and code < 400:
                fields = (("Contact", f"<{order.contact}>"),)
            elif order.challenge and code == UNAUTHORIZED:
                fields = (("WWW-Authenticate", order.challenge),)
            self._order(Reject(order.line_key, code, phrase, fields))

    def close(self) -> None:
        """Refuse all that wait."""
        for key in list(self._waiting):
            self.reject(control.Reject(key, FULL))

    def _give_up(self, key: str) -> None:
        self.reject(control.Reject(key, REFUSED))
        self._publish(control.IncomingGone(key))


def _incoming(call: IncomingCall) -> control.Incoming:
    request = call.request
    return control.Incoming(
        call.call_key,
        _user_of(request.from_.uri),
        _user_of(request.uri),
        call.source.host,
        call.transport.name,
        _headers(request),
        (request.headers.get("Authorization") or "")[:_MAX_AUTHORIZATION],
    )


def _user_of(uri: str) -> str:
    """Without what no number contains: escapes can hide NUL and line ends in a user part."""
    try:
        user = parse_uri(uri).user_text or uri
    except SipParseError:
        user = uri
    return "".join(char for char in user if char.isprintable())[:_MAX_NUMBER]


def _headers(request: Request) -> dict[str, str]:
    """Custom fields and those that say who calls whom, within bounds.

    Several of one name are one list (RFC 3261 section 7.3.1), as proxies write a call's history.
    """
    found: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in request.headers:
        lower = name.lower()
        if not (lower.startswith("x-") or lower in _TOLD_HEADERS):
            continue
        text = "".join(char for char in value if char.isprintable())
        known = names.get(lower)
        if known is not None:
            found[known] = f"{found[known]}, {text}"[:_MAX_VALUE]
        elif len(found) < _MAX_HEADERS:
            names[lower], found[name] = name, text[:_MAX_VALUE]
    return found
