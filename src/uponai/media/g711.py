"""G.711: eight-bit companded telephone audio (ITU-T G.711, PCMU and PCMA of RFC 3551).

Both directions are table look-ups, so that one numpy call serves one frame or the frames of every
call that is due in a tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Codec = Literal["PCMU", "PCMA"]
Pcm = NDArray[np.int16]

PAYLOAD_TYPES: Final[dict[int, Codec]] = {0: "PCMU", 8: "PCMA"}
SILENCE: Final[dict[Codec, bytes]] = {"PCMU": b"\xff", "PCMA": b"\xd5"}

_ULAW_BIAS = 132
_ULAW_CLIP = 32_635


def _ulaw_values() -> Pcm:
    """The linear value of each of the 256 mu-law codes (G.711 table 2)."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (((mantissa << 3) + _ULAW_BIAS) << exponent) - _ULAW_BIAS
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _alaw_values() -> Pcm:
    """The linear value of each of the 256 A-law codes (G.711 table 1; even bits inverted)."""
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    step = (mantissa << 4) + 8
    size = np.where(exponent == 0, step, (step + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


def _ulaw_codes() -> NDArray[np.uint8]:
    """The mu-law code of every 16-bit sample, indexed by the sample read as unsigned."""
    sample = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    size = np.minimum(np.abs(sample), _ULAW_CLIP) + _ULAW_BIAS
    exponent = np.clip(np.frexp(size.astype(np.float64))[1] - 8, 0, 7)
    mantissa = (size >> (exponent + 3)) & 15
    sign = np.where(sample < 0, 0x80, 0)
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)


def _alaw_codes() -> NDArray[np.uint8]:
    """The A-law code of every 16-bit sample, indexed by the sample read as unsigned."""
    sample = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    size = np.where(sample < 0, ~sample, sample) >> 3
    exponent = np.clip(np.frexp(size.astype(np.float64))[1] - 5, 0, 7)
    mantissa = np.where(exponent < 2, size >> 1, size >> exponent) & 15
    sign = np.where(sample < 0, 0, 0x80)
    return ((sign | (exponent << 4) | mantissa) ^ 0x55).astype(np.uint8)


_DECODE: Final[dict[Codec, Pcm]] = {"PCMU": _ulaw_values(), "PCMA": _alaw_values()}
_ENCODE: Final[dict[Codec, NDArray[np.uint8]]] = {"PCMU": _ulaw_codes(), "PCMA": _alaw_codes()}


def decode(payload: bytes, codec: Codec) -> Pcm:
    """One sample per byte of ``payload``."""
    # "clip": no index can be out of range, and nothing is to be spent on finding that out.
    return _DECODE[codec].take(np.frombuffer(payload, dtype=np.uint8), mode="clip")


def encode(pcm: Pcm, codec: Codec) -> bytes:
    """One byte per sample of ``pcm``."""
    return _ENCODE[codec].take(pcm.view(np.uint16), mode="clip").tobytes()


def decode_many(payloads: Sequence[bytes], codec: Codec) -> list[Pcm]:
    """``decode`` of each payload in one operation; the results are views of one array."""
    whole = decode(b"".join(payloads), codec)
    if len(set(map(len, payloads))) == 1:
        return list(whole.reshape(len(payloads), -1))
    frames: list[Pcm] = []
    at = 0
    for payload in payloads:
        frames.append(whole[at : at + len(payload)])
        at += len(payload)
    return frames


def encode_many(frames: Sequence[Pcm], codec: Codec) -> list[bytes]:
    """``encode`` of each frame in one operation."""
    if not frames:
        return []
    whole = encode(np.concatenate(frames), codec)
    payloads: list[bytes] = []
    at = 0
    for frame in frames:
        payloads.append(whole[at : at + len(frame)])
        at += len(frame)
    return payloads
