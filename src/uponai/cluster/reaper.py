"""What becomes of a call whose lease has run out. Pure.

Nothing that may have reached the callee is dialled again, and no call stays open for ever: where
nobody reports the line, a limit decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uponai.cluster.lines import Line
from uponai.domain.call import Call, CallState, Checkpoint
from uponai.domain.ending import Ending

_LINE_SAMPLES_PER_MS = 8

CAUSES = {
    "remote_hangup": "user_hangup",
    "local_hangup": "agent_hangup",
    "media_timeout": "error_no_audio_received",
}
"""Why an answered line ended -> reason. All others (the holder restarted, nobody took the
conversation over, the line vanished) are our fault: ``error_retell``."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``unknown_ms``: how long after its lease a call without any news of its line is given;
    ``gone_ms``: the same for an answered one when all line holders say that they do not have it."""

    unknown_ms: int = 180_000
    gone_ms: int = 3_000


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do yet."""


@dataclass(frozen=True, slots=True)
class Release:
    """Nothing was sent: back into the queue."""


@dataclass(frozen=True, slots=True)
class Lose:
    """It may have been sent, and nobody knows what came of it: its carrier is to be asked."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Its carrier is to be asked what became of it."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Write this ending."""

    ending: Ending


Verdict = Wait | Release | Lose | Ask | Finish


def verdict(call: Call, line: Line, now_ms: int, limits: Limits) -> Verdict:
    """For a live call whose lease expired at ``lease_until_ms``; ``line``: what was said since."""
    match call.state:
        case CallState.LEASED:
            return Release()
        case CallState.DIALLING | CallState.DIALLING_UNKNOWN | CallState.RINGING:
            return _unheard(call, line, now_ms - call.lease_until_ms, limits)
        case _:
            ending = said(call)
            if ending is not None:
                return Finish(ending)
            return _without_news(call, line, now_ms - call.lease_until_ms, limits)


def _without_news(call: Call, line: Line, over_ms: int, limits: Limits) -> Verdict:
    if line == "held" or over_ms < (limits.gone_ms if line == "gone" else limits.unknown_ms):
        return Wait()
    return Finish(Ending("error_retell", "the line was lost and nobody reported its end"))


def _unheard(call: Call, line: Line, over_ms: int, limits: Limits) -> Verdict:
    """A line that is held is followed by whoever heard of it; without one its carrier knows."""
    if line == "held":
        return Wait()
    if over_ms >= limits.unknown_ms:
        return Finish(Ending("dial_failed", "outcome unknown, not redialled: no carrier to ask"))
    return Lose() if call.state is CallState.DIALLING else Ask()


def said(call: Call) -> Ending | None:
    """What the line holder's report of an answered line's end means; None: there is no report."""
    line: Mapping[str, Any] = call.line
    if call.state is not CallState.ANSWERED or line.get("cause") is None:
        return None
    cause = str(line["cause"])
    code = line.get("sip_code")
    reason = CAUSES.get(cause, "error_retell")
    told = f"{cause}: {line['text']}" if line.get("text") else cause
    return Ending(
        reason,
        f"the conversation was lost before its end was written ({told})",
        code if isinstance(code, int) else None,
    )


def last_fields(call: Call, checkpoint: Checkpoint | None) -> dict[str, Any]:
    """When it ended and how long it was, by the best that is known.

    The line's own report; else the last finished turn; else when its holder last was alive.
    """
    if call.answered_ms is None:
        return {"ended_ms": call.lease_until_ms}
    line = call.line
    at_ms = line.get("at_ms")
    if not isinstance(at_ms, int):
        at_ms = checkpoint.at_ms if checkpoint is not None else call.lease_until_ms
    ended_ms = max(at_ms, call.answered_ms)
    samples = line.get("line_samples")
    duration_ms = (
        samples // _LINE_SAMPLES_PER_MS
        if isinstance(samples, int) and samples > 0
        else ended_ms - call.answered_ms
    )
    return {"ended_ms": ended_ms, "duration_ms": duration_ms}
