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
from uponai.media.mix import mix
from uponai.sip.headers import parse_name_addr
from uponai.sip.uri import parse_uri

WATCHED_SAMPLES: Final = 90 * LINK_RATE_HZ
"""Whoever hangs up sooner has dropped the caller, who comes back to the agent."""

_RINGBACK: Final = tones.ringback()
_WAITING: Final = tones.waiting()


@dataclass(frozen=True, slots=True)
class Join:
    """Call ``target`` and join it with a caller (``show_number``: "" is ours).

    ``whisper``: what the agent says goes to whoever answers alone, until it is told to join them.
    """

    target: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    ring_timeout_ms: int = 30_000
    show_number: str = ""
    whisper: bool = False


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
        self._of: dict[str, tuple[Call, _Bridge]] = {}
        self._count = 0

    def begin(self, first: Call, order: Join) -> None:
        """Call somebody for ``first``. Raises ValueError where that cannot be."""
        if first.line is None or first.key in self._of:
            raise ValueError("a transfer is under way" if first.line else "not answered")
        dial = self._dial(first, order)
        leg = Call(f"{dial.call_id}.1", dial.call_id, 1, first.fence, (), first=first)
        leg.order = dial
        bridge = _Bridge(first.line, whispers=order.whisper)
        self._of[first.key] = leg, bridge
        first.line.source = bridge.to_caller
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
        if first is None or first.key not in self._of or leg.line is None:
            self._board.hang_up(leg, "nobody waits for it")
            return
        _, bridge = self._of[first.key]
        bridge.other = leg.line
        leg.line.source = bridge.to_other
        if bridge.whispers:
            _tell(first, "answered", 200, "")
        else:
            self.join(first)

    def join(self, first: Call) -> None:
        """Each hears the other from now on."""
        _, bridge = self._of.get(first.key, (None, None))
        if bridge is not None and bridge.other is not None and not bridge.joined:
            bridge.joined = True
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
        found = self._of.pop(first.key, None)
        if found is not None:
            self._board.hang_up(found[0], "the caller hung up")


class _Bridge:
    """Who hears whom. ``to_caller`` runs first in a tick and knows the agent's frame."""

    def __init__(self, caller: Line, *, whispers: bool) -> None:
        self.whispers = whispers
        self.joined = False
        self.other: Line | None = None
        self._caller = caller
        self._agent: Pcm | None = None
        self._began = caller.line_sample

    def to_caller(self, agent: Pcm | None) -> Pcm:
        """The other one; before that a tone, and the agent as long as nobody has answered."""
        self._agent = agent
        if self.joined and self.other is not None:
            return _both(self.other.heard, agent)
        if agent is not None and self.other is None:
            return agent
        tone = _RINGBACK if self.other is None else _WAITING
        at = (self._caller.line_sample - self._began) % len(tone)
        return tone[at : at + FRAME_SAMPLES]

    def to_other(self, agent: Pcm | None) -> Pcm | None:
        """The caller, or what the agent whispers."""
        del agent
        return _both(self._caller.heard, self._agent) if self.joined else self._agent


def _both(heard: Pcm, agent: Pcm | None) -> Pcm:
    return heard if agent is None else mix((heard, agent))


def _tell(
    first: Call | None,
    state: Literal["progress", "answered", "joined", "failed"],
    code: int | None,
    text: str,
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
