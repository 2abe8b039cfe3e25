"""Nobody is called again who answered or declined, nor more often than asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.storage.worlds import a_call

from uponai.dialer.redial import (
    BATCH_PUT_BACKS,
    LONGEST_PUT_BACK_MS,
    PUT_BACKS,
    REDIALLED,
    policy_of,
    put_back_until,
    redial_at,
)
from uponai.domain.call import CallState
from uponai.domain.ending import REASONS

POLICIES = st.fixed_dictionaries(
    {"max_attempts": st.integers(1, 20)},
    optional={
        "wait_ms": st.integers(0, 10**9),
        "reasons": st.lists(st.sampled_from(sorted(REASONS)), min_size=1),
    },
)


def test_busy_and_no_answer_are_all_that_is_redialled() -> None:
    assert {"dial_busy", "dial_no_answer"} == REDIALLED


ANY_REASON = st.sampled_from(sorted(REDIALLED)) | st.sampled_from(sorted(REASONS))


@given(POLICIES, st.integers(1, 6), ANY_REASON, st.booleans())
def test_only_who_was_not_reached_is_called_again(
    given_policy: dict[str, object], attempts: int, reason: str, answered: bool
) -> None:
    policy = policy_of({"redial_policy": given_policy})
    at_ms = redial_at(policy, attempts, reason, answered=answered, now_ms=1_000)
    if at_ms is None:
        return
    assert not answered
    assert reason in ("dial_busy", "dial_no_answer")
    assert attempts < int(str(given_policy["max_attempts"]))
    assert at_ms >= 1_000 + int(str(given_policy.get("wait_ms", 0)))


@given(POLICIES, ANY_REASON)
def test_the_calls_of_a_task_come_to_an_end(given_policy: dict[str, object], reason: str) -> None:
    policy = policy_of({"redial_policy": given_policy})
    calls = 1
    while redial_at(policy, calls, reason, answered=False, now_ms=0) is not None:
        calls += 1
        assert calls <= policy.max_attempts


def test_without_a_policy_each_is_called_once() -> None:
    assert redial_at(policy_of({}), 1, "dial_busy", answered=False, now_ms=0) is None


@given(st.sampled_from(list(CallState)), st.integers(1, 50), st.sampled_from([None, "b1"]))
def test_only_what_nobody_heard_is_put_back(
    state: CallState, attempt: int, batch_call_id: str | None
) -> None:
    call = a_call(state=state, attempt=attempt, batch_call_id=batch_call_id)
    until_ms = put_back_until(call, 1_000)
    most = BATCH_PUT_BACKS if batch_call_id else PUT_BACKS
    put_back = state is CallState.DIALLING and attempt <= most
    assert (until_ms is not None) == put_back
    if until_ms is not None:
        assert 2_000 <= until_ms <= 1_000 + LONGEST_PUT_BACK_MS
