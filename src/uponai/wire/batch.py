"""Batches of calls (retell-api.md, notes to section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from uponai.wire.create_call import CallTask
from uponai.wire.validate import Closed, Json, Wire, as_object, check, without_nulls

MAX_TASKS = 50_000
MINUTES_A_DAY = 1440
MAX_WAIT_MS = 30 * 86_400_000
SETTINGS = ("call_time_window", "reserved_concurrency", "redial_policy")


class TimeWindow(Wire):
    """Minutes since local midnight, the end excluded."""

    start: Annotated[float, Field(ge=0, lt=MINUTES_A_DAY)]
    end: Annotated[float, Field(gt=0, le=MINUTES_A_DAY)]


def _ordered(window: TimeWindow) -> TimeWindow:
    if window.start >= window.end:
        raise ValueError("must have a start before its end (windows do not cross midnight)")
    return window


Ordered = Annotated[TimeWindow, AfterValidator(_ordered)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be an IANA time zone such as America/Los_Angeles") from None
    return name


Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class CallTimeWindow(Wire):
    """When calls may be placed. Without days every day; without a zone America/Los_Angeles."""

    windows: Annotated[list[Ordered], Field(min_length=1, max_length=100)]
    day: list[Day] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None


class RedialPolicy(Closed):
    """Calls in all per task, the wait between them, and after which endings; without reasons after
    both. Nobody is called again who answered or declined."""

    max_attempts: Annotated[int, Field(ge=1, le=20)]
    wait_ms: Annotated[int, Field(ge=0, le=MAX_WAIT_MS)] | None = None
    reasons: Annotated[list[Literal["dial_busy", "dial_no_answer"]], Field(min_length=1)] | None = (
        None
    )


class BatchSettings(Wire):
    """What a batch is besides its tasks. ``trigger_timestamp`` is in ms; none means now."""

    from_number: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    trigger_timestamp: Annotated[float, Field(ge=0, lt=2**53)] | None = None
    reserved_concurrency: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    call_time_window: CallTimeWindow | None = None
    redial_policy: RedialPolicy | None = None


class BatchCall(BatchSettings):
    """Body of create-batch-call. ``trigger_timestamp`` is in ms; none means now."""

    tasks: Annotated[list[CallTask], Field(min_length=1, max_length=MAX_TASKS)]


def batch_call(body: Any) -> Json:
    """The validated request, tasks without their nulls. Raises InvalidField."""
    given = check(BatchCall, without_nulls(as_object(body)))
    tasks = cast("list[Json]", given["tasks"])
    return {**given, "tasks": [without_nulls(task) for task in tasks]}


def batch_json(
    id: str, name: str, from_number: str, trigger_ms: int, count: int, settings: Mapping[str, Any]
) -> Json:
    """The answer to create-batch-call."""
    record: Json = {
        "batch_call_id": id,
        "name": name,
        "from_number": from_number,
        "scheduled_timestamp": trigger_ms,
        "total_task_count": count,
    }
    if "call_time_window" in settings:
        record["call_time_window"] = settings["call_time_window"]
    return record
