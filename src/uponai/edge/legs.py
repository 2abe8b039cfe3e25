"""Second legs: somebody called here for a caller whose line this edge holds, then the two joined.

The caller hears what ``Refer.music`` says until then. The tape goes on: what the other one says
stands where the agent stood. With ``Refer.talk`` the line of whoever answered goes to the caller's
brain as a channel of its own, until the two are joined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, Protocol

from uponai.edge import dialplan
from uponai.edge.call import Call
from uponai.edge.line import FRAME_SAMPLES, Line
from uponai.edge.outcome import Outcome
from uponai.link import control
from uponai.link.media import LINK_RATE_HZ, Refer, Referred, Stop
from uponai.media import hold_music, tones
from uponai.media.g711 import Pcm
from uponai.media.mix import mix
from uponai.sip.headers import parse_name_addr
from uponai.sip.uri import parse_uri

WATCHED_SAMPLES: Final = 90 * LINK_RATE_HZ
"""Whoever hangs up sooner has dropped the caller, who comes back to the agent."""

SETTLE_KEYS: Final = "ww"
"""A switchboard that has just answered misses keys pressed at once."""

_CUE: Final = tones.tone((784.0,), 160, -20.0)


class Board(Protocol):
    """Who places and ends calls."""

    def place(self, call: Call, dial: control.Dial) -> None:
        """Begin ``call``."""
        ...

    def hang_up(self, call: Call, reason: str) -> None: ...


class Legs:
    """One second leg a call at a time."""

    def __init__(self, board: Board, press: Callable[[Call, str], None]) -> None:
        """``press`` presses keys on an answered call. Raises ValueError for what is none."""
        self._board = board
        self._press = press
        self._of: dict[Call, tuple[Call, _Bridge]] = {}
        self._count = 0

    def begin(self, first: Call, order: Refer) -> None:
        """Call somebody for ``first``. Raises ValueError where that cannot be."""
        if first.line is None or first in self._of:
            raise ValueError("a transfer is under way" if first.line else "not answered")
        dial = self._dial(first, order)
        leg = Call(f"{dial.call_id}.1", dial.call_id, 1, first.fence, (), first=first)
        leg.order = dial
        bridge = _Bridge(first.line, order, lambda: self._reached(first))
        self._of[first] = leg, bridge
        first.line.source = bridge.to_caller
        self._board.place(leg, dial)

    def _dial(self, first: Call, order: Refer) -> control.Dial:
        self._count += 1
        former, trunk, target = first.order, first.trunk, order.target
        if former is not None:
            number = former.from_number
        else:
            number = parse_uri(parse_name_addr(str(first.dialog["local"])).uri).user
        if not trunk.uri:
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
        if leg.first is not None and self._is_current(leg):
            _tell(leg.first, "progress", code, "")

    def stands(self, leg: Call) -> None:
        """It answered: an extension is dialled first, if there is one."""
        first, line = leg.first, leg.line
        if first is None or line is None or not self._is_current(leg):
            self._board.hang_up(leg, "nobody waits for it")
            return
        _, bridge = self._of[first]
        line.needs_brain = False
        line.source = bridge.to_other
        bridge.reach(line)
        digits = bridge.order.digits
        if not digits:
            self._reached(first)
            return
        try:
            self._press(leg, SETTLE_KEYS + digits)
        except ValueError as error:
            self._give_up(first, f"extension: {error}")

    def _reached(self, first: Call) -> None:
        """Whoever was wanted is there: to be talked with, or joined at once."""
        found = self._of.get(first)
        if found is None or first.line is None:
            return
        leg, bridge = found
        bridge.dialling = False
        if not bridge.order.talk:
            self.join(first)
            return
        _tell(first, "answered", 200, "")
        first.line.beside = leg.line
        if first.line.link is not None and leg.line is not None:
            first.line.link.attach(leg.line)

    def join(self, first: Call) -> None:
        """Each hears the other from now on."""
        leg, bridge = self._of.get(first, (None, None))
        if leg is None or bridge is None or bridge.other is None or bridge.joined:
            return
        bridge.join()
        if first.line is not None:
            first.line.beside = None
            first.line.needs_brain = False
        _take_from_brain(bridge.other)
        _tell(first, "joined", 200, "")

    def dismiss(self, first: Call) -> None:
        """Hang up on whoever is called for ``first``."""
        found = self._of.pop(first, None)
        if found is not None:
            _give_back(first)
            self._board.hang_up(found[0], "dismissed")

    def _give_up(self, first: Call, why: str) -> None:
        self.dismiss(first)
        _tell(first, "failed", None, why)

    def over(self, leg: Call, how: Outcome) -> None:
        """It did not answer, or has hung up."""
        first = leg.first
        if first is None or first.line is None or not self._is_current(leg):
            return
        _, bridge = self._of.pop(first)
        _give_back(first)
        talked = bridge.joined_samples
        if bridge.joined and talked >= WATCHED_SAMPLES:
            self._board.hang_up(first, "call_transfer")
        elif bridge.joined:
            seconds = talked // LINK_RATE_HZ
            _tell(first, "failed", None, f"they answered, and were gone after {seconds} s")
        elif bridge.other is not None:
            _tell(first, "failed", None, "they answered, and hung up before they were connected")
        else:
            _tell(first, "failed", how.sip_code, how.text or how.cause)

    def first_over(self, first: Call) -> None:
        """The caller is gone."""
        found = self._of.pop(first, None)
        if found is not None:
            self._board.hang_up(found[0], "the caller hung up")

    def _is_current(self, leg: Call) -> bool:
        """Whether the leg is still wanted: a dismissed one ends in its own time."""
        return leg.first is not None and self._of.get(leg.first, (None,))[0] is leg


class _Bridge:
    """Who hears whom. ``reached`` is called once, when the keys of an extension are out.

    ``to_caller`` runs first in a tick and knows the frame that the agent has for the caller.
    """

    def __init__(self, caller: Line, order: Refer, reached: Callable[[], None]) -> None:
        self.order = order
        self.other: Line | None = None
        self.dialling = False
        self._reached = reached
        self._caller = caller
        self._agent: Pcm | None = None
        self._began = caller.line_sample
        self._joined_at: int | None = None
        self._music = hold_music.loop(order.music)

    @property
    def joined(self) -> bool:
        return self._joined_at is not None

    @property
    def joined_samples(self) -> int:
        """How long the two have talked."""
        return 0 if self._joined_at is None else self._caller.line_sample - self._joined_at

    def reach(self, other: Line) -> None:
        """Somebody answered."""
        self.other = other
        self.dialling = bool(self.order.digits)
        if not self.order.music:
            self._music = hold_music.loop("answered")

    def join(self) -> None:
        """Each hears the other."""
        self._joined_at = self._caller.line_sample

    def to_caller(self, agent: Pcm | None) -> Pcm:
        """The other one; before that the agent, and what is played to those who wait."""
        self._agent = agent
        if self.dialling and self.other is not None and not self.other.voice.busy:
            self._reached()
        if self.joined and self.other is not None:
            return self._mixed(self.other.heard, agent)
        if agent is not None:
            return agent
        at = (self._caller.line_sample - self._began) % len(self._music)
        return self._music[at : at + FRAME_SAMPLES]

    def to_other(self, agent: Pcm | None) -> Pcm | None:
        """The caller; before that what the brain says on this line."""
        return self._mixed(self._caller.heard, self._agent) if self.joined else agent

    def _mixed(self, heard: Pcm, agent: Pcm | None) -> Pcm:
        frames = [heard] if agent is None else [heard, agent]
        at = self.joined_samples
        if self.order.cue and at < len(_CUE):
            frames.append(_CUE[at : at + FRAME_SAMPLES])
        return frames[0] if len(frames) == 1 else mix(frames)


def _take_from_brain(line: Line) -> None:
    """What is said on ``line`` is no longer the brain's."""
    link = line.link
    if link is not None:
        link.tell(Stop(line.channel, "joined", line.line_sample))
        link.release(line)


def _give_back(first: Call) -> None:
    """The caller is the brain's again."""
    line = first.line
    if line is not None:
        line.source = line.standing = line.beside = None
        line.needs_brain = True


def _tell(
    first: Call,
    state: Literal["progress", "answered", "joined", "failed"],
    code: int | None,
    text: str,
) -> None:
    """A brain that comes later must know of a caller who waits for, or talks to, somebody else."""
    line = first.line
    if line is None:
        return
    news = Referred(line.channel, state, code, text, line.line_sample, here=True)
    if state != "failed":
        line.standing = news
    if line.link is not None:
        line.link.tell(news)
