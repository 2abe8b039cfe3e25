"""Calls on their way out: from an order to its INVITE, and on to the next server or contact.

An INVITE that may have rung somewhere is the last: it is gone on only after a failed look-up, a
failed connection, a 503 or a 3xx, and only before anything rang.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from uponai import log
from uponai.edge import dialplan
from uponai.edge.brain_link import BrainLinks
from uponai.edge.call import Call
from uponai.edge.moves import Moves
from uponai.edge.outcome import Outcome, outcome
from uponai.edge.parts import Parts
from uponai.edge.ports import NoFreePortError
from uponai.edge.reach import DialError, Rules, ways
from uponai.edge.roster import Roster
from uponai.link import control
from uponai.sip import commands as news
from uponai.sip import crypto
from uponai.sip.digest import Credentials
from uponai.sip.events import PlaceCall
from uponai.sip.headers import NameAddr, parse_name_addr
from uponai.sip.hop import Transport
from uponai.sip.offer import CODECS, G722, Codec, LocalMedia
from uponai.sip.redirect import Former
from uponai.sip.tokens import sip_call_id
from uponai.tasks import TaskGroup, monotonic_s

_log = log.get("uponai.edge.calls")

Finish = Callable[[Call, Outcome], None]


def _secured(call: Call) -> bool:
    """Keys are offered only where nobody on the way can read them (RFC 4568 section 8.3)."""
    if call.plain or call.encryption == "disable":
        return False
    return call.reached is not None and call.reached.transport is Transport.TLS


class Placing:
    """``finish`` ends a call that cannot go on. Nothing waits except in tasks."""

    def __init__(
        self, parts: Parts, calls: Roster, finish: Finish, runs: tuple[BrainLinks, TaskGroup]
    ) -> None:
        self._parts = parts
        self._calls = calls
        self._finish = finish
        self._links, self._tasks = runs

    def begin(self, call: Call, dial: control.Dial) -> None:
        """Look the trunk up and call."""
        if call.brains:
            # The connection stands by the time somebody answers.
            self._tasks.spawn(self._links.open(call.brains[0]), name="edge link warm-up")
        self._tasks.spawn(self._dial(call, dial), name="edge dial")

    def answer_media(self, call: Call) -> LocalMedia:
        """Our side of the audio of a call that came in. Raises DialError where no port is free."""
        # G.722 is taken of those who speak nothing else: the line hears no more by it.
        names = dict.fromkeys((*self._parts.config.codecs, G722.name))
        return self._media(call, tuple(CODECS[name] for name in names if name in CODECS))

    def _media(self, call: Call, codecs: tuple[Codec, ...], *, secured: bool = False) -> LocalMedia:
        try:
            call.rtp = call.rtp or self._parts.sockets.open(monotonic_s())
        except NoFreePortError as error:
            raise DialError("connect", "the edge has no free audio port") from error
        return LocalMedia(
            self._parts.told_host,
            call.rtp.port,
            codecs,
            session_id=secrets.randbits(31),
            srtp_keys=_keys() if call.encryption != "disable" else (),
            secured=secured,
            required=call.encryption == "require",
        )

    def goes_on(self, call: Call, word: news.Failed) -> bool:
        """Whether the call is tried on, before anything rang: at the next server after one without
        capacity (503, §21.5.4), with plain audio where secured was refused (488, 606), or at the
        contacts of a 3xx.
        """
        dial = call.order
        early = call.stage == "dialling" and call.plan is not None and call.ending is None
        if dial is None or not early or word.cause is not news.Cause.CODE:
            return False
        if word.code == 503:
            call.reached = None
        elif word.code in {488, 606} and _secured(call) and call.encryption != "require":
            call.plain = True
        elif not self._is_moved(call, word):
            return False
        self._calls.rename(call, f"{call.call_id}.{call.attempt}.{call.tries}")
        self._tasks.spawn(self._dial(call, dial, outcome(word)), name="edge dial")
        return True

    def _is_moved(self, call: Call, word: news.Failed) -> bool:
        if not word.contacts or call.plan is None:
            return False
        call.moves = call.moves or Moves(call.plan.target)
        call.moves.add(word.contacts, word.realms)
        return self._moves(call)

    def _moves(self, call: Call) -> bool:
        """Point the call at its next contact, if it has one."""
        while call.moves is not None and call.plan is not None:
            contact = call.moves.next()
            if contact is None:
                return False
            try:
                call.plan = dialplan.moved(call.plan, contact)
            except ValueError as error:
                _log.info("contact not followed", call_id=call.call_id, error=str(error))
                continue
            call.ways, call.reached, call.plain = None, None, False
            return True
        return False

    async def _dial(self, call: Call, dial: control.Dial, before: Outcome | None = None) -> None:
        """``before``: the last word that came, which counts if nobody else can be reached."""
        try:
            await self._reach(call, dial)
        except DialError as error:
            how = Outcome(error.cause, None, str(error))
            self._finish(call, how if error.cause == "cancelled" else before or how)
        except Exception as error:  # noqa: BLE001 - whatever it is, the call must end with a word
            _log.exception("dial failed", call_id=call.call_id)
            self._finish(call, Outcome("protocol", None, f"internal error: {error}"))

    async def _reach(self, call: Call, dial: control.Dial) -> None:
        while True:
            try:
                await self._place(call, dial)
            except DialError as error:
                if error.cause == "cancelled" or not self._moves(call):
                    raise
            else:
                return

    async def _place(self, call: Call, dial: control.Dial) -> None:
        parts = self._parts
        try:
            plan = call.plan or dialplan.plan(dial, parts.told_host, parts.config.codecs)
        except ValueError as error:
            raise DialError("protocol", str(error)) from error
        call.plan = plan
        rules = Rules(parts.config.allow_target, parts.probes.is_down)
        call.ways = call.ways or ways(plan, parts.sip.sockets, rules)
        reached = call.reached = call.reached or await anext(call.ways)
        if call.ending is not None:
            raise DialError("cancelled", "")
        if call.encryption == "require" and not _secured(call):
            raise DialError("protocol", "trunk.media_encryption: require needs TLS")
        call.tries += 1
        media = self._media(call, plan.codecs, secured=_secured(call))
        try:
            order = PlaceCall(
                call_key=call.key,
                call_id=self._sip_call_id(call),
                target=plan.target,
                destination=reached.address,
                transport=reached.transport,
                caller=plan.caller,
                media=media,
                callee=NameAddr(plan.callee),
                credentials=_credentials(dial.trunk),
                headers=tuple(dial.headers.items()),
                ring_timeout_s=dial.ring_timeout_ms / 1000,
                tls_port=reached.tls_port,
                server_name=reached.server_name,
                follows=_former(call, plan),
            )
            parts.sip.handle(order)
        except ValueError as error:
            raise DialError("protocol", str(error)) from error

    def _sip_call_id(self, call: Call) -> str:
        """A call that was sent on keeps its Call-ID; at another server it begins anew."""
        if call.moves is not None:
            return str(call.dialog["call_id"])
        nth = f"{call.attempt}" + (f".{call.tries}" if call.tries > 1 else "")
        return sip_call_id(call.call_id, nth, self._parts.told_host)


def _keys() -> tuple[bytes, ...]:
    return tuple(secrets.token_bytes(crypto.KEY_BYTES) for _ in crypto.SUITES)


def _credentials(trunk: control.Trunk) -> Credentials | None:
    return Credentials(trunk.username, trunk.password or "") if trunk.username else None


def _former(call: Call, plan: dialplan.Plan) -> Former | None:
    """The names that a call which was sent on keeps. Its password goes to the trunk's own host, and
    elsewhere to a realm that the trunk itself has asked in (§22.1).
    """
    if call.moves is None:
        return None
    tag = parse_name_addr(str(call.dialog["local"])).tag
    at_home = plan.host.lower() == plan.home.lower()
    return Former(tag, int(call.dialog["cseq"]), None if at_home else call.moves.realms)
