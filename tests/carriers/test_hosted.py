"""What carriers that host the call have in common: their frames, their REST APIs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.hosted import LetterPhone, phone
from tests.fakes.servers import serving

from uponai.carriers import telnyx, twilio
from uponai.carriers.base import CarrierError
from uponai.carriers.base_media import DialectError, MediaDialect, MediaDigit, MediaMarked
from uponai.carriers.hosted.desk import MOST_REMEMBERED, make_room
from uponai.carriers.hosted.rest import MAX_ANSWER_BYTES, Refused, Rest
from uponai.carriers.hosted.words import sip_code_in
from uponai.carriers.telnyx.dialect import StreamDialect as TelnyxDialect
from uponai.carriers.twilio.dialect import StreamDialect as TwilioDialect
from uponai.sim.carriers.outside import HttpOutside
from uponai.sim.carriers.telnyx import TelnyxAccount, TelnyxSim
from uponai.sim.carriers.telnyx_rest import TelnyxRest
from uponai.sim.carriers.telnyx_rest import routes as telnyx_routes
from uponai.sim.carriers.twilio import TwilioSim
from uponai.sim.carriers.twilio_call import TwilioAccount
from uponai.sim.carriers.twilio_rest import TwilioRest
from uponai.sim.carriers.twilio_rest import routes as twilio_routes

each_dialect = pytest.mark.parametrize("dialect", [TwilioDialect, TelnyxDialect])


@each_dialect
@given(text=st.one_of(st.text(), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.dictionaries(
        st.sampled_from(
            ["event", "media", "payload", "start", "mark", "name", "dtmf", "track", "chunk"]
        )
        | st.text(max_size=3), inner | st.sampled_from(["media", "start", "mark", "dtmf"]),
        max_size=4,
    ),
    max_leaves=8,
).map(json.dumps)))  # fmt: skip
def test_any_frame_is_read_or_refused(dialect: Callable[[], MediaDialect], text: str) -> None:
    try:
        dialect().decode(text)
    except DialectError as error:
        assert text not in str(error) or len(text) < 8


@each_dialect
@pytest.mark.parametrize(
    ("frame", "named"),
    [
        ("[]", "frame"),
        ("{}", "event"),
        ('{"event": "media"}', "media"),
        ('{"event": "media", "media": {"payload": 1}}', "payload"),
        ('{"event": "media", "media": {"payload": "?"}}', "payload"),
        ('{"event": "mark", "mark": {}}', "name"),
        ('{"event": "dtmf", "dtmf": {"digit": 1}}', "digit"),
        ('{"event": "dtmf", "dtmf": {"digit": "12"}}', "digit"),
        ('{"event": "dtmf", "dtmf": {"digit": "x"}}', "digit"),
        ("[" * 100_000, "JSON"),
        (json.dumps({"event": "media", "media": {"payload": "AAAA" * 5_000}}), "payload"),
        ('{"event": "start", "start": 7}', "start"),
    ],
)
def test_a_bad_frame_names_its_field(
    dialect: Callable[[], MediaDialect], frame: str, named: str
) -> None:
    with pytest.raises(DialectError, match=named):
        dialect().decode(frame)


@each_dialect
def test_what_both_say_alike(dialect: Callable[[], MediaDialect]) -> None:
    codec = dialect()
    assert codec.decode('{"event": "mark", "mark": {"name": "g7"}}') == MediaMarked("g7")
    assert codec.decode('{"event": "dtmf", "dtmf": {"digit": "#"}}') == MediaDigit("#")
    assert codec.decode('{"event": "connected", "version": "1"}') is None
    assert codec.decode('{"event": "media", "media": {"track": "outbound"}}') is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("486", 486), (603, 603), ("", None), (None, None), ("4861", None), ("x", None)],
)
def test_sip_codes_are_read_or_left(text: object, code: int | None) -> None:
    assert sip_code_in(text) == code


def test_the_oldest_is_forgotten_when_too_many_are_remembered() -> None:
    remembered = {str(at): None for at in range(MOST_REMEMBERED)}
    make_room(remembered)
    assert len(remembered) == MOST_REMEMBERED - 1
    assert "0" not in remembered


async def told_by(rest: Rest[Any], path: str, body: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        await rest.post(path, body)
    assert not refused.value.sent
    return refused.value


@pytest.mark.realtime
async def test_what_the_apis_refuse_is_told_by_their_codes() -> None:
    """Real HTTP, against both simulators."""
    ours, known = TelnyxAccount(), TwilioAccount()
    async with aiohttp.ClientSession() as session:
        outside = HttpOutside(session)
        first = TelnyxSim(ours, lambda number: phone(LetterPhone()), outside)
        second = TwilioSim(known, lambda number: phone(LetterPhone()), outside)
        app = web.Application()
        app.add_routes(telnyx_routes(TelnyxRest(first)))
        app.add_routes(twilio_routes(TwilioRest(second), known.sid))
        async with serving(app) as address:
            url = f"http://{address}"
            wish = {"connection_id": ours.application, "from": "+14155550100", "to": "12"}
            for secret, code in ((ours.key, "10016"), ("other", "10009")):
                account = telnyx.Account(ours.application, ours.public_key, secret)
                rest = telnyx.opened(session, account, f"{url}/v2")
                assert (await told_by(rest, "calls", wish)).code == code
            order = [("To", "12"), ("From", "+14155550100"), ("Twiml", "<Response/>")]
            for token, code in ((known.token, "21211"), ("other", "20003")):
                account_ = twilio.Account(known.sid, token)
                rest_ = twilio.opened(session, account_, url)
                assert (await told_by(rest_, "Calls.json", order)).code == code
        with pytest.raises(CarrierError) as unreached:
            await rest.get("calls/x")
        assert not unreached.value.sent
        await first.aclose()
        await second.aclose()


async def answering(reply: Callable[[], web.Response], ask: Callable[[Rest[Any]], Any]) -> Any:
    async def answer(request: web.Request) -> web.Response:
        return reply()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with aiohttp.ClientSession() as session, serving(app) as address:
        return await ask(telnyx.opened(session, telnyx.Account("a", "k", "s"), f"http://{address}"))


@pytest.mark.realtime
@pytest.mark.parametrize(("status", "sent"), [(500, True), (503, True), (302, False), (404, False)])
async def test_only_what_may_have_been_done_counts_as_sent(status: int, sent: bool) -> None:
    with pytest.raises(CarrierError) as failed:
        await answering(
            lambda: web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"}),
            lambda rest: rest.post("calls", {}),
        )
    assert failed.value.sent is sent


@pytest.mark.realtime
@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b'{"a": 1}'])
async def test_what_was_done_is_done_whatever_the_answer_says(body: bytes) -> None:
    found: Mapping[str, Any] = await answering(
        lambda: web.Response(body=body), lambda rest: rest.post("calls", {})
    )
    assert found == ({"a": 1} if body.startswith(b"{") else {})


@pytest.mark.realtime
@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b'{"a": "' + b"a" * MAX_ANSWER_BYTES])
async def test_a_look_that_brings_no_object_does_not_pass_for_one_that_finds_nothing(
    body: bytes,
) -> None:
    with pytest.raises(CarrierError, match="not understood") as failed:
        await answering(lambda: web.Response(body=body), lambda rest: rest.get("calls"))
    assert not failed.value.sent


@pytest.mark.realtime
async def test_a_look_that_fails_has_done_nothing() -> None:
    with pytest.raises(CarrierError) as failed:
        await answering(lambda: web.Response(status=503), lambda rest: rest.get("calls"))
    assert not failed.value.sent
