"""How fast an account of a carrier is dialled, and how a carrier's complaints slow that down.

Pure. The slots themselves are rows that all hosts share (``storage/admission.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from uponai.carriers.base import CarrierSpec
from uponai.dialer.admit import WorkspaceLimits, own_limit, provider_of
from uponai.domain.limits import SECOND_MS, Pace, Rate, Slowdown

MARGIN_MS = 5
"""What may pass between taking a slot and sending, more for one call than for the next; where it
is more, the slot is stamped again."""
MAX_LEVEL = 6
RECOVERY_MS = 30_000
"""A level goes when that long nobody complained: back to the limit in at most three minutes."""
CONGESTED_SIP = frozenset({429, 503})


def account_key(carrier: str, number: Mapping[str, Any]) -> str:
    """The account that is dialled through; workspaces with the same trunk share it. ``carrier`` is
    what the call names."""
    trunk = cast("Mapping[str, Any]", number.get("sip_outbound_trunk_config") or {})
    uri = str(trunk.get("termination_uri") or "").lower()
    user = str(trunk.get("auth_username") or "")
    return f"dial/{carrier}/{user}@{uri}" if uri else f"dial/{carrier}"


def dispatch_paces(
    key: str, spec: CarrierSpec, number: Mapping[str, Any], limits: WorkspaceLimits, slowed: int
) -> list[Pace]:
    """The rates that a call about to be dialled waits for; ``key`` is that of its account,
    ``slowed`` the level of slowdown.

    A carrier that counts over a longer window of its own is given its window's worth.
    """
    window_ms = spec.window_ms or SECOND_MS
    calls = max(limits.cps_of(provider_of(number)) * window_ms // SECOND_MS, 1)
    paces = [slowed_pace(Pace(key, Rate(calls, window_ms + MARGIN_MS)), slowed)]
    own = own_limit(number)
    if own is not None:
        paces.append(Pace(f"{key}/{number.get('phone_number')}", Rate(own, SECOND_MS + MARGIN_MS)))
    return paces


def slowed_pace(pace: Pace, level: int) -> Pace:
    """Half as fast for each level: fewer at once first, then longer between them."""
    calls, window_ms = pace.rate.calls, pace.rate.window_ms
    for _ in range(level):
        if calls > 1:
            calls = (calls + 1) // 2
        else:
            window_ms *= 2
    return Pace(pace.key, Rate(calls, window_ms))


def level_at(slowdown: Slowdown, now_ms: int) -> int:
    """What is left of a slowdown."""
    quiet_ms = max(now_ms - slowdown.since_ms, 0)
    return max(slowdown.level - quiet_ms // RECOVERY_MS, 0)


def slower(slowdown: Slowdown, now_ms: int) -> Slowdown:
    """After a complaint. Those of one second are one: they are about the same burst."""
    if 0 <= now_ms - slowdown.since_ms < SECOND_MS:
        return slowdown
    return Slowdown(min(level_at(slowdown, now_ms) + 1, MAX_LEVEL), now_ms)


def complains(spec: CarrierSpec, line: Mapping[str, Any]) -> bool:
    """Whether a carrier's report of a line's end says that we are too fast for it.

    ``line`` is ``HungUp.line``: ``sip_code`` or HTTP ``status``, and the carrier's own ``code``.
    """
    code = line.get("code")
    if code is not None and str(code) in spec.congestion_codes:
        return True
    return line.get("sip_code") in CONGESTED_SIP or line.get("status") in CONGESTED_SIP
