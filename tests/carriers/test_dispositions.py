"""What the outcomes of Twilio and Telnyx mean for a call: one row, one test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from uponai.carriers import telnyx, twilio
from uponai.carriers.hosted.words import Dispositions
from uponai.carriers.telnyx import words as telnyx_words
from uponai.carriers.twilio import words as twilio_words
from uponai.domain.ending import REASONS, Ending

Rows = Sequence[tuple[str, int | None, str]]

TWILIO: Rows = [
    ("completed", 200, "user_hangup"),
    ("busy", None, "dial_busy"),
    ("no-answer", None, "dial_no_answer"),
    ("no-answer", 487, "dial_no_answer"),
    ("canceled", None, "manual_stopped"),
    ("failed", None, "dial_failed"),
    ("failed", 401, "telephony_provider_permission_denied"),
    ("failed", 403, "telephony_provider_permission_denied"),
    ("failed", 404, "invalid_destination"),
    ("failed", 407, "telephony_provider_permission_denied"),
    ("failed", 408, "dial_no_answer"),
    ("failed", 410, "invalid_destination"),
    ("failed", 480, "dial_no_answer"),
    ("failed", 482, "sip_routing_error"),
    ("failed", 483, "sip_routing_error"),
    ("failed", 484, "invalid_destination"),
    ("busy", 486, "dial_busy"),
    ("failed", 487, "dial_no_answer"),
    ("failed", 488, "dial_failed"),
    ("failed", 500, "telephony_provider_unavailable"),
    ("failed", 503, "telephony_provider_unavailable"),
    ("busy", 600, "dial_busy"),
    ("busy", 603, "user_declined"),
    ("failed", 604, "invalid_destination"),
    ("failed", 607, "marked_as_spam"),
    ("failed", 608, "marked_as_spam"),
    ("a-new-status", None, "error_unknown"),
]

TELNYX: Rows = [
    ("normal_clearing", 200, "user_hangup"),
    ("normal_clearing", None, "user_hangup"),
    ("normal_clearing", 488, "dial_failed"),
    ("time_limit", 200, "max_duration_reached"),
    ("user_busy", None, "dial_busy"),
    ("user_busy", 486, "dial_busy"),
    ("user_busy", 600, "dial_busy"),
    ("call_rejected", None, "user_declined"),
    ("call_rejected", 603, "user_declined"),
    ("call_rejected", 401, "telephony_provider_permission_denied"),
    ("call_rejected", 403, "telephony_provider_permission_denied"),
    ("call_rejected", 407, "telephony_provider_permission_denied"),
    ("call_rejected", 486, "dial_busy"),
    ("call_rejected", 607, "marked_as_spam"),
    ("call_rejected", 608, "marked_as_spam"),
    ("no_answer", None, "dial_no_answer"),
    ("no_answer", 408, "dial_no_answer"),
    ("no_answer", 480, "dial_no_answer"),
    ("timeout", None, "dial_no_answer"),
    ("timeout", 487, "dial_no_answer"),
    ("not_found", None, "invalid_destination"),
    ("not_found", 404, "invalid_destination"),
    ("not_found", 410, "invalid_destination"),
    ("not_found", 604, "invalid_destination"),
    ("originator_cancel", None, "manual_stopped"),
    ("originator_cancel", 487, "manual_stopped"),
    ("unspecified", None, "dial_failed"),
    ("unspecified", 482, "sip_routing_error"),
    ("unspecified", 483, "sip_routing_error"),
    ("unspecified", 484, "invalid_destination"),
    ("unspecified", 488, "dial_failed"),
    ("unspecified", 500, "telephony_provider_unavailable"),
    ("unspecified", 503, "telephony_provider_unavailable"),
    ("a_new_cause", None, "error_unknown"),
]

TWILIO_REFUSALS = [
    ("10001", "telephony_provider_permission_denied"),
    ("13223", "invalid_destination"),
    ("13224", "invalid_destination"),
    ("13225", "telephony_provider_permission_denied"),
    ("13227", "telephony_provider_permission_denied"),
    ("20003", "telephony_provider_permission_denied"),
    ("20005", "telephony_provider_permission_denied"),
    ("20429", "telephony_provider_unavailable"),
    ("21201", "invalid_destination"),
    ("21210", "telephony_provider_permission_denied"),
    ("21211", "invalid_destination"),
    ("21212", "telephony_provider_permission_denied"),
    ("21214", "invalid_destination"),
    ("21215", "telephony_provider_permission_denied"),
    ("21216", "telephony_provider_permission_denied"),
    ("21217", "invalid_destination"),
    ("21219", "telephony_provider_permission_denied"),
    ("32203", "telephony_provider_permission_denied"),
    ("32205", "telephony_provider_permission_denied"),
]

TELNYX_REFUSALS = [
    ("10001", "telephony_provider_permission_denied"),
    ("10002", "invalid_destination"),
    ("10009", "telephony_provider_permission_denied"),
    ("10010", "telephony_provider_permission_denied"),
    ("10011", "telephony_provider_unavailable"),
    ("10016", "invalid_destination"),
    ("10039", "telephony_provider_permission_denied"),
    ("90103", "telephony_provider_unavailable"),
]

TWILIO_STATUSES = [
    (400, "dial_failed"),
    (401, "telephony_provider_permission_denied"),
    (403, "telephony_provider_permission_denied"),
    (429, "telephony_provider_unavailable"),
]

TELNYX_STATUSES = [
    (401, "telephony_provider_permission_denied"),
    (402, "telephony_provider_permission_denied"),
    (403, "telephony_provider_permission_denied"),
    (422, "dial_failed"),
    (429, "telephony_provider_unavailable"),
]


def _telnyx_ending(cause: str, sip_code: int | None) -> Ending:
    answered = telnyx_words.was_answered(cause, sip_code)
    return telnyx_words.ending_of(cause, sip_code, answered=answered)


@dataclass(frozen=True)
class Tables:
    """One carrier's tables, and the rows that are tested."""

    name: str
    dispositions: Dispositions
    ending_of: Callable[[str, int | None], Ending]
    rows: Rows
    refusals: Sequence[tuple[str, str]]
    statuses: Sequence[tuple[int, str]]


