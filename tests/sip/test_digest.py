"""Digest authentication against the vectors of RFC 2617 §3.5 and RFC 7616 §3.9.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.sip.digest import (
    Challenge,
    Credentials,
    DigestAnswerer,
    DigestVerifier,
    Proof,
    Verdict,
    choose_challenge,
    digest_response,
    parse_challenge,
)
from uponai.sip.errors import SipParseError

USER = Credentials("user", "secret")


def test_rfc_2617_vector() -> None:
    proof = Proof(
        "GET",
        "/dir/index.html",
        "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        "testrealm@host.com",
        "MD5",
        "auth",
        "00000001",
        "0a4f113b",
    )
    response = digest_response(Credentials("Mufasa", "Circle Of Life"), proof)
    assert response == "6629fae49393a05397450978507c4ef1"


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_rfc_7616_vectors(algorithm: str, expected: str) -> None:
    proof = Proof(
        "GET",
        "/dir/index.html",
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "http-auth@example.org",
        algorithm,
        "auth",
        "00000001",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )
    assert digest_response(Credentials("Mufasa", "Circle of Life"), proof) == expected


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "MD5-sess", "SHA-256-sess"])
def test_what_we_answer_we_verify(algorithm: str) -> None:
    verifier = DigestVerifier('realm "q"', b"secret")
    challenge = parse_challenge(str(verifier.issue(100.0, "salt", algorithm=algorithm)))
    answerer = DigestAnswerer(USER, challenge)
    first = answerer.authorization("INVITE", "sip:a,b@c", "cn,1")
    assert "nc=00000001" in first
    assert verifier.username(first) == "user"
    assert verifier.verify(first, "INVITE", USER, 101.0) is Verdict.GOOD
    assert verifier.verify(first, "INVITE", USER, 101.0) is Verdict.STALE  # replayed
    second = answerer.authorization("BYE", "sip:a,b@c", "cn2")
    assert verifier.verify(second, "INVITE", USER, 102.0) is Verdict.WRONG
    assert verifier.verify(second, "BYE", Credentials("user", "x"), 102.0) is Verdict.WRONG
    assert verifier.verify(second, "BYE", USER, 102.0) is Verdict.GOOD
    third = answerer.authorization("BYE", "sip:a,b@c", "cn3")
    assert verifier.verify(third, "BYE", USER, 500.0) is Verdict.STALE


def test_nonces_of_others_are_refused() -> None:
    answer = DigestAnswerer(USER, DigestVerifier("r", b"other").issue(1.0, "s"))
    value = answer.authorization("INVITE", "sip:a", "c")
    assert DigestVerifier("r", b"mine").verify(value, "INVITE", USER, 1.0) is Verdict.WRONG


def test_the_first_challenge_we_know_is_chosen() -> None:
    values = [
        "Basic realm=x",
        'Digest realm="a", nonce="n", algorithm=SHA-512-256',
        'Digest realm="b", nonce="n", qop="auth-int"',
        'Digest realm="c", nonce="n", algorithm=SHA-256, qop="auth,auth-int", opaque="o"',
        'Digest realm="d", nonce="n"',
    ]
    chosen = choose_challenge(values)
    assert chosen == Challenge("c", "n", "SHA-256", ("auth", "auth-int"), "o", False)
    assert choose_challenge(values[:3]) is None
    assert 'opaque="o"' in DigestAnswerer(USER, chosen).authorization("BYE", "sip:a", "c")


def test_without_qop_no_count_is_sent() -> None:
    value = DigestAnswerer(USER, Challenge("r", "n")).authorization("INVITE", "sip:a", "c")
    assert "nc=" not in value and "qop" not in value


def test_the_password_is_not_in_the_repr() -> None:
    assert "secret" not in repr(USER)


@given(st.text(max_size=80))
def test_hostile_values_only_fail(text: str) -> None:
    for value in (text, "Digest " + text):
        try:
            parse_challenge(value)
        except SipParseError:
            pass
        assert DigestVerifier("r", b"s").verify(value, "BYE", USER, 1.0) is Verdict.WRONG
