"""What the engine is told. Past tense; guesses begin with ``Proposed`` or say how likely.

``line_sample`` and ``at_sample`` count samples of the line clock (8 kHz, 0 = answered), the clock
of the recording. Identifiers (``utterance``, ``ask``, ``speech``) are numbers that the engine gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from uponai.domain.transcript import SpokenWord, ToolInvocation, ToolResult

RATE_HZ = 8_000
StopReason = Literal[
    "manual_stopped",
    "agent_hangup",
    "error_retell",
    "error_llm_websocket_open",
    "error_llm_websocket_lost_connection",
    "error_llm_websocket_runtime",
    "error_llm_websocket_corrupt_payload",
]


@dataclass(frozen=True, slots=True)
class LineOpened:
    """The line is answered and audio flows. ``resumed`` when another brain held it before."""

    line_sample: int = 0
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class EarlyMediaHeard:
    """The line sounded before its answer; ``text`` is all that was said then, as far as known.

    Told before ``LineOpened``, and again when more of it is understood.
    """

    text: str


@dataclass(frozen=True, slots=True)
class SpeechLikely:
    """VAD verdict on the window that ends at ``at_sample``: probability ``p`` of a voice."""

    at_sample: int
    p: float


@dataclass(frozen=True, slots=True)
class Recognized:
    """The text of one revision of an utterance (answer to ``Transcribe``); may be empty.

    ``asr_ms`` is how long recognition took; ``words`` are on the line clock in seconds.
    """

    utterance: int
    revision: int
    text: str
    words: tuple[SpokenWord, ...] = ()
    asr_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class RecognitionFailed:
    """Speech recognition gave up on this revision."""

    utterance: int
    revision: int
    error: str


@dataclass(frozen=True, slots=True)
class ProposedEndOfTurn:
    """A model's guess (answer to ``JudgeEndOfTurn``): probability that the caller has finished."""

    utterance: int
    revision: int
    p: float


@dataclass(frozen=True, slots=True)
class ReplyText:
    """Some more of the reply to ``ask``. ``firm``: the caller's voice does not interrupt it."""

    ask: int
    text: str
    firm: bool = False


@dataclass(frozen=True, slots=True)
class ReplyToolCall:
    """The reply wants a function called. ``kind`` is the wire's tool type.

    ``speak_during`` is what to say while it runs (None: nothing); ``wait`` whether the
    conversation needs the result before it goes on.
    """

    ask: int
    tool_call_id: str
    name: str
    arguments: str
    kind: str = "custom"
    speak_during: str | None = None
    wait: bool = True
    speak_after: bool = True


@dataclass(frozen=True, slots=True)
class ReplyNodeEntered:
    """The reply moved the conversation flow on (recorded when the reply is committed)."""

    ask: int
    former_node_id: str
    former_node_name: str
    new_node_id: str
    new_node_name: str
    transition_type: str = "normal"


@dataclass(frozen=True, slots=True)
class ReplyNoted:
    """The reply did something elsewhere, for the record only (kept when the reply is committed).

    Its time is set by the engine.
    """

    ask: int
    entry: ToolInvocation | ToolResult


@dataclass(frozen=True, slots=True)
class ReplyOffered:
    """The responder has something to say that nobody asked for; answered by an ``Ask`` of cause
    ``interrupt``, unless nobody is to be spoken to now.
    """


@dataclass(frozen=True, slots=True)
class AgentTuned:
    """The responder changes how turns are taken: fields of the wire's agent, for this call."""

    change: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReplyDone:
    """The reply to ``ask`` is complete.

    ``mind`` is the responder's new state (opaque JSON), adopted only if the reply is committed.
    ``ends_call`` asks for a hang-up once everything was said. ``tokens`` is 0 where unknown.
    ``silent``: a reply without words is meant so. ``variables`` are dynamic variables that the
    reply learnt, adopted as ``mind`` is.
    """

    ask: int
    mind: Mapping[str, Any] = field(default_factory=dict[str, Any])
    ends_call: bool = False
    successful: bool | None = None
    tokens: int = 0
    silent: bool = False
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """The responder could not answer, after its own retries and fallbacks."""

    ask: int
    error: str


@dataclass(frozen=True, slots=True)
class SpeechFirstAudio:
    """The first audio of ``speech`` exists (time since ``Say`` is the TTS latency)."""

    speech: int


