"""What becomes of calls that nobody holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.storage.worlds import a_call

from uponai.cluster.lease import HeldLeases
from uponai.cluster.lines import LinesSeen
from uponai.cluster.reaper import (
    Ask,
    Finish,
    Limits,
    Lose,
    Release,
    Wait,
    last_fields,
    verdict,
)
from uponai.domain.call import CallState, Checkpoint

LIMITS = Limits(unknown_ms=1_000, gone_ms=100)


def expired(state: CallState, **fields: object):
    return a_call(state=state, lease_until_ms=10_000, **fields)


def test_a_call_that_was_never_sent_goes_back_into_the_queue() -> None:
    assert verdict(expired(CallState.LEASED), "unknown", 10_000, LIMITS) == Release()


def test_a_call_that_may_have_been_sent_is_never_dialled_again() -> None:
    assert verdict(expired(CallState.DIALLING), "unknown", 10_000, LIMITS) == Lose()
    for state in (CallState.DIALLING_UNKNOWN, CallState.RINGING):
        for line in ("unknown", "gone"):
            assert verdict(expired(state), line, 10_000, LIMITS) == Ask()
            assert verdict(expired(state), line, 10_999, LIMITS) == Ask()
            decided = verdict(expired(state), line, 11_000, LIMITS)
            assert isinstance(decided, Finish)
            assert decided.ending.reason == "dial_failed"
            assert "outcome unknown, not redialled" in decided.ending.detail
        assert verdict(expired(state), "held", 99_999, LIMITS) == Wait()


def test_what_the_line_said_is_the_ending() -> None:
    for cause, reason in (
        ("remote_hangup", "user_hangup"),
        ("local_hangup", "agent_hangup"),
        ("media_timeout", "error_no_audio_received"),
        ("edge_restart", "error_retell"),
        ("no_brain", "error_retell"),
        ("something new", "error_retell"),
    ):
        call = expired(CallState.ANSWERED, line={"cause": cause, "sip_code": None})
        decided = verdict(call, "held", 10_000, LIMITS)
        assert isinstance(decided, Finish)
        assert decided.ending.reason == reason
        assert cause in decided.ending.detail


def test_an_answered_call_without_news_waits_as_long_as_its_line_may_live() -> None:
    call = expired(CallState.ANSWERED)
    assert verdict(call, "held", 10**9, LIMITS) == Wait()
    assert verdict(call, "unknown", 10_999, LIMITS) == Wait()
    for line, at_ms in (("unknown", 11_000), ("gone", 10_100)):
        decided = verdict(call, line, at_ms, LIMITS)
        assert isinstance(decided, Finish) and decided.ending.reason == "error_retell"


@given(
    st.sampled_from([s for s in CallState if s not in (CallState.QUEUED, CallState.ENDED)]),
    st.sampled_from(["gone", "unknown"]),
    st.integers(0, 10**7),
)
def test_without_a_line_every_call_is_decided_by_the_limit(
    state: CallState, line: str, over_ms: int
) -> None:
    decided = verdict(expired(state), line, 10_000 + over_ms, LIMITS)
    assert not isinstance(decided, Wait | Ask) or over_ms < LIMITS.unknown_ms


def test_the_end_is_dated_by_the_best_that_is_known() -> None:
    call = expired(CallState.ANSWERED, answered_ms=2_000)
    assert last_fields(call, None) == {"ended_ms": 10_000, "duration_ms": 8_000}
    checkpoint = Checkpoint("call_1", 3, 1, 7_500, {})
    assert last_fields(call, checkpoint) == {"ended_ms": 7_500, "duration_ms": 5_500}
    told = expired(
        CallState.ANSWERED, answered_ms=2_000, line={"at_ms": 9_100, "line_samples": 56_000}
    )
    assert last_fields(told, checkpoint) == {"ended_ms": 9_100, "duration_ms": 7_000}
    early = Checkpoint("call_1", 3, 1, 1_000, {})
    assert last_fields(call, early) == {"ended_ms": 2_000, "duration_ms": 0}
    assert last_fields(expired(CallState.RINGING), None) == {"ended_ms": 10_000}


def test_only_what_was_said_after_the_lease_counts() -> None:
    lines = LinesSeen()
    assert lines.line_of("call_1", 100) == "unknown"
    lines.told("edge", ["call_1"], 100)
    assert lines.line_of("call_1", 100) == "unknown"
    lines.told("edge", ["call_1"], 101)
    assert lines.line_of("call_1", 100) == "held"
    assert lines.line_of("call_2", 100) == "gone"
    lines.told("other edge", [], 90)
    assert lines.line_of("call_2", 100) == "unknown"
    assert lines.line_of("call_1", 100) == "held"


def test_a_call_is_renewed_until_it_is_let_go_or_held_too_long() -> None:
    held = HeldLeases(longest_ms=1_000)
    held.hold("call_1", "a", 0)
    held.hold("call_2", "a", 500)
    held.hold("call_3", "b", 500)
    assert held.due(999) == {"a": ["call_1", "call_2"], "b": ["call_3"]}
    assert held.due(1_000) == {"a": ["call_2"], "b": ["call_3"]}
    held.let_go("call_2", "b")
    held.let_go("call_3", "b")
    assert held.due(1_000) == {"a": ["call_2"]}
