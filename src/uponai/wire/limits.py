"""Bodies of the platform's own limits API. No counterpart at Retell's."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from uponai.wire.batch import Day, Ordered
from uponai.wire.validate import Closed, Json, as_object, check

CALLEE = "callee"
MAX_CONCURRENCY = 1_000_000


def _zone(name: str) -> str:
    try:
        if name != CALLEE:
            ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be callee or an IANA time zone such as Europe/Berlin") from None
    return name


class CallingHours(Closed):
    """Hours in which outbound calls are admitted; without days every day, without a zone the
    callee's own."""

    windows: Annotated[list[Ordered], Field(min_length=1, max_length=100)]
    day: list[Day] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None


Cps = Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)]


class LimitsPatch(Closed):
    """null goes back to the installation's default; what is absent stays.

    ``cps`` by provider; ``confirm_cps`` names providers whose pending limit the account's owner has
    set at the carrier.
    """

    concurrency_limit: Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)] | None = None
    concurrency_burst_enabled: bool | None = None
    reserved_inbound_concurrency: Annotated[int, Field(ge=0, le=MAX_CONCURRENCY)] | None = None
    cps: dict[str, Cps | None] | None = None
    confirm_cps: list[str] | None = None
    calling_hours: CallingHours | None = None


def limits_patch(body: Any) -> Json:
    """The validated change. Raises InvalidField."""
    return check(LimitsPatch, as_object(body))
