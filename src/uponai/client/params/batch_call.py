"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import TimeWindow
from uponai.client.params.shared_2 import AgentOverride
from uponai.client.requests import File


class BatchCallParams(TypedDict, total=False):
    """Body of create-batch-call. `trigger_timestamp` is in ms; none means now."""

    from_number: Required[str]
    name: str | None
    trigger_timestamp: float | None
    reserved_concurrency: int | None
    call_time_window: CallTimeWindow | None
    redial_policy: RedialPolicy | None
    tasks: Required[Sequence[CallTask]]


class BatchCsvParams(TypedDict, total=False):
    from_number: Required[str]
    files: Required[Sequence[File]]
    name: str
    trigger_timestamp: float
    reserved_concurrency: int
    call_time_window: Mapping[str, Any]
    redial_policy: Mapping[str, Any]


class CallTimeWindow(TypedDict, total=False):
    """When calls may be placed. Without days every day; without a zone America/Los_Angeles."""

    windows: Required[Sequence[TimeWindow]]
    day: (
        Sequence[
            Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        ]
        | None
    )
    timezone: str | None


class RedialPolicy(TypedDict, total=False):
    """Calls in all per task, the wait between them, and after which endings; without ..."""

    max_attempts: Required[int]
    wait_ms: int | None
    reasons: Sequence[Literal["dial_busy", "dial_no_answer"]] | None


class CallTask(TypedDict, total=False):
    """What one outbound call of a batch has of its own."""

    agent_override: AgentOverride | None
    metadata: Mapping[str, Any] | None
    retell_llm_dynamic_variables: Mapping[str, str] | None
    to_number: Required[str]
    override_agent_id: str | None
    override_agent_version: int | str
    custom_sip_headers: Mapping[str, str] | None
    ignore_e164_validation: bool | None
    honor_internal_dnc: bool | None
