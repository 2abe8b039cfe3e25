"""The one outgoing HTTP wrapper: time-outs, size limits, and the guard against private targets.

Addresses that users give (webhooks, functions, trunks) may only lead to public hosts, unless
``allow_private_targets`` names host and port. The name is resolved once per connection and the
connection goes to the very address that was checked, so a changing DNS answer cannot slip through.
Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from uponai.domain.errors import TargetRefused
from uponai.tasks import monotonic_s

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_BODY_BYTES = 1_000_000
MAX_CONNECTIONS_PER_HOST = 50
DNS_CACHE_S = 10
SOCKET_GOODBYE_S = 0.5

_FORBIDDEN = tuple(
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # the metadata service of one cloud, on a public address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::1/128",
        "100::/64",
        "2001:db8::/32",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "64:ff9b:1::/48",  # NAT64 into a local network (RFC 8215)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 7915)
        "ff00::/8",
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_BASES = (
    (re.compile(r"0x[0-9a-f]+"), 16),
    (re.compile(r"0[0-7]*"), 8),
    (re.compile(r"[1-9][0-9]*"), 10),
)


def is_private(address: Address) -> bool:
    """Whether ``address``, or the IPv4 address inside it, leads anywhere but the public net."""
    inner = _embedded(address)
    return any(
        a in net for a in (address, *inner) for net in _FORBIDDEN if a.version == net.version
    )


def _embedded(address: Address) -> tuple[ipaddress.IPv4Address, ...]:
    """IPv4 in IPv6: mapped, compatible, 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 (6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    found: list[ipaddress.IPv4Address] = []
    if address.ipv4_mapped is not None:
        found.append(address.ipv4_mapped)
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address.teredo is not None:
        found.extend(address.teredo)
    if address in _NAT64 or address in _COMPATIBLE:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return tuple(found)


def literal(host: str) -> Address | None:
    """The address that ``host`` spells, brackets and zone left off."""
    text = host.strip("[]").split("%", 1)[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def spelled(host: str) -> Address | None:
    """The address that ``host`` is for a resolver, however it is written.

    Besides ``literal``: the old forms of IPv4 (``inet_aton``: fewer parts, hexadecimal, octal, one
    whole number) and digits of other scripts, which resolvers take for an address without a query.
    """
    found = literal(host)
    if found is not None:
        return found
    text = _folded(host)
    parts = [_old_part(part) for part in text.split(".")]
    if not 1 <= len(parts) <= 4 or None in parts:
        return literal(text)
    *high, low = (part for part in parts if part is not None)
    if any(part > 0xFF for part in high) or low >= 1 << 8 * (4 - len(high)):
        return None
    value = sum(part << 8 * (3 - at) for at, part in enumerate(high)) + low
    return ipaddress.IPv4Address(value)


def _folded(host: str) -> str:
    """As a resolver reads a name: wide letters, digits and full stops are plain ones (IDNA)."""
    plain = unicodedata.normalize("NFKC", host.strip("[]"))
    return plain.replace("\N{IDEOGRAPHIC FULL STOP}", ".").lower().rstrip(".")


def _old_part(text: str) -> int | None:
    """A number as C reads it: ``0x7f``, ``0177``, ``127``."""
    for pattern, base in _BASES:
        if pattern.fullmatch(text):
            return int(text, base)
    return None


HTTP = ("http", "https")
WEBSOCKET = ("ws", "wss")


def target_of(url: str, what: str = "url", schemes: tuple[str, str] = HTTP) -> tuple[str, int]:
    """Host and port of a URL of these schemes, without credentials: a URL is stored, shown and
    logged. Raises TargetRefused, naming ``what``.

    Read as the client reads it: wide digits and ideographic full stops are digits and dots there,
    and what it takes for an address it does not have resolved.
    """
    try:
        read = URL(url)
        host, port = read.host, read.port
        fits = read.scheme in schemes and bool(host) and port is not None
        named = bool(read.raw_user or read.raw_password)
    except ValueError:
        host, port, fits, named = None, None, False, False
    if not fits or not host or port is None:
        raise TargetRefused(f"{what} must be a valid {' or '.join(schemes)} URL")
    if named:
        raise TargetRefused(f"{what} must not hold a user name or password")
    return host, port


Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""A name's addresses; OSError when it has none."""


class TargetGuard:
    """Decides where the platform may connect on a user's word.

    ``allowed`` are ``host:port`` texts (IPv6 in brackets); a name or an address may stand there.
    """

    def __init__(self, allowed: Iterable[str] = (), resolve: Resolve | None = None) -> None:
        self._allowed = frozenset(entry.lower() for entry in allowed)
        self._resolve = resolve or _resolve

    def allows(self, host: str, address: str, port: int) -> bool:
        """Whether a connection to ``address``, found for ``host`` as given, may be made."""
        if self._named(host, port) or self._named(address, port):
            return True
        found = literal(address)
        return found is not None and not is_private(found)

    def _named(self, host: str, port: int) -> bool:
        bare = host.strip("[]").lower().rstrip(".")
        return bool({f"{bare}:{port}", f"[{bare}]:{port}"} & self._allowed)

    def check_host(self, host: str, port: int, what: str = "address") -> None:
        """Refuse what is plainly private without asking DNS. Raises TargetRefused."""
        if self._named(host, port):
            return
        found = spelled(host)
        if found is not None and self._named(str(found), port):
            return
        name = _folded(host)
        local = name == "localhost" or name.endswith(".localhost")
        if local or (found is not None and is_private(found)):
            raise _refusal(what, host, port)

    def check_url(self, url: str, what: str = "url", schemes: tuple[str, str] = HTTP) -> None:
        """The same for a URL, and its form. Raises TargetRefused."""
        host, port = target_of(url, what, schemes)
        self.check_host(host, port, what)

    async def guard_host(self, host: str, port: int, what: str = "address") -> tuple[str, ...]:
        """Resolve ``host`` and return its addresses, all checked; connect to one of these only.

        Raises TargetRefused when any is private, OSError when the name does not resolve.
        """
        self.check_host(host, port, what)
        if literal(host) is not None:
            return (host.strip("[]"),)
        addresses = tuple(dict.fromkeys(await self._resolve(host, port)))
        if not all(self.allows(host, address, port) for address in addresses):
            raise _refusal(what, host, port)
        return addresses


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def _refusal(what: str, host: str, port: int) -> TargetRefused:
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return TargetRefused(
        f"{what} must not lead to a private address ({shown}:{port});"
        " name it in allow_private_targets to permit it"
    )


class _GuardedResolver(AbstractResolver):
    """Gives the connector checked addresses only, so the check and the connection agree."""

    def __init__(self, guard: TargetGuard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family
        addresses = await self._guard.guard_host(host, port)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back. ``truncated`` when the body was longer than allowed and cut there."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    elapsed_ms: int = 0
    truncated: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")


FailureKind = Literal["timeout", "connect", "dns", "tls", "protocol"]


class HttpFailure(Exception):
    """No answer. ``kind`` says where it failed; ``sent`` whether the request may have arrived."""

    def __init__(self, kind: FailureKind, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.sent = sent


@dataclass(frozen=True, slots=True)
class _Sending:
    """One request, and how much of its answer is wanted."""

    method: str
    url: str
    body: bytes | None
    headers: Mapping[str, str]
    limit: int
    enough: Callable[[bytes], bool] | None = None


class OutgoingSocket:
    """A WebSocket to an address that a user gave. ``close_code`` is of the far side's close frame;
    None while there was none.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.close_code: int | None = None

    async def receive(self) -> str | None:
        """The next message; None once the socket is closed or lost."""
        message = await self._socket.receive()
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                return str(message.data)
            case aiohttp.WSMsgType.BINARY:
                return bytes(message.data).decode("utf-8", errors="replace")
            case aiohttp.WSMsgType.CLOSE:
                # A close frame may carry no code (RFC 6455 section 7.1.5).
                self.close_code = int(message.data or 1005)
                return None
            case _:
                return None

    async def send(self, text: str) -> None:
        """Raises OSError when the socket is gone."""
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, RuntimeError) as error:
            raise OSError(str(error)) from error

    async def close(self) -> None:
        """Say goodbye (1000); the far side has half a second to answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SOCKET_GOODBYE_S):
                await self._socket.close()


async def _no_redirect(*told: object) -> None:
    """A redirect would lead past the guard."""
    del told
    raise TargetRefused("the address redirects; redirects are not followed")


class OutgoingHttp:
    """Requests to addresses that users gave. One session; close with ``aclose``."""

    def __init__(self, guard: TargetGuard, *, user_agent: str = "uponai") -> None:
        self._guard = guard
        self._agent = user_agent
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_ms: int = 10_000,
        max_bytes: int = MAX_BODY_BYTES,
    ) -> HttpAnswer:
        """One attempt, at most ``timeout_ms`` in all. Raises TargetRefused or HttpFailure."""
        sent = _Sending(method, url, body, headers or {}, max_bytes)
        return await self._timed(sent, timeout_ms)

    async def stream(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout_ms: int,
        enough: Callable[[bytes], bool],
    ) -> HttpAnswer:
        """A POST whose answer may be a stream that stays open: read until ``enough`` of the body
        so far, or its end. Raises TargetRefused or HttpFailure.
        """
        sent = _Sending("POST", url, body, headers, MAX_BODY_BYTES, enough)
        return await self._timed(sent, timeout_ms)

    async def open_socket(self, url: str, timeout_ms: int = 5_000) -> OutgoingSocket:
        """A WebSocket to a ws or wss URL. Raises TargetRefused or HttpFailure."""
        self._guard.check_url(url, schemes=WEBSOCKET)
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                socket = await self._open().ws_connect(url, max_msg_size=MAX_BODY_BYTES)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failure(error, timeout_ms) from error
        return OutgoingSocket(socket)

    async def _timed(self, sent: _Sending, timeout_ms: int) -> HttpAnswer:
        self._guard.check_url(sent.url)
        started_s = monotonic_s()
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                status, given, read, truncated = await self._exchange(sent)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failure(error, timeout_ms) from error
        elapsed_ms = round((monotonic_s() - started_s) * 1000)
        return HttpAnswer(status, given, read, elapsed_ms, truncated)

    async def _exchange(self, sent: _Sending) -> tuple[int, Mapping[str, str], bytes, bool]:
        async with self._open().request(
            sent.method, sent.url, data=sent.body, headers=sent.headers, allow_redirects=False
        ) as response:
            read = bytearray()
            async for chunk in response.content.iter_any():
                read += chunk
                if len(read) > sent.limit:
                    response.close()
                    return response.status, _plain(response), bytes(read[: sent.limit]), True
                if sent.enough is not None and sent.enough(bytes(read)):
                    response.close()
                    break
            return response.status, _plain(response), bytes(read), False

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_request_redirect.append(_no_redirect)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=_GuardedResolver(self._guard),
                    ttl_dns_cache=DNS_CACHE_S,
                    limit=0,
                    limit_per_host=MAX_CONNECTIONS_PER_HOST,
                ),
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._agent},
                trust_env=False,
                trace_configs=[tracing],
            )
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> OutgoingHttp:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        await self.aclose()


def _plain(response: aiohttp.ClientResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _failure(error: Exception, timeout_ms: int) -> HttpFailure:
    match error:
        case TimeoutError():
            return HttpFailure("timeout", f"no answer within {timeout_ms} ms", sent=True)
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return HttpFailure("dns", "the host name does not resolve", sent=False)
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return HttpFailure("tls", str(error), sent=False)
        case aiohttp.ClientConnectorError():
            return HttpFailure("connect", str(error), sent=False)
        case _:
            return HttpFailure("protocol", str(error) or type(error).__name__, sent=True)
