"""What a new call must get before it may exist, from the workspace's limits as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uponai.api.services import ApiServices
from uponai.dialer.admit import WorkspaceLimits, limits_of
from uponai.dialer.permit import Asked, check
from uponai.dialer.window import hours_of
from uponai.domain.errors import RateLimited
from uponai.domain.limits import OverLimit
from uponai.storage.base import PhoneNumber

BUSY_RETRY_S = 5
"""Nobody knows when a call will end."""
RETRIED_WITHIN_MS = 1_000
"""How long after the time it was told a refused client is expected back."""


async def limits_now(services: ApiServices, workspace_id: str) -> WorkspaceLimits:
    """What the workspace may do at this moment."""
    stored = await services.storage.limits.settings(workspace_id)
    return limits_of(stored, services.installation, services.now_ms())


async def check_callee(
    services: ApiServices,
    number: PhoneNumber,
    wanted: Mapping[str, Any],
    limits: WorkspaceLimits,
) -> None:
    """What depends on the moment: do-not-call marks and calling hours. Raises Refused."""
    to_number = str(wanted["to_number"])
    marked = wanted.get("honor_internal_dnc") is True and (
        await services.storage.limits.may_not_be_called(number.workspace_id, to_number)
    )
    asked = Asked(
        to_number,
        number.config,
        unchecked=bool(wanted.get("ignore_e164_validation")),
        do_not_call=marked,
        hours=hours_of(limits.calling_hours),
    )
    check(asked, services.now_ms())


def rate_limited(over: OverLimit) -> RateLimited:
    """The answer 429 to a call that was not admitted."""
    if over.over == "concurrency":
        return RateLimited(
            "Account rate limited, please throttle your requests: all"
            f" {over.limit} concurrent calls are in use.",
            retry_after_s=BUSY_RETRY_S,
        )
    return RateLimited(
        f"Account rate limited, please throttle your requests: {over.limit} calls per second are"
        " allowed.",
        retry_after_s=over.wait_ms / 1000,
    )
