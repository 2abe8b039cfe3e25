"""One call as the edge holds it, from the command or the INVITE to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from uponai.edge.dialplan import Plan
from uponai.edge.line import Line
from uponai.edge.moves import Moves
from uponai.edge.ports import RtpSocket
from uponai.edge.reach import Reached
from uponai.link.control import Dial, LineState, MediaEncryption, Trunk
from uponai.link.media import Refer

Stage = Literal["dialling", "ringing", "answered", "ended"]


@dataclass(eq=False, slots=True)
class Call:
    """``key`` names it in SIP. ``ending`` is why we hang up, once we do.

    ``first`` is the call for whose caller this one was made (``legs``). ``early`` is the line that
    is only heard, until the answer makes it the ``line``. ``trunk`` is where calls for this caller
    go, ``instead`` how to call there ourselves if the far side will not.
    ``plan`` is whom it goes to now, ``reached`` the server that is tried, ``plain`` whether it
    refused secured audio, ``moves`` where a 3xx has sent it on.
    """

    key: str
    call_id: str
    attempt: int
    fence: int
    brains: tuple[str, ...]
    stage: Stage = "dialling"
    rtp: RtpSocket | None = None
    early: Line | None = None
    line: Line | None = None
    dialog: Mapping[str, Any] = field(default_factory=dict[str, Any])
    answered_at_ms: int | None = None
    ending: str | None = None
    told_codes: set[int] = field(default_factory=set[int])
    refused: set[str] = field(default_factory=set[str])
    asked: bool = False
    order: Dial | None = None
    plan: Plan | None = None
    ways: AsyncIterator[Reached] | None = None
    reached: Reached | None = None
    plain: bool = False
    moves: Moves | None = None
    encryption: MediaEncryption = "allow"
    tries: int = 0
    first: Call | None = None
    trunk: Trunk = field(default_factory=lambda: Trunk(""))
    instead: Refer | None = None
    brains_came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def carried(self) -> Line | None:
        """The line that a brain is to have, answered or not."""
        return self.line or self.early

    @property
    def line_samples(self) -> int:
        """How long the line has been up."""
        return self.line.line_sample if self.line is not None else 0

    def state(self) -> LineState | None:
        """The call in a ``Lines`` event, or None once it is over."""
        if self.stage == "ended":
            return None
        return LineState(self.call_id, self.attempt, self.stage, self.line_samples)
