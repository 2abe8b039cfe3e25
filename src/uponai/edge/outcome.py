"""How SIP's last word on a call reads on the control link: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from uponai.link import control
from uponai.sip.commands import Cause, Failed, HungUp, Lost, RemoteHungUp

LastWord = Failed | RemoteHungUp | HungUp | Lost

_FAILED: Final[dict[Cause, control.Cause]] = {
    Cause.CODE: "code",
    Cause.TIMEOUT: "silent",
    Cause.TRANSPORT: "connect",
    # The connection broke with the INVITE on it: as with silence, nobody knows whether it rang.
    Cause.BROKEN: "silent",
    Cause.RING_TIMEOUT: "ring_timeout",
    Cause.CANCELLED: "cancelled",
    Cause.CALLER_CANCELLED: "remote_hangup",
    Cause.MEDIA: "protocol",
    Cause.REJECTED: "cancelled",
    Cause.NO_ACK: "protocol",
    Cause.ENDED_EARLY: "remote_hangup",
    Cause.ORPHAN: "edge_restart",
    Cause.GONE: "protocol",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The parts of ``control.Ended`` that come from SIP."""

    cause: control.Cause
    sip_code: int | None = None
    text: str = ""


def outcome(word: LastWord) -> Outcome:
    """What to report of ``word``."""
    match word:
        case Failed():
            text = word.reason or word.phrase or word.detail
            return Outcome(_FAILED[word.cause], word.code, text)
        case RemoteHungUp():
            return Outcome("remote_hangup", None, word.reason)
        case HungUp():
            return Outcome("local_hangup", word.code)
        case Lost():
            return Outcome("protocol", None, word.detail)
