"""May this number be called? Each refusal has a code of its own. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers

from uponai.dialer.window import Hours, open_at, zones_of
from uponai.domain.errors import UserError

ALWAYS_BLOCKED = frozenset({"CU", "IR", "KP", "SY", "RU", "BY", "VE"})
BOUGHT_REACH = frozenset(
    {"US", "IN", "AU", "DE", "ES", "GB", "MX", "FR", "JP", "CA", "IT", "ID", "PH", "MY", "TH"}
)
"""Where bought numbers may call, whatever the carrier."""


class Refused(UserError):
    """The destination may not be called. ``code`` says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish to call. ``number`` is the calling number's configuration; ``unchecked``: the caller
    takes the number as it is (``ignore_e164_validation``, own trunks only)."""

    to_number: str
    number: Mapping[str, Any]
    unchecked: bool = False
    do_not_call: bool = False
    hours: Hours | None = None


def country(to_number: str) -> str | None:
    """ISO country; for a number that fits no plan the first country of its code (+7: RU)."""
    parsed = _parsed(to_number)
    if parsed is None:
        return None
    known = phonenumbers.region_code_for_number(parsed)
    if known is not None and known != "001":
        return known
    first = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return first if first not in ("ZZ", "001") else None


# A number is parsed for its plan and for its country, one right after the other.
@lru_cache(maxsize=8)
def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None


def check(asked: Asked, now_ms: int) -> None:
    """Raises Refused with code ``invalid_number``, ``country_blocked``, ``country_not_supported``,
    ``country_not_allowed``, ``do_not_call`` or ``outside_calling_hours``."""
    _check_number(asked)
    _check_country(asked, country(asked.to_number))
    if asked.do_not_call:
        raise _refused("is marked do-not-call in this workspace", "do_not_call")
    hours = asked.hours
    if hours is not None and not open_at(hours, zones_of(asked.to_number, hours), now_ms):
        raise _refused("is outside its calling hours now", "outside_calling_hours")


def why_not_taken(from_number: str, number: Mapping[str, Any]) -> str | None:
    """Why a call from ``from_number`` may not reach ``number``, or None when it may.

    A caller of no known country (withheld, not E.164) is in none of the allowed ones.
    """
    allowed = number.get("allowed_inbound_country_list")
    if not allowed:
        return None
    where = country(from_number)
    if where in allowed:
        return None
    listed = ", ".join(allowed)
    return f"the caller's country ({where or 'unknown'}) is not an allowed one ({listed})"


def why_not_from(source: str, number: Mapping[str, Any]) -> str | None:
    """Why a call that came from this address may not reach ``number``, or None when it may."""
    allowed = number.get("allowed_inbound_source_list")
    if not allowed:
        return None
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return f"the call's source ({source[:60] or 'unknown'}) is not an address"
    if any(address in ipaddress.ip_network(str(entry), strict=False) for entry in allowed):
        return None
    return f"the call's source ({address}) is not an allowed one ({', '.join(allowed)})"


def _check_number(asked: Asked) -> None:
    if asked.unchecked:
        return
    parsed = _parsed(asked.to_number)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise _refused("must be a number that exists in its country's plan", "invalid_number")


def _check_country(asked: Asked, where: str | None) -> None:
    if where in ALWAYS_BLOCKED:
        raise _refused(f"is in a country that is never called ({where})", "country_blocked")
    bought = str(asked.number.get("phone_number_type") or "custom") != "custom"
    if bought and where not in BOUGHT_REACH:
        reach = ", ".join(sorted(BOUGHT_REACH))
        rule = f"must be in a country that bought numbers may call ({reach})"
        raise _refused(rule, "country_not_supported")
    allowed = asked.number.get("allowed_outbound_country_list")
    if allowed and where not in allowed:
        listed = ", ".join(allowed)
        raise _refused(f"must be in an allowed country ({listed})", "country_not_allowed")


def _refused(rule: str, code: str) -> Refused:
    return Refused(f"request/body/to_number {rule}", code=code)
