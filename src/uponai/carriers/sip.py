"""Any SIP trunk, through our own edge: orders go over the edge's control channel.

The one place that says what a SIP outcome means for a call (``DISPOSITIONS``, ``CAUSES``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast
from urllib.parse import quote

import aiohttp

from uponai import log
from uponai.carriers.base import (
    SIP_DISPOSITIONS,
    CallArrived,
    CallVanished,
    CarrierError,
    CarrierEvent,
    CarrierSpec,
    CpsRange,
    Dialled,
    DialOrder,
    Found,
    HungUp,
    LineHeld,
    LinesHeld,
    LostDial,
    NeverSent,
    OnCarrierEvent,
    Over,
    PickedUp,
    Rang,
    Sighting,
    Unknown,
)
from uponai.domain.ending import Ending
from uponai.link import control
from uponai.link.codec import LinkError
from uponai.sip.errors import SipParseError
from uponai.sip.uri import SipUri, parse_uri

SPEC = CarrierSpec(
    name="sip",
    number_type="custom",
    forwards_custom_headers=True,
    cps=CpsRange(per_concurrency=20),
)

MOVED_TEMPORARILY = 302
UNAUTHORIZED = 401

DISPOSITIONS = SIP_DISPOSITIONS
"""Final SIP code of an unanswered call -> disconnection_reason (retell-api.md section 2.4)."""

CAUSES: dict[str, tuple[str, str]] = {
    "silent": ("telephony_provider_unavailable", "the trunk never answered the INVITE"),
    "dns": ("telephony_provider_unavailable", "the trunk's name does not resolve"),
    "connect": ("telephony_provider_unavailable", "the trunk refused the connection"),
    "full": ("telephony_provider_unavailable", ""),
    "ring_timeout": ("dial_no_answer", "nobody answered in time"),
    "cancelled": ("manual_stopped", "stopped before the answer"),
    "remote_hangup": ("user_hangup", ""),
    "local_hangup": ("agent_hangup", ""),
    "media_timeout": ("error_no_audio_received", "no audio came from the other side"),
    "no_brain": ("error_retell", "nobody took over the conversation"),
    "protocol": ("dial_failed", "the other side broke the protocol"),
    "edge_restart": ("error_retell", "the line holder restarted"),
}
"""Causes without a final code -> reason and its explanation."""


_MOST_HEARD = 500


def disposition(event: control.Ended) -> Ending:
    """What the end of a line means for its call, with the announcement that explained it."""
    ending = _disposition(event)
    if event.answered or not event.heard:
        return ending
    heard = f'heard before: "{event.heard[:_MOST_HEARD]}"'
    return replace(ending, detail=f"{ending.detail}; {heard}" if ending.detail else heard)


def _disposition(event: control.Ended) -> Ending:
    if event.cause == "code" and event.sip_code is not None:
        code = event.sip_code
        fallback = "telephony_provider_unavailable" if 500 <= code < 600 else "dial_failed"
        return Ending(DISPOSITIONS.get(code, fallback), event.text, code)
    reason, explanation = CAUSES.get(event.cause, ("error_unknown", event.cause))
    if event.cause == "local_hangup" and not event.answered:
        reason = "manual_stopped"
    if event.cause == "protocol" and event.answered:
        reason = "error_unknown"
    detail = f"{explanation}: {event.text}" if explanation and event.text else explanation
    return Ending(reason, detail or event.text, event.sip_code)


def trunk_of(number: dict[str, Any], password: str | None) -> control.Trunk:
    """The trunk that an imported number names (wire field ``sip_outbound_trunk_config``)."""
    trunk = cast(dict[str, Any], number.get("sip_outbound_trunk_config") or {})
    transport = str(trunk.get("transport") or "TCP").upper()
    if transport not in ("UDP", "TCP", "TLS"):
        raise CarrierError(f"transport {transport} is not offered", sent=False)
    return control.Trunk(
        uri=str(trunk.get("termination_uri") or ""),
        transport=transport,
        username=trunk.get("auth_username"),
        password=password,
        codecs=tuple(trunk.get("codecs") or ()),
        media_encryption=_encryption(trunk),
    )


def _encryption(trunk: Mapping[str, Any]) -> control.MediaEncryption:
    match trunk.get("media_encryption"):
        case "disable":
            return "disable"
        case "require":
            return "require"
        case _:
            return "allow"


def _trunk_without_uri(number: Mapping[str, Any]) -> control.Trunk:
    trunk = cast(dict[str, Any], number.get("sip_outbound_trunk_config") or {})
    return control.Trunk("", media_encryption=_encryption(trunk))


def contact_over_trunk(to_number: str, number: Mapping[str, Any]) -> str:
    """``to_number`` as a SIP URI at the number's trunk. Raises CarrierError when it has none."""
    trunk = cast(dict[str, Any], number.get("sip_outbound_trunk_config") or {})
    uri = str(trunk.get("termination_uri") or "")
    try:
        at = parse_uri(uri if uri.lower().startswith(("sip:", "sips:")) else f"sip:{uri}")
    except SipParseError as error:
        raise CarrierError(f"termination_uri: {error}", sent=False) from error
    return str(SipUri("sip", quote(to_number, safe="+"), at.host, at.port))


