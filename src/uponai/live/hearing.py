"""Voice activity for every call of the process at once: one judgement per tick of the line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uponai.live.ears import Ears, loudness
from uponai.providers.base import Pcm, VadSession, VoiceActivity


class Hearing:
    """The shared VAD. It sees the windows of all calls that a frame of the link completed."""

    def __init__(self, activity: VoiceActivity) -> None:
        self._activity = activity

    def open(self, line_sample: int, *, beeps: bool) -> Ears:
        """Ears for a call whose line stands at ``line_sample``; ``beeps`` watches for tones."""
        return Ears(self._activity.open(), line_sample, beeps=beeps)

    def judge(self, due: Sequence[Ears]) -> None:
        """Judge every complete window of these calls and tell each call its verdicts in order."""
        ears: list[Ears] = []
        ends: list[int] = []
        windows: list[Pcm] = []
        for one in due:
            for end, window in one.take_windows():
                ears.append(one)
                ends.append(end)
                windows.append(window)
        if not windows:
            return
        loud = loudness(np.stack(windows))
        asked: list[int] = []
        questions: list[tuple[VadSession, Pcm]] = []
        for index, rms in enumerate(loud):
            if ears[index].stands_out(rms):
                asked.append(index)
                questions.append((ears[index].session, windows[index]))
        verdicts: dict[int, float] = {}
        if questions:
            verdicts = dict(zip(asked, self._activity.judge(questions), strict=True))
        for index, one in enumerate(ears):
            one.judged(ends[index], windows[index], loud[index], verdicts.get(index))
