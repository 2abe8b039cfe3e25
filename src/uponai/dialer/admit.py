"""What a workspace may do at once and per second, and what a new call must get for it.

Pure. Stored settings hold only what was changed; the rest are the installation's defaults, and
nothing exceeds what a provider allows at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from uponai.carriers.base import CpsRange
from uponai.domain.errors import InvalidField
from uponai.domain.limits import Admission, Pace, Rate, Variant

BURST_FACTOR = 3
BURST_EXTRA = 300
MAX_CONCURRENCY = 1_000_000
OWN_LIMIT = "cps_limit"
"""Field of a number's configuration: a tighter limit of its own."""


@dataclass(frozen=True, slots=True)
class Installation:
    """``concurrency`` and ``cps`` (by provider) are what a workspace has that changed nothing;
    ``ranges`` what each provider allows."""

    concurrency: int = 20
    cps: Mapping[str, int] = field(default_factory=dict[str, int])
    ranges: Mapping[str, CpsRange] = field(default_factory=dict[str, CpsRange])


@dataclass(frozen=True, slots=True)
class CpsLimit:
    """``limit`` holds now; ``pending`` from ``pending_until_ms`` on, or once it is confirmed."""

    limit: int
    maximum: int
    pending: int | None = None
    pending_until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class WorkspaceLimits:
    """What holds for one workspace at one moment."""

    concurrency: int
    burst_enabled: bool
    reserved_inbound: int
    cps: Mapping[str, CpsLimit]
    calling_hours: Mapping[str, Any] | None = None

    @property
    def burst_limit(self) -> int:
        """0 when bursts are off."""
        if not self.burst_enabled:
            return 0
        return min(BURST_FACTOR * self.concurrency, self.concurrency + BURST_EXTRA)

    @property
    def ceiling(self) -> int:
        """Calls at once, however they came."""
        return max(self.concurrency, self.burst_limit)

    def cps_of(self, provider: str) -> int:
        known = self.cps.get(provider)
        return known.limit if known is not None else 1


def provider_of(number: Mapping[str, Any]) -> str:
    """Whose limits its calls count against: ``custom``, or the carrier it was bought from."""
    return str(number.get("phone_number_type") or "custom").removeprefix("retell-")


def limits_of(
    stored: Mapping[str, Any], installation: Installation, now_ms: int
) -> WorkspaceLimits:
    """What ``stored`` settings mean now."""
    concurrency = int(stored.get("concurrency_limit") or installation.concurrency)
    cps: Mapping[str, Any] = stored.get("cps") or {}
    return WorkspaceLimits(
        concurrency=concurrency,
        burst_enabled=bool(stored.get("concurrency_burst_enabled")),
        reserved_inbound=min(int(stored.get("reserved_inbound_concurrency") or 0), concurrency),
        cps={
            provider: _cps(cps.get(provider) or {}, installation, provider, concurrency, now_ms)
            for provider in installation.ranges
        },
        calling_hours=stored.get("calling_hours"),
    )


def _cps(
    stored: Mapping[str, Any],
    installation: Installation,
    provider: str,
    concurrency: int,
    now_ms: int,
) -> CpsLimit:
    range_ = installation.ranges[provider]
    maximum = range_.maximum_at(concurrency)
    limit = int(stored.get("limit") or installation.cps.get(provider, range_.default))
    pending, until_ms = stored.get("pending"), int(stored.get("pending_until_ms") or 0)
    if pending is not None and now_ms >= until_ms:
        limit, pending = int(pending), None
    return CpsLimit(
        limit=max(1, min(limit, maximum)),
        maximum=maximum,
        pending=None if pending is None else max(1, min(int(pending), maximum)),
        pending_until_ms=until_ms if pending is not None else None,
    )


