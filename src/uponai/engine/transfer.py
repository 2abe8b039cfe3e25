"""A caller on the way to somebody else: asked of the line, watched, and taken back if it fails."""

from __future__ import annotations

from enum import Enum
from typing import Final

from uponai.engine.agent import Agent
from uponai.engine.caller import Caller
from uponai.engine.commands import JoinCallers, StopPlaying, TransferNoted
from uponai.engine.desk import Desk
from uponai.engine.events import ToolReturned, TransferBegun, TransferTold
from uponai.engine.reply import Leave

REASON: Final = "call_transfer"
NOBODY_IN_TIME: Final = "nobody answered in time"
WHISPER_S: Final = 60.0
HANDED_OVER: Final = "The caller was handed over."
_UNCONFIRMED: Final = "the caller's side left for the new call before its answer was told"


class Stage(Enum):
    """How far the caller is."""

    HERE = "here"
    ASKED = "asked"  # the line holder was asked, nobody has said a word of it
    MOVING = "moving"  # the other side is being called
    GONE = "gone"  # it answered; it may still come to nothing


class Step(Enum):
    """What may happen to a transfer."""

    ASK = "ask"
    PROGRESS = "progress"
    DONE = "done"
    FAIL = "fail"


TRANSITIONS: Final[dict[tuple[Stage, Step], Stage]] = {
    (Stage.HERE, Step.ASK): Stage.ASKED,
    # Asked by a brain that died, or answered after we had given up: the caller leaves all the same.
    (Stage.HERE, Step.DONE): Stage.GONE,
    (Stage.ASKED, Step.PROGRESS): Stage.MOVING,
    (Stage.ASKED, Step.DONE): Stage.GONE,
    (Stage.ASKED, Step.FAIL): Stage.HERE,
    (Stage.MOVING, Step.PROGRESS): Stage.MOVING,
    (Stage.MOVING, Step.DONE): Stage.GONE,
    (Stage.MOVING, Step.FAIL): Stage.HERE,
    (Stage.GONE, Step.FAIL): Stage.HERE,
}
_STEPS: Final = {
    "progress": Step.PROGRESS,
    "answered": Step.PROGRESS,
    "done": Step.DONE,
    "joined": Step.DONE,
    "failed": Step.FAIL,
}


class Transfer:
    """At most one at a time. Methods that find the call over give the ``Leave`` to go with."""

    def __init__(self, desk: Desk, agent: Agent, caller: Caller) -> None:
        self._desk = desk
        self._agent = agent
        self._caller = caller
        self.stage = Stage.HERE
        self.due_at: float | None = None
        self._tool_call_id = ""
        self._joined = False
        self._whisper = ""
        self._whispering: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether the caller is being moved: nobody is talked with."""
        return self.stage is not Stage.HERE

    def begun(self, event: TransferBegun) -> bool:
        """The line was asked. False if nobody wanted that."""
        if event.tool_call_id not in self._agent.tools.running or not self._step(Step.ASK):
            return False
        self._tool_call_id = event.tool_call_id
        self._desk.record.transfer_to = event.destination
        self._caller.deaf = True
        self.due_at = self._desk.now + event.patience_s
        self._whisper, self._whispering = event.whisper, None
        return True

    def told(self, event: TransferTold) -> Leave | None:
        """How it goes on. What comes too late to matter is ignored."""
        if not self._step(_STEPS[event.state]):
            return None
        match event.state:
            case "progress":
                return None
            case "answered":
                self._say_first()
                return None
            case "done" | "joined":
                self.due_at = None
                self._joined = event.state == "joined"
                self._desk.do(TransferNoted("bridged"))
                return Leave(REASON)
            case "failed":
                self._desk.do(TransferNoted("cancelled"))
                self._take_back(_failure(event))
                return None

    def time_passed(self) -> None:
        """Nobody can wait for ever."""
        if self.due_at is None or self._desk.now < self.due_at:
            return
        if self._whispering is not None:
            self._join()
        else:
            self.told(TransferTold("failed", text=NOBODY_IN_TIME))

    def was_said(self, turn: int) -> bool:
        """Whether the agent's ``turn`` was what it had to whisper; then the two are joined."""
        if self._whispering != turn or not self.is_on:
            return False
        self._join()
        return True

    def _say_first(self) -> None:
        self._agent.say_line(self._whisper)
        live = self._agent.live
        if not self._whisper or live is None:
            self._join()
            return
        self._whispering = live.turn
        self.due_at = self._desk.now + WHISPER_S

    def _join(self) -> None:
        self._whispering, self.due_at = None, None
        self._desk.do(JoinCallers())

    def line_closed(self, cause: str) -> Leave | None:
        """Where the caller's side hangs up once it was on its way, it has left for the new call:
        many trunks take a transfer and say no more (RFC 3515 leaves them that way out).
        """
        if self.stage is Stage.MOVING and cause == "remote_hangup":
            self.stage = Stage.GONE
            return Leave(REASON, _UNCONFIRMED)
        return None

    def close(self) -> None:
        """The call is over: write down what became of it."""
        if self.stage is Stage.GONE:
            self._return(ToolReturned(self._tool_call_id, HANDED_OVER, successful=True))
            if self._joined:
                self._desk.do(TransferNoted("ended"))
        elif self.is_on:
            self._desk.do(TransferNoted("cancelled"))
        self.stage = Stage.HERE

    def _step(self, step: Step) -> bool:
        after = TRANSITIONS.get((self.stage, step))
        if after is not None:
            self.stage = after
        return after is not None

    def _take_back(self, why: str) -> None:
        self.due_at = None
        if self._whispering is not None:
            # The caller is not to hear the rest of it.
            self._whispering = None
            self._agent.ledger.hear_until(self._desk.line_sample)
            self._desk.do(StopPlaying())
            self._caller.abandon()
        self._desk.record.transfer_to = ""
        self._caller.deaf = False
        self._return(ToolReturned(self._tool_call_id, why, successful=False))

    def _return(self, result: ToolReturned) -> None:
        self._agent.tool_returned(result)


def _failure(event: TransferTold) -> str:
    why = event.text or "it was refused"
    code = f" ({event.code})" if event.code is not None else ""
    return f"The transfer failed: {why}{code}. The caller is still on the line."
