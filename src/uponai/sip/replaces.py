"""A call that takes the place of another one (RFC 3891): the end of an attended transfer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from uponai.sip.dialog import Dialog
from uponai.sip.errors import SipParseError
from uponai.sip.headers import Headers
from uponai.sip.uri import param, parse_params


@dataclass(frozen=True, slots=True)
class Replaces:
    """Which dialog, seen from the party that is called: ``to_tag`` is our own."""

    call_id: str
    to_tag: str
    from_tag: str
    early_only: bool = False


class Standing(Enum):
    """How a dialog stands that is to be replaced."""

    EARLY = "early"
    ANSWERED = "answered"
    ENDED = "ended"


def read_replaces(headers: Headers) -> Replaces | None:
    """The field of an INVITE; raises SipParseError where it says nothing or too much (§6.1)."""
    values = headers.listed("Replaces")
    if not values:
        return None
    call_id, _, tail = values[0].partition(";")
    params = parse_params(tail)
    to_tag, from_tag = param(params, "to-tag"), param(params, "from-tag")
    if len(values) > 1 or headers.get("Join") or not (call_id.strip() and to_tag and from_tag):
        raise SipParseError("Replaces: expected one Call-ID with to-tag and from-tag")
    early_only = param(params, "early-only") is not None
    return Replaces(call_id.strip(), to_tag, from_tag, early_only)


def standing_of(dialog: Dialog, remote_tag: str, *, leaving: bool) -> Standing | None:
    """How an answered call stands; None where its far side has another tag."""
    if dialog.remote.tag != remote_tag:
        return None
    return Standing.ENDED if leaving else Standing.ANSWERED


def refusal(standing: Standing | None, *, early_only: bool, same_party: bool) -> int | None:
    """Why the dialog is not replaced (§3), as a SIP code; None: it is.

    ``standing`` is None where there is no such dialog. Only who is in a dialog already may hand it
    on (§8): the names alone, which others have seen on the way, do not prove that.
    """
    if standing is None:
        return 481
    if not same_party:
        return 403
    if standing is Standing.ENDED:
        return 603
    if standing is Standing.ANSWERED and early_only:
        return 486
    return None
