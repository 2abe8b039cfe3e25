"""What a SIP outcome means for a call: one row, one test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from uponai.carriers.sip import CAUSES, DISPOSITIONS, disposition, trunk_of
from uponai.domain.ending import REASONS, Ending
from uponai.link import control


def ended(
    cause: control.Cause, code: int | None = None, *, answered: bool = False
) -> control.Ended:
    return control.Ended("call_1", 1, cause, answered, at_ms=5, sip_code=code, text="why")


@pytest.mark.parametrize(
    ("code", "reason", "status"),
    [
        (401, "telephony_provider_permission_denied", "not_connected"),
        (403, "telephony_provider_permission_denied", "not_connected"),
        (404, "invalid_destination", "not_connected"),
        (407, "telephony_provider_permission_denied", "not_connected"),
        (408, "dial_no_answer", "not_connected"),
        (410, "invalid_destination", "not_connected"),
        (480, "dial_no_answer", "not_connected"),
        (482, "sip_routing_error", "not_connected"),
        (483, "sip_routing_error", "not_connected"),
        (484, "invalid_destination", "not_connected"),
        (486, "dial_busy", "not_connected"),
        (487, "dial_no_answer", "not_connected"),
        (500, "telephony_provider_unavailable", "not_connected"),
        (503, "telephony_provider_unavailable", "not_connected"),
        (600, "dial_busy", "not_connected"),
        (603, "user_declined", "not_connected"),
        (604, "invalid_destination", "not_connected"),
        (607, "marked_as_spam", "not_connected"),
        (608, "marked_as_spam", "not_connected"),
        (488, "dial_failed", "not_connected"),
    ],
)
def test_a_final_code_becomes_its_reason(code: int, reason: str, status: str) -> None:
    ending = disposition(ended("code", code))
    assert (ending.reason, ending.kind.status, ending.sip_code) == (reason, status, code)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("silent", "telephony_provider_unavailable"),
        ("dns", "telephony_provider_unavailable"),
        ("connect", "telephony_provider_unavailable"),
        ("ring_timeout", "dial_no_answer"),
        ("cancelled", "manual_stopped"),
        ("protocol", "dial_failed"),
        ("local_hangup", "manual_stopped"),
    ],
)
def test_an_end_without_a_code_before_the_answer(cause: control.Cause, reason: str) -> None:
    assert disposition(ended(cause)).reason == reason


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("remote_hangup", "user_hangup"),
        ("local_hangup", "agent_hangup"),
        ("media_timeout", "error_no_audio_received"),
        ("no_brain", "error_retell"),
        ("edge_restart", "error_retell"),
        ("protocol", "error_unknown"),
    ],
)
def test_an_end_after_the_answer(cause: control.Cause, reason: str) -> None:
    assert disposition(ended(cause, answered=True)).reason == reason


def test_the_tables_know_only_reasons_of_the_wire() -> None:
    assert set(DISPOSITIONS.values()) | {reason for reason, _ in CAUSES.values()} <= set(REASONS)


def test_a_trunk_is_read_from_the_number() -> None:
    number = {
        "sip_outbound_trunk_config": {
            "termination_uri": "sip.example.com",
            "auth_username": "ann",
            "transport": "UDP",
            "codecs": ["PCMA"],
        }
    }
    trunk = trunk_of(number, "secret")
    assert trunk == control.Trunk("sip.example.com", "UDP", "ann", "secret", ("PCMA",))
    number["sip_outbound_trunk_config"] |= {"transport": "TLS", "media_encryption": "require"}
    assert trunk_of(number, None).media_encryption == "require"


def test_an_announcement_before_the_failure_stands_in_its_detail() -> None:
    announced = replace(ended("code", 404), heard="The number is not in service.")
    heard = 'heard before: "The number is not in service."'
    assert disposition(announced) == Ending("invalid_destination", f"why; {heard}", 404)
    assert disposition(replace(announced, text="")).detail == heard
    assert disposition(replace(announced, cause="ring_timeout")).detail.endswith(heard)
    assert len(disposition(replace(announced, heard="la " * 1_000)).detail) < 600
