"""How fast an account is dialled, and how complaints slow it down."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from uponai.carriers import sip, telnyx, twilio
from uponai.dialer.admit import Installation, WorkspaceLimits, limits_of
from uponai.dialer.pace import (
    MARGIN_MS,
    MAX_LEVEL,
    RECOVERY_MS,
    account_key,
    complains,
    dispatch_paces,
    level_at,
    slower,
)
from uponai.domain.limits import Rate, Slowdown

T0 = 1_760_000_000_000
HERE = Installation(
    400,
    {"custom": 8, "twilio": 5, "telnyx": 16},
    {spec.provider: spec.cps for spec in (sip.SPEC, telnyx.SPEC, twilio.SPEC)},
)
TRUNK = {"sip_outbound_trunk_config": {"termination_uri": "SIP.example", "auth_username": "u"}}


def limits() -> WorkspaceLimits:
    return limits_of({}, HERE, T0)


def test_an_account_is_its_trunk_and_user() -> None:
    assert account_key("sip", TRUNK) == "dial/sip/u@sip.example"
    assert account_key("any", {}) == "dial/any"


def test_each_carrier_has_its_own_window() -> None:
    def rate(spec, kind: str) -> Rate:
        (pace,) = dispatch_paces("k", spec, {"phone_number_type": kind}, limits(), 0)
        return pace.rate

    assert rate(sip.SPEC, "custom") == Rate(8, 1_000 + MARGIN_MS)
    assert rate(twilio.SPEC, "retell-twilio") == Rate(5, 1_000 + MARGIN_MS)
    assert rate(telnyx.SPEC, "retell-telnyx") == Rate(80, 5_000 + MARGIN_MS)


def test_a_number_may_have_a_tighter_limit_of_its_own() -> None:
    number = {**TRUNK, "phone_number": "+12", "cps_limit": 2}
    account, own = dispatch_paces("k", sip.SPEC, number, limits(), 0)
    assert account.rate.calls == 8
    assert own.rate.calls == 2 and own.key != account.key


def test_each_level_halves_the_speed() -> None:
    speeds = []
    for level in range(5):
        (pace,) = dispatch_paces("k", sip.SPEC, TRUNK, limits(), level)
        speeds.append((pace.rate.calls, pace.rate.window_ms))
    window = 1_000 + MARGIN_MS
    assert speeds == [(8, window), (4, window), (2, window), (1, window), (1, 2 * window)]


def test_complaints_slow_down_and_silence_brings_it_back_slowly() -> None:
    one = slower(Slowdown(), T0)
    assert level_at(one, T0) == 1
    assert slower(one, T0 + 500) == one
    two = slower(one, T0 + 1_000)
    assert level_at(two, T0 + 1_000) == 2
    assert level_at(two, T0 + 1_000 + RECOVERY_MS) == 1
    assert level_at(two, T0 + 1_000 + 2 * RECOVERY_MS) == 0


@given(st.lists(st.integers(0, 60_000), max_size=60))
def test_the_level_stays_in_bounds_and_always_comes_back(gaps: list[int]) -> None:
    slowed, now = Slowdown(), T0
    for gap in gaps:
        now += gap
        before = level_at(slowed, now)
        slowed = slower(slowed, now)
        assert before <= level_at(slowed, now) <= min(before + 1, MAX_LEVEL)
    assert level_at(slowed, now + MAX_LEVEL * RECOVERY_MS) == 0


def test_what_a_complaint_is() -> None:
    assert complains(sip.SPEC, {"sip_code": 503})
    assert complains(sip.SPEC, {"sip_code": 429})
    assert complains(telnyx.SPEC, {"code": 90103})
    assert complains(twilio.SPEC, {"status": 429, "code": 20429})
    assert not complains(sip.SPEC, {"sip_code": 486})
    assert not complains(sip.SPEC, {"code": 90103})
    assert not complains(sip.SPEC, {})
