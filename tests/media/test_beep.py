"""The answering machine's beep is found, and nothing else is."""

import numpy as np
import pytest

from uponai.media import tones
from uponai.media.beep import BeepDetector
from uponai.media.g711 import decode, encode
from uponai.media.mix import mix


def heard(pcm, chunk=160):
    detector = BeepDetector()
    through_line = decode(encode(pcm, "PCMU"), "PCMU")
    found = []
    for at in range(0, len(through_line), chunk):
        found += detector.feed(through_line[at : at + chunk])
    return found


def noise(count, level, seed=0):
    return np.random.default_rng(seed).normal(0, level, count).astype(np.int16)


def vowel(pitch_hz, seconds, seed=0):
    """A sung or spoken vowel: harmonics under two formants, with a little vibrato."""
    at = np.arange(int(8_000 * seconds)) / 8_000
    drift = pitch_hz * (1 + 0.01 * np.sin(2 * np.pi * 5 * at))
    phase = 2 * np.pi * np.cumsum(drift) / 8_000
    total = np.zeros(len(at))
    for n in range(1, int(3_800 / pitch_hz)):
        hz = n * pitch_hz
        strength = 1 / (1 + ((hz - 700) / 130) ** 2) + 0.5 / (1 + ((hz - 1_200) / 150) ** 2)
        total += strength * np.sin(n * phase)
    total *= 9_000 / np.max(np.abs(total))
    return (total + np.random.default_rng(seed).normal(0, 60, len(at))).astype(np.int16)


@pytest.mark.parametrize("hz", [620, 850, 1_000, 1_400, 2_000, 2_550])
@pytest.mark.parametrize("duration_ms", [280, 500, 1_000])
def test_a_beep_after_a_greeting_is_found_with_its_end(hz, duration_ms):
    greeting = vowel(140, 1.5)
    line = np.concatenate((greeting, tones.beep(hz, duration_ms), tones.silence(500)))
    line = mix([line, noise(len(line), 40)])
    found = heard(line)
    assert len(found) == 1
    assert abs(found[0].frequency_hz - hz) < 10
    end = len(greeting) + duration_ms * 8
    assert abs(found[0].ended_sample - end) <= 480


def test_chunk_sizes_do_not_matter():
    line = np.concatenate((tones.silence(300), tones.beep(1_000, 400), tones.silence(3_500)))
    assert len(heard(line)) == 1
    assert heard(line, 160) == heard(line, 333) == heard(line, 5_000)


@pytest.mark.parametrize("pitch", [95, 130, 180, 220, 260, 330])
def test_voices_are_no_beeps(pitch):
    words = [np.concatenate((vowel(pitch * k, 0.4), tones.silence(90))) for k in (1, 1.1, 0.9)]
    assert heard(np.concatenate(words * 3)) == []


@pytest.mark.parametrize(
    "line",
    [
        noise(40_000, 3_000),
        tones.silence(3_000),
        tones.ringback(),
        tones.tone((770.0, 1_336.0), 600),
        tones.tone((350.0, 440.0), 3_000),
        tones.tone((1_000.0,), 150),
        tones.tone((2_100.0,), 6_000),
        tones.tone((425.0,), 500),
    ],
    ids=["noise", "silence", "ringback", "key", "dial tone", "short", "fax", "busy"],
)
def test_other_sounds_are_no_beeps(line):
    assert heard(np.concatenate((line, tones.silence(4_000)))) == []
    assert heard(np.concatenate((vowel(140, 1.0), line, tones.silence(600)))) == []
