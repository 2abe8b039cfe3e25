"""SRTP and SRTCP (RFC 3711) with AES in counter mode and HMAC-SHA1, as SDES keys them (RFC 4568).

A ``SrtpSender`` and a ``SrtpReceiver`` each hold one master key. What does not authenticate, and
what came before, is no packet.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from uponai.media.rtp import sequence_delta

TAG_BYTES: Final = {"AES_CM_128_HMAC_SHA1_80": 10, "AES_CM_128_HMAC_SHA1_32": 4}
"""Bytes of authentication tag on RTP by suite; on RTCP they are always ten (RFC 4568 §6.2)."""

KEY_BYTES: Final = 16
SALT_BYTES: Final = 14
MAX_STREAMS: Final = 16
"""Sources that one key may authenticate; those beyond are not heard."""

_RTCP_TAG_BYTES = 10
_AUTH_KEY_BYTES = 20
_RTP_HEAD_BYTES = 12
_RTCP_HEAD_BYTES = 8
_ENCRYPTED = 0x8000_0000
_WINDOW = 64
# A datagram has at most 65,535 bytes: no more blocks than these.
_COUNTERS = [n.to_bytes(2, "big") for n in range(4_096)]


@dataclass(frozen=True, slots=True)
class MasterKey:
    """``key`` is 16 bytes of key and 14 of salt; ``mki_bytes`` stand before each tag."""

    suite: str
    key: bytes = field(repr=False)
    mki_bytes: int = 0

    def __post_init__(self) -> None:
        if self.suite not in TAG_BYTES:
            raise ValueError(f"suite: expected one of {', '.join(TAG_BYTES)}")
        if len(self.key) != KEY_BYTES + SALT_BYTES:
            raise ValueError(f"key: expected {KEY_BYTES + SALT_BYTES} bytes")


def _key_stream(aes: CipherContext, prefix: bytes, size: int) -> bytes:
    """``size`` bytes or a few more: the counter is the last two bytes of each block (§4.1.1)."""
    blocks = -(-size // 16)
    return aes.update(prefix + prefix.join(_COUNTERS[:blocks])) if blocks else b""


def _aes(key: bytes) -> CipherContext:
    # Counter mode is block encryption of counters; a context for each packet costs ten times it.
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor()


def derive(key: bytes, label: int, size: int) -> bytes:
    """A session key from key and salt, with a key derivation rate of zero (§4.3)."""
    place = int.from_bytes(key[KEY_BYTES:], "big") ^ (label << 48)
    prefix = place.to_bytes(SALT_BYTES, "big")
    return _key_stream(_aes(key[:KEY_BYTES]), prefix, size)[:size]


class _Session:
    """The session keys of one direction for RTP (labels from 0) or RTCP (labels from 3)."""

    __slots__ = ("_aes", "_auth_key", "_salt", "tag_bytes")

    def __init__(self, key: bytes, first_label: int, tag_bytes: int) -> None:
        self._aes = _aes(derive(key, first_label, KEY_BYTES))
        self._auth_key = derive(key, first_label + 1, _AUTH_KEY_BYTES)
        self._salt = int.from_bytes(derive(key, first_label + 2, SALT_BYTES), "big")
        self.tag_bytes = tag_bytes

    def crypt(self, payload: bytes, ssrc: int, index: int) -> bytes:
        """Encrypt or decrypt (§4.1.1); ``index`` is that of the packet."""
        size = len(payload)
        prefix = (self._salt ^ (ssrc << 48) ^ index).to_bytes(SALT_BYTES, "big")
        stream = _key_stream(self._aes, prefix, size)[:size]
        mixed = int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")
        return mixed.to_bytes(size, "big")

    def tag(self, authenticated: bytes) -> bytes:
        """The authentication tag (§4.2.1)."""
        return hmac.digest(self._auth_key, authenticated, "sha1")[: self.tag_bytes]


class SrtpSender:
    """Protects one outgoing stream. Its packets must come in order."""

    __slots__ = ("_last", "_roc", "_rtcp", "_rtcp_index", "_rtp")

    def __init__(self, master: MasterKey) -> None:
        self._rtp = _Session(master.key, 0, TAG_BYTES[master.suite])
        self._rtcp = _Session(master.key, 3, _RTCP_TAG_BYTES)
        self._roc = 0
        self._last: int | None = None
        self._rtcp_index = 0

    def protect(self, packet: bytes) -> bytes:
        """An RTP packet with a head of twelve bytes, encrypted and signed."""
        sequence = packet[2] << 8 | packet[3]
        if self._last is not None and sequence < self._last:
            self._roc = (self._roc + 1) & 0xFFFF_FFFF
        self._last = sequence
        ssrc = int.from_bytes(packet[8:12], "big")
        coded = self._rtp.crypt(packet[12:], ssrc, self._roc << 16 | sequence)
        whole = packet[:12] + coded
        return whole + self._rtp.tag(whole + self._roc.to_bytes(4, "big"))

    def protect_rtcp(self, packet: bytes) -> bytes:
        """A compound RTCP packet, encrypted and signed (§3.4)."""
        ssrc = int.from_bytes(packet[4:8], "big")
        index = self._rtcp_index
        self._rtcp_index = (index + 1) & 0x7FFF_FFFF
        coded = self._rtcp.crypt(packet[_RTCP_HEAD_BYTES:], ssrc, index)
        whole = packet[:_RTCP_HEAD_BYTES] + coded + (_ENCRYPTED | index).to_bytes(4, "big")
        return whole + self._rtcp.tag(whole)


class _Replay:
    """The highest index that authenticated, and which of the 64 up to it were seen (§3.3.2)."""

    __slots__ = ("_seen", "highest")

    def __init__(self, highest: int) -> None:
        self.highest = highest
        self._seen = 0

    def is_new(self, index: int) -> bool:
        behind = self.highest - index
        return behind < 0 or (behind < _WINDOW and not self._seen >> behind & 1)

    def note(self, index: int) -> None:
        ahead = index - self.highest
        if ahead > 0:
            self._seen = (self._seen << ahead | 1) & ((1 << _WINDOW) - 1) if ahead < _WINDOW else 1
            self.highest = index
        else:
            self._seen |= 1 << -ahead

    def guess(self, sequence: int) -> int:
        """The index that a packet with this sequence number has (§3.3.1)."""
        return self.highest + sequence_delta(sequence, self.highest & 0xFFFF)


class SrtpReceiver:
    """Opens what a far side sends; ``refused`` counts what was no packet of it."""

    __slots__ = ("_mki_bytes", "_rtcp", "_rtcp_seen", "_rtp", "_seen", "refused")

    def __init__(self, master: MasterKey) -> None:
        self._rtp = _Session(master.key, 0, TAG_BYTES[master.suite])
        self._rtcp = _Session(master.key, 3, _RTCP_TAG_BYTES)
        self._mki_bytes = master.mki_bytes
        self._seen: dict[int, _Replay] = {}
        self._rtcp_seen: dict[int, _Replay] = {}
        self.refused = 0

    def unprotect(self, data: bytes) -> bytes | None:
        """The RTP packet in a datagram, or None for what is forged, repeated or torn."""
        opened = self._open(data)
        if opened is None:
            self.refused += 1
        return opened

    def _open(self, data: bytes) -> bytes | None:
        end = len(data) - self._rtp.tag_bytes - self._mki_bytes
        head = _head_bytes(data, end)
        if head is None:
            return None
        sequence = data[2] << 8 | data[3]
        ssrc = int.from_bytes(data[8:12], "big")
        seen = self._seen.get(ssrc)
        index = sequence if seen is None else seen.guess(sequence)
        if index < 0 or (seen is not None and not seen.is_new(index)):
            return None
        signed = data[:end] + (index >> 16 & 0xFFFF_FFFF).to_bytes(4, "big")
        if not hmac.compare_digest(self._rtp.tag(signed), data[-self._rtp.tag_bytes :]):
            return None
        if not _note(self._seen, ssrc, index):
            return None
        return data[:head] + self._rtp.crypt(data[head:end], ssrc, index & 0xFFFF_FFFF_FFFF)

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        """The compound RTCP packet in a datagram, or None for what is forged, repeated or torn."""
        opened = self._open_rtcp(data)
        if opened is None:
            self.refused += 1
        return opened

    def _open_rtcp(self, data: bytes) -> bytes | None:
        end = len(data) - _RTCP_TAG_BYTES - self._mki_bytes
        if end < _RTCP_HEAD_BYTES + 4 or data[0] & 0xC0 != 0x80:
            return None
        word = int.from_bytes(data[end - 4 : end], "big")
        ssrc, index = int.from_bytes(data[4:8], "big"), word & 0x7FFF_FFFF
        seen = self._rtcp_seen.get(ssrc)
        if seen is not None and not seen.is_new(index):
            return None
        if not hmac.compare_digest(self._rtcp.tag(data[:end]), data[-_RTCP_TAG_BYTES:]):
            return None
        if not _note(self._rtcp_seen, ssrc, index):
            return None
        body = data[_RTCP_HEAD_BYTES : end - 4]
        if word & _ENCRYPTED:
            body = self._rtcp.crypt(body, ssrc, index)
        return data[:_RTCP_HEAD_BYTES] + body


def _note(streams: dict[int, _Replay], ssrc: int, index: int) -> bool:
    """Count an authentic packet; false for one more stream than is heard."""
    seen = streams.get(ssrc)
    if seen is None:
        if len(streams) >= MAX_STREAMS:
            return False
        seen = streams[ssrc] = _Replay(index)
    seen.note(index)
    return True


def _head_bytes(data: bytes, end: int) -> int | None:
    """Where the encrypted part begins: behind CSRCs and extension (§3.1)."""
    if end < _RTP_HEAD_BYTES or data[0] & 0xC0 != 0x80:
        return None
    size = _RTP_HEAD_BYTES + 4 * (data[0] & 0x0F)
    if data[0] & 0x10:
        if size + 4 > end:
            return None
        size += 4 + 4 * int.from_bytes(data[size + 2 : size + 4], "big")
    return size if size <= end else None
