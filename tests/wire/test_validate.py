"""Validation never breaks, and says things the way Retell's API does."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.domain.errors import InvalidField, UserError
from uponai.wire.agent import Agent, new_agent, updated_agent
from uponai.wire.create_call import phone_call
from uponai.wire.filters import criteria, old_criteria
from uponai.wire.flow import new_flow
from uponai.wire.links import is_signed, path_signer
from uponai.wire.llm import new_llm
from uponai.wire.number import imported_number, trunk_target, updated_number
from uponai.wire.paging import decode_cursor, encode_cursor, limit_of
from uponai.wire.targets import outgoing_urls
from uponai.wire.validate import MAX_DEPTH, compact, parse_body
from uponai.wire.version import Selector, choose, selector

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
AGENT = {"response_engine": {"type": "retell-llm", "llm_id": "x"}, "voice_id": "v"}


@given(st.sampled_from(sorted(Agent.model_fields)), ANY_JSON)
def test_any_value_in_an_agent_is_taken_as_it_is_or_refused_by_name(name: str, value: Any) -> None:
    try:
        made = new_agent({**AGENT, name: value})
    except InvalidField as error:
        assert str(error).startswith("request/body")
        assert error.rule
    else:
        if value is not None and name != "contact_memory_config":
            assert made[name] == value


@given(ANY_JSON)
def test_any_body_is_read_or_refused(body: Any) -> None:
    readers = [
        phone_call,
        new_flow,
        new_llm,
        new_agent,
        imported_number,
        criteria,
        old_criteria,
        lambda body: updated_number({}, body),
        lambda body: updated_agent(AGENT, body),
    ]
    for read in readers:
        try:
            read(body)
        except UserError as error:
            assert error.message.startswith("request/body")


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_refused(raw: bytes) -> None:
    try:
        parse_body(raw)
    except UserError as error:
        assert error.code == "invalid_json"


@given(ANY_JSON)
def test_compact_json_reads_back_and_has_no_float_artefacts(value: Any) -> None:
    text = compact(value)
    assert json.loads(text) == value
    assert compact(parse_body(text.encode()) if text != "{}" else {}) == text


@pytest.mark.parametrize("raw", [b'{"a": 1e999}', b'"\\ud800"', b'"\\u0000"', b"NaN", b"{,}"])
def test_what_cannot_be_kept_is_refused(raw: bytes) -> None:
    with pytest.raises(UserError, match="must be valid JSON"):
        parse_body(raw)


@given(st.integers(0, 2**50), st.text())
def test_cursors_come_back(at_ms: int, id: str) -> None:
    assert decode_cursor(encode_cursor(at_ms, id), where="query") == (at_ms, id)


@given(st.text())
def test_any_other_cursor_is_refused(key: str) -> None:
    try:
        decode_cursor(key, where="body")
    except InvalidField:
        pass


@pytest.mark.parametrize("made", ["[" * 50_000, f'[{"9" * 5_000}, ""]', "[NaN, 1]"])
def test_cursors_that_cost_too_much_to_read_are_refused(made: str) -> None:
    with pytest.raises(InvalidField, match="pagination_key"):
        decode_cursor(base64.urlsafe_b64encode(made.encode()).decode(), where="body")


def test_numbers_of_any_length_are_read_as_numbers() -> None:
    with pytest.raises(InvalidField, match="limit must be >= 1 and <= 1000"):
        limit_of("9" * 5_000, where="query")
    assert choose(selector("9" * 5_000), [Numbered(0)]) is None
    assert choose(selector("0"), [Numbered(0)]) == Numbered(0)


@dataclass(frozen=True)
class Numbered:
    version: int
    is_published: bool = False


@given(st.text(), st.text(), st.text())
def test_forged_links_never_pass(path: str, expires: str, signature: str) -> None:
    assert not is_signed(b"k" * 32, path, expires, signature, 0)


def test_links_pass_until_they_expire() -> None:
    query = path_signer(b"k" * 32)("/a", 1000)
    expires, signature = (part.split("=")[1] for part in query.split("&"))
    assert is_signed(b"k" * 32, "/a", expires, signature, 1000)
    assert not is_signed(b"k" * 32, "/a", expires, signature, 1001)
    assert not is_signed(b"k" * 32, "/b", expires, signature, 1000)
    assert not is_signed(b"j" * 32, "/a", expires, signature, 1000)


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("sip.example.com", ("sip.example.com", 5060)),
        ("sip:sip.example.com;transport=udp", ("sip.example.com", 5060)),
        ("sip:user@sip.example.com:5070", ("sip.example.com", 5070)),
        ("sips:sip.example.com", ("sip.example.com", 5061)),
        ("sip.example.com;transport=tls", ("sip.example.com", 5061)),
        ("[2001:db8::1]:5080", ("[2001:db8::1]", 5080)),
        ("10.0.0.1:99999", None),
        ("has space", None),
        ("", None),
    ],
)
def test_trunk_targets(uri: str, target: tuple[str, int] | None) -> None:
    assert trunk_target(uri) == target


@pytest.mark.parametrize(
    ("uri", "port"),
    [("h.example", 5061), ("h.example:5070", 5070), ("h.example;transport=tcp", 5060)],
)
def test_a_trunk_over_tls_has_a_port_of_its_own(uri: str, port: int) -> None:
    assert trunk_target(uri, "TLS") == ("h.example", port)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"media_encryption": "require"}, "unless transport is TLS"),
        ({"media_encryption": "require", "transport": "UDP"}, "unless transport is TLS"),
        ({"media_encryption": "sometimes", "transport": "TLS"}, "allowed values"),
    ],
)
def test_audio_is_only_secured_where_its_keys_are(fields: dict[str, str], rule: str) -> None:
    body = {"phone_number": "+14155550100", "termination_uri": "sip.carrier.example", **fields}
    with pytest.raises(UserError, match=rule) as refused:
        imported_number(body)
    assert "media_encryption" in str(refused.value)


def test_the_encryption_of_audio_is_kept_with_the_trunk_and_changed_by_an_update() -> None:
    config, _ = imported_number(
        {
            "phone_number": "+14155550100",
            "termination_uri": "sips:sip.carrier.example",
            "media_encryption": "require",
        }
    )
    assert config["sip_outbound_trunk_config"]["media_encryption"] == "require"
    changed, _ = updated_number(config, {"media_encryption": "disable"})
    assert changed["sip_outbound_trunk_config"]["media_encryption"] == "disable"
    with pytest.raises(UserError, match="media_encryption"):
        updated_number(config, {"termination_uri": "sip.carrier.example", "transport": "TCP"})


def test_versions() -> None:
    assert selector(0) == Selector(0, None) == selector("0")
    assert selector(None) == Selector(None, None) == selector("latest")
    assert selector("prod") == Selector(None, "prod")


def test_addresses_are_found_wherever_they_stand_and_schemas_left_alone() -> None:
    config = {
        "webhook_url": "https://a.example",
        "general_tools": [
            {"url": "https://b.example", "parameters": {"properties": {"url": {"type": "string"}}}},
            {"url": "https://{{host}}/x"},
        ],
        "nodes": [{"tools": [{"url": "https://c.example/{{id}}"}]}],
    }
    assert dict(outgoing_urls(config)) == {
        "webhook_url": "https://a.example",
        "general_tools/0/url": "https://b.example",
        "nodes/0/tools/0/url": "https://c.example/{{id}}",
    }


def test_what_is_nested_too_deep_is_refused_before_anything_is_kept() -> None:
    for opening, closing in (('{"a":', "}"), ("[", "]")):
        fits = opening * MAX_DEPTH + "1" + closing * MAX_DEPTH
        assert compact(parse_body(fits.encode())) == fits
        for levels in (MAX_DEPTH + 1, 600, 100_000):
            with pytest.raises(UserError, match=r"valid JSON .*(levels|recursion)"):
                parse_body((opening * levels + "1" + closing * levels).encode())
