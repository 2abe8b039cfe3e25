"""Where a 3xx sends a call on to (RFC 3261 §8.1.3.4, §21.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from uponai.sip.errors import SipParseError
from uponai.sip.headers import parse_name_addr
from uponai.sip.message import Response
from uponai.sip.uri import SipUri, param, parse_uri

FOLLOWED = frozenset({300, 301, 302})
"""305 names a proxy and 380 another service: neither is a place to call instead."""

_MAX_CONTACTS = 20


@dataclass(frozen=True, slots=True)
class Former:
    """The refused INVITE that a new one follows, and whose Call-ID and From tag it keeps.

    ``cseq`` is the last number used; ``realms`` are those whose challenges may be answered with the
    account's password, None: any.
    """

    local_tag: str
    cseq: int
    realms: tuple[str, ...] | None = None


def contacts_of(response: Response) -> tuple[str, ...]:
    """The SIP URIs of a redirection, the wanted first (§20.10); none for any other response."""
    if response.status not in FOLLOWED:
        return ()
    found: list[tuple[float, str]] = []
    for value in response.headers.listed("Contact")[:_MAX_CONTACTS]:
        try:
            contact = parse_name_addr(value)
            uri = parse_uri(contact.uri)
        except SipParseError:
            continue
        if uri.scheme in {"sip", "sips"} and uri.host:
            found.append((_share(param(contact.params, "q")), str(_bare(uri))))
    found.sort(key=lambda entry: -entry[0])
    return tuple(dict.fromkeys(uri for _, uri in found))


def _bare(uri: SipUri) -> SipUri:
    """Without what would change more of the request than its target (§19.1.5)."""
    params = tuple(pair for pair in uri.params if pair[0] not in {"method", "ttl", "maddr"})
    return replace(uri, params=params, headers="", password="")


def _share(text: str | None) -> float:
    """The q of a contact, 1 where it says none that can be read."""
    try:
        share = float(text) if text and len(text) <= 5 else 1.0
    except ValueError:
        return 1.0
    return share if 0 <= share <= 1 else 1.0
