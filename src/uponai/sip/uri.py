"""SIP and tel URIs and host:port pairs (RFC 3261 §19.1, RFC 3966)."""

from __future__ import annotations

import ipaddress
import string
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from uponai.sip.errors import SipParseError

_HOST = string.ascii_letters + string.digits + ".-_"
_IPV6 = string.hexdigits + ":.%" + string.ascii_letters
_UNSAFE = frozenset('<>" \t\r\n\0')
_PRIVATE = (
    *map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),  # RFC 1918
    ipaddress.IPv4Network("100.64.0.0/10"),  # RFC 6598, behind a provider's NAT
    ipaddress.IPv6Network("fc00::/7"),  # RFC 4193
    *map(ipaddress.IPv4Network, ("127.0.0.0/8", "169.254.0.0/16")),
    *map(ipaddress.IPv6Network, ("::1/128", "fe80::/10")),
    # No address at all: whoever names what it is bound to would be looked for on our own machine.
    ipaddress.IPv4Network("0.0.0.0/8"),
    ipaddress.IPv6Network("::/128"),
)
MAX_URI_CHARS = 2048

Params = tuple[tuple[str, str | None], ...]


class Address(NamedTuple):
    """Where packets go: an IP address or host name (IPv6 without brackets) and a port."""

    host: str
    port: int


def format_host(host: str) -> str:
    """The host as it stands in a URI or Via: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def format_address(address: Address) -> str:
    """``host:port`` with IPv6 in brackets."""
    return f"{format_host(address.host)}:{address.port}"


def parse_port(text: str) -> int:
    """A port number 1-65535; raises SipParseError."""
    if not 0 < len(text) <= 5 or not text.isascii() or not text.isdigit():
        raise SipParseError(f"bad port: {text[:20]!r}")
    port = int(text)
    if not 0 < port <= 65535:
        raise SipParseError(f"bad port: {port}")
    return port


def parse_host_port(text: str) -> tuple[str, int | None]:
    """``host[:port]`` with IPv6 in brackets -> (host without brackets, port or None)."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or not host or host.strip(_IPV6) or (rest and rest[0] != ":"):
            raise SipParseError(f"bad IPv6 host: {text[:80]!r}")
        return host, parse_port(rest[1:]) if rest else None
    host, colon, port = text.partition(":")
    if not host or host.strip(_HOST):
        raise SipParseError(f"bad host: {text[:80]!r}")
    return host, parse_port(port) if colon else None


def is_private(host: str) -> bool:
    """Whether ``host`` is a literal address that no one outside its own network can reach.

    What ``ipaddress`` calls private is not it: it leaves out the addresses behind a provider's NAT,
    and has those for documentation, which are public ones to whoever uses them.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    return any(address in network for network in _PRIVATE)


def parse_params(text: str) -> Params:
    """``;a=1;b`` (quotes kept together) -> pairs with lower-case names, None for a bare flag."""
    if not text:
        return ()
    parts = text.split(";") if '"' not in text else split_outside_quotes(text, ";")
    found: list[tuple[str, str | None]] = []
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if name:
            found.append((name, value.strip() if equals else None))
    return tuple(found)


def format_params(params: Params) -> str:
    """The inverse of ``parse_params``, starting with a semicolon when not empty."""
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in params)


def param(params: Params, name: str) -> str | None:
    """The value of a parameter: "" for a bare flag, None when it is absent."""
    for key, value in params:
        if key == name:
            return "" if value is None else value
    return None


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """Split at ``separator`` where it stands outside quoted strings and angle brackets."""
    parts: list[str] = []
    start = 0
    quoted = escaped = False
    angle = 0
    for index, char in enumerate(text):
        if quoted:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char == "<":
            angle += 1
        elif char == ">":
            angle = max(0, angle - 1)
        elif char == separator and not angle:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


@dataclass(frozen=True, slots=True)
class SipUri:
    """A sip:, sips: or tel: URI. ``user`` keeps its escapes; a tel: number is in ``user``."""

    scheme: str
    user: str
    host: str
    port: int | None = None
    params: Params = ()
    headers: str = ""
    password: str = ""

    def __str__(self) -> str:
        if self.scheme == "tel":
            return f"tel:{self.user}{format_params(self.params)}"
        secret = f":{self.password}" if self.password else ""
        user = f"{self.user}{secret}@" if self.user or secret else ""
        port = "" if self.port is None else f":{self.port}"
        tail = f"?{self.headers}" if self.headers else ""
        host = format_host(self.host)
        return f"{self.scheme}:{user}{host}{port}{format_params(self.params)}{tail}"

    @property
    def user_text(self) -> str:
        """The user part with its %-escapes decoded, e.g. ``+14155551234``."""
        return unquote(self.user)

    @property
    def is_loose_router(self) -> bool:
        """Whether the URI carries ``lr`` (RFC 3261 §19.1.1)."""
        return param(self.params, "lr") is not None

    @property
    def transport(self) -> str:
        """The transport parameter in lower case, "" when absent."""
        return (param(self.params, "transport") or "").lower()


def parse_uri(text: str) -> SipUri:
    """Parse a sip:, sips: or tel: URI; raises SipParseError for anything else."""
    if len(text) > MAX_URI_CHARS or not _UNSAFE.isdisjoint(text):
        raise SipParseError("URI too long or with characters that may not stand in one")
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not rest:
        raise SipParseError(f"not a URI: {text[:80]!r}")
    if scheme == "tel":
        number, _, tail = rest.partition(";")
        if not number:
            raise SipParseError("tel URI without a number")
        return SipUri("tel", number, "", None, parse_params(tail))
    if scheme not in {"sip", "sips"}:
        raise SipParseError(f"unsupported URI scheme: {scheme[:20]!r}")
    userinfo, _, place = rest.rpartition("@")
    place, _, headers = place.partition("?")
    host_port, _, tail = place.partition(";")
    host, port = parse_host_port(host_port)
    user, _, password = userinfo.partition(":")
    return SipUri(scheme, user, host, port, parse_params(tail), headers, password)
