"""WAV heads: written, patched, read back, and read from other people's files."""

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.media import wav


@given(st.binary(max_size=200), st.sampled_from([8_000, 16_000, 24_000]), st.integers(1, 2))
def test_python_reads_what_we_write_and_so_do_we(pcm, rate_hz, channels):
    pcm = pcm[: len(pcm) // (2 * channels) * 2 * channels]
    blob = wav.wav(pcm, rate_hz, channels)
    with wave.open(io.BytesIO(blob)) as reader:
        assert (reader.getframerate(), reader.getnchannels()) == (rate_hz, channels)
        assert reader.readframes(1_000) == pcm
    info, back = wav.samples(blob)
    assert (info.rate_hz, info.channels, back) == (rate_hz, channels, pcm)


def test_a_header_is_patched_when_the_length_is_known():
    blob = bytearray(wav.header(0, 8_000, 2) + bytes(400))
    for offset, data in wav.patches(400):
        blob[offset : offset + len(data)] = data
    assert bytes(blob) == wav.wav(bytes(400), 8_000, 2)


def test_a_file_that_was_never_patched_reads_to_its_end():
    info, pcm = wav.samples(wav.header(0, 8_000, 2) + bytes(403))
    assert info.frames == 100
    assert len(pcm) == 400


def test_other_chunks_are_skipped():
    plain = wav.wav(b"\1\2\3\4")
    extra = b"LIST" + (5).to_bytes(4, "little") + b"INFO!\0"
    info, pcm = wav.samples(plain[:36] + extra + plain[36:])
    assert pcm == b"\1\2\3\4"
    assert info.data_offset == wav.HEADER_BYTES + len(extra)


@given(st.binary(max_size=120))
def test_junk_is_refused_by_name(junk):
    for blob in (junk, b"RIFF\0\0\0\0WAVE" + junk):
        try:
            wav.parse(blob)
        except wav.WavError as error:
            assert str(error)


def test_floats_are_refused():
    blob = bytearray(wav.wav(bytes(8)))
    blob[20] = 3
    with pytest.raises(wav.WavError, match="expected 16-bit PCM"):
        wav.parse(bytes(blob))
