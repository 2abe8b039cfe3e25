"""Our accounts at registrars: registered at start, refreshed, tried again when that fails."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from uponai import log
from uponai.edge.dialplan import Plan
from uponai.edge.reach import DialError, ways
from uponai.edge.sip_driver import SipDriver
from uponai.sip.commands import Registered, Unregistered
from uponai.sip.digest import Credentials
from uponai.sip.errors import SipParseError
from uponai.sip.events import HangUp, Register
from uponai.sip.headers import NameAddr
from uponai.sip.hop import Transport
from uponai.sip.uri import Address, SipUri, format_host, parse_uri
from uponai.tasks import TaskGroup

FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 600.0
FAREWELL_S: Final = 1.0

_log = log.get("uponai.edge.registrar")


@dataclass(eq=False, slots=True)
class _Account:
    key: str
    uri: SipUri
    over: asyncio.Event = field(default_factory=asyncio.Event)
    stands: bool = False
    address: Address | None = None


def parse_account(text: str) -> SipUri:
    """``sip:user:password@host``, with ``;transport=tls`` where wanted. Raises ValueError."""
    try:
        uri = parse_uri(text)
    except SipParseError:
        # The text holds a password, so it is not repeated.
        raise ValueError("expected sip:user:password@host") from None
    if not uri.user or not uri.host or uri.transport.upper() not in {"", *Transport.__members__}:
        raise ValueError("expected sip:user:password@host")
    return uri


class Registrar:
    """Keeps every account registered. ``news`` takes what the SIP endpoint says of them."""

    def __init__(self, sip: SipDriver, host: str) -> None:
        self._sip = sip
        self._host = host
        self._accounts: dict[str, _Account] = {}
        self._tasks = TaskGroup()

    def start(self, accounts: tuple[str, ...]) -> None:
        """Begin with all of them. Raises ValueError for one that cannot be read."""
        for number, uri in enumerate(map(parse_account, accounts)):
            account = _Account(f"registration-{number}", uri)
            self._accounts[account.key] = account
        for account in self._accounts.values():
            self._tasks.spawn(self._keep(account), name="edge registration")

    def news(self, news: Registered | Unregistered) -> None:
        """An account is registered, or no longer."""
        account = self._accounts.get(news.call_key)
        if account is None:
            return
        account.stands = isinstance(news, Registered)
        kept = self._sip.sockets.kept
        if account.address is not None:
            (kept.add if account.stands else kept.discard)(account.address)
        if isinstance(news, Registered):
            _log.info("registered", registrar=account.uri.host, expires_s=news.expires_s)
            return
        _log.warning("not registered", registrar=account.uri.host, code=news.code, text=news.phrase)
        account.over.set()

    async def aclose(self) -> None:
        """Give all accounts up, waiting only a moment for the answers."""
        await self._tasks.aclose()
        standing = [account for account in self._accounts.values() if account.stands]
        for account in standing:
            account.over.clear()
            self._sip.handle(HangUp(account.key))
        try:
            async with asyncio.timeout(FAREWELL_S):
                for account in standing:
                    await account.over.wait()
        except TimeoutError:
            _log.warning("a registrar did not answer in time")

    async def _keep(self, account: _Account) -> None:
        tries = 0
        while True:
            account.over.clear()
            try:
                await self._register(account, tries)
            except (DialError, ValueError) as error:
                host = account.uri.host
                _log.warning("not registered", registrar=host, code=None, text=str(error))
            else:
                await account.over.wait()
            tries += 1
            await asyncio.sleep(min(FIRST_PAUSE_S * 2 ** min(tries - 1, 10), LONGEST_PAUSE_S))

    async def _register(self, account: _Account, tries: int) -> None:
        uri = account.uri
        wanted = Transport[uri.transport.upper()] if uri.transport else None
        if uri.scheme == "sips":
            wanted = Transport.TLS
        host = format_host(uri.host) + (f":{uri.port}" if uri.port else "")
        party = NameAddr(f"sip:{uri.user}@{host}")
        plan = Plan(f"sip:{host}", uri.host, uri.port, wanted, party, ())
        # The last try's transactions may still be remembered under its key.
        del self._accounts[account.key]
        account.key = f"{account.key.partition('.')[0]}.{tries}"
        self._accounts[account.key] = account
        reached = await anext(ways(plan, self._sip.sockets))
        account.address = reached.address if reached.transport is Transport.UDP else None
        self._sip.handle(
            Register(
                account.key,
                f"{account.key}@{self._host}",
                plan.target,
                party.uri,
                reached.address,
                reached.transport,
                Credentials(uri.user_text, unquote(uri.password)),
                tls_port=reached.tls_port,
            )
        )
