"""What the engine wants done. Imperative; the driver executes and holds no rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from uponai.domain.transcript import Entry

AskCause = Literal["begin", "caller", "tool", "reminder", "voicemail", "digits", "interrupt"]


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Recognise line samples ``from_sample``..``to_sample`` of the caller."""

    utterance: int
    revision: int
    from_sample: int
    to_sample: int


@dataclass(frozen=True, slots=True)
class JudgeEndOfTurn:
    """Run the end-of-turn model once on this stretch (at a pause only)."""

    utterance: int
    revision: int
    from_sample: int
    to_sample: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Have the responder answer. It must have no effect outside until the engine acts on it.

    ``entries`` is the conversation so far (agent turns as heard), the caller's newest words
    (``caller_text``) not included. ``mind`` is the state from the last committed reply. For cause
    ``tool`` the results are the newest entries; ``interrupt`` answers ``ReplyOffered``.
    """

    ask: int
    cause: AskCause
    caller_text: str
    entries: tuple[Entry, ...]
    mind: Mapping[str, Any]
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    tool_call_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelAsk:
    """Nobody wants this reply any more."""

    ask: int


@dataclass(frozen=True, slots=True)
class Say:
    """Synthesise ``text`` and hold the audio."""

    speech: int
    text: str


@dataclass(frozen=True, slots=True)
class CancelSpeech:
    """Forget ``speech``; it was not released, or was stopped for good."""

    speech: int


@dataclass(frozen=True, slots=True)
class Play:
    """Release ``speech`` to the line behind all released before, as its audio arrives."""

    speech: int
    from_sample: int = 0


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """Drop all released audio that was not played; answered by ``PlaybackStopped``."""


@dataclass(frozen=True, slots=True)
class RunTool:
    """Call the function now (the turn that wants it is committed). Answered by ToolReturned, one of
    kind ``transfer_call`` by TransferBegun if the line can be asked.
    """

    tool_call_id: str
    name: str
    arguments: str
    kind: str = "custom"


@dataclass(frozen=True, slots=True)
class JoinCallers:
    """Join the caller with whoever answered."""


@dataclass(frozen=True, slots=True)
class DismissOther:
    """Hang up on whoever is called for the caller, who stays."""


@dataclass(frozen=True, slots=True)
class TransferNoted:
    """The transfer under way has come this far: for those who follow the call."""

    step: Literal["bridged", "cancelled", "ended"]


@dataclass(frozen=True, slots=True)
class SaveCheckpoint:
    """A turn has finished: write ``state`` (JSON) durably; the call does not wait for it."""

    turn: int
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """One latency figure for the record."""

    metric: Literal["e2e", "asr", "llm", "tts"]
    value_ms: float


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the call's timeline: what was decided and why (no effect on the call)."""

    what: str
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the line; queued audio is played first if ``after_playout``."""

    reason: str
    after_playout: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The conversation is over: write the record with this ending. Always the last command."""

    reason: str
    detail: str = ""


Command = (
    Transcribe
    | JudgeEndOfTurn
    | Ask
    | CancelAsk
    | Say
    | CancelSpeech
    | Play
    | StopPlaying
    | RunTool
    | JoinCallers
    | DismissOther
    | TransferNoted
    | SaveCheckpoint
    | Measured
    | Noted
    | HangUp
    | Finish
)
