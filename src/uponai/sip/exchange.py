"""The words between call machines and the transaction layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from uponai.sip.commands import Command
from uponai.sip.hop import Hop
from uponai.sip.message import Request, Response
from uponai.sip.uri import Address


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """Send a request in a client transaction of its own. ``adopt``: it was sent already."""

    request: Request
    hop: Hop
    adopt: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer a request by the key it arrived with."""

    key: str
    response: Response


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop the client transaction of this request: nothing it could bring matters any more."""

    request: Request


CallCommand: TypeAlias = Command | OpenTransaction | Reply | Forget


@dataclass(frozen=True, slots=True)
class RequestArrived:
    """A request. ``key`` is "" for ACK, which is never answered; ``hop``: where replies go."""

    key: str
    request: Request
    hop: Hop
    source: Address


@dataclass(frozen=True, slots=True)
class ResponseArrived:
    """A response, and our request that it answers (None once that is forgotten)."""

    response: Response
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class TransactionFailed:
    """A request of this call got no answer. ``broken``: it could not be sent."""

    request: Request
    broken: bool = False
    may_have_left: bool = True
    detail: str = ""


NetworkEvent: TypeAlias = RequestArrived | ResponseArrived | TransactionFailed
