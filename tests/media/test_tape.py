"""Tape segments and their joining."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.media import tape


def segment(name, start, samples):
    head = tape.TapeHead(8_000, start, 0)
    return tape.Segment(name, head, tape.HEAD_BYTES + samples * 4)


def test_a_head_survives_the_disk():
    head = tape.TapeHead(8_000, 123_456_789_012, 1_780_000_000_000)
    assert tape.parse_head(tape.pack_head(head) + b"more") == head


@pytest.mark.parametrize("data", [b"", b"RIFF" * 8, tape.pack_head(tape.TapeHead(0, 0, 0))])
def test_what_is_no_segment_is_refused(data):
    with pytest.raises(tape.TapeError):
        tape.parse_head(data)


def test_holes_become_silence_and_torn_ends_are_cut():
    torn = segment("1-0", 0, 10)._replace(file_bytes=tape.HEAD_BYTES + 43)
    pieces = tape.join([segment("1-1", 15, 5), torn])
    assert pieces == [("1-0", 32, 40), (None, 0, 20), ("1-1", 32, 20)]


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 300), st.integers(0, 200)),
        max_size=8,
        unique_by=lambda item: item[0] * 1_000 + item[1],
    )
)
def test_every_sample_comes_from_the_latest_segment_that_has_it(shapes):
    segments = [
        segment(tape.segment_name(epoch, n), start, samples)
        for n, (epoch, start, samples) in enumerate(shapes)
    ]
    expected = {}
    for item in sorted(segments, key=lambda s: tape.parse_name(s.name)):
        for n in range(item.samples):
            expected[item.head.start_sample + n] = (item.name, 32 + 4 * n)
    got, at = {}, 0
    for name, offset, size in tape.join(segments):
        for n in range(size // 4):
            if name is not None:
                got[at + n] = (name, offset + 4 * n)
        at += size // 4
    assert got == expected


@pytest.mark.parametrize("name", ["", "1", "a-1", "1-b", "1-2-3", "-1", "²-1"])
def test_other_files_in_the_folder_are_left_out(name):
    assert tape.parse_name(name) is None
    assert tape.join([segment(name, 0, 10)]) == []
