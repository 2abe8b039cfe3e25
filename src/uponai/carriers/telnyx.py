"""Telnyx, as data: what it allows and how it counts."""

from __future__ import annotations

from uponai.carriers.base import CarrierSpec, CpsRange

SPEC = CarrierSpec(
    name="telnyx",
    number_type="retell-telnyx",
    forwards_custom_headers=True,
    bought=True,
    cps=CpsRange(maximum=16),
    window_ms=5_000,
    congestion_codes=frozenset({"90103"}),
)
