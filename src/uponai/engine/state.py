"""What may be read of a conversation from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uponai.domain.transcript import Entry
from uponai.engine.commands import Finish
from uponai.engine.turn import Floor


@dataclass(frozen=True, slots=True)
class State:
    """What may be read of a conversation.

    ``entries`` is all that was said and done, agent turns as heard by now; the first ``settled``
    of them will never change. ``collected`` are the variables that functions brought, ``tokens``
    the language model's usage by reply, ``successful`` what the responder said of the call.
    """

    floor: Floor
    entries: tuple[Entry, ...]
    settled: int
    variables: Mapping[str, str]
    collected: Mapping[str, str]
    mind: Mapping[str, Any]
    tokens: tuple[int, ...]
    successful: bool | None
    in_voicemail: bool
    voicemail_evidence: tuple[str, ...]
    turns: int
    ending: Finish | None
