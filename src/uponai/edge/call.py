"""One call as the edge holds it, from the command or the INVITE to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from uponai.edge.line import Line
from uponai.edge.ports import RtpSocket
from uponai.edge.reach import Reached
from uponai.link.control import Dial, LineState

Stage = Literal["dialling", "ringing", "answered", "ended"]


@dataclass(eq=False, slots=True)
class Call:
    """``key`` names it in SIP. ``ending`` is why we hang up, once we do.

    ``first`` is the call for whose caller this one was made (``legs``).
    ``reached`` is the server that is tried, ``plain`` whether it refused secured audio.
    """

    key: str
    call_id: str
    attempt: int
    fence: int
    brains: tuple[str, ...]
    stage: Stage = "dialling"
    rtp: RtpSocket | None = None
    line: Line | None = None
    dialog: Mapping[str, Any] = field(default_factory=dict[str, Any])
    answered_at_ms: int | None = None
    ending: str | None = None
    told_codes: set[int] = field(default_factory=set[int])
    refused: set[str] = field(default_factory=set[str])
    asked: bool = False
    order: Dial | None = None
    ways: AsyncIterator[Reached] | None = None
    reached: Reached | None = None
    plain: bool = False
    tries: int = 0
    first: Call | None = None
    brains_came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def line_samples(self) -> int:
        """How long the line has been up."""
        return self.line.line_sample if self.line is not None else 0

    def state(self) -> LineState | None:
        """The call in a ``Lines`` event, or None once it is over."""
        if self.stage == "ended":
            return None
        return LineState(self.call_id, self.attempt, self.stage, self.line_samples)
