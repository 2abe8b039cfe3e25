"""G.722 on telephone audio."""

import numpy as np
import pytest

from uponai.media import tones
from uponai.media.g722 import G722Decoder, G722Encoder


def there_and_back(pcm, packet=160):
    encoder, decoder = G722Encoder(), G722Decoder()
    coded = [encoder.encode(pcm[at : at + packet]) for at in range(0, len(pcm), packet)]
    return np.concatenate([decoder.decode(data) for data in coded])


@pytest.mark.parametrize("packet", [80, 160, 240, 480])
@pytest.mark.parametrize("hz", [300, 1_000, 3_000])
def test_tones_come_back_at_every_packet_length(hz, packet):
    tone = tones.tone((hz,), 480)
    heard = there_and_back(tone, packet)
    assert len(heard) == len(tone)
    assert np.corrcoef(heard[160:-160], tone[160:-160])[0, 1] > 0.99


def test_silence_stays_silence():
    assert np.abs(there_and_back(np.zeros(3_200, dtype=np.int16))).max() < 30


def test_the_loudest_does_not_wrap_around():
    square = np.tile(np.repeat(np.array([32_767, -32_768], dtype=np.int16), 16), 50)
    heard = there_and_back(square)
    assert np.corrcoef(heard[320:], square[320:])[0, 1] > 0.9
