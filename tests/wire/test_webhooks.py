"""Which webhooks a call owes, to whom, with what body."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from retell import Retell

from uponai.domain.call import Call, CallState
from uponai.domain.ending import Ending
from uponai.wire.call import CallView, call_json
from uponai.wire.links import path_signer
from uponai.wire.override import call_agent
from uponai.wire.signature import sign, signature_headers, verify
from uponai.wire.webhooks import tell_analyzed, tell_ended, tell_started

VIEW = CallView("https://phone.example.org", path_signer(b"k" * 32), lambda: 1_000_000)
HOOK = "https://hooks.example.org/x"


def _call(**changes: Any) -> Call:
    base = Call(
        call_id="call_1",
        workspace_id="org_1",
        direction="outbound",
        from_number="+14155550100",
        to_number="+14155550199",
        agent_id="agent_1",
        agent_version=0,
        created_ms=1,
        state=CallState.ANSWERED,
        answered_ms=1000,
        agent={"webhook_url": HOOK},
    )
    return replace(base, **changes)


def _ended(reason: str = "user_hangup", **changes: Any) -> Call:
    return _call(state=CallState.ENDED, ending=Ending(reason), ended_ms=9000, **changes)


def test_the_carriers_own_id_of_the_call_is_told() -> None:
    call = replace(_call(), carrier="twilio", line={"carrier_ref": "CA1"})
    assert call_json(call, VIEW)["telephony_identifier"] == {"twilio_call_sid": "CA1"}
    assert "telephony_identifier" not in call_json(_call(), VIEW)


def test_trap_22_of_the_three_default_events_only_the_last_has_the_analysis() -> None:
    (started,) = tell_started(VIEW)(_call())
    assert (started.event, started.url, started.timeout_ms) == ("call_started", HOOK, 10_000)
    body = json.loads(started.body)
    assert body == {"event": "call_started", "call": call_json(_call(), VIEW)}
    analysed = _ended(analysis={"call_summary": "x"})
    (ended,) = tell_ended(VIEW)(analysed)
    assert "call_analysis" not in json.loads(ended.body)["call"]
    (analyzed,) = tell_analyzed(VIEW)(analysed)
    assert json.loads(analyzed.body)["call"]["call_analysis"] == {"call_summary": "x"}


@pytest.mark.parametrize(
    ("reason", "events", "expected"),
    [
        ("user_hangup", None, ["call_ended"]),
        ("dial_busy", None, ["call_ended"]),
        ("dial_busy", ["call_ended", "call_failed"], ["call_ended", "call_failed"]),
        ("error_asr", ["call_failed"], ["call_failed"]),
        ("user_hangup", ["call_failed"], []),
        ("user_hangup", [], []),
    ],
)
def test_call_failed_only_when_listed_and_not_connected_or_error(
    reason: str, events: list[str] | None, expected: list[str]
) -> None:
    agent = {"webhook_url": HOOK} | ({} if events is None else {"webhook_events": events})
    told = tell_ended(VIEW)(_ended(reason, agent=agent))
    assert [webhook.event for webhook in told] == expected


def test_trap_21_a_call_that_never_connected_still_ends_and_is_analysed() -> None:
    call = _ended("dial_no_answer", answered_ms=None)
    (ended,) = tell_ended(VIEW)(call)
    record = json.loads(ended.body)["call"]
    assert record["call_status"] == "not_connected"
    assert "start_timestamp" not in record and "recording_url" not in record
    assert [w.event for w in tell_analyzed(VIEW)(call)] == ["call_analyzed"]


def test_the_agents_address_replaces_the_workspaces() -> None:
    mine, account = "https://mine.example.org", "https://all.example.org"
    assert call_agent({"webhook_url": mine}, account)["webhook_url"] == mine
    assert call_agent({}, account)["webhook_url"] == account
    assert call_agent({"webhook_url": None}, None) == {}
    assert tell_ended(VIEW)(_ended(agent={})) == ()


def test_dynamic_variables_in_the_address() -> None:
    agent = {"webhook_url": "https://x.example.org/{{tenant}}/{{ call_id }}?n={{name}}"}
    request = {"retell_llm_dynamic_variables": {"tenant": "a/b", "name": "Zoë"}}
    call = _ended(agent=agent, request=request, engine={"default_dynamic_variables": {"name": "-"}})
    (told,) = tell_ended(VIEW)(call)
    assert told.url == "https://x.example.org/a%2Fb/call_1?n=Zo%C3%AB"


def test_trap_18_bodies_survive_being_read_and_written_again() -> None:
    report = {
        "transcript_with_tool_calls": [
            {"role": "user", "content": "José 🙂", "words": [{"word": "a", "start": 1.0, "end": 2}]}
        ]
    }
    (told,) = tell_ended(VIEW)(_ended(report=report, request={"metadata": {"n": 2.0, "x": 1.5}}))
    assert "José 🙂" in told.body and "\\u" not in told.body
    assert '"start":1,"end":2' in told.body and '"n":2,' in told.body
    again = json.dumps(json.loads(told.body), ensure_ascii=False, separators=(",", ":"))
    assert again == told.body


VECTORS = [
    (
        '{"event":"call_ended","call":{"call_id":"call_x"}}',
        "a43635c17651cb6522c9bcf4ab9b00a679a589c823a738cc6770286cd9f1290b",
    ),
    (
        '{"event":"call_ended","call":{"call_id":"call_x","name":"José 🙂"}}',
        "00b83a949ff27ce18424de3a77d3a14be168cb41283f051281009c825682af0d",
    ),
    ("", "e1d11e60dc88d2e1d150866588727558f000282e48468d71d841fbebdd30f1cc"),
]


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_trap_17_the_signature_is_retells(body: str, digest: str) -> None:
    at_ms = 1_700_000_000_000
    header = sign(body, "key_test", at_ms)
    assert header == f"v={at_ms},d={digest}"
    assert verify(body, "key_test", header, at_ms + 299_000)
    assert not verify(body, "key_test", header, at_ms + 301_000)
    assert not verify(body + " ", "key_test", header, at_ms)
    assert not verify(body, "key_test", "v=x,d=y", at_ms)


def test_the_sdk_verifies_what_we_sign() -> None:
    import time

    body = VECTORS[1][0]
    headers = signature_headers(body, "key_test", int(time.time() * 1000))  # noqa: TID251
    sdk = Retell(api_key="key_test")
    for name in ("x-retell-signature", "x-uponai-signature"):
        assert sdk.verify(body, "key_test", headers[name])
