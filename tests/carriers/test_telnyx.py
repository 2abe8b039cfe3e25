"""Telnyx's signatures, client state, media frames and webhooks."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.telnyx import PUBLIC, TelnyxStage
from tests.fakes.twilio import LetterPhone, phone
from tests.live.house import House, play
from tests.live.test_brain import shop_call

from uponai.carriers.base_media import (
    DialectError,
    HookRequest,
    MediaAudio,
    MediaStarted,
    Ticket,
)
from uponai.carriers.telnyx.dialect import StreamDialect
from uponai.carriers.telnyx.signatures import Signatures
from uponai.carriers.telnyx.state import State
from uponai.carriers.telnyx.words import SPEC
from uponai.media import g711
from uponai.sim.carriers.telnyx_call import TelnyxAccount
from uponai.tasks import now_ms


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


def test_endless_brackets_are_nobodys_client_state() -> None:
    assert State.read(base64.b64encode(b"[" * 100_000).decode()) is None


# Media frames


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
        ("calls", b"[" * 100_000, 400),
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
        right = built.desk.streaming(Ticket("call_1", 1, 1))["stream_url"]
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
