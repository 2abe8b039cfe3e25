"""The half of a carrier that is not dialling: its HTTP hooks and its media sockets.

``app`` mounts the hooks of an account X under ``/hooks/X`` and its media sockets at ``/media/X``:
nobody else sees a carrier's payload. A media socket carries one call in the carrier's own dialect;
a ``MediaDialect`` is the pure codec of it, and ``live.carrier_line`` makes of it a line like any
other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from dataclasses import fields as fields_of
from typing import Any, Literal, Protocol, cast


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A request to a carrier's route. ``path`` is what follows ``/hooks/{account}/``; ``url`` the
    whole URL as the carrier was given it (scheme and host of the public URL); header names are in
    lower case.
    """

    method: str
    path: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HookAnswer:
    status: int = 204
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


REFUSED = HookAnswer(403, "signature\n")
UNREADABLE = HookAnswer(400, "not understood\n")
LATER = HookAnswer(503, "later\n")
"""Nothing was applied: the carrier should send it again."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a media socket must show: which call it carries.

    ``turn`` counts the sockets that a call had: a socket of a later turn takes the line from one
    of an earlier turn, which may only look alive.
    """

    call_id: str
    attempt: int
    fence: int
    turn: int = 0

    @property
    def next(self) -> Ticket:
        """For the socket that replaces a lost one."""
        return replace(self, turn=self.turn + 1)


class Tickets:
    """Issues tickets that nobody else can write. They outlive no call: the fence goes stale."""

    def __init__(self, seal: Callable[[str], str], unseal: Callable[[str], str]) -> None:
        self._seal = seal
        self._unseal = unseal

    def issue(self, ticket: Ticket) -> str:
        """Text of letters, digits, ``-``, ``_``, ``=`` and ``.``."""
        return self._seal(json.dumps(asdict(ticket), separators=(",", ":")))

    def read(self, text: str) -> Ticket | None:
        """None for what was not issued here."""
        try:
            fields = cast(dict[str, Any], json.loads(self._unseal(text)))
        except Exception:  # noqa: BLE001 - whatever breaks, it is no ticket of ours
            return None
        return Ticket(**fields)


@dataclass(frozen=True, slots=True)
class MediaStarted:
    """The first message: the carrier's reference of the call, and the ticket it was given."""

    carrier_ref: str
    ticket: str


@dataclass(frozen=True, slots=True)
class MediaAudio:
    """Caller audio, PCMU at 8 kHz; ``at_ms`` on the socket's own clock, None: right behind."""

    payload: bytes
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class MediaMarked:
    """Everything that was sent before the mark has been played or cleared."""

    mark: str


@dataclass(frozen=True, slots=True)
class MediaDigit:
    """The caller pressed ``digit`` (0-9 * # A-D)."""

    digit: str


@dataclass(frozen=True, slots=True)
class MediaStopped:
    """The carrier ends the stream: the call is over, or an order of ours interrupts it.

    ``while_ringing``: a transfer interrupts it only once it is answered, so that before the call
    is over.
    """

    while_ringing: bool = False


@dataclass(frozen=True, slots=True)
class TransferTold:
    """How a transfer goes on; a second ``done``: nobody will come back."""

    state: Literal["progress", "done", "failed"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class AnswererTold:
    """Who has answered by the carrier's own detection; ``beep``: a machine that records now."""

    is_machine: bool
    beep: bool = False


@dataclass(frozen=True, slots=True)
class LineOver:
    """The call is over, whatever its media socket still looks like. Nothing to a host that does not
    hold the line: whoever loses it finds out."""


LineNews = TransferTold | AnswererTold | LineOver
"""What a carrier's webhooks say of a call whose line a brain holds, here or elsewhere."""


def news_json(news: LineNews) -> dict[str, Any]:
    """For whoever holds the line elsewhere."""
    return {"news": type(news).__name__, **asdict(news)}


def news_of(fields: Mapping[str, Any]) -> LineNews | None:
    """None for what another release wrote. ``LineOver`` is left for nobody."""
    rest = {name: value for name, value in fields.items() if name != "news"}
    for kind in (TransferTold, AnswererTold):
        if fields.get("news") == kind.__name__ and rest.keys() == {f.name for f in fields_of(kind)}:
            return kind(**rest)
    return None


MediaEvent = MediaStarted | MediaAudio | MediaMarked | MediaDigit | MediaStopped


class DialectError(ValueError):
    """A frame that is not the carrier's dialect. The text names the field, never the content."""


class MediaDialect(Protocol):
    """The codec of one media socket; it may keep what a later message needs (a stream id)."""

    def decode(self, text: str) -> MediaEvent | None:
        """None for messages that say nothing to us. Raises DialectError."""
        ...

    def audio(self, payload: bytes) -> str:
        """PCMU to be played after what was sent before."""
        ...

    def mark(self, name: str) -> str:
        """Answered by ``MediaMarked`` once all audio before it was played or cleared."""
        ...

    def clear(self) -> str:
        """Drop what was not played."""
        ...


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where a caller is to be handed to. ``show_number`` is the caller id that is seen there
    ("": as the carrier does by itself), ``digits`` are keys for whoever answers (an extension,
    ``w`` pauses half a second)."""

    target: str
    show_number: str = ""
    ring_timeout_ms: int = 30_000
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    digits: str = ""


class LineOrders(Protocol):
    """What a brain asks of a carrier about an answered call. All raise ``base.CarrierError``.

    ``press`` and ``transfer`` may interrupt the media socket; the carrier brings the line back on
    a socket with the ticket's next turn (after a transfer: when it failed), or ends the call.
    """

    async def hang_up(self, carrier_ref: str) -> None:
        """Harmless for a call that is over."""
        ...

    async def press(self, carrier_ref: str, ticket: Ticket, digits: str) -> bool:
        """Press ``digits`` (``w`` pauses half a second). Whether the media socket is interrupted
        by it, and comes back."""
        ...

    async def transfer(self, carrier_ref: str, ticket: Ticket, transfer: Transfer) -> None: ...


class MediaCarrier(Protocol):
    """An account with a carrier that brings its audio itself. ``app`` mounts it by the account's
    name."""

    @property
    def orders(self) -> LineOrders: ...

    @property
    def tickets(self) -> Tickets: ...

    async def hook(self, request: HookRequest) -> HookAnswer:
        """Answer a webhook, after what it reports was applied. Never raises."""
        ...

    def admits(self, upgrade: HookRequest) -> bool:
        """Whether a media socket's opening request is signed by the carrier (or need not be)."""
        ...

    def dialect(self) -> MediaDialect:
        """For one socket."""
        ...