def changed(
    stored: Mapping[str, Any],
    change: Mapping[str, Any],
    installation: Installation,
    now_ms: int,
) -> dict[str, Any]:
    """The settings after a change of shape ``wire.limits.LimitsPatch``. Raises InvalidField.

    null clears a setting, absent keeps it. A rate that the carrier's owner must set at the carrier
    too is pending until then.
    """
    plain = {name: value for name, value in change.items() if name not in ("cps", "confirm_cps")}
    merged = {name: value for name, value in {**stored, **plain}.items() if value is not None}
    after = limits_of(merged, installation, now_ms)
    reserved = int(merged.get("reserved_inbound_concurrency") or 0)
    if reserved > after.concurrency:
        rule = f"must be <= the concurrency limit ({after.concurrency})"
        raise InvalidField("reserved_inbound_concurrency", rule)
    cps = dict(cast("Mapping[str, Any]", merged.get("cps") or {}))
    for provider, wanted in cast("Mapping[str, Any]", change.get("cps") or {}).items():
        cps[provider] = _cps_after(after, provider, wanted, installation, now_ms)
    for provider in cast("list[str]", change.get("confirm_cps") or []):
        _known(provider, installation, "confirm_cps")
        waiting = cast("Mapping[str, Any]", cps.get(provider) or {})
        if waiting.get("pending") is not None:
            cps[provider] = {"limit": waiting["pending"]}
    return {**merged, "cps": cps}


def _known(provider: str, installation: Installation, path: str) -> CpsRange:
    range_ = installation.ranges.get(provider)
    if range_ is None:
        names = ", ".join(sorted(installation.ranges))
        raise InvalidField(path, f"must name a provider of this installation: {names}")
    return range_


def _cps_after(
    limits: WorkspaceLimits,
    provider: str,
    wanted: int | None,
    installation: Installation,
    now_ms: int,
) -> Mapping[str, Any]:
    range_ = _known(provider, installation, f"cps/{provider}")
    now = limits.cps[provider]
    if wanted is None:
        wanted = min(installation.cps.get(provider, range_.default), now.maximum)
    if wanted > now.maximum:
        why = f" (concurrency limit / {range_.per_concurrency})" if range_.per_concurrency else ""
        raise InvalidField(f"cps/{provider}", f"must be <= {now.maximum}{why}")
    if range_.settles_ms == 0 or wanted == now.limit:
        return {"limit": wanted}
    until_ms = now_ms + range_.settles_ms
    return {"limit": now.limit, "pending": wanted, "pending_until_ms": until_ms}


def own_limit(number: Mapping[str, Any]) -> int | None:
    """The tighter limit that a number has of its own."""
    own = number.get(OWN_LIMIT)
    return own if isinstance(own, int) and own > 0 else None


def check_own_limit(number: Mapping[str, Any], limits: WorkspaceLimits) -> None:
    """A number cannot be given more than its provider allows. Raises InvalidField."""
    known = limits.cps.get(provider_of(number))
    own = own_limit(number)
    if own is not None and known is not None and own > known.maximum:
        rule = f"must be <= {known.maximum}, the most for {provider_of(number)} numbers"
        raise InvalidField(OWN_LIMIT, rule)


def outbound_admission(
    workspace_id: str,
    number: Mapping[str, Any],
    limits: WorkspaceLimits,
    variant: Variant | None = None,
) -> Admission:
    """What a call from ``number`` must get before it may exist."""
    provider = provider_of(number)
    paces = [Pace(f"{workspace_id}/{provider}", Rate(limits.cps_of(provider)))]
    own = own_limit(number)
    if own is not None:
        paces.append(Pace(f"{workspace_id}/number/{number.get('phone_number')}", Rate(own)))
    return Admission(limits.ceiling, limits.reserved_inbound, tuple(paces), variant)


def joined_admission(direction: str, limits: WorkspaceLimits) -> Admission:
    """For a call that somebody joins or dials himself: a place, no pace."""
    return Admission(limits.ceiling, limits.reserved_inbound if direction == "outbound" else 0)
