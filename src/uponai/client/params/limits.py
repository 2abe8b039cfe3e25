"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Required, TypedDict

from uponai.client.params.shared import TimeWindow


class LimitsUpdateParams(TypedDict, total=False):
    """null goes back to the installation's default; what is absent stays."""

    concurrency_limit: int | None
    concurrency_burst_enabled: bool | None
    reserved_inbound_concurrency: int | None
    cps: Mapping[str, int | None] | None
    confirm_cps: Sequence[str] | None
    calling_hours: CallingHours | None


class CallingHours(TypedDict, total=False):
    """Hours in which outbound calls are admitted; without days every day, without a zone the"""

    windows: Required[Sequence[TimeWindow]]
    day: (
        Sequence[
            Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        ]
        | None
    )
    timezone: str | None
