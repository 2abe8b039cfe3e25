"""Hands a caller on: asks the line as the agent's configuration wants, talks with whoever answers,
tells of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, assert_never

from uponai.domain.call import Call
from uponai.domain.errors import UserError
from uponai.engine.commands import DismissOther, JoinCallers, RunTool, TransferNoted
from uponai.engine.events import Event, ToolReturned, TransferBegun, TransferDecided
from uponai.flow.arguments import filled
from uponai.flow.graph import Json, as_object
from uponai.link.media import Refer
from uponai.live.driver import TransferCommand
from uponai.live.handoff import Words
from uponai.live.other_side import OtherSide
from uponai.live.second_leg import Means, SecondLeg
from uponai.live.tools import parse_arguments
from uponai.live.transfer_order import Talk, TransferOrder, order_of
from uponai.log import get
from uponai.providers.base import ProviderError
from uponai.storage.base import StorageUnavailable
from uponai.tasks import TaskGroup, now_ms

BEYOND_RING_S = 15.0
TELL_S = 2.0

log = get("uponai.live.transfers")


class Line(Protocol):
    """The call's line, as far as a transfer needs it."""

    def refer(self, order: Refer) -> None: ...

    def join(self) -> None: ...

    def dismiss(self) -> None: ...


WriteLater = Callable[[], Awaitable[Any]]
"""Puts rows away. Raises StorageUnavailable or OSError."""


class TellTransfer(Protocol):
    """The rows of one webhook event, with what it says beside the call, as of now."""

    def __call__(self, event: str, details: Mapping[str, Any]) -> WriteLater: ...


@dataclass(frozen=True, slots=True)
class TransferContext:
    """``caller_number`` is who is to be handed on; ``write`` puts a webhook's rows away,
    ``heard_sample`` tells how far the line is. ``tasks`` end with the call, ``homework`` outlives
    it.
    """

    feed: Callable[[Event], None]
    caller_number: str
    write: TellTransfer
    heard_sample: Callable[[], int]
    other_side: OtherSide
    means: Means
    tasks: TaskGroup
    homework: TaskGroup


