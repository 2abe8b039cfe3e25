"""When somebody is called again. Pure.

A *redial* is another call of the same task of a batch: only where the batch asks for it, only after
busy or no answer, never after anybody answered or declined. To *put back* is to let the same call
wait because its carrier said "too fast" before anything rang: nobody has heard of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from uponai.domain.call import Call, CallState
from uponai.domain.ending import REASONS
from uponai.domain.limits import SECOND_MS

REDIALLED = frozenset(reason for reason, kind in REASONS.items() if kind.retriable)
"""The reasons that allow another call: ``dial_busy`` and ``dial_no_answer``."""
DEFAULT_WAIT_MS = 1_800_000
PUT_BACKS = 4
"""Of a single call, for which somebody may wait; of a batch's call more."""
BATCH_PUT_BACKS = 10
LONGEST_PUT_BACK_MS = 32_000


@dataclass(frozen=True, slots=True)
class RedialPolicy:
    """``max_attempts`` calls in all, ``wait_ms`` after each, after these ``reasons``."""

    max_attempts: int = 1
    wait_ms: int = DEFAULT_WAIT_MS
    reasons: frozenset[str] = REDIALLED


def policy_of(settings: Mapping[str, Any]) -> RedialPolicy:
    """A batch's own, from its setting ``redial_policy``; without one each task is called once."""
    given = cast("Mapping[str, Any] | None", settings.get("redial_policy"))
    if not given:
        return RedialPolicy()
    reasons = frozenset(cast("list[str]", given.get("reasons") or REDIALLED))
    return RedialPolicy(
        max_attempts=int(given["max_attempts"]),
        wait_ms=int(given.get("wait_ms", DEFAULT_WAIT_MS)),
        reasons=reasons & REDIALLED,
    )


def redial_at(
    policy: RedialPolicy, attempts: int, reason: str | None, *, answered: bool, now_ms: int
) -> int | None:
    """When a task whose last call is over is called again; None: never."""
    if answered or reason not in policy.reasons or attempts >= policy.max_attempts:
        return None
    return now_ms + policy.wait_ms


def put_back_until(call: Call, now_ms: int, first_ms: int = SECOND_MS) -> int | None:
    """Until when a call waits that its carrier refused as too fast; None: it is over.

    ``call`` is as it was when the refusal came; its ``attempt`` counts the orders sent so far.
    The first wait is ``first_ms``, each further one twice as long.
    """
    most = PUT_BACKS if call.batch_call_id is None else BATCH_PUT_BACKS
    if call.state is not CallState.DIALLING or call.attempt > most:
        return None
    return now_ms + min(first_ms * 2 ** max(call.attempt - 1, 0), LONGEST_PUT_BACK_MS)
