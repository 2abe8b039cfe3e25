"""Sounds that are no speech: beep, fax tones, music on hold."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from uponai.media.g711 import Pcm
from uponai.media.tones import beep, silence, tone

_NOTES_HZ = (392.0, 494.0, 587.0, 494.0, 440.0, 523.0, 659.0, 523.0)


class Sound(StrEnum):
    """``fax-answer`` is CED (2100 Hz), ``fax-calling`` CNG (1100 Hz): ITU-T T.30, section 4."""

    BEEP = "beep"
    FAX_ANSWER = "fax-answer"
    FAX_CALLING = "fax-calling"
    MUSIC = "music"


def pcm_of(sound: Sound) -> Pcm:
    """PCM at 8 kHz: once, or one period of what goes on."""
    match sound:
        case Sound.BEEP:
            return beep()
        case Sound.FAX_ANSWER:
            return np.concatenate((tone((2_100.0,), 3_000), silence(400)))
        case Sound.FAX_CALLING:
            return np.concatenate((tone((1_100.0,), 500), silence(3_000)))
        case Sound.MUSIC:
            # Chords: one pure tone after the other would be so many beeps.
            phrase = [tone((note, note * 1.25, note * 1.5), 400, -20.0) for note in _NOTES_HZ]
            return np.concatenate(phrase * 2)
