"""Telnyx's words: causes, codes, signatures, client state and media frames."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.servers import serving
from tests.fakes.telnyx import PUBLIC, TelnyxStage
from tests.fakes.twilio import LetterPhone, phone
from tests.live.house import House, play
from tests.live.test_brain import shop_call

from uponai.carriers.base import CarrierError
from uponai.carriers.base_media import (
    DialectError,
    HookRequest,
    MediaAudio,
    MediaStarted,
    Ticket,
)
from uponai.carriers.telnyx.dialect import StreamDialect
from uponai.carriers.telnyx.rest import Refused, Rest, action
from uponai.carriers.telnyx.state import State
from uponai.carriers.telnyx.words import (
    CAUSES,
    ERRORS,
    SIP_CODES,
    SPEC,
    TALKED,
    Signatures,
    ending_of,
    refusal,
    was_answered,
)
from uponai.media import g711
from uponai.sim.carriers.outside import HttpOutside
from uponai.sim.carriers.telnyx import TelnyxAccount, TelnyxSim
from uponai.sim.carriers.telnyx_rest import TelnyxRest, routes
from uponai.tasks import now_ms

ROWS: Sequence[tuple[str, int | None, str]] = [
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

REFUSALS: Sequence[tuple[str, str]] = [
    ("10001", "telephony_provider_permission_denied"),
    ("10002", "invalid_destination"),
    ("10009", "telephony_provider_permission_denied"),
    ("10010", "telephony_provider_permission_denied"),
    ("10011", "telephony_provider_unavailable"),
    ("10016", "invalid_destination"),
    ("10039", "telephony_provider_permission_denied"),
    ("90103", "telephony_provider_unavailable"),
]


@pytest.mark.parametrize(("cause", "sip_code", "reason"), ROWS)
def test_cause_to_reason(cause: str, sip_code: int | None, reason: str) -> None:
    found = ending_of(cause, sip_code, answered=was_answered(cause, sip_code))
    assert found.reason == reason
    assert cause in found.detail


@pytest.mark.parametrize(("code", "reason"), REFUSALS)
def test_error_code_to_reason(code: str, reason: str) -> None:
    found = refusal(422, code, "why")
    assert found.reason == reason
    assert code in found.detail


def test_each_row_of_the_tables_is_tested() -> None:
    assert {code for code, _ in REFUSALS} == set(ERRORS)
    assert {code for _, code, _ in ROWS if code is not None} >= set(SIP_CODES)
    assert {cause for cause, _, _ in ROWS} >= {*CAUSES, *TALKED}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "telephony_provider_permission_denied"),
        (402, "telephony_provider_permission_denied"),
        (403, "telephony_provider_permission_denied"),
        (422, "dial_failed"),
        (429, "telephony_provider_unavailable"),
    ],
)
def test_a_refusal_without_a_known_code(status: int, reason: str) -> None:
    assert refusal(status, "", "").reason == reason


def test_a_call_known_to_be_answered_was_hung_up_whatever_the_cause() -> None:
    assert ending_of("unspecified", None, answered=True).reason == "user_hangup"


def test_the_spec_forwards_custom_headers() -> None:
    assert SPEC.forwards_custom_headers
    assert SPEC.tells_calls_apart


# Signatures

ACCOUNT = TelnyxAccount()
NOW_S = 1_800_000_000.0


def signed(body: bytes, at_s: float = NOW_S) -> dict[str, str]:
    stamp = str(int(at_s))
    signature = ACCOUNT.signer.sign(f"{stamp}|".encode() + body)
    return {
        "telnyx-timestamp": stamp,
        "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
    }


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_only_what_was_signed_is_taken(body: bytes, other: bytes) -> None:
    signatures = Signatures(ACCOUNT.public_key)
    assert signatures.wrong(signed(body), body, NOW_S) == ""
    if other != body:
        assert signatures.wrong(signed(body), other, NOW_S) == "signature"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "timestamp"),
        ({"telnyx-timestamp": "soon"}, "timestamp"),
        ({"telnyx-timestamp": "9" * 40}, "timestamp"),
        ({"telnyx-timestamp": str(int(NOW_S))}, "signature"),
        ({**signed(b"x"), "telnyx-signature-ed25519": "?"}, "signature"),
        (signed(b"x", NOW_S - 301), "timestamp"),
        (signed(b"x", NOW_S + 301), "timestamp"),
        ({**signed(b"x"), "telnyx-timestamp": str(int(NOW_S) + 1)}, "signature"),
    ],
)
def test_a_wrong_signature_is_named(headers: dict[str, str], why: str) -> None:
    assert Signatures(ACCOUNT.public_key).wrong(headers, b"x", NOW_S) == why


def test_a_webhook_that_was_applied_is_not_taken_again() -> None:
    signatures = Signatures(ACCOUNT.public_key)
    assert signatures.wrong(signed(b"x"), b"x", NOW_S) == ""
    assert signatures.wrong(signed(b"x"), b"x", NOW_S) == ""
    signatures.applied(signed(b"x"))
    assert signatures.wrong(signed(b"x"), b"x", NOW_S) == "replay"


@pytest.mark.parametrize("key", ["", "not a key", base64.b64encode(b"short").decode()])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        Signatures(key)


# Client state

texts = st.text(max_size=12)


@given(texts, st.integers(0, 99), texts, st.sampled_from(["call", "away", "leg"]), texts)
def test_client_state_comes_back_as_it_went(
    call_id: str, attempt: int, ticket: str, kind: Any, ref: str
) -> None:
    state = State(call_id, attempt, ticket, kind, ref)
    if call_id and ticket:
        assert State.read(state.write()) == state


@given(st.one_of(st.text(), st.binary().map(lambda raw: base64.b64encode(raw).decode())))
def test_any_other_client_state_is_nobodys(text: str) -> None:
    assert State.read(text) is None


# Media frames


@given(st.one_of(st.text(), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.dictionaries(
        st.sampled_from(["event", "media", "payload", "start", "mark", "name", "dtmf", "chunk"])
        | st.text(max_size=3), inner | st.sampled_from(["media", "start", "mark", "dtmf"]),
        max_size=4,
    ),
    max_leaves=8,
).map(json.dumps)))  # fmt: skip
def test_any_frame_is_read_or_refused(text: str) -> None:
    try:
        StreamDialect().decode(text)
    except DialectError as error:
        assert text not in str(error) or len(text) < 8


def start(**more: Any) -> str:
    return json.dumps({"event": "start", "stream_id": "s", "start": {**more}})


def test_the_start_message_brings_ticket_and_call() -> None:
    state = State("call_1", 1, "sealed").write()
    dialect = StreamDialect()
    told = start(call_control_id="v3:1", client_state=state)
    assert dialect.decode(told) == MediaStarted("v3:1", "sealed")
    assert dialect.decode(start(call_control_id="v3:1")) == MediaStarted("v3:1", "")
    assert json.loads(dialect.clear()) == {"event": "clear"}
    assert json.loads(dialect.mark("m")) == {"event": "mark", "mark": {"name": "m"}}
    sent = json.loads(dialect.audio(b"ab"))
    assert sent == {"event": "media", "media": {"payload": "YWI="}}


def media(number: int | None, payload: bytes) -> str:
    fields = {"track": "inbound", "payload": base64.b64encode(payload).decode()}
    if number is not None:
        fields["chunk"] = str(number)
    return json.dumps({"event": "media", "media": fields})


def heard(dialect: StreamDialect, frames: Sequence[tuple[int | None, bytes]]) -> bytes:
    events = [dialect.decode(media(number, payload)) for number, payload in frames]
    return b"".join(event.payload for event in events if isinstance(event, MediaAudio))


def test_another_law_is_turned_into_ours_and_other_codecs_are_refused() -> None:
    dialect = StreamDialect()
    dialect.decode(start(call_control_id="v3:1", media_format={"encoding": "PCMA"}))
    pcm = g711.decode(b"\x80\xff\x00\x10", "PCMU")
    found = g711.decode(heard(dialect, [(1, g711.encode(pcm, "PCMA"))]), "PCMU")
    assert (abs(found.astype(int) - pcm.astype(int)) <= abs(pcm.astype(int)) // 16 + 16).all()
    with pytest.raises(DialectError):
        dialect.decode(start(call_control_id="v3:1", media_format={"encoding": "G722"}))


@given(st.permutations(range(3)), st.integers(1, 1_000))
def test_frames_that_overtake_each_other_are_put_in_order(order: list[int], first: int) -> None:
    frames: list[tuple[int | None, bytes]] = [(first, b"a")]
    frames += [(first + 1 + at, b"bcd"[at : at + 1]) for at in order]
    assert heard(StreamDialect(), frames) == b"abcd"


def test_silence_takes_the_place_of_what_does_not_come() -> None:
    dialect = StreamDialect()
    frames = [(1, b"a"), (3, b"c"), (4, b"d"), (5, b"e"), (6, b"f"), (2, b"b"), (7, b"g")]
    assert heard(dialect, frames) == b"a\xffcdefg"
    assert heard(dialect, [(None, b"x")]) == b"x"


# Webhooks


def hooked(path: str, event: Any, *, times: int = 1, wrong: bool = False) -> list[int]:
    """What the hook answers."""
    answers: list[int] = []

    async def scene(house: House) -> None:
        built = TelnyxStage(house, {"+14155550101": phone(LetterPhone())})
        await asyncio.sleep(0)
        body = event if isinstance(event, bytes) else json.dumps({"data": event}).encode()
        headers = {name.lower(): value for name, value in built.sim.sign(body).items()}
        sent = body + b" " if wrong else body
        url = f"{PUBLIC}/hooks/telnyx/{path}"
        for _ in range(times):
            answers.append(
                (await built.media.hook(HookRequest("POST", path, url, headers, sent))).status
            )
        await built.aclose()

    play(scene, shop_call())
    return answers


TOLD: dict[str, Any] = {
    "event_type": "call.initiated",
    "payload": {"call_control_id": "v3:1", "direction": "outgoing"},
}


@pytest.mark.parametrize(
    ("path", "event", "status"),
    [
        ("calls", TOLD, 204),
        ("calls", {**TOLD, "event_type": "a.new.event"}, 204),
        ("elsewhere", TOLD, 400),
        ("calls", b"no json", 400),
        ("calls", b"[]", 400),
        ("calls", {"event_type": "call.hangup"}, 400),
        ("calls", {**TOLD, "event_type": 1}, 400),
    ],
)
def test_what_is_not_telnyxs_is_refused(path: str, event: Any, status: int) -> None:
    assert hooked(path, event) == [status]


def test_a_wrong_signature_and_a_replay_are_refused() -> None:
    assert hooked("calls", TOLD, wrong=True) == [403]
    assert hooked("calls", TOLD, times=2) == [204, 403]


def test_a_media_socket_without_a_ticket_of_ours_is_not_admitted() -> None:
    async def scene(house: House) -> None:
        built = TelnyxStage(house, {})
        right = built.desk.account.media_url(built.desk.tickets.issue(Ticket("call_1", 1, 1)))
        for url, admitted in ((right, True), (right[:-3], False), (right.split("?")[0], False)):
            assert built.media.admits(HookRequest("GET", "", url, {})) is admitted
        await built.aclose()

    play(scene, shop_call())


def test_webhooks_that_overtake_each_other_bring_no_call_back() -> None:
    async def scene(house: House) -> None:
        built = TelnyxStage(house, {"+14155550101": phone(LetterPhone())})
        await asyncio.sleep(0)
        state = built.desk.state(Ticket("call_1", 1, 1)).write()
        payload = {"call_control_id": "v3:1", "client_state": state}
        for event_type in ("call.hangup", "call.answered", "streaming.stopped"):
            event = {"event_type": event_type, "payload": payload, "id": event_type}
            body = json.dumps({"data": event, "meta": now_ms()}).encode()
            headers = {name.lower(): value for name, value in built.sim.sign(body).items()}
            url = f"{PUBLIC}/hooks/telnyx/calls"
            answer = await built.media.hook(HookRequest("POST", "calls", url, headers, body))
            assert answer.status == 204
        await asyncio.sleep(1.0)
        assert [type(event).__name__ for event in built.events] == ["HungUp"]
        assert not built.desk.known
        assert not built.rest.asked
        await built.aclose()

    play(scene, shop_call())


@pytest.mark.realtime
async def test_what_the_api_refuses_is_told_by_its_code() -> None:
    async with aiohttp.ClientSession() as session:
        sim = TelnyxSim(TelnyxAccount(), lambda number: phone(LetterPhone()), HttpOutside(session))
        app = web.Application()
        app.add_routes(routes(TelnyxRest(sim)))
        async with serving(app) as address:
            url = f"http://{address}/v2"
            ours = Rest(session, ACCOUNT.key, url)
            wish = {"connection_id": ACCOUNT.application, "from": "+14155550100", "to": "12"}
            for rest, code in ((ours, "10016"), (Rest(session, "other", url), "10009")):
                with pytest.raises(Refused) as refused:
                    await rest.post("calls", wish)
                assert refused.value.code == code
                assert not refused.value.sent
            with pytest.raises(Refused) as unknown:
                await ours.post(action("v3:a/b", "hangup"), {})
            assert unknown.value.status == 404
        with pytest.raises(CarrierError) as unreached:
            await ours.get("calls/x")
        assert not unreached.value.sent
        await sim.aclose()
