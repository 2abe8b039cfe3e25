"""A beep stands alone: melodies, an operator's signals and tones of faxes are none."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.media.test_beep import heard, noise, vowel

from uponai.media import tones
from uponai.media.beep import BeepDetector
from uponai.media.mix import mix

GREETING = np.concatenate((vowel(140, 0.8), tones.silence(200), vowel(120, 0.8)))
QUIET = tones.silence(4_000)
LOW, HIGH = (913.8, 1_370.6, 1_776.7), (985.2, 1_428.5, 1_776.7)
"""Hz, of the special information tones: ITU-T E.180, supplement 2; Telcordia GR-674."""


def line(*parts, level=30):
    whole = np.concatenate(parts)
    return mix([whole, noise(len(whole), level)])


@pytest.mark.parametrize("pitches", [(950.0, 1_400.0, 1_800.0), LOW, HIGH])
@pytest.mark.parametrize("duration_ms", [276, 330, 380])
@pytest.mark.parametrize("before", [tones.silence(200), GREETING], ids=["first", "later"])
@pytest.mark.parametrize("after", [GREETING, QUIET], ids=["announcement", "silence"])
def test_special_information_tones_are_no_beep(pitches, duration_ms, before, after):
    sounds = [tones.tone((hz,), duration_ms) for hz in pitches]
    assert heard(line(before, *sounds, after)) == []


PITCHES_HZ = [640, 698, 784, 880, 988, 1_047, 1_319, 1_568, 2_093]
notes = st.tuples(st.sampled_from(PITCHES_HZ), st.integers(150, 900), st.integers(0, 300))


def changes(melody):
    return all(one[0] != after[0] for one, after in pairwise(melody))


melodies = st.lists(notes, min_size=3, max_size=9).filter(changes)


@settings(max_examples=40)
@given(melodies, st.booleans(), st.integers(0, 159))
def test_a_melody_of_pure_tones_is_no_beep(melody, after_words, shift):
    sounds = [
        part
        for hz, duration_ms, rest_ms in melody
        for part in (tones.tone((hz,), duration_ms), tones.silence(rest_ms))
    ]
    before = GREETING if after_words else tones.silence(400)
    assert heard(line(before[shift:], *sounds, QUIET)) == []


@settings(max_examples=30)
@given(st.integers(620, 2_550), st.integers(280, 1_900), st.integers(0, 900), st.integers(0, 159))
def test_the_beep_after_a_greeting_is_told_soon(hz, duration_ms, pause_ms, shift):
    before = np.concatenate((GREETING[shift:], tones.silence(pause_ms)))
    sound = line(before, tones.beep(hz, duration_ms), tones.silence(600))
    (found,) = heard(sound)
    assert abs(found.ended_sample - len(before) - duration_ms * 8) <= 480


def test_a_beep_among_the_words_is_none():
    assert heard(line(GREETING, tones.beep(1_400, 500), GREETING, tones.silence(800))) == []


def test_a_beep_before_any_word_needs_a_long_silence_behind_it():
    assert heard(line(tones.silence(500), tones.beep(1_000, 500), tones.silence(2_500))) == []
    assert len(heard(line(tones.silence(500), tones.beep(1_000, 500), QUIET))) == 1
    assert heard(line(tones.silence(500), tones.beep(1_000, 500), GREETING, QUIET)) == []


@pytest.mark.parametrize("before", [tones.silence(100), GREETING], ids=["first", "later"])
def test_tones_of_faxes_are_no_beep(before):
    answering = [tones.tone((2_100.0,), 3_000), tones.silence(400)] * 3
    assert heard(line(before, *answering)) == []


def test_the_calls_of_a_fax_are_no_beeps():
    calling = [tones.tone((1_100.0,), 500), tones.silence(3_000)] * 5
    assert heard(line(tones.silence(300), *calling)) == []


def test_the_last_of_several_equal_tones_after_a_greeting_is_the_beep():
    pips = [tones.beep(1_000, 300), tones.silence(150)] * 3
    (found,) = heard(line(GREETING, *pips, tones.beep(1_000, 600), tones.silence(700)))
    assert found.ended_sample >= len(GREETING) + 3 * 450 * 8 + 500 * 8


def test_what_is_passed_over_counts_as_time_and_as_sound():
    detector = BeepDetector()
    detector.pass_over(8_000, is_sound=True)
    detector.pass_over(4_000, is_sound=False)
    assert not detector.is_waiting
    (found,) = detector.feed(np.concatenate((tones.beep(1_000, 400), tones.silence(500))))
    assert abs(found.ended_sample - 12_000 - 3_200) <= 480
    assert detector.heard_samples == 12_000 + 900 * 8
    assert not detector.is_waiting


def test_a_line_on_which_somebody_spoke_before_needs_no_long_silence():
    sound = np.concatenate((tones.beep(1_000, 400), tones.silence(500)))
    assert len(BeepDetector(after_speech=True).feed(sound)) == 1
    assert BeepDetector().feed(sound) == []
