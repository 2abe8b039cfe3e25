"""Digest access authentication, both sides (RFC 7616, RFC 2617, RFC 3261 §22, RFC 8760).

MD5 and SHA-256 with their -sess forms, qop=auth or none. Nonces of ours are sealed with a secret,
so that verifying needs no table but the highest nonce count seen.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from uponai.sip.errors import SipParseError
from uponai.sip.uri import split_outside_quotes

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A trunk's user name and password. The password never appears in a repr."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A WWW-Authenticate or Proxy-Authenticate value of the Digest scheme."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: tuple[str, ...] = ()
    opaque: str | None = None
    stale: bool = False

    @property
    def is_supported(self) -> bool:
        """Whether we know the algorithm and one of the qop values."""
        base = self.algorithm.upper().removesuffix("-SESS")
        return base in _HASHES and (not self.qop or "auth" in self.qop)

    def __str__(self) -> str:
        parts = [f"realm={_quote(self.realm)}", f"nonce={_quote(self.nonce)}"]
        if self.opaque is not None:
            parts.append(f"opaque={_quote(self.opaque)}")
        parts.append(f"algorithm={self.algorithm}")
        if self.qop:
            parts.append(f'qop="{",".join(self.qop)}"')
        if self.stale:
            parts.append("stale=TRUE")
        return "Digest " + ", ".join(parts)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquote(text: str) -> str:
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    out: list[str] = []
    escaped = False
    for char in text[1:-1]:
        if char == "\\" and not escaped:
            escaped = True
            continue
        out.append(char)
        escaped = False
    return "".join(out)


def parse_fields(value: str) -> dict[str, str]:
    """``Digest a="b", c=d`` -> {"a": "b", "c": "d"}; raises SipParseError for another scheme."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        raise SipParseError(f"authentication scheme not supported: {scheme[:20]!r}")
    fields: dict[str, str] = {}
    for part in split_outside_quotes(rest, ","):
        name, equals, text = part.partition("=")
        if equals:
            fields.setdefault(name.strip().lower(), _unquote(text.strip()))
    return fields


def parse_challenge(value: str) -> Challenge:
    """One challenge value; raises SipParseError when realm or nonce is missing."""
    fields = parse_fields(value)
    if "realm" not in fields or not fields.get("nonce"):
        raise SipParseError("digest challenge without realm or nonce")
    qop = tuple(item.strip().lower() for item in fields.get("qop", "").split(",") if item.strip())
    return Challenge(
        fields["realm"],
        fields["nonce"],
        fields.get("algorithm", "MD5"),
        qop,
        fields.get("opaque"),
        fields.get("stale", "").lower() == "true",
    )


