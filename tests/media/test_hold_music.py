"""What callers on hold are played."""

from __future__ import annotations

import numpy as np
import pytest

from uponai.media.g711 import Pcm
from uponai.media.hold_music import LEVEL_DBFS, loop

FRAME_SAMPLES = 160
PLAYED = ["ringtone", "relaxing_sound", "uplifting_beats", "answered"]


def level_dbfs(pcm: Pcm) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(pcm.astype(float) ** 2)) / 32_767))


@pytest.mark.parametrize("choice", [*PLAYED, "none", "", "custom"])
def test_a_loop_is_made_of_whole_frames_and_clicks_nowhere(choice: str) -> None:
    pcm = loop(choice)
    assert len(pcm) % FRAME_SAMPLES == 0
    seam = np.concatenate((pcm[-2:], pcm[:2])).astype(int)
    assert np.abs(np.diff(seam)).max() < 600


def test_music_is_neither_loud_nor_lost_on_a_telephone() -> None:
    for choice in ("relaxing_sound", "uplifting_beats"):
        pcm = loop(choice)
        assert abs(level_dbfs(pcm) - LEVEL_DBFS) < 1.0
        spectrum = np.abs(np.fft.rfft(pcm.astype(float))) ** 2
        hz = np.fft.rfftfreq(len(pcm), 1 / 8_000)
        assert spectrum[(hz > 150) & (hz < 3_400)].sum() > 0.97 * spectrum.sum()


def test_every_choice_is_another_sound() -> None:
    sounds = [loop(choice).tobytes() for choice in (*PLAYED, "none")]
    assert len(set(sounds)) == len(sounds)
    assert not loop("none").any()
    assert loop("custom") is not None and loop("custom").tobytes() == sounds[1]
