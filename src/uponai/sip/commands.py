"""What comes out of the endpoint: bytes to send, journal entries, and news of calls.

Commands are carried out in order: a ``Journal`` that stands before a ``SendTo`` must be safe
before the bytes leave. Each call has exactly one last word: Failed, RemoteHungUp, HungUp or Lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from uponai.sip.hop import Transport
from uponai.sip.journal import DialogJournal
from uponai.sip.message import Request
from uponai.sip.offer import AudioAgreement
from uponai.sip.uri import Address


@dataclass(frozen=True, slots=True)
class SendTo:
    """Send bytes. ``flow``: the far end of an open TCP connection to prefer over a new one.

    ``destination.host`` may be a name. A failure is reported with ``SendFailed``, with the same
    destination and transport.
    """

    data: bytes
    destination: Address
    transport: Transport
    flow: Address | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """Make this durable before going on; it replaces the call's last entry."""

    journal: DialogJournal


class Cause(Enum):
    """Why a call never came to be, or was lost.

    CODE: a final response. TIMEOUT: total silence after the INVITE left, so whether it rang is
    unknown. TRANSPORT: the INVITE never left. BROKEN: the connection broke, it may have left.
    RING_TIMEOUT, CANCELLED: we gave up, by the clock or by HangUp. CALLER_CANCELLED: the caller
    gave up. MEDIA: no common audio. REJECTED: we refused. NO_ACK: our answer was never confirmed.
    ENDED_EARLY: the far side ended a call that was not yet answered. ORPHAN: ended after restart.
    GONE: the far side knows the call no longer, or did not refresh it in time.
    """

    CODE = "code"
    TIMEOUT = "timeout"
    TRANSPORT = "transport"
    BROKEN = "broken"
    RING_TIMEOUT = "ring_timeout"
    CANCELLED = "cancelled"
    CALLER_CANCELLED = "caller_cancelled"
    MEDIA = "media"
    REJECTED = "rejected"
    NO_ACK = "no_ack"
    ENDED_EARLY = "ended_early"
    ORPHAN = "orphan"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Ringing:
    """A provisional response above 100. ``early_media`` if it described audio."""

    call_key: str
    code: int
    early_media: AudioAgreement | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The far side answered our call; audio may flow both ways."""

    call_key: str
    media: AudioAgreement
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """Last word: the call was never answered (or only as we gave up: ``code`` 200).

    ``code`` and ``phrase`` are those of the last final response to the INVITE, if there was one;
    ``q850`` and ``reason`` come from its Reason field, ``detail`` from us. ``contacts``: where a
    3xx sends the call on to, the wanted first; ``realms``: who asked for our password on the way.
    """

    call_key: str
    cause: Cause
    code: int | None = None
    phrase: str = ""
    q850: int | None = None
    reason: str = ""
    detail: str = ""
    contacts: tuple[str, ...] = ()
    realms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteHungUp:
    """Last word: the far side sent BYE. ``headers`` are all of it."""

    call_key: str
    q850: int | None = None
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HungUp:
    """Last word: our HangUp of an answered call is done. ``code``: the answer to BYE, if any."""

    call_key: str
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Last word: an answered call ended because the far side stopped taking part."""

    call_key: str
    cause: Cause
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MediaChanged:
    """A re-INVITE or UPDATE was answered: hold, resume or another address."""

    call_key: str
    media: AudioAgreement


@dataclass(frozen=True, slots=True)
class DtmfReceived:
    """A key pressed, told by INFO (application/dtmf-relay or application/dtmf)."""

    call_key: str
    digit: str
    duration_ms: int


class ReferState(Enum):
    """How a REFER of ours goes on."""

    PROGRESS = "progress"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Referred:
    """News of a transfer that we asked for; after DONE or FAILED no more comes.

    ``code`` and ``phrase`` are those of the transferred call, or of the refused REFER; DONE without
    a code: the far side took it and reports nothing (RFC 4488). ``refused``: it said so before it
    did anything (RFC 3515 section 2.4.2).
    """

    call_key: str
    state: ReferState
    code: int | None = None
    phrase: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """Someone calls. To be followed by Ring, Answer, Reject or HangUp under ``call_key``.

    ``replaces`` is the call key of an answered or ringing call of the same far side, in whose place
    this one is answered (RFC 3891); whoever answers it hangs that one up.
    """

    call_key: str
    request: Request
    source: Address
    transport: Transport
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The caller acknowledged our answer; ``media`` is final, also after a late offer."""

    call_key: str
    media: AudioAgreement


@dataclass(frozen=True, slots=True)
class Registered:
    """The registrar knows where to reach us, for so long; it is asked again in time."""

    call_key: str
    expires_s: int


@dataclass(frozen=True, slots=True)
class Unregistered:
    """Last word of a registration: refused (``code``), not answered, or given up."""

    call_key: str
    code: int | None
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Probed:
    """Last word of a ``Probe``: the final code that came, None where none did."""

    call_key: str
    code: int | None


CallNews: TypeAlias = (
    Ringing
    | Answered
    | Failed
    | RemoteHungUp
    | HungUp
    | Lost
    | MediaChanged
    | DtmfReceived
    | Referred
    | IncomingCall
    | Confirmed
)
ServerNews: TypeAlias = Registered | Unregistered | Probed
Command: TypeAlias = SendTo | Journal | CallNews | ServerNews
