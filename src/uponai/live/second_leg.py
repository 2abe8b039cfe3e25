"""Whoever a transfer has reached: a line of their own, talked with alone until it is decided.

Nothing of it is in the call's record, and nothing of it outlives this brain: to the next one the
line comes again, and it begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from uponai.engine.commands import Finish, RunTool
from uponai.engine.conversation import Conversation
from uponai.engine.events import (
    DigitPressed,
    Event,
    LineOpened,
    SpeechStarted,
    ToolReturned,
    TransferMet,
)
from uponai.flow.graph import Json
from uponai.flow.phone import REASON
from uponai.link.media import Answerer, Cleared, Dtmf, Marked, Quality, Referred, Start, Stop
from uponai.live.driver import CallDriver, Organs, TransferCommand
from uponai.live.ears import Ears
from uponai.live.line import Line, Outlet
from uponai.live.listener import Listener, Recognizer
from uponai.live.mind import Responder
from uponai.live.mouth import Mouth
from uponai.live.report import Measurements
from uponai.live.tools import FunctionCaller, ToolContext, Tools, parse_arguments
from uponai.live.voice import Voice
from uponai.providers.base import EndOfTurn
from uponai.tasks import TaskGroup

_WHY: Final = {
    "voicemail_reached": "an answering machine answered",
    "ivr_reached": "a phone menu answered",
    "inactivity": "nobody there said anything",
    "agent_hangup": "the agent that talked with them ended it",
}

Decide = Callable[[bool, str], None]
"""Hears once whether the two are to be joined, or why not."""


@dataclass(frozen=True, slots=True)
class Role:
    """Who talks with them. ``bridges_machines``: even an answering machine gets the caller;
    ``ushers``: to speak to them means to have found a person.
    """

    talk: Conversation
    responder: Responder
    voice: Voice
    recognizer: Recognizer
    tools: Mapping[str, Json]
    bridges_machines: bool = False
    ushers: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What such a talk may use of its brain and of its call."""

    functions: FunctionCaller
    end_of_turn: EndOfTurn | None
    context: ToolContext


class SecondLeg:
    """One such line, from its ``Start`` to the decision."""

    def __init__(self, start: Start, ears: Ears, homework: TaskGroup) -> None:
        """``homework`` outlives the call."""
        self.ears = ears
        self.mouth: Mouth | None = None
        self.line = Line()
        self.closed = False
        self._start = start
        self._homework = homework
        self._tasks = TaskGroup()
        self._driver: CallDriver | None = None

    def attach(self, outlet: Outlet) -> None:
        """The line is reached through ``outlet``."""
        self.line.attach(outlet, self._start.channel)

    def begin(
        self, role: Role, means: Means, decide: Decide, feed_first: Callable[[Event], None]
    ) -> None:
        """Talk with them; ``feed_first`` tells the call that is transferred."""
        if self.closed:
            return

        def feed(event: Event) -> None:
            if role.ushers and isinstance(event, SpeechStarted):
                feed_first(TransferMet())
            driver.feed(event)

        mouth = Mouth(role.voice, self.line, self._tasks, feed)
        context = replace(means.context, press=self.line.press)
        outcome = _Outcome(decide, feed, bridges_machines=role.bridges_machines)
        organs = Organs(
            Listener(self.ears, role.recognizer, means.end_of_turn, self._tasks, feed),
            mouth,
            role.responder,
            Tools(role.tools, means.functions, context, self._tasks),
            outcome,
            outcome,
            outcome,
            Measurements(),
        )
        driver = CallDriver(self._start.call_id, role.talk, organs, self._tasks)
        self._driver, self.mouth = driver, mouth
        mouth.open(self._start)
        self.ears.tell = feed
        feed(LineOpened(self._start.line_sample))

    def on_line(
        self, message: Dtmf | Marked | Cleared | Referred | Answerer | Quality | Stop
    ) -> None:
        """A report of the line holder. That the line is gone, the call itself is told."""
        match message:
            case Marked() if self.mouth is not None:
                self.mouth.marked(message)
            case Cleared() if self.mouth is not None:
                self.mouth.cleared(message)
            case Dtmf() if self._driver is not None:
                self._driver.feed(DigitPressed(message.digit, message.line_sample))
            case Stop():
                self.close()
            case _:
                pass

    def lost(self, outlet: Outlet) -> None:
        """The link is gone; the line comes again, to whoever has the call then."""
        del outlet
        self.close()

    def close(self) -> None:
        """Not a word more."""
        if self.closed:
            return
        self.closed = True
        self.ears.tell = None
        self.line.detach()
        if self._driver is not None:
            self._driver.close()
        self._homework.spawn(self._tasks.aclose(), name=f"leave {self._start.call_id}")


class _Outcome:
    """Whatever would end or move that talk decides the transfer."""

    def __init__(
        self, decide: Decide, feed: Callable[[Event], None], *, bridges_machines: bool
    ) -> None:
        self._decide = decide
        self._feed = feed
        self._bridges_machines = bridges_machines

    def carry_out(self, command: TransferCommand) -> None:
        """Only functions are there: nobody is called for somebody who was called."""
        match command:
            case RunTool(kind="bridge_transfer"):
                self._decide(True, "")
            case RunTool(kind="cancel_transfer"):
                why = (parse_arguments(command.arguments) or {}).get(REASON)
                self._decide(False, str(why or "the agent that talked with them cancelled it"))
            case RunTool():
                text = "Error: whoever answered a transfer is not transferred on"
                self._feed(ToolReturned(command.tool_call_id, text, successful=False))
            case _:
                pass

    def hang_up(self, reason: str, *, after_playout: bool = False) -> None:
        """The talk is over; who is hung up on, the call decides."""
        del after_playout
        machine = reason == "voicemail_reached"
        if machine and self._bridges_machines:
            self._decide(True, "")
        else:
            self._decide(False, _WHY.get(reason, f"the talk with them broke off ({reason})"))

    def finish(self, ending: Finish) -> None:
        """Broken off, if nothing was decided before."""
        self.hang_up(ending.reason)

    def save(self, turn: int, state: Mapping[str, Any]) -> None:
        """Nothing of it is kept."""
        del turn, state
