"""Which agent takes an arriving call: pure routing over a number's bindings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_WHO_CALLS = ("diversion", "history-info", "user-to-user", "p-asserted-identity")


def sip_variables(headers: Mapping[str, str]) -> dict[str, str]:
    """Dynamic variables from an arriving INVITE: ``X-*`` fields and those that say who calls whom.

    Each under its field name in lower case.
    """
    return {
        name.lower(): value
        for name, value in headers.items()
        if name.lower().startswith("x-") or name.lower() in _WHO_CALLS
    }


def draw(bindings: Sequence[Mapping[str, Any]], at: float) -> Mapping[str, Any] | None:
    """The binding under ``at`` (uniform in [0, 1)) where each has its share of the weights.

    None when nothing is bound. Weights need not sum to 1 exactly; zero weight is never drawn.
    """
    shares = [max(float(b.get("weight", 1.0)), 0.0) for b in bindings]
    whole = sum(shares)
    if whole <= 0.0:
        return None
    target = at * whole
    for binding, share in zip(bindings, shares, strict=True):
        if share > 0.0 and target < share:
            return binding
        target -= share
    return next(b for b, share in reversed(list(zip(bindings, shares, strict=True))) if share > 0)