@dataclass(frozen=True, slots=True)
class SpeechSynthesized:
    """All audio of ``speech`` exists: ``samples`` at 8 kHz."""

    speech: int
    samples: int


@dataclass(frozen=True, slots=True)
class SpeechFailed:
    """No audio could be made for ``speech``."""

    speech: int
    error: str


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The line began to play ``speech`` at ``line_sample``."""

    speech: int
    line_sample: int


@dataclass(frozen=True, slots=True)
class SpeechFinished:
    """The line played ``speech`` to its end."""

    speech: int
    line_sample: int


@dataclass(frozen=True, slots=True)
class PlaybackStopped:
    """Answer to ``StopPlaying``: what was cut, and how much of it was heard.

    ``heard`` maps every speech that was released and had not finished to its heard samples (0 when
    none of it was); what was not heard can be released again from there by ``Play``.
    """

    line_sample: int
    heard: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class ToolReturned:
    """The result of ``RunTool``. ``variables`` are new dynamic variables it brought."""

    tool_call_id: str
    content: str
    successful: bool
    elapsed_ms: float = 0.0
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class TransferBegun:
    """The line was asked to hand the caller to ``destination`` (answer to ``RunTool``).

    ``patience_s`` is how long an answer there is waited for. ``refers``: the caller's own side
    calls there, and may leave without a word. Who answers may be talked with alone first: for
    ``talk_s``; ``joins_late``: if nothing was decided by then, they are joined.
    """

    tool_call_id: str
    destination: str
    patience_s: float
    refers: bool = True
    talk_s: float = 60.0
    joins_late: bool = False


@dataclass(frozen=True, slots=True)
class TransferTold:
    """How a transfer goes on: ``done`` once somebody answered there.

    ``answered``: they are talked with alone first. ``joined``: the caller talks to them over this
    very line, until it ends.
    ``failed`` may follow ``done``: they were cut off, and the caller is back. ``code`` is the SIP
    code, where there is one. ``here``: the holder of the line calls there, whoever was asked first.
    """

    state: Literal["progress", "answered", "done", "joined", "failed"]
    code: int | None = None
    text: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class TransferMet:
    """A person answered there, and is being spoken to."""


@dataclass(frozen=True, slots=True)
class TransferDecided:
    """What came of the talk with whoever answered: ``join`` them with the caller, or ``why`` not.

    ``introduction`` is then said to both.
    """

    join: bool
    why: str = ""
    introduction: str = ""


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """One DTMF digit (0-9 * # A-D)."""

    digit: str
    line_sample: int


@dataclass(frozen=True, slots=True)
class BeepHeard:
    """A steady tone ended, as an answering machine gives before it records."""

    line_sample: int


@dataclass(frozen=True, slots=True)
class AnswererProposed:
    """Whom the carrier's own detection takes the callee for. ``beep``: a machine that has just
    begun to record; the news may come seconds late."""

    is_machine: bool
    beep: bool
    line_sample: int


@dataclass(frozen=True, slots=True)
class LineClosed:
    """The line is gone. ``cause`` is one of ``link.control.Cause`` or ``lost`` (no holder left)."""

    cause: str
    line_sample: int


@dataclass(frozen=True, slots=True)
class StopRequested:
    """Somebody with the right to do so wants the call over (``reason``: an ending's word)."""

    reason: StopReason = "manual_stopped"


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A deadline given by ``deadline()`` is due."""


Event = (
    LineOpened
    | EarlyMediaHeard
    | SpeechLikely
    | Recognized
    | RecognitionFailed
    | ProposedEndOfTurn
    | ReplyText
    | ReplyToolCall
    | ReplyNodeEntered
    | ReplyNoted
    | ReplyOffered
    | AgentTuned
    | ReplyDone
    | ReplyFailed
    | SpeechFirstAudio
    | SpeechSynthesized
    | SpeechFailed
    | SpeechStarted
    | SpeechFinished
    | PlaybackStopped
    | ToolReturned
    | TransferBegun
    | TransferTold
    | TransferMet
    | TransferDecided
    | DigitPressed
    | BeepHeard
    | AnswererProposed
    | LineClosed
    | StopRequested
    | TimePassed
)
