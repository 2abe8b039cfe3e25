"""Runs one conversation machine: feeds it events, executes its commands, wakes it at its deadline.

Holds no rule of a conversation. Events are handled one at a time in the order they come; what a
command brings about at once is handled after the command's whole list was executed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Protocol, assert_never, cast

from structlog.contextvars import bind_contextvars

from uponai.engine.commands import (
    Ask,
    CancelAsk,
    CancelSpeech,
    Command,
    DismissOther,
    Finish,
    HangUp,
    JoinCallers,
    JudgeEndOfTurn,
    Measured,
    Noted,
    Play,
    RunTool,
    SaveCheckpoint,
    Say,
    StopPlaying,
    Transcribe,
    TransferNoted,
)
from uponai.engine.events import Event, ReplyDone, ReplyFailed, TimePassed
from uponai.flow.phone import BRIDGE, CANCEL
from uponai.live.listener import Listener
from uponai.live.mind import Responder
from uponai.live.mouth import Mouth
from uponai.live.report import Measurements
from uponai.live.tools import Tools
from uponai.log import get
from uponai.tasks import TaskGroup, call_at, loop_s

LEAST_WAIT_S = 0.001
TRANSFER_KINDS = frozenset({"transfer_call", BRIDGE, CANCEL})

log = get("uponai.live.driver")


class Machine(Protocol):
    """The engine's conversation, as far as its driver sees it."""

    def handle(self, event: Event, now: float) -> list[Command]: ...

    def deadline(self) -> float | None: ...


TransferCommand = RunTool | JoinCallers | DismissOther | TransferNoted
"""What moves callers; of functions those of ``TRANSFER_KINDS``."""


class Transferring(Protocol):
    """Who moves callers."""

    def carry_out(self, command: TransferCommand) -> None: ...


class Hook(Protocol):
    """The line, as far as it is hung up."""

    def hang_up(self, reason: str, *, after_playout: bool = False) -> None: ...


class Keeper(Protocol):
    """Who keeps the record of the call while it lasts and once it is over."""

    def save(self, turn: int, state: Mapping[str, Any]) -> None: ...

    def finish(self, ending: Finish) -> None: ...


@dataclass(frozen=True, slots=True)
class Organs:
    """What the driver moves. All of one call, all telling their events to ``CallDriver.feed``."""

    listener: Listener
    mouth: Mouth
    responder: Responder
    tools: Tools
    transfers: Transferring
    line: Hook
    keeper: Keeper
    measured: Measurements


class CallDriver:
    """One call's loop without a loop: ``feed`` does everything, on the caller's stack."""

    def __init__(self, call_id: str, machine: Machine, organs: Organs, tasks: TaskGroup) -> None:
        self._machine = machine
        self._organs = organs
        self._tasks = tasks
        self._inbox: deque[Event] = deque()
        self._busy = False
        self._over = False
        self._asks: dict[int, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due_s: float | None = None
        self._context = copy_context()
        self._context.run(bind_contextvars, call_id=call_id)

    @property
    def over(self) -> bool:
        """Whether the conversation has finished; events no longer matter."""
        return self._over

    def feed(self, event: Event) -> None:
        """Tell the machine what happened and do what it wants. Never raises."""
        self._inbox.append(event)
        if not self._busy and not self._over:
            self._busy = True
            try:
                self._context.run(self._drain)
            finally:
                self._busy = False

    def close(self) -> None:
        """No more timers and replies (the owner of ``tasks`` ends the rest)."""
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _drain(self) -> None:
        try:
            while self._inbox and not self._over:
                event = self._inbox.popleft()
                now = loop_s()
                if isinstance(event, TimePassed) and self._timer_due_s is not None:
                    # A timer may fire a clock tick early; the machine must find itself due.
                    now = max(now, self._timer_due_s)
                for command in self._machine.handle(event, now):
                    self._execute(command)
            if not self._over:
                self._set_timer()
        except Exception:
            log.exception("conversation broke")
            self._end(Finish("error_retell", "internal error"))

    def _execute(self, command: Command) -> None:
        organs = self._organs
        match command:
            case Transcribe() | JudgeEndOfTurn():
                self._hear(command)
            case Ask() | CancelAsk():
                self._think(command)
            case Say() | CancelSpeech() | Play() | StopPlaying():
                self._speak(command)
            case RunTool() | JoinCallers() | DismissOther() | TransferNoted():
                self._do(command)
            case SaveCheckpoint():
                organs.keeper.save(command.turn, command.state)
            case Measured():
                organs.measured.add(command.metric, command.value_ms)
            case Noted():
                log.debug("noted", what=command.what, **{"pii.detail": dict(command.detail)})
            case HangUp():
                organs.line.hang_up(command.reason, after_playout=command.after_playout)
            case Finish():
                self._end(command)
            case _:
                assert_never(command)

    def _do(self, command: TransferCommand) -> None:
        if isinstance(command, RunTool) and command.kind not in TRANSFER_KINDS:
            self._tasks.spawn(self._run_tool(command), name=f"run {command.name}")
        else:
            self._organs.transfers.carry_out(command)

    def _hear(self, command: Transcribe | JudgeEndOfTurn) -> None:
        match command:
            case Transcribe():
                self._organs.listener.transcribe(command)
            case JudgeEndOfTurn():
                self._organs.listener.judge(command)

    def _speak(self, command: Say | CancelSpeech | Play | StopPlaying) -> None:
        mouth = self._organs.mouth
        match command:
            case Say():
                mouth.say(command)
            case CancelSpeech():
                mouth.cancel(command)
            case Play():
                mouth.play(command)
            case StopPlaying():
                mouth.stop()

    def _think(self, command: Ask | CancelAsk) -> None:
        match command:
            case Ask():
                task = self._tasks.spawn(self._ask(command), name=f"ask {command.ask}")
                self._asks[command.ask] = task
                task.add_done_callback(lambda _: self._asks.pop(command.ask, None))
            case CancelAsk():
                task = self._asks.pop(command.ask, None)
                if task is not None:
                    task.cancel()

    async def _ask(self, ask: Ask) -> None:
        done = False
        try:
            # Every responder of ours is an async generator; closing it frees the vendor's stream.
            replies = cast(Any, self._organs.responder.reply(ask))
            async with aclosing(replies):
                async for event in replies:
                    if isinstance(event, ReplyDone):
                        done = True
                        if event.tokens:
                            self._organs.measured.tokens.append(event.tokens)
                    self.feed(event)
        except Exception as error:
            log.exception("no reply", cause=ask.cause)
            self.feed(ReplyFailed(ask.ask, f"{type(error).__name__}: {error}"))
            return
        if not done:
            self.feed(ReplyFailed(ask.ask, "the reply broke off"))

    async def _run_tool(self, wanted: RunTool) -> None:
        self.feed(await self._organs.tools.run(wanted))

    def _end(self, ending: Finish) -> None:
        if not self._over:
            self.close()
            self._organs.keeper.finish(ending)

    def _set_timer(self) -> None:
        due_s = self._machine.deadline()
        if due_s == self._timer_due_s and self._timer is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._timer_due_s = due_s
        if due_s is not None:
            when_s = max(due_s, loop_s() + LEAST_WAIT_S)
            self._timer = call_at(when_s, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self.feed(TimePassed())
