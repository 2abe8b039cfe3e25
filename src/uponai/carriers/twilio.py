"""Twilio, as data: what it allows and how it counts."""

from __future__ import annotations

from uponai.carriers.base import CarrierSpec, CpsRange

SPEC = CarrierSpec(
    name="twilio",
    number_type="retell-twilio",
    forwards_custom_headers=True,
    bought=True,
    # Set by the account's owner in the Console; the API cannot read it.
    cps=CpsRange(maximum=5, settles_ms=600_000),
    window_ms=1_000,
    congestion_codes=frozenset({"20429"}),
)