Backoff = Callable[[int], float]
_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class EdgeAddress:
    """Where the edge listens for control, and which brains it is told of."""

    url: str
    token: str
    brains: tuple[str, ...]


def _backoff_s(failures: int) -> float:
    return min(0.1 * 2**failures, 2.0)


class SipCarrier:
    """The control channel to one edge, kept up."""

    def __init__(
        self, session: aiohttp.ClientSession, edge: EdgeAddress, backoff_s: Backoff = _backoff_s
    ) -> None:
        self._session = session
        self._edge = edge
        self._backoff_s = backoff_s
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._seen: dict[str, int] = {}
        self._asked: dict[tuple[str, int], asyncio.Future[control.Seen | None]] = {}
        self._log = log.get("uponai.carriers.sip")
        self._trunks: tuple[control.TrunkState, ...] = ()

    @property
    def trunks_down(self) -> int:
        """How many servers of trunks, of those that the edge asks by OPTIONS, are silent now."""
        return sum(not trunk.up for trunk in self._trunks)

    @property
    def spec(self) -> CarrierSpec:
        return SPEC

    @property
    def connected(self) -> bool:
        return self._socket is not None

    async def run(self, on_event: OnCarrierEvent) -> None:
        failures = 0
        while True:
            try:
                await self._converse(on_event)
                failures = 0
            except (aiohttp.ClientError, OSError, LinkError) as error:
                self._log.warning("edge control lost", error=str(error), failures=failures)
            self._socket = None
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_result(None)
            await asyncio.sleep(self._backoff_s(failures))
            failures += 1

    async def _converse(self, on_event: OnCarrierEvent) -> None:
        headers = {"Authorization": f"Bearer {self._edge.token}"}
        async with self._session.ws_connect(
            self._edge.url, headers=headers, heartbeat=10.0, max_msg_size=1 << 22
        ) as socket:
            self._socket = socket
            await socket.send_str(control.encode_command(control.WantLines()))
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                envelope = control.decode_event(cast(str, message.data))
                if isinstance(envelope.event, control.Seen):
                    self._saw(envelope.event)
                elif envelope.seq > self._seen.get(envelope.boot, 0):
                    if isinstance(envelope.event, control.Lines):
                        self._trunks = envelope.event.trunks
                    event = _carrier_event(envelope.event)
                    if event is not None:
                        await on_event(event)
                    self._seen = {envelope.boot: envelope.seq}
                ack = control.Ack(envelope.boot, envelope.seq)
                await socket.send_str(control.encode_command(ack))

    async def dial(self, order: DialOrder) -> None:
        trunk = trunk_of(dict(order.number), order.password)
        if not trunk.uri and not order.to_number.startswith("sip:"):
            raise CarrierError("the number has no termination_uri", sent=False)
        await self._send(
            control.Dial(
                call_id=order.call_id,
                attempt=order.attempt,
                fence=order.fence,
                from_number=order.from_number,
                to_number=order.to_number,
                trunk=trunk,
                brains=self._edge.brains,
                ring_timeout_ms=order.ring_timeout_ms,
                headers=dict(order.headers),
            )
        )

    async def look_up(self, lost: LostDial) -> Sighting:
        """The edge answers from its calls and its journal, which outlives it."""
        key = (lost.call_id, lost.attempt)
        answer = self._asked.setdefault(key, asyncio.get_running_loop().create_future())
        try:
            ask = control.LookUp(lost.call_id, lost.attempt, lost.fence, lost.ordered_ms)
            await self._send(ask)
            async with asyncio.timeout(_ANSWER_S):
                seen = await asyncio.shield(answer)
        except TimeoutError:
            raise CarrierError("the edge gives no answer", sent=False) from None
        finally:
            self._asked.pop(key, None)
        if seen is None:
            raise CarrierError("the edge went away", sent=False)
        return _sighting(seen)

    def _saw(self, seen: control.Seen) -> None:
        answer = self._asked.get((seen.call_id, seen.attempt))
        if answer is not None and not answer.done():
            answer.set_result(seen)

    async def end(self, call_id: str, reason: str) -> None:
        await self._send(control.End(call_id, reason))

    async def accept(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any]
    ) -> None:
        await self._take(line_key, call_id, fence, _trunk_without_uri(number))

    async def accept_over(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any], password: str
    ) -> None:
        """A trunk that cannot be read is none: the call is more than a later transfer."""
        try:
            trunk = trunk_of(dict(number), password or None)
        except CarrierError:
            trunk = _trunk_without_uri(number)
        await self._take(line_key, call_id, fence, trunk)

    async def _take(self, line_key: str, call_id: str, fence: int, trunk: control.Trunk) -> None:
        await self._send(control.Accept(line_key, call_id, fence, self._edge.brains, trunk))

    async def ring(self, line_key: str, for_ms: int) -> None:
        await self._send(control.Ring(line_key, for_ms))

    async def reject(self, line_key: str, code: int, reason: str) -> None:
        await self._send(control.Reject(line_key, code, reason))

    async def challenge(self, line_key: str, value: str) -> None:
        await self._send(control.Reject(line_key, UNAUTHORIZED, challenge=value))

    async def redirect(self, line_key: str, to_number: str, number: Mapping[str, Any]) -> None:
        """By 302 (RFC 3261 section 21.3.3): the trunk that sent the call places the new one."""
        contact = contact_over_trunk(to_number, number)
        moved = control.Reject(line_key, MOVED_TEMPORARILY, contact=contact)
        await self._send(moved)

    async def ask_lines(self) -> None:
        await self._send(control.WantLines())

    async def _send(self, command: control.Command) -> None:
        socket = self._socket
        if socket is None:
            raise CarrierError("the edge is not connected", sent=False)
        try:
            await socket.send_str(control.encode_command(command))
        except (aiohttp.ClientError, ConnectionError, RuntimeError) as error:
            raise CarrierError(f"the edge went away: {error}", sent=True) from error


