"""Companding: what goes through stays close, and batches equal single frames."""

import numpy as np
import pytest

from uponai.media import g711


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_a_round_trip_keeps_every_sample_within_the_step_of_its_loudness(codec):
    samples = np.arange(-32_768, 32_768).astype(np.int16)
    back = g711.decode(g711.encode(samples, codec), codec).astype(int)
    error = np.abs(back - samples.astype(int))
    assert np.all(error <= np.abs(samples.astype(int)) // 32 + 16 + 620 * (abs(back) > 32_000))


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_codes_survive_decoding_and_encoding(codec):
    codes = bytes(range(256))
    again = g711.encode(g711.decode(codes, codec), codec)
    different = [code for code, back in zip(codes, again, strict=True) if code != back]
    assert different in ([], [0x7F])  # mu-law has two zeros


def test_known_codes_of_silence_and_full_scale():
    assert g711.decode(b"\xff\x7f\x00\x80", "PCMU").tolist() == [0, 0, -32_124, 32_124]
    assert g711.decode(b"\xd5\x55\x2a\xaa", "PCMA").tolist() == [8, -8, -32_256, 32_256]
    assert g711.encode(np.zeros(2, dtype=np.int16), "PCMU") == g711.SILENCE["PCMU"] * 2
    assert g711.encode(np.zeros(2, dtype=np.int16), "PCMA") == g711.SILENCE["PCMA"] * 2


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_many_frames_at_once_equal_one_by_one(codec):
    source = np.random.default_rng(1).integers(-30_000, 30_000, 160 * 5).astype(np.int16)
    frames = [source[at : at + 160] for at in range(0, len(source), 160)] + [source[:80]]
    payloads = g711.encode_many(frames, codec)
    assert payloads == [g711.encode(frame, codec) for frame in frames]
    for one, many in zip(payloads, g711.decode_many(payloads, codec), strict=True):
        assert np.array_equal(g711.decode(one, codec), many)


def test_no_calls_no_work():
    assert g711.encode_many([], "PCMU") == []
    assert g711.decode_many([], "PCMA") == []
