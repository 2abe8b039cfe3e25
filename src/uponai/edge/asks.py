"""What a brain or a dialer wants of the far side of an answered call: keys, hold, transfer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from uponai import log
from uponai.edge import dialplan
from uponai.edge.call import Call
from uponai.edge.legs import Legs
from uponai.edge.sip_driver import SipDriver
from uponai.link import control, media
from uponai.sip.commands import Referred, ReferState
from uponai.sip.events import Hold, Refer, SendKey

Order = control.SendDtmf | control.Hold | control.Refer
Asked = Order | media.Refer | media.Join | media.Dismiss

_log = log.get("uponai.edge.calls")


class Calls(Protocol):
    """Whose calls they are."""

    @property
    def calls(self) -> list[Call]: ...


class Asks:
    """What cannot be done is told or logged, never raised."""

    def __init__(
        self, calls: Calls, sip: SipDriver, publish: Callable[[control.Event], None], legs: Legs
    ) -> None:
        self._calls = calls
        self._sip = sip
        self._publish = publish
        self._legs = legs

    def order(self, order: Order) -> None:
        """Carry out an order that names its call."""
        call = self._answered(order.call_id)
        if call is not None:
            self.ask(call, order)
        elif isinstance(order, control.Refer):
            text = "no such answered line"
            self._publish(control.Referred(order.call_id, 0, "failed", 481, text))

    def ask(self, call: Call, order: Asked) -> None:
        """Press keys on ``call``, hold it, or have it transferred."""
        try:
            match order:
                case control.SendDtmf():
                    self.press(call, order.digits)
                case control.Hold():
                    self._sip.handle(Hold(call.key, order.on))
                case control.Refer() | media.Refer():
                    self._refer(call, order)
                case media.Join():
                    self._legs.join(call)
                case media.Dismiss():
                    self._legs.dismiss(call)
        except ValueError as error:
            if isinstance(order, control.Refer | media.Refer):
                self.referred(call, Referred(call.key, ReferState.FAILED, None, str(error)))
            _log.warning("order refused", call_id=call.call_id, error=str(error))

    def referred(self, call: Call, word: Referred) -> None:
        """Pass on how a transfer goes, to whoever may have asked for it; one that was refused
        before anything was done may go by way of this edge.
        """
        instead, call.instead = call.instead, None
        if word.refused and instead is not None:
            self.ask(call, replace(instead, mode="invite"))
            return
        state, line = word.state.value, call.line
        event = control.Referred(call.call_id, call.attempt, state, word.code, word.phrase)
        self._publish(event)
        if line is not None and line.link is not None:
            at = line.line_sample
            line.link.tell(media.Referred(line.channel, state, word.code, word.phrase, at))

    def _answered(self, call_id: str) -> Call | None:
        for call in self._calls.calls:
            if call.call_id == call_id and call.line is not None:
                return call
        return None

    def press(self, call: Call, digits: str) -> None:
        """By RTP, or where the far side takes none of it by INFO. Raises ValueError for no key."""
        if call.line is not None and call.line.voice.takes_keys:
            call.line.voice.press(digits)
            return
        for digit in digits.upper():
            if digit != "W":
                self._sip.handle(SendKey(call.key, digit))

    def _refer(self, call: Call, order: control.Refer | media.Refer) -> None:
        if isinstance(order, media.Refer):
            if order.mode == "invite":
                self._legs.begin(call, order)
                return
            call.instead = order if order.mode == "either" else None
        target = dialplan.refer_target(order.target, call.dialog) if order.target else ""
        other = self._answered(order.replaces) if order.replaces else None
        if order.replaces and other is None:
            raise ValueError(f"replaces: no answered line {order.replaces[:60]}")
        replaced = other.key if other is not None else ""
        self._sip.handle(Refer(call.key, target, replaced, tuple(order.headers.items())))