class Transfers:
    """The transfers of one call, one at a time, and the webhooks that tell of them, in order."""

    def __init__(self, tools: Mapping[str, Json], line: Line, context: TransferContext) -> None:
        self._tools = tools
        self._line = line
        self._context = context
        self.handed_over: tuple[int, int] | None = None  # line sample and wall time in ms
        self.ended_ms: int | None = None  # when a talk that we were between was over
        self._order: TransferOrder | None = None
        self._words: asyncio.Task[Words] | None = None
        self._agents_call: Call | None = None
        self._second: SecondLeg | None = None
        self._last: asyncio.Task[None] | None = None

    def carry_out(self, command: TransferCommand) -> None:
        """What the conversation wants done."""
        match command:
            case RunTool(kind="transfer_call"):
                self._begin(command)
            case RunTool():
                self._fail(command, "only the agent of a transfer can decide on it")
            case JoinCallers():
                self._leave_second()
                self._line.join()
            case DismissOther():
                self._leave_second()
                self._line.dismiss()
            case TransferNoted():
                self._noted(command)
            case _:
                assert_never(command)

    def resume(self, tool: Mapping[str, Any]) -> None:
        """Know again what a former brain has asked for: the function that wanted it."""
        wanted = RunTool(str(tool["tool_call_id"]), str(tool["name"]), str(tool["arguments"]))
        try:
            self._order = self._order_of(wanted)
        except ValueError as error:
            log.warning("a transfer under way is not understood", error=str(error))
            return
        self._prepare(self._order)

    def reached(self, second: SecondLeg) -> None:
        """Whoever was called is on a line of their own."""
        if self._second is not None:
            self._second.close()
        self._second = second
        self._context.tasks.spawn(self._talk(second), name="talk before a transfer")

    def close(self) -> None:
        """The call is over here."""
        self._leave_second()

    # Asking

    def _begin(self, wanted: RunTool) -> None:
        """What cannot be asked has failed at once."""
        try:
            order = self._order_of(wanted)
        except ValueError as error:
            self._fail(wanted, str(error))
            return
        self._order = order
        self._prepare(order)
        talk = order.talk
        if talk is None or not talk.agent_id:
            self._ask(wanted, order)
        else:
            asking = self._ask_if_found(wanted, order, talk)
            self._context.tasks.spawn(asking, name="transfer agent")

    def _order_of(self, wanted: RunTool) -> TransferOrder:
        other_side = self._context.other_side
        tool = as_object(filled(self._tools.get(wanted.name, {}), other_side.variables()))
        return order_of(tool, parse_arguments(wanted.arguments) or {}, other_side.call.agent)

    def _prepare(self, order: TransferOrder) -> None:
        """The words are written while it rings there."""
        context = self._context
        self._words = self._agents_call = None
        if order.talk is not None:
            words = context.other_side.words(order.talk)
            self._words = context.tasks.spawn(words, name="words of a transfer")

    async def _ask_if_found(self, wanted: RunTool, order: TransferOrder, talk: Talk) -> None:
        try:
            self._agents_call = await self._context.other_side.agents_call(talk)
        except (UserError, StorageUnavailable, OSError) as error:
            self._fail(wanted, f"agentic_transfer_config.transfer_agent: {error}")
        except Exception as error:
            log.exception("transfer agent not loaded")
            self._fail(wanted, f"transfer agent: {type(error).__name__}")
        else:
            self._ask(wanted, order)

    def _ask(self, wanted: RunTool, order: TransferOrder) -> None:
        context = self._context
        self._line.refer(
            Refer(
                channel=0,
                target=order.number,
                headers=order.headers,
                ring_timeout_ms=order.ring_timeout_ms,
                show_number=context.caller_number if order.shows_caller else "",
                mode=order.mode,
                digits=order.digits,
                talk=order.talk is not None,
                music=order.music,
                cue=order.cue,
            )
        )
        self._tell("transfer_started", order)
        begun = TransferBegun(
            wanted.tool_call_id,
            order.number,
            patience_s=order.ring_timeout_ms / 1000 + BEYOND_RING_S,
            refers=order.mode != "invite",
        )
        if order.talk is not None:
            limit_s, joins_late = order.talk.limit_s, order.talk.joins_late
            begun = replace(begun, talk_s=limit_s, joins_late=joins_late)
        context.feed(begun)

    def _fail(self, wanted: RunTool, why: str) -> None:
        self._context.feed(ToolReturned(wanted.tool_call_id, f"Error: {why}", successful=False))

    # Talking with whoever answered

    async def _talk(self, second: SecondLeg) -> None:
        """Whatever goes wrong with it, the caller comes back."""
        context, talk = self._context, self._order.talk if self._order is not None else None
        try:
            if talk is None:
                raise LookupError("nobody knows what they are to be told")
            if talk.agent_id:
                call = self._agents_call or await context.other_side.agents_call(talk)
                role = context.other_side.agents(call)
            else:
                role = context.other_side.ushers(talk, self._told)
            second.begin(role, context.means, self._decide, context.feed)
        except (UserError, StorageUnavailable, ProviderError, LookupError, OSError) as error:
            log.warning("whoever answered cannot be talked with", error=str(error))
            self._decide(join=False, why=f"they could not be talked with: {error}")
        except Exception as error:
            log.exception("whoever answered cannot be talked with")
            self._decide(join=False, why=f"they could not be talked with: {type(error).__name__}")

    async def _told(self) -> Words:
        return Words() if self._words is None else await asyncio.shield(self._words)

    def _decide(self, join: bool, why: str) -> None:  # noqa: FBT001
        """The talk with them is over."""
        if self._second is not None and not self._second.closed:
            self._leave_second()
            if join:
                self._context.tasks.spawn(self._join(), name="join callers")
            else:
                self._context.feed(TransferDecided(join=False, why=why))

    async def _join(self) -> None:
        words = await self._told()
        self._context.feed(TransferDecided(join=True, introduction=words.public))

    def _leave_second(self) -> None:
        if self._second is not None:
            self._second.close()

    # Telling

    def _noted(self, note: TransferNoted) -> None:
        match note.step:
            case "bridged":
                self.handed_over = (self._context.heard_sample(), now_ms())
            case "cancelled":
                self.handed_over = None
                self._leave_second()
            case "ended":
                self.ended_ms = now_ms()
        if self._order is not None:
            self._tell(f"transfer_{note.step}", self._order)

    def _tell(self, event: str, order: TransferOrder) -> None:
        write = self._context.write(event, order.told())
        self._last = self._context.homework.spawn(self._write(event, write, self._last), name=event)

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
