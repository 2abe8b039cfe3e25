"""A caller on the way to somebody else: asked of the line, watched, and taken back if it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any, Final, cast

from uponai.engine.agent import Agent
from uponai.engine.caller import Caller
from uponai.engine.commands import DismissOther, JoinCallers, StopPlaying, TransferNoted
from uponai.engine.desk import Desk
from uponai.engine.events import (
    ReplyToolCall,
    ToolReturned,
    TransferBegun,
    TransferDecided,
    TransferMet,
    TransferTold,
)
from uponai.engine.reply import Leave

REASON: Final = "call_transfer"
NOBODY_IN_TIME: Final = "nobody answered in time"
NOT_TAKEN_IN_TIME: Final = "they answered, and did not take the caller in time"
LOST: Final = "the connection to them was lost"
SAID_IN_S: Final = 60.0
"""What was begun to be said to whoever answered is over by then."""

JOINED_IN_S: Final = 5.0
RETOLD_IN_S: Final = 3.0
HANDED_OVER: Final = "The caller was handed over."
CALL_OVER: Final = "The call ended before anybody had the caller."
_UNCONFIRMED: Final = "the caller's side left for the new call before its answer was told"


TransferEvent = TransferBegun | TransferTold | TransferMet | TransferDecided


class Stage(Enum):
    """How far the caller is."""

    HERE = "here"
    ASKED = "asked"  # the line holder was asked, nobody has said a word of it
    MOVING = "moving"  # the other side is being called
    MET = "met"  # the other side answered, and is talked with alone
    GONE = "gone"  # the other side has the caller; it may still come to nothing


class Step(Enum):
    """What may happen to a transfer."""

    ASK = "ask"
    PROGRESS = "progress"
    ANSWER = "answer"
    DONE = "done"
    FAIL = "fail"


TRANSITIONS: Final[dict[tuple[Stage, Step], Stage]] = {
    (Stage.HERE, Step.ASK): Stage.ASKED,
    # Answered after we had given up: the caller leaves all the same.
    (Stage.HERE, Step.DONE): Stage.GONE,
    (Stage.ASKED, Step.PROGRESS): Stage.MOVING,
    (Stage.ASKED, Step.ANSWER): Stage.MET,
    (Stage.ASKED, Step.DONE): Stage.GONE,
    (Stage.ASKED, Step.FAIL): Stage.HERE,
    (Stage.MOVING, Step.PROGRESS): Stage.MOVING,
    (Stage.MOVING, Step.ANSWER): Stage.MET,
    (Stage.MOVING, Step.DONE): Stage.GONE,
    (Stage.MOVING, Step.FAIL): Stage.HERE,
    # Told again to a brain that comes later: the talk with them begins anew.
    (Stage.MET, Step.ANSWER): Stage.MET,
    (Stage.MET, Step.DONE): Stage.GONE,
    (Stage.MET, Step.FAIL): Stage.HERE,
    (Stage.GONE, Step.DONE): Stage.GONE,
    (Stage.GONE, Step.FAIL): Stage.HERE,
}
_STEPS: Final = {
    "progress": Step.PROGRESS,
    "answered": Step.ANSWER,
    "done": Step.DONE,
    "joined": Step.DONE,
    "failed": Step.FAIL,
}


@dataclass(slots=True)
class _Kept:
    """What of a transfer outlives a brain."""

    begun: TransferBegun
    tool: ReplyToolCall
    stage: Stage
    joined: bool = False


class Transfer:
    """At most one at a time. Methods that find the call over give the ``Leave`` to go with."""

    def __init__(self, desk: Desk, agent: Agent, caller: Caller) -> None:
        self._desk = desk
        self._agent = agent
        self._caller = caller
        self.stage = Stage.HERE
        self.joined = False
        self.due_at: float | None = None
        self._begun: TransferBegun | None = None
        self._joining = False
        self._introduction = ""
        self._introducing: int | None = None
        self._unheard = False

    @property
    def is_on(self) -> bool:
        """Whether the caller is being moved: nobody is talked with."""
        return self.stage is not Stage.HERE

    def moves(self, event: TransferEvent) -> Leave | None:
        """Something was heard of it."""
        match event:
            case TransferBegun():
                self._begin(event)
            case TransferMet():
                self._meet()
            case TransferDecided():
                self._decide(event)
            case TransferTold():
                return self._told(event)
        return None

    def _begin(self, event: TransferBegun) -> None:
        if event.tool_call_id not in self._agent.tools.running or not self._step(Step.ASK):
            return
        self._begun = event
        self.joined = self._joining = False
        self._introduction, self._introducing = "", None
        self._desk.record.transfer_to = event.destination
        self._caller.deaf = True
        self.due_at = self._desk.now + event.patience_s

    def _told(self, event: TransferTold) -> Leave | None:
        """What comes too late to matter is ignored."""
        before = self.stage
        if not self._step(_STEPS[event.state]):
            if event.state == "answered":
                self._desk.do(DismissOther())
            return None
        self._heard_again()
        match event.state:
            case "progress":
                if event.here and self._begun is not None:
                    self._begun = replace(self._begun, refers=False)
                return None
            case "answered":
                self._joining = False
                self.due_at = self._desk.now + (self._begun.talk_s if self._begun else 0.0)
                return None
            case "done" | "joined":
                self.due_at = None
                self.joined = event.state == "joined"
                if before is not Stage.GONE:
                    self._desk.do(TransferNoted("bridged"))
                return None if self._introduces() else Leave(REASON)
            case "failed":
                self._desk.do(TransferNoted("cancelled"))
                self._take_back(_failure(event))
                return None

    def _meet(self) -> None:
        if self.stage is Stage.MET and not self._joining:
            self.due_at = self._desk.now + SAID_IN_S

    def _decide(self, event: TransferDecided) -> None:
        if self.stage is not Stage.MET or self._joining:
            return
        if event.join:
            self._introduction = event.introduction
            self._join()
        else:
            self._give_up(event.why)

    def time_passed(self) -> None:
        """Nobody can wait for ever."""
        if self.due_at is None or self._desk.now < self.due_at:
            return
        begun = self._begun
        if self._unheard:
            self._give_up(LOST)
        elif self.stage is Stage.MET and not self._joining:
            if begun is not None and begun.joins_late:
                self._join()
            else:
                self._give_up(NOT_TAKEN_IN_TIME)
        else:
            self._give_up(NOBODY_IN_TIME if self.stage is not Stage.MET else LOST)

    def was_said(self, turn: int) -> bool:
        """Whether the agent's ``turn`` was its last: those two were introduced to each other."""
        return self.stage is Stage.GONE and self._introducing == turn

    def line_closed(self, cause: str) -> Leave | None:
        """Where the caller's side hangs up once it was on its way, it has left for the new call:
        many trunks take a transfer and say no more (RFC 3515 leaves them that way out).
        """
        if self.stage is Stage.GONE:
            return Leave(REASON)
        refers = self._begun is None or self._begun.refers
        if self.stage is Stage.MOVING and refers and cause == "remote_hangup":
            self.stage = Stage.GONE
            return Leave(REASON, _UNCONFIRMED)
        return None

    def close(self) -> None:
        """The call is over: write down what became of it."""
        if self.stage is Stage.GONE:
            self._return(HANDED_OVER, successful=True)
            if self.joined:
                self._desk.do(TransferNoted("ended"))
        elif self.is_on:
            self._desk.do(TransferNoted("cancelled"))
            self._desk.record.transfer_to = ""
            self._return(CALL_OVER, successful=False)
        self.stage = Stage.HERE

    # Another brain

    def kept(self) -> dict[str, Any] | None:
        """What another brain needs to go on with it, as JSON; None where nothing is under way."""
        begun = self._begun
        running = self._agent.tools.running.get(begun.tool_call_id) if begun is not None else None
        if begun is None or running is None or not self.is_on:
            return None
        return asdict(_Kept(begun, running.call, self.stage, self.joined)) | {
            "stage": self.stage.value
        }

    def put_back(self, kept: Mapping[str, Any]) -> None:
        """Go on with what a former brain has begun."""
        self._begun = TransferBegun(**cast("Mapping[str, Any]", kept["begun"]))
        self.stage = Stage(kept["stage"])
        self.joined = kept["joined"] is True
        self._caller.deaf = True
        self._agent.tools.resume(ReplyToolCall(**cast("Mapping[str, Any]", kept["tool"])))

    def resumed(self) -> Leave | None:
        """The line is here. A holder that joins callers tells where they are, at once."""
        begun = self._begun
        if begun is None or not self.is_on:
            return None
        if self.stage is Stage.GONE and not self.joined:
            return Leave(REASON)
        asked = begun.refers and self.stage in (Stage.ASKED, Stage.MOVING)
        self._unheard = not asked
        self.due_at = self._desk.now + (begun.patience_s if asked else RETOLD_IN_S)
        return None

    # Inside

    def _heard_again(self) -> None:
        """The holder of the line still knows of it."""
        if self._unheard and self._begun is not None:
            self._unheard = False
            self.due_at = self._desk.now + self._begun.patience_s

    def _join(self) -> None:
        self._joining = True
        self.due_at = self._desk.now + JOINED_IN_S
        self._desk.do(JoinCallers())

    def _give_up(self, why: str) -> None:
        self._desk.do(DismissOther())
        self._told(TransferTold("failed", text=why))

    def _introduces(self) -> bool:
        """The agent says a last thing, to both."""
        text, self._introduction = self._introduction, ""
        if not (text and self.joined):
            return False
        self._agent.say_line(text)
        live = self._agent.live
        self._introducing = live.turn if live is not None else None
        return live is not None

    def _step(self, step: Step) -> bool:
        after = TRANSITIONS.get((self.stage, step))
        if after is not None:
            self.stage = after
        return after is not None

    def _take_back(self, why: str) -> None:
        self.due_at = None
        self._unheard = False
        if self._introducing is not None:
            self._introducing = None
            self._agent.ledger.hear_until(self._desk.line_sample)
            self._desk.do(StopPlaying())
            self._caller.abandon()
        self._desk.record.transfer_to = ""
        self._caller.deaf = False
        self._return(why, successful=False)

    def _return(self, why: str, *, successful: bool) -> None:
        if self._begun is not None:
            self._agent.tool_returned(ToolReturned(self._begun.tool_call_id, why, successful))


def _failure(event: TransferTold) -> str:
    why = event.text or "it was refused"
    code = f" ({event.code})" if event.code is not None else ""
    return f"The transfer failed: {why}{code}. The caller is still on the line."
