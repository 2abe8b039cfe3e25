"""Hands a caller on: reads what the agent's configuration wants, asks the line, tells of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from uponai.engine.commands import RunTool, TransferNoted
from uponai.engine.events import Event, ToolReturned, TransferBegun
from uponai.flow.arguments import filled
from uponai.flow.graph import Json, as_object
from uponai.flow.phone import NUMBER
from uponai.live.tools import as_texts, parse_arguments
from uponai.log import get
from uponai.storage.base import StorageUnavailable
from uponai.tasks import TaskGroup, now_ms

RING_MS = 30_000
BEYOND_RING_S = 15.0
TELL_S = 2.0
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_DIALLABLE = re.compile(r"[+0-9*#]{2,32}")

log = get("uponai.live.transfers")


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """Where a caller is to go. ``option`` is the agent's own ``transfer_option``; ``joins``: an
    edge calls there itself and stays between the two; ``whisper`` is said to whoever answers there.
    """

    number: str
    extension: str = ""
    ring_timeout_ms: int = RING_MS
    shows_caller: bool = False
    joins: bool = False
    whisper: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    option: Json = field(default_factory=dict[str, Any])

    def told(self) -> dict[str, Any]:
        """What webhooks say of it beside the call (retell-api.md section 4.2)."""
        destination = {"number": self.number}
        if self.extension:
            destination["extension"] = self.extension
        return {"transfer_destination": destination, "transfer_option": dict(self.option)}


def order_of(tool: Json, arguments: Mapping[str, Any]) -> TransferOrder:
    """What a ``transfer_call`` tool or node wants. Raises ValueError, saying what is wrong."""
    option = as_object(tool.get("transfer_option"))
    kind = str(option.get("type") or "cold_transfer")
    if kind not in ("cold_transfer", "warm_transfer"):
        raise ValueError(f"transfer_option.type: {kind} is not played by this version")
    wanted = as_object(tool.get("transfer_destination"))
    inferred = wanted.get("type") == "inferred"
    number = str((arguments.get(NUMBER) if inferred else wanted.get("number")) or "").strip()
    ring_ms = option.get("transfer_ring_duration_ms")
    return TransferOrder(
        number=_diallable(number, loose=tool.get("ignore_e164_validation") is True),
        extension=str(wanted.get("extension") or ""),
        ring_timeout_ms=int(ring_ms) if isinstance(ring_ms, int | float) else RING_MS,
        joins=kind == "warm_transfer" or option.get("cold_transfer_mode") == "sip_invite",
        whisper=_whisper(option) if kind == "warm_transfer" else "",
        shows_caller=option.get("show_transferee_as_caller") is True,
        headers=as_texts(as_object(tool.get("custom_sip_headers"))),
        option=option,
    )


def _whisper(option: Json) -> str:
    handoff = as_object(option.get("private_handoff_option"))
    if handoff and handoff.get("type") != "static_message":
        raise ValueError("private_handoff_option.type: only static_message is played")
    return str(handoff.get("message") or "")


def _diallable(number: str, *, loose: bool) -> str:
    if number.lower().startswith(("sip:", "sips:")):
        return number
    bare = re.sub(r"[\s().-]", "", number)
    if _E164.fullmatch(bare) or (loose and _DIALLABLE.fullmatch(bare)):
        return bare
    shown = f", got {number[:40]!r}" if number else ""
    raise ValueError(f"transfer_destination.number: must be in E.164 form or a SIP URI{shown}")


class Line(Protocol):
    """The call's line, as far as a transfer needs it."""

    def refer(
        self,
        target: str,
        headers: Mapping[str, str],
        *,
        ring_timeout_ms: int,
        show_number: str,
        mode: Literal["refer", "invite"],
        whisper: bool,
    ) -> None:
        """Ask that the caller be handed to ``target``."""
        ...


WriteLater = Callable[[], Awaitable[Any]]
"""Puts rows away. Raises StorageUnavailable or OSError."""


class TellTransfer(Protocol):
    """The rows of one webhook event, with what it says beside the call, as of now."""

    def __call__(self, event: str, details: Mapping[str, Any]) -> WriteLater: ...


@dataclass(frozen=True, slots=True)
class TransferContext:
    """``caller_number`` is who is to be handed on; ``write`` puts a webhook's rows away,
    ``heard_sample`` tells how far the line is.
    """

    variables: Callable[[], Mapping[str, str]]
    feed: Callable[[Event], None]
    caller_number: str
    write: TellTransfer
    heard_sample: Callable[[], int]


class Transfers:
    """The transfers of one call, and the webhooks that tell of them, in order."""

    def __init__(
        self, tools: Mapping[str, Json], line: Line, context: TransferContext, homework: TaskGroup
    ) -> None:
        """``homework`` outlives the call."""
        self._tools = tools
        self._line = line
        self._context = context
        self._homework = homework
        self.handed_over: tuple[int, int] | None = None  # line sample and wall time in ms
        self.ended_ms: int | None = None  # when a talk that we were between was over
        self._order: TransferOrder | None = None
        self._last: asyncio.Task[None] | None = None

    def begin(self, wanted: RunTool) -> None:
        """Ask the line; what cannot be asked has failed at once."""
        context = self._context
        tool = as_object(filled(self._tools.get(wanted.name, {}), context.variables()))
        try:
            order = order_of(tool, parse_arguments(wanted.arguments) or {})
        except ValueError as error:
            failed = ToolReturned(wanted.tool_call_id, f"Error: {error}", successful=False)
            context.feed(failed)
            return
        self._order = order
        self._line.refer(
            order.number,
            order.headers,
            ring_timeout_ms=order.ring_timeout_ms,
            show_number=context.caller_number if order.shows_caller else "",
            mode="invite" if order.joins else "refer",
            whisper=bool(order.whisper),
        )
        self._tell("transfer_started", order)
        patience_s = order.ring_timeout_ms / 1000 + BEYOND_RING_S
        context.feed(TransferBegun(wanted.tool_call_id, order.number, patience_s, order.whisper))

    def noted(self, note: TransferNoted) -> None:
        """The transfer has come this far."""
        match note.step:
            case "bridged":
                self.handed_over = (self._context.heard_sample(), now_ms())
            case "cancelled":
                self.handed_over = None
            case "ended":
                self.ended_ms = now_ms()
        if self._order is not None:
            self._tell(f"transfer_{note.step}", self._order)

    def _tell(self, event: str, order: TransferOrder) -> None:
        write = self._context.write(event, order.told())
        self._last = self._homework.spawn(self._write(event, write, self._last), name=event)

    async def _write(
        self, event: str, write: WriteLater, former: asyncio.Task[None] | None
    ) -> None:
        if former is not None:
            await asyncio.wait({former})
        try:
            await write()
        except (StorageUnavailable, OSError) as error:
            log.warning("webhook of a transfer lost", webhook=event, error=repr(error))

    async def flush(self) -> None:
        """Wait for what is still to be told: after the ending nothing can be."""
        if self._last is not None:
            await asyncio.wait({self._last}, timeout=TELL_S)