def _carrier_event(event: control.Event) -> CarrierEvent | None:
    told: CarrierEvent | None = None
    match event:
        case control.Dialling():
            told = Dialled(event.call_id, event.attempt, event.sip_call_id)
        case control.Ringing():
            told = Rang(event.call_id, event.attempt)
        case control.Answered():
            told = PickedUp(event.call_id, event.attempt, event.at_ms)
        case control.Ended():
            told = _hung_up(event)
        case control.Incoming():
            told = _arrived(event)
        case control.IncomingGone():
            told = CallVanished(event.line_key)
        case control.Lines():
            told = LinesHeld(tuple(_held(line) for line in event.lines))
        case control.BrainWanted() | control.Referred() | control.Seen():
            pass
    return told


def _arrived(event: control.Incoming) -> CallArrived:
    return CallArrived(
        event.line_key,
        event.from_number,
        event.to_number,
        event.source,
        event.headers,
        event.authorization,
    )


def _held(line: control.LineState) -> LineHeld:
    state: Literal["dialling", "ringing", "answered"] = line.state
    return LineHeld(line.call_id, state, line.attempt)


def _sighting(seen: control.Seen) -> Sighting:
    match seen.state:
        case "never":
            return NeverSent()
        case "unknown":
            return Unknown("the edge's journal began after the order")
        case "ended":
            return Over(_hung_up(seen.ended) if seen.ended is not None else None)
        case "dialling" | "ringing" | "answered":
            return Found(seen.state, seen.at_ms)


def _hung_up(event: control.Ended) -> HungUp:
    line = {
        "cause": event.cause,
        "sip_code": event.sip_code,
        "text": event.text,
        "line_samples": event.line_samples,
        "at_ms": event.at_ms,
    }
    return HungUp(
        event.call_id,
        event.attempt,
        event.answered,
        event.at_ms,
        disposition(event),
        line,
        no_room=event.cause == "full",
    )
