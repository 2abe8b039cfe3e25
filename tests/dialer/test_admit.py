"""What a workspace may do, from its settings, the installation's defaults, the carriers' ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.carriers.base import CpsRange
from uponai.dialer.admit import (
    Installation,
    changed,
    joined_admission,
    limits_of,
    outbound_admission,
    provider_of,
)
from uponai.domain.errors import InvalidField
from uponai.domain.limits import Pace, Rate

T0 = 1_760_000_000_000
OWNED = CpsRange(maximum=5, settles_ms=600_000)
HERE = Installation(
    20, {}, {"custom": CpsRange(per_concurrency=20), "owned": OWNED, "quick": CpsRange(maximum=16)}
)


def test_who_changed_nothing_has_the_defaults() -> None:
    limits = limits_of({}, HERE, T0)
    assert (limits.concurrency, limits.ceiling, limits.burst_limit) == (20, 20, 0)
    assert {name: (cps.limit, cps.maximum) for name, cps in limits.cps.items()} == {
        "custom": (1, 1),
        "owned": (1, 5),
        "quick": (1, 16),
    }


@pytest.mark.parametrize(("limit", "burst"), [(50, 150), (200, 500), (20, 60), (1_000, 1_300)])
def test_a_burst_is_thrice_the_limit_or_300_more(limit: int, burst: int) -> None:
    change = {"concurrency_limit": limit, "concurrency_burst_enabled": True}
    limits = limits_of(changed({}, change, HERE, T0), HERE, T0)
    assert limits.burst_limit == limits.ceiling == burst


def test_own_trunks_may_have_a_twentieth_of_the_concurrency() -> None:
    with pytest.raises(InvalidField, match=r"cps/custom must be <= 1 \(concurrency limit / 20\)"):
        changed({}, {"cps": {"custom": 2}}, HERE, T0)
    stored = changed({}, {"concurrency_limit": 4_000, "cps": {"custom": 200}}, HERE, T0)
    assert limits_of(stored, HERE, T0).cps["custom"].limit == 200
    lowered = changed(stored, {"concurrency_limit": 100}, HERE, T0)
    assert limits_of(lowered, HERE, T0).cps["custom"].limit == 5


def test_a_change_that_the_owner_must_make_too_is_pending_for_ten_minutes() -> None:
    stored = changed({}, {"cps": {"owned": 5}}, HERE, T0)
    before = limits_of(stored, HERE, T0 + 599_999).cps["owned"]
    assert (before.limit, before.pending, before.pending_until_ms) == (1, 5, T0 + 600_000)
    after = limits_of(stored, HERE, T0 + 600_000).cps["owned"]
    assert (after.limit, after.pending, after.pending_until_ms) == (5, None, None)


def test_a_pending_change_holds_once_it_is_confirmed() -> None:
    stored = changed({}, {"cps": {"owned": 3}}, HERE, T0)
    stored = changed(stored, {"confirm_cps": ["owned"]}, HERE, T0 + 5)
    assert limits_of(stored, HERE, T0 + 6).cps["owned"].limit == 3


def test_another_change_while_one_is_pending_starts_from_what_holds() -> None:
    stored = changed({}, {"cps": {"owned": 5}}, HERE, T0)
    stored = changed(stored, {"cps": {"owned": 2}}, HERE, T0 + 300_000)
    assert limits_of(stored, HERE, T0 + 899_999).cps["owned"].limit == 1
    assert limits_of(stored, HERE, T0 + 900_000).cps["owned"].limit == 2
    stored = changed(stored, {"cps": {"owned": 1}}, HERE, T0 + 300_001)
    assert limits_of(stored, HERE, T0 + 900_000).cps["owned"].limit == 1


def test_others_hold_at_once_and_null_goes_back_to_the_default() -> None:
    stored = changed({}, {"cps": {"quick": 16}, "concurrency_limit": 50}, HERE, T0)
    assert limits_of(stored, HERE, T0).cps["quick"].limit == 16
    stored = changed(stored, {"cps": {"quick": None}, "concurrency_limit": None}, HERE, T0)
    limits = limits_of(stored, HERE, T0)
    assert (limits.cps["quick"].limit, limits.concurrency) == (1, 20)


def test_what_cannot_be_set_is_named() -> None:
    with pytest.raises(InvalidField, match="reserved_inbound_concurrency must be <= the"):
        changed({}, {"reserved_inbound_concurrency": 21}, HERE, T0)
    with pytest.raises(InvalidField, match="cps/nobody must name a provider .*: custom, owned"):
        changed({}, {"cps": {"nobody": 1}}, HERE, T0)
    with pytest.raises(InvalidField, match="cps/quick must be <= 16"):
        changed({}, {"cps": {"quick": 17}}, HERE, T0)


def test_a_call_counts_against_its_provider_and_its_number() -> None:
    limits = limits_of({"reserved_inbound_concurrency": 5}, HERE, T0)
    number = {"phone_number": "+12", "phone_number_type": "retell-quick", "cps_limit": 3}
    admission = outbound_admission("org", number, limits)
    assert (admission.ceiling, admission.reserved) == (20, 5)
    assert admission.paces == (Pace("org/quick", Rate(1)), Pace("org/number/+12", Rate(3)))
    assert provider_of({}) == provider_of({"phone_number_type": "custom"}) == "custom"
    assert joined_admission("inbound", limits).reserved == 0


@given(
    concurrency=st.integers(1, 10_000),
    burst=st.booleans(),
    reserved=st.integers(0, 10_000),
    cps=st.integers(1, 1_000),
)
def test_no_setting_leads_over_a_maximum(
    concurrency: int, burst: bool, reserved: int, cps: int
) -> None:
    stored = {
        "concurrency_limit": concurrency,
        "concurrency_burst_enabled": burst,
        "reserved_inbound_concurrency": reserved,
        "cps": {name: {"limit": cps} for name in HERE.ranges},
    }
    limits = limits_of(stored, HERE, T0)
    assert concurrency <= limits.ceiling <= min(3 * concurrency, concurrency + 300)
    assert limits.reserved_inbound <= concurrency
    assert all(1 <= one.limit <= one.maximum for one in limits.cps.values())
    assert limits.cps["custom"].maximum == max(1, concurrency // 20)
