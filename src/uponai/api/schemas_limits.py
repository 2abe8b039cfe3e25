"""What the operations of limits and carriers answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from uponai.api.schemas import TimestampMs
from uponai.wire.limits import CallingHours
from uponai.wire.validate import Wire


class CpsAnswer(Wire):
    """``limit`` holds now, ``pending`` from ``pending_until_timestamp`` on or once confirmed."""

    limit: int
    maximum: int
    pending: int | None = None
    pending_until_timestamp: TimestampMs | None = None


class LimitsAnswer(Wire):
    concurrency_limit: int
    concurrency_burst_enabled: bool
    concurrency_burst_limit: int
    reserved_inbound_concurrency: int
    current_concurrency: int
    current_outbound: int
    current_inbound: int
    cps: dict[str, CpsAnswer]
    calling_hours: CallingHours | None = None


class CarrierAccountAnswer(Wire):
    """Whose account with a carrier numbers are bought through; the secret but for its end is never
    shown."""

    carrier: str
    source: Literal["workspace", "installation", "none"]
    account: str | None = None
    public_key: str | None = None
    application: str | None = None
    secret_last4: str | None = None
    last_modification_timestamp: int | None = None


class EstimateAnswer(Wire):
    """``low`` to ``high`` is the 95 % confidence interval; null: too few to say."""

    count: int
    value: float | None
    low: float | None
    high: float | None


class VariantAnswer(Wire):
    agent_id: str
    agent_version: int
    weight: float
    calls: int
    pick_up_rate: EstimateAnswer
    success_rate: EstimateAnswer
    duration_ms: EstimateAnswer


class VariantsAnswer(Wire):
    phone_number: str
    variants: list[VariantAnswer]