CARRIERS = (
    Tables(
        twilio.SPEC.name,
        twilio_words.DISPOSITIONS,
        twilio_words.ending_of,
        TWILIO,
        TWILIO_REFUSALS,
        TWILIO_STATUSES,
    ),
    Tables(
        telnyx.SPEC.name,
        telnyx_words.DISPOSITIONS,
        _telnyx_ending,
        TELNYX,
        TELNYX_REFUSALS,
        TELNYX_STATUSES,
    ),
)

each = pytest.mark.parametrize("tables", CARRIERS, ids=lambda tables: tables.name)


@pytest.mark.parametrize(
    ("tables", "word", "sip_code", "reason"),
    [(tables, *row) for tables in CARRIERS for row in tables.rows],
    ids=lambda value: value.name if isinstance(value, Tables) else str(value),
)
def test_an_outcome_becomes_its_reason(
    tables: Tables, word: str, sip_code: int | None, reason: str
) -> None:
    ending = tables.ending_of(word, sip_code)
    assert (ending.reason, ending.sip_code) == (reason, sip_code)
    assert reason in REASONS
    assert reason == "user_hangup" or word in ending.detail


@pytest.mark.parametrize(
    ("tables", "code", "reason"),
    [(tables, *row) for tables in CARRIERS for row in tables.refusals],
    ids=lambda value: value.name if isinstance(value, Tables) else str(value),
)
def test_an_error_code_becomes_its_reason(tables: Tables, code: str, reason: str) -> None:
    found = tables.dispositions.of_refusal(400, code, "why")
    assert found.reason == reason
    assert reason in REASONS
    assert code in found.detail
    assert "why" in found.detail


@each
def test_each_row_of_the_tables_is_tested(tables: Tables) -> None:
    known = tables.dispositions
    assert {word for word, _, _ in tables.rows} >= set(known.outcomes)
    assert {code for _, code, _ in tables.rows if code is not None} >= set(known.sip_codes)
    assert {code for code, _ in tables.refusals} == set(known.errors)
    assert {status for status, _ in tables.statuses} >= set(known.http_statuses)


@each
def test_a_refusal_without_a_known_code_goes_by_its_status(tables: Tables) -> None:
    for status, reason in tables.statuses:
        assert tables.dispositions.of_refusal(status, "", "").reason == reason


@each
def test_unknown_words_have_a_default_and_are_logged(tables: Tables) -> None:
    with capture_logs() as logged:
        assert tables.ending_of("never-heard-of", None).reason == "error_unknown"
        assert tables.dispositions.of_refusal(418, "4711", "").reason == "dial_failed"
    outcome, refusal = logged
    assert (outcome["event"], outcome["outcome"]) == ("unknown outcome", "never-heard-of")
    assert (refusal["event"], refusal["status"], refusal["code"]) == (
        "unknown refusal",
        418,
        "4711",
    )
    assert outcome["carrier"] == refusal["carrier"] == tables.name


@each
def test_what_is_known_is_not_logged(tables: Tables) -> None:
    with capture_logs() as logged:
        for word in tables.dispositions.outcomes:
            tables.ending_of(word, None)
        for code in tables.dispositions.errors:
            tables.dispositions.of_refusal(400, code, "")
    assert not logged


def test_a_call_known_to_be_answered_was_hung_up_whatever_the_cause() -> None:
    found = telnyx_words.ending_of("unspecified", None, answered=True)
    assert found.reason == "user_hangup"
