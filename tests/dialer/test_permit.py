"""Who may be called from which number; each refusal with its code."""

from __future__ import annotations

from typing import Any

import pytest

from uponai.dialer.permit import (
    ALWAYS_BLOCKED,
    Asked,
    Refused,
    check,
    country,
    why_not_from,
    why_not_taken,
)
from uponai.dialer.window import Hours

T0 = 1_760_000_000_000
CUSTOM: dict[str, Any] = {"phone_number_type": "custom"}
BOUGHT: dict[str, Any] = {"phone_number_type": "retell-twilio"}


def refusal(to_number: str, number: dict[str, Any], **more: Any) -> str | None:
    try:
        check(Asked(to_number, number, **more), T0)
    except Refused as refused:
        assert refused.status == 400
        assert refused.message.startswith("request/body/to_number ")
        return refused.code
    return None


@pytest.mark.parametrize(
    ("to_number", "where"),
    [
        ("+5352345678", "CU"),
        ("+989121234567", "IR"),
        ("+8501921234567", "KP"),
        ("+963944567890", "SY"),
        ("+79123456789", "RU"),
        ("+375294567890", "BY"),
        ("+584121234567", "VE"),
    ],
)
def test_seven_countries_are_never_called(to_number: str, where: str) -> None:
    assert where in ALWAYS_BLOCKED
    assert country(to_number) == where
    for number in (CUSTOM, BOUGHT):
        assert refusal(to_number, number) == "country_blocked"
    assert refusal(to_number, CUSTOM, unchecked=True) == "country_blocked"


def test_a_number_of_no_plan_does_not_get_around_the_block() -> None:
    assert refusal("+70000000000", CUSTOM, unchecked=True) == "country_blocked"
    assert refusal("+77012345678", CUSTOM) is None  # Kazakhstan shares the code


@pytest.mark.parametrize(
    "to_number",
    [
        "+14155550199",
        "+442071838750",
        "+4930123456",
        "+81312345678",
        "+6621234567",
        "+919876543210",
    ],
)
def test_bought_numbers_call_fifteen_countries(to_number: str) -> None:
    assert refusal(to_number, BOUGHT) is None


@pytest.mark.parametrize("to_number", ["+5511961234567", "+27821234567", "+8613123456789"])
def test_bought_numbers_call_no_others_and_own_trunks_do(to_number: str) -> None:
    assert refusal(to_number, BOUGHT) == "country_not_supported"
    assert refusal(to_number, CUSTOM) is None


def test_a_list_of_the_number_is_kept() -> None:
    number = {**CUSTOM, "allowed_outbound_country_list": ["US", "CA"]}
    assert refusal("+14155550199", number) is None
    assert refusal("+4930123456", number) == "country_not_allowed"
    assert refusal("+4930123456", {**CUSTOM, "allowed_outbound_country_list": []}) is None


@pytest.mark.parametrize("to_number", ["+1415555", "+999123456789", "+1415555019999", "334"])
def test_numbers_that_no_plan_has_are_refused_unless_taken_as_they_are(to_number: str) -> None:
    assert refusal(to_number, CUSTOM) == "invalid_number"
    assert refusal(to_number, CUSTOM, unchecked=True) is None


def test_do_not_call_and_hours() -> None:
    assert refusal("+14155550199", CUSTOM, do_not_call=True) == "do_not_call"
    never = Hours(((0, 1),), frozenset(), "UTC")
    assert refusal("+14155550199", CUSTOM, hours=never) == "outside_calling_hours"
    always = Hours(((0, 1_440),))
    assert refusal("+14155550199", CUSTOM, hours=always) is None


@pytest.mark.parametrize(
    ("from_number", "allowed", "why"),
    [
        ("+14155550100", None, None),
        ("anonymous", [], None),
        ("+14155550100", ["US", "CA"], None),
        ("+33612345678", ["US", "CA"], "country (FR) is not an allowed one (US, CA)"),
        ("anonymous", ["US"], "country (unknown) is not an allowed one (US)"),
    ],
)
def test_who_may_call_a_number(
    from_number: str, allowed: list[str] | None, why: str | None
) -> None:
    said = why_not_taken(from_number, {"allowed_inbound_country_list": allowed})
    assert said is None if why is None else why in (said or "")


@pytest.mark.parametrize(
    ("source", "allowed", "taken"),
    [
        ("192.0.2.7", None, True),
        ("192.0.2.7", ["192.0.2.0/24"], True),
        ("192.0.2.7", ["192.0.2.8", "2001:db8::/32"], False),
        ("2001:db8::1", ["192.0.2.8", "2001:db8::/32"], True),
        ("", ["192.0.2.8"], False),
    ],
)
def test_from_where_a_number_may_be_called(
    source: str, allowed: list[str] | None, taken: bool
) -> None:
    assert (why_not_from(source, {"allowed_inbound_source_list": allowed}) is None) is taken
