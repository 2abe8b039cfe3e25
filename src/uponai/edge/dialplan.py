"""From a ``Dial`` command to an INVITE's addresses: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from uponai.link.control import Dial, Trunk
from uponai.sip.errors import SipParseError
from uponai.sip.headers import NameAddr, parse_name_addr
from uponai.sip.hop import Transport
from uponai.sip.offer import CODECS, Codec
from uponai.sip.uri import SipUri, format_host, parse_uri

_USER_SAFE: Final = "-_.!~*'()&=+$,;?/"


@dataclass(frozen=True, slots=True)
class Plan:
    """``host`` may be a name; without ``port`` or ``transport`` the DNS says more (RFC 3263).

    ``callee`` is whom the call was for at first, ``home`` the trunk's host, wherever it is sent.
    """

    target: str
    host: str
    port: int | None
    transport: Transport | None
    caller: NameAddr
    codecs: tuple[Codec, ...]
    callee: str = ""
    home: str = ""


def plan(dial: Dial, our_host: str, our_codecs: tuple[str, ...]) -> Plan:
    """Where the INVITE goes and what it says. Raises ValueError naming the field at fault."""
    whole = dial.to_number.lower().startswith(("sip:", "sips:"))
    try:
        trunk = _parse(dial.trunk.uri if dial.trunk.uri or not whole else dial.to_number)
    except SipParseError as error:
        raise ValueError(f"trunk.uri: {error}") from error
    if not trunk.host:
        raise ValueError("trunk.uri: names no host")
    host = format_host(trunk.host) + (f":{trunk.port}" if trunk.port else "")
    target = dial.to_number if whole else f"sip:{_user(dial.to_number, 'to_number')}@{host}"
    return Plan(
        target,
        trunk.host,
        trunk.port,
        _transport(dial.trunk, trunk, whole=whole and not dial.trunk.uri),
        _caller(dial.from_number, our_host),
        _codecs(dial.trunk.codecs or our_codecs),
        target,
        trunk.host,
    )


def moved(plan: Plan, contact: str) -> Plan:
    """The way to where a 3xx sends a call. What goes over TLS stays there.

    Raises ValueError for what we cannot speak.
    """
    uri = parse_uri(contact)
    spoken = Transport.__members__.get(uri.transport.upper()) if uri.transport else plan.transport
    if uri.scheme == "sips" or plan.transport is Transport.TLS:
        spoken = Transport.TLS
    if uri.transport and spoken is None:
        raise ValueError(f"contact: transport {uri.transport[:20]} is not spoken")
    return replace(plan, target=contact, host=uri.host, port=uri.port, transport=spoken)


def refer_target(target: str, dialog: Mapping[str, Any]) -> str:
    """Whom the far side of ``dialog`` is asked to call: a SIP URI, or a number at its own host.

    Raises ValueError naming the field.
    """
    try:
        if not target.lower().startswith(("sip:", "sips:", "tel:")):
            ours = dialog["role"] == "caller"
            party = dialog["target"] if ours else parse_name_addr(dialog["remote"]).uri
            place = parse_uri(party)
            port = f":{place.port}" if place.port else ""
            return f"sip:{_user(target, 'target')}@{format_host(place.host)}{port}"
        return str(parse_uri(target))
    except SipParseError as error:
        raise ValueError(f"target: {error}") from error


def _parse(uri: str) -> SipUri:
    has_scheme = uri.lower().startswith(("sip:", "sips:"))
    return parse_uri(uri if has_scheme else f"sip:{uri}")


def _transport(trunk: Trunk, uri: SipUri, *, whole: bool) -> Transport | None:
    """What the URI says, else what the trunk says; a URI without a trunk leaves it to the DNS."""
    if uri.scheme == "sips":
        return Transport.TLS
    if whole and not uri.transport and uri.port is None:
        return None
    wanted = uri.transport.upper() or trunk.transport
    if wanted not in Transport.__members__:
        raise ValueError(f"trunk.transport: expected UDP, TCP or TLS, got {wanted[:20]}")
    return Transport[wanted]


def _caller(from_number: str, our_host: str) -> NameAddr:
    if from_number.lower().startswith(("sip:", "sips:")):
        return NameAddr(from_number)
    return NameAddr(f"sip:{_user(from_number, 'from_number')}@{format_host(our_host)}")


def _user(number: str, field: str) -> str:
    if not number or len(number) > 256:
        raise ValueError(f"{field}: expected 1 to 256 characters")
    return quote(number.removeprefix("tel:"), safe=_USER_SAFE)


def _codecs(names: tuple[str, ...]) -> tuple[Codec, ...]:
    found = tuple(CODECS[name.upper()] for name in names if name.upper() in CODECS)
    if not found:
        raise ValueError(f"trunk.codecs: expected some of {', '.join(CODECS)}")
    return found