def choose_challenge(values: Iterable[str]) -> Challenge | None:
    """The first challenge we can answer: servers list them by preference (RFC 8760 §2.3)."""
    for value in values:
        try:
            challenge = parse_challenge(value)
        except SipParseError:
            continue
        if challenge.is_supported:
            return challenge
    return None


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes into a digest besides user and password. ``qop`` is "auth" or ""."""

    method: str
    uri: str
    nonce: str
    realm: str
    algorithm: str = "MD5"
    qop: str = ""
    nc: str = ""
    cnonce: str = ""


def digest_response(credentials: Credentials, proof: Proof) -> str:
    """The ``response`` value as hex (RFC 7616 §3.4.1; without qop as in RFC 2069)."""
    upper = proof.algorithm.upper()
    make = _HASHES[upper.removesuffix("-SESS")]

    def h(text: str) -> str:
        return make(text.encode()).hexdigest()

    a1 = h(f"{credentials.username}:{proof.realm}:{credentials.password}")
    if upper.endswith("-SESS"):
        a1 = h(f"{a1}:{proof.nonce}:{proof.cnonce}")
    a2 = h(f"{proof.method}:{proof.uri}")
    if not proof.qop:
        return h(f"{a1}:{proof.nonce}:{a2}")
    return h(f"{a1}:{proof.nonce}:{proof.nc}:{proof.cnonce}:{proof.qop}:{a2}")


class DigestAnswerer:
    """Answers the challenges of one server for one dialog and counts uses of its nonce."""

    def __init__(self, credentials: Credentials, challenge: Challenge) -> None:
        self.credentials = credentials
        self.challenge = challenge
        self._count = 0

    def authorization(self, method: str, uri: str, cnonce: str) -> str:
        """The value of Authorization or Proxy-Authorization for one more request."""
        self._count += 1
        challenge = self.challenge
        nc = f"{self._count:08x}"
        qop = "auth" if challenge.qop else ""
        proof = Proof(
            method, uri, challenge.nonce, challenge.realm, challenge.algorithm, qop, nc, cnonce
        )
        parts = [
            f"username={_quote(self.credentials.username)}",
            f"realm={_quote(challenge.realm)}",
            f"nonce={_quote(challenge.nonce)}",
            f"uri={_quote(uri)}",
            f'response="{digest_response(self.credentials, proof)}"',
            f"algorithm={challenge.algorithm}",
        ]
        if qop or challenge.algorithm.upper().endswith("-SESS"):
            parts.append(f"cnonce={_quote(cnonce)}")
        if qop:
            parts += ["qop=auth", f"nc={nc}"]
        if challenge.opaque is not None:
            parts.append(f"opaque={_quote(challenge.opaque)}")
        return "Digest " + ", ".join(parts)


class Verdict(Enum):
    """What a verified Authorization is worth."""

    GOOD = "good"
    WRONG = "wrong"
    STALE = "stale"


class DigestVerifier:
    """Issues challenges for a realm and verifies the answers.

    A nonce is ``issue time . salt . seal``; it is good for ``lifetime_s``. Each nonce count may
    be used once; ``remembered`` bounds how many nonces' counts are kept.
    """

    def __init__(
        self, realm: str, secret: bytes, *, lifetime_s: float = 300, remembered: int = 10_000
    ) -> None:
        self.realm = realm
        self._secret = secret
        self._lifetime_s = lifetime_s
        self._remembered = remembered
        self._counts: OrderedDict[str, int] = OrderedDict()

    def _seal(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:32]

    def issue(
        self, now: float, salt: str, *, stale: bool = False, algorithm: str = "MD5"
    ) -> Challenge:
        """A fresh challenge; ``salt`` makes nonces of the same instant differ."""
        text = f"{int(now * 1000):x}.{hashlib.sha256(salt.encode()).hexdigest()[:16]}"
        nonce = f"{text}.{self._seal(text)}"
        return Challenge(self.realm, nonce, algorithm, ("auth",), None, stale)

    def username(self, authorization: str) -> str:
        """Whose password ``verify`` will need; raises SipParseError if the value is unusable."""
        return parse_fields(authorization).get("username", "")

    def verify(
        self, authorization: str, method: str, credentials: Credentials, now: float
    ) -> Verdict:
        """Judge one Authorization value. Never raises for what a peer wrote."""
        try:
            fields = parse_fields(authorization)
        except SipParseError:
            return Verdict.WRONG
        nonce = fields.get("nonce", "")
        qop = fields.get("qop", "")
        algorithm = fields.get("algorithm", "MD5")
        issued, _, rest = nonce.partition(".")
        salt, _, seal = rest.partition(".")
        sealed = hmac.compare_digest(seal.encode(), self._seal(f"{issued}.{salt}").encode())
        known = algorithm.upper().removesuffix("-SESS") in _HASHES
        if not sealed or not known or qop not in {"", "auth"}:
            return Verdict.WRONG
        proof = Proof(
            method,
            fields.get("uri", ""),
            nonce,
            self.realm,
            algorithm,
            qop,
            fields.get("nc", ""),
            fields.get("cnonce", ""),
        )
        expected = digest_response(credentials, proof).encode()
        same = hmac.compare_digest(expected, fields.get("response", "").lower().encode())
        if not same or fields.get("username") != credentials.username:
            return Verdict.WRONG
        if now - int(issued, 16) / 1000 > self._lifetime_s:
            return Verdict.STALE
        return self._count_use(nonce, proof.nc if qop else "")

    def _count_use(self, nonce: str, nc: str) -> Verdict:
        """Refuse a nonce count that is not higher than the last (RFC 7616 §3.4, replay)."""
        last = self._counts.get(nonce, 0)
        if not nc:
            count = last + 1
            if last:
                return Verdict.STALE
        else:
            if len(nc) != 8 or nc.strip("0123456789abcdefABCDEF"):
                return Verdict.WRONG
            count = int(nc, 16)
            if count <= last:
                return Verdict.STALE
        self._counts[nonce] = count
        self._counts.move_to_end(nonce)
        if len(self._counts) > self._remembered:
            self._counts.popitem(last=False)
        return Verdict.GOOD
