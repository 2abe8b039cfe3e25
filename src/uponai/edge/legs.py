"""Second legs: somebody called here for a caller whose line this edge holds, then the two joined.

The caller hears a ringing tone until there is an answer. The tape goes on: what the other one says
stands where the agent stood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from uponai.edge import dialplan
from uponai.edge.call import Call
from uponai.edge.line import FRAME_SAMPLES, Line
from uponai.edge.outcome import Outcome
from uponai.link import control
from uponai.link.media import LINK_RATE_HZ, Referred
from uponai.media import tones
from uponai.media.g711 import Pcm
from uponai.sip.headers import parse_name_addr
from uponai.sip.uri import parse_uri

WATCHED_SAMPLES: Final = 90 * LINK_RATE_HZ
"""Whoever hangs up sooner has dropped the caller, who comes back to the agent."""

_RINGBACK: Final = tones.ringback()


@dataclass(frozen=True, slots=True)
class Join:
    """Call ``target`` and join it with the caller of ``call_id`` (``show_number``: "" is ours)."""

    call_id: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    ring_timeout_ms: int = 30_000
    show_number: str = ""


class Board(Protocol):
    """Who places and ends calls."""

    def place(self, call: Call, dial: control.Dial) -> None:
        """Begin ``call``."""
        ...

    def hang_up(self, call: Call, reason: str) -> None: ...


class Legs:
    """One second leg a call at a time."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._of: dict[str, Call] = {}
        self._count = 0

    def begin(self, first: Call, order: Join) -> None:
        """Call somebody for ``first``. Raises ValueError where that cannot be."""
        if first.line is None or first.key in self._of:
            raise ValueError("a transfer is under way" if first.line else "not answered")
        dial = self._dial(first, order)
        leg = Call(f"{dial.call_id}.1", dial.call_id, 1, first.fence, (), first=first)
        leg.order = dial
        self._of[first.key] = leg
        first.line.source = _Ringing(first.line).frame
        self._board.place(leg, dial)

    def _dial(self, first: Call, order: Join) -> control.Dial:
        self._count += 1
        former = first.order
        if former is not None:
            number, trunk, target = former.from_number, former.trunk, order.target
        else:
            number = parse_uri(parse_name_addr(str(first.dialog["local"])).uri).user
            trunk = control.Trunk("")
            target = dialplan.refer_target(order.target, first.dialog)
        return control.Dial(
            call_id=f"{first.call_id}.leg{self._count}",
            attempt=1,
            fence=first.fence,
            from_number=order.show_number or number,
            to_number=target,
            trunk=trunk,
            brains=(),
            ring_timeout_ms=order.ring_timeout_ms,
            headers=order.headers,
        )

    def rings(self, leg: Call, code: int) -> None:
        """It is being called."""
        _tell(leg.first, "progress", code, "")

    def stands(self, leg: Call) -> None:
        """It answered: each hears the other from now on."""
        first = leg.first
        if first is None or first.line is None or leg.line is None:
            self._board.hang_up(leg, "nobody waits for it")
            return
        caller, other = first.line, leg.line
        caller.source = lambda agent: other.heard
        other.source = lambda agent: caller.heard
        _tell(first, "joined", 200, "")

    def over(self, leg: Call, how: Outcome, samples: int) -> None:
        """It did not answer, or has hung up after ``samples``."""
        first = leg.first
        if first is None or self._of.pop(first.key, None) is None or first.line is None:
            return
        first.line.source = first.line.standing = None
        if samples >= WATCHED_SAMPLES:
            self._board.hang_up(first, "call_transfer")
        elif samples:
            seconds = samples // LINK_RATE_HZ
            _tell(first, "failed", None, f"they answered, and were gone after {seconds} s")
        else:
            _tell(first, "failed", how.sip_code, how.text or how.cause)

    def first_over(self, first: Call) -> None:
        """The caller is gone."""
        leg = self._of.pop(first.key, None)
        if leg is not None:
            self._board.hang_up(leg, "the caller hung up")


class _Ringing:
    """The ringing tone where the agent says nothing."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._began = line.line_sample

    def frame(self, agent: Pcm | None) -> Pcm:
        if agent is not None:
            return agent
        at = (self._line.line_sample - self._began) % len(_RINGBACK)
        return _RINGBACK[at : at + FRAME_SAMPLES]


def _tell(
    first: Call | None, state: Literal["progress", "joined", "failed"], code: int | None, text: str
) -> None:
    """A brain that comes later must know of a caller who talks to somebody else."""
    line = first.line if first is not None else None
    if line is None:
        return
    news = Referred(line.channel, state, code, text, line.line_sample)
    if state == "joined":
        line.standing = news
    if line.link is not None:
        line.link.tell(news)
